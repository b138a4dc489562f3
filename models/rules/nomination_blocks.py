"""The blocks of a nomination row: several in one cell with a bar between, by dates or by share of a stay (D8, D38)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import zip_longest
from typing import Any

from models.catalogue.programme import Discipline, ProgrammeUnit
from models.rules.blocks import WHOLE, WantedBlock, split
from models.rules.nomination_cells import BAR, CatalogueNames, Cells
from models.rules.nomination_columns import BLOCK_COLUMNS, OF_BLOCKS
from models.vocabulary import PROGRAMME_CONTENTS, ROTATION_CONTENTS, Content

MOST_HOURS = 5000
"""Of one block: more than half a year holds, however long its days are."""
MORE = {Content.LABORATORY: "more_laboratories", Content.CLINICAL: "more_specialties"}
"""The fields of a nomination that hold the blocks after the first."""


def read_blocks(
    cells: Cells, names: CatalogueNames, host: str, stay_start: date | None, stay_end: date | None
) -> dict[str, Any]:
    """The laboratory and clinical blocks of a row, as fields of a nomination; what is wrong is noted in the cells."""
    values: dict[str, Any] = {}
    shared: list[tuple[str, int | None]] = []
    for content in ROTATION_CONTENTS:
        blocks = [block for one in _lines(cells, content) if (block := _block(cells, names, host, content, one))]
        shared += [(BLOCK_COLUMNS[content][2], block.share) for block in blocks]
        first = blocks[0] if blocks else WantedBlock()
        start, end, share, hours, wishes = BLOCK_COLUMNS[content]
        values |= {start: first.start, end: first.end, share: first.share, hours: first.hours, wishes: first.units}
        values[MORE[content]] = tuple(blocks[1:])
    _check_shares(cells, shared, stay_start, stay_end)
    return values


def read_days(cells: Cells, planned: Mapping[str, Any]) -> dict[str, date | None]:
    """From when to when lectures and the cultural programme are, where it is not the whole stay (D8)."""
    values: dict[str, date | None] = {}
    for content in PROGRAMME_CONTENTS:
        first, last = f"{content}_start", f"{content}_end"
        values |= (dates := {first: cells.day(first, needed=False), last: cells.day(last, needed=False)})
        given = [column for column in dates if cells.text(column, needed=False)]
        if len(given) == 1:
            cells.refuse(last if given == [first] else first, "cell.missing_beside", "D8", column=given[0])
        elif given and not planned[content] and not cells.refused((content,)):
            cells.refuse(first, "cell.not_planned", "D8", column=str(content))
    return values


def cells_of(content: Content, blocks: Iterable[WantedBlock]) -> dict[str, str]:
    """The cells of the blocks of a content, as they are typed."""
    columns = BLOCK_COLUMNS[content]
    lines = [
        (_text(one.start), _text(one.end), _text(one.share), _text(one.hours), "; ".join(one.units)) for one in blocks
    ]
    return {column: joined(parts) for column, parts in zip(columns, zip(*lines, strict=True), strict=True)}


def joined(parts: Iterable[str]) -> str:
    """What is said of several blocks as one cell; what is empty at its end is left out."""
    texts = [part.strip() for part in parts]
    while texts and not texts[-1]:
        texts.pop()
    return f" {BAR} ".join(texts).strip()


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _lines(cells: Cells, content: Content) -> list[tuple[str, ...]]:
    """What a row says of each block, column by column; blocks of which nothing is said are none."""
    columns = (cells.parts(column) for column in BLOCK_COLUMNS[content])
    return [line for line in zip_longest(*columns, fillvalue="") if any(line)]


def _block(
    cells: Cells, names: CatalogueNames, host: str, content: Content, line: tuple[str, ...]
) -> WantedBlock | None:
    first, last, percent, planned, wishes = BLOCK_COLUMNS[content]
    start, end, share, hours, units = line
    given = [column for column, text in ((first, start), (last, end)) if text]
    block = WantedBlock(
        start=cells.part_day(first, start),
        end=cells.part_day(last, end),
        share=cells.part_number(percent, share, 1, WHOLE),
        hours=cells.part_number(planned, hours, 1, MOST_HOURS),
        units=_units(cells, names, host, content, units),
    )
    if share and given:
        cells.refuse(percent, "block.share_and_days", "D38")
    elif len(given) == 1:
        cells.refuse(last if given == [first] else first, "cell.missing_beside", "D8", column=given[0])
    elif not given and not share:
        cells.refuse(first, "cell.missing_for", "D8", column=wishes if units else planned)
        return None
    return block


def _check_shares(cells: Cells, shared: Sequence[tuple[str, int | None]], start: date | None, end: date | None) -> None:
    """Shares are given for every block or for none, add up to the stay, and leave each block a day (D38)."""
    shares = [share for _, share in shared if share is not None]
    if not shares or cells.refused(OF_BLOCKS):
        return
    column = next(column for column, share in shared if share is not None)
    if len(shares) < len(shared):
        cells.refuse(column, "block.share_of_some", "D38")
    elif sum(shares) != WHOLE:
        cells.refuse(column, "block.share_sum", "D38", total=sum(shares))
    elif start and end and start <= end and not split(start, end, shares):
        cells.refuse(column, "block.share_without_day", "D38")


def _units(cells: Cells, names: CatalogueNames, host: str, content: Content, text: str) -> tuple[str, ...]:
    column, chosen = BLOCK_COLUMNS[content][4], list[str]()
    wanted = [part.strip() for part in text.replace("\uff1b", ";").split(";") if part.strip()]
    for one in wanted if host else []:
        found = names.units(host, content, one)
        if not found:
            cells.refuse(column, "cell.unit_not_offered", "D7", text=one)
        elif len(found) > 1:
            cells.refuse(column, "cell.unit_ambiguous", "D7", text=one, choices=ids_of(found))
        else:
            chosen.append(found[0].id)
    return tuple(dict.fromkeys(chosen))


def ids_of(things: Iterable[Discipline | ProgrammeUnit]) -> tuple[str, ...]:
    """The ids of things of the catalogue."""
    return tuple(thing.id for thing in things)
