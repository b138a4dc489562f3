"""What a command of `sojourn` answered, wherever it was typed."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Said:
    """Its exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Its output as JSON."""
        return json.loads(self.out)

    @property
    def told(self) -> str:
        """Everything printed, as one line without the borders of boxes."""
        return " ".join((self.out + self.err).replace("│", " ").split())
