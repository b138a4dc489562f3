"""How things are shown: tables and lines for people, JSON for programs."""

import json
import os
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

import typer
from pydantic import BaseModel, TypeAdapter
from rich.console import Console
from rich.table import Table
from rich.text import Text

from texts.i18n import _
from texts.punctuation import in_a_row
from texts.terminal import language, phrase

WIDE = 200
"""Columns where nobody said how wide the output is: a file or a pipe."""
COPIED = frozenset({"step", "exchange", "key", "verification"})
"""Columns of ids that people copy: never broken over lines."""
_ANYTHING: TypeAdapter[Any] = TypeAdapter(Any)


def console(*, errors: bool = False) -> Console:
    """Where to print: standard output, or standard error."""
    made = Console(stderr=errors, highlight=False, emoji=False)
    if not made.is_terminal and "COLUMNS" not in os.environ:
        made.width = WIDE
    return made


def say(text: str, *, style: str = "") -> None:
    """A line for a person, on standard output."""
    console().print(clean(text), style=style or None, markup=False, soft_wrap=True)


def warn(text: str) -> None:
    """A line about what went wrong or is worth knowing, on standard error."""
    console(errors=True).print(clean(text), markup=False, soft_wrap=True)


def say_json(value: Any) -> None:
    """A value as JSON, on standard output."""
    data = _ANYTHING.dump_python(value, mode="json")
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2))


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """A table of cells; what others typed is shown as it is, never as markup or as orders to the terminal.

    The columns are messages of the catalogue of texts; the title is said already.
    """
    made = Table(title=clean(title) or None, title_justify="left", header_style="bold", expand=False)
    for column in columns:
        made.add_column(phrase(column), overflow="fold", no_wrap=column in COPIED)
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else Text(clean(shown(cell))) for cell in row))
    return made


def show(*things: object) -> None:
    """Print tables, texts and panels."""
    out = console()
    for thing in things:
        out.print(thing, markup=False)


class Listed(Protocol):
    """A row of a list that can be long."""

    @property
    def cursor(self) -> str:
        """Where the list goes on after this row."""


R = TypeVar("R", bound=Listed)


def show_list(
    title: str,
    columns: Sequence[str],
    rows: Sequence[R],
    cells: Callable[[R], Sequence[object]],
    *,
    limit: int,
    none: str,
    as_json: bool,
) -> None:
    """A list of at most `limit` rows, and how to go on where there may be more; `none` is said of an empty one."""
    if as_json:
        say_json([as_data(row) for row in rows])
    elif not rows:
        say(none)
    else:
        show(table(title, columns, [cells(row) for row in rows]))
        if len(rows) == limit:
            say(phrase(_("There may be more: {option}"), option=f"--after {rows[-1].cursor}"))


def shown(value: object) -> str:
    """A value as a person reads it; nothing for `None`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return phrase(_("yes")) if value else phrase(_("no"))
    if isinstance(value, tuple | list):
        return in_a_row((shown(v) for v in value), language())
    return str(value)


def clean(text: str) -> str:
    """Text without control characters: a name must not move the cursor."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def when(moment: datetime | None, zone: str = "UTC") -> str:
    """A moment to the minute in a zone, with its offset."""
    if moment is None:
        return ""
    local = moment.astimezone(ZoneInfo(zone))
    offset = local.strftime("%z")
    return f"{local:%Y-%m-%d %H:%M} {offset[:3]}:{offset[3:]}"


def as_data(value: Any) -> Any:
    """A model as plain data, ready for more fields beside it."""
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value
