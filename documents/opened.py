"""What a file shows when it is opened."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

DAMAGED: Final = "finding.damaged"
PROTECTED: Final = "finding.protected"
UNFOLDS: Final = "finding.unfolds"
NO_PAGES: Final = "finding.no_pages"
EMPTY_PAGES: Final = "finding.empty_pages"
Fault = Literal[
    "finding.damaged", "finding.protected", "finding.unfolds", "finding.no_pages", "finding.empty_pages"
]  # fmt: skip
FAULTS: tuple[Fault, ...] = get_args(Fault)


@dataclass(frozen=True)
class Opened:
    """What a file's content shows. `fault` is the message id of why a person could not read it."""

    media_type: str | None
    pages: int | None = None
    pixels: tuple[int, int] | None = None
    fault: Fault | None = None
