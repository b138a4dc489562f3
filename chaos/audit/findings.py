"""What the audit finds: a kind for programs and a sentence for people."""

import json
from dataclasses import dataclass
from typing import Any, Protocol


class Records(Protocol):
    """A database that answers SQL."""

    def rows(self, query: str) -> list[dict[str, Any]]:
        """What a query answers."""


@dataclass(frozen=True)
class Finding:
    """One thing that must not be."""

    kind: str
    subject: str
    words: str

    def __str__(self) -> str:
        """In one line."""
        return f"{self.kind}: {self.subject}: {self.words}"


def value_of(column: Any) -> Any:
    """A JSON column: text in SQLite, an object in PostgreSQL."""
    return json.loads(column) if isinstance(column, str) else column


def has_table(records: Records, name: str) -> bool:
    """Whether the schema has a table; asked of the table itself, so that it is the same on every database."""
    try:
        records.rows(f"SELECT 1 FROM {name} LIMIT 1")
    except Exception:  # each driver has an error of its own for it
        return False
    return True
