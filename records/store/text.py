"""Columns read as text, where one damaged row must not stop the reading of all others."""

import json
from typing import Any

from sqlalchemy import Select, String, Table, cast, select


def as_text(table: Table) -> Select[Any]:
    """All columns of a table as text."""
    columns: list[Any] = [cast(column, String).label(column.name) for column in table.c]
    return select(*columns)


def json_of(text: str | None) -> object:
    """What a column of JSON says; what is none stays as it is, for the model to refuse."""
    try:
        return json.loads(text) if text is not None else None
    except ValueError:
        return text
