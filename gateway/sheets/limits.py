"""How much a table may be, counted while it is read, and how a file is refused inside the reading process."""

from typing import NamedTuple

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 100 * 1024 * 1024
MAX_PART = 16 * 1024 * 1024
"""Unpacked bytes of a part that is read whole: everything but worksheets and shared strings."""
MAX_PARTS = 1000
MAX_SHEETS = 100
MAX_ROWS = 20_000
MAX_COLUMNS = 100
MAX_CELLS = MAX_ROWS * MAX_COLUMNS
MAX_STRINGS = 600_000
MAX_TEXT = 20_000_000
"""Characters of all cells together."""
ENCODINGS = {
    "gb18030": "gb18030",
    "big5": "cp950",
    "euc-kr": "cp949",
    "euc-jp": "euc_jp",
    "shift-jis": "cp932",
    "windows-1252": "cp1252",
    "windows-1250": "cp1250",
    "windows-1251": "cp1251",
    "mac-roman": "mac_roman",
}
"""What a file may be in besides UTF-8 and UTF-16, by the name people give it. More plausible ones stand first."""
MARKED = {"utf-8": "utf-8-sig", "utf-16": "utf-16"}
FORM_COLUMNS = ("line", "on", "result", "quantity")
"""Of a form that is filled in: what a line is called, and its cells."""
LAST_ROW = 1_048_576
"""Of any spreadsheet program."""


class Limits(NamedTuple):
    """What a reading process may take of the machine."""

    memory: int = 320 * 1024 * 1024
    """Bytes of address space; the largest list of students needs a third."""
    processor_seconds: int = 25
    seconds: int = 120
    """By the clock, the machine being busy."""


class Unreadable(Exception):
    """Why a file is refused: a message id and its parameters."""

    def __init__(self, message: str, **params: str | int | list[str]) -> None:
        super().__init__(message)
        self.message = message
        self.params = params


class Unclear(Exception):
    """The bytes are text in several encodings: how cells that show the difference read in each."""

    def __init__(self, samples: dict[str, list[str]]) -> None:
        super().__init__("encoding")
        self.samples = samples


class RawRow(NamedTuple):
    """One row: its number as a spreadsheet program shows it, its cells, and what is wrong with single cells.

    `faults` and `doubtful` hold message ids by position. A doubtful cell may be taken where its column wants no text:
    a date, a yes or no, a number that is not shown as it is kept.
    """

    number: int
    cells: list[str]
    faults: dict[int, str]
    doubtful: dict[int, str]


class RawTable(NamedTuple):
    """What was read, and what was left out because nobody sees it."""

    rows: list[RawRow]
    encoding: str = ""
    hidden_rows: tuple[int, ...] = ()
    hidden_sheets: int = 0
    hidden_columns: tuple[int, ...] = ()
    """Positions, counted from 0."""


class Budget:
    """Counts what is kept of a table."""

    def __init__(self) -> None:
        self._rows = self._cells = self._text = 0

    def row(self, cells: list[str]) -> None:
        """Count a row that is kept.

        Raises:
            Unreadable: there are too many, or too much is in them.
        """
        self._rows += 1
        self._cells += len(cells)
        self._text += sum(map(len, cells))
        if self._rows > MAX_ROWS + 1:
            raise Unreadable("sheet.too_many_rows", most=MAX_ROWS)
        if self._cells > MAX_CELLS + MAX_COLUMNS:
            raise Unreadable("sheet.too_many_cells", most=MAX_CELLS)
        if self._text > MAX_TEXT:
            raise Unreadable("sheet.too_much_text", most=MAX_TEXT)
