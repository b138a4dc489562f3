"""The Proof table of docs/reliability.md, written between two marks by whoever measures."""

import os
import platform
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from chaos.figures import Figure

BEGIN, END = "<!-- figures: written by make proof -->", "<!-- end of figures -->"
JUDGED = {True: "holds", False: "**does not hold**", None: "not measured"}


def table_of(figures: Sequence[Figure], seed: int, day: date) -> str:
    """The figures as a table, with where and when they were measured."""
    rows = ["| figure | before | must | seen | |", "| --- | --- | --- | --- | --- |"]
    rows += [f"| {f.name} | {f.before} | {f.must} | {f.seen} | {JUDGED[f.holds]} |" for f in figures]
    where = f"{os.cpu_count()} cores for all processes and people, Python {platform.python_version()}"
    return "\n".join([*rows, "", f"Measured {day.isoformat()} on {where}; seed {seed}."])


def written(document: str, table: str) -> str:
    """A document with the table between its marks.

    Raises:
        ValueError: it has no marks.
    """
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("The document has no place for the figures.")
    return f"{before}{begin}\n\n{table}\n\n{end}{after}"


def write(file: Path, table: str) -> None:
    """Write the table into a document."""
    file.write_text(written(file.read_text(encoding="utf-8"), table), encoding="utf-8")
