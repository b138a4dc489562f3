"""A letter in one language, and its rendering as PDF/A; what it says comes ready from `certificates.letters`."""

import json
from datetime import UTC, date, datetime, time
from pathlib import Path

import typst

from models.errors import Broken
from models.wire import Wire
from texts.fonts import fonts

_TEMPLATE = Path(__file__).with_name("letter.typ")


class Head(Wire):
    """Who writes: the name, the same in the other language, and how the office is reached."""

    name: str
    other_name: str
    other_language: str
    office: str
    address: str
    reached: tuple[str, ...]
    """Telephone, e-mail, website."""


class LetterTable(Wire):
    """A table with a caption. `widths` are shares of the line; numbers stand on the right."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    numbers: tuple[int, ...] = ()
    """Which columns hold numbers."""
    total: bool = False
    """Whether the last row sums the others up."""


class LetterPage(Wire):
    """Everything said by a letter, in one language."""

    language: str
    head: Head
    title: str
    number: tuple[str, str]
    """What it is called, and the number itself."""
    version: tuple[str, str] | None
    dated: tuple[str, str]
    greeting: str
    before: tuple[str, ...] = ()
    """Paragraphs above facts and tables."""
    facts: tuple[tuple[str, str], ...] = ()
    tables: tuple[LetterTable, ...] = ()
    after: tuple[str, ...] = ()
    signed: str
    signer: str
    signer_role: str
    page: tuple[str, str, str]
    """What stands around the number of the page and the number of pages."""
    issued_on: date


def render_letter(page: LetterPage, font_paths: tuple[Path, ...] = ()) -> bytes:
    """The letter as PDF/A-2b; the same page gives the same bytes. Blocking: run it in a thread.

    Raises:
        Broken: a character is in none of the fonts, or the template is at fault.
    """
    try:
        return typst.compile(
            _TEMPLATE,
            font_paths=fonts(font_paths),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(page.model_dump(mode="json"), ensure_ascii=False)},
            pdf_standards=["a-2b"],
            timestamp=datetime.combine(page.issued_on, time(), UTC),
        )
    except typst.TypstError as fault:
        if "could not be displayed" in fault.message:
            raise Broken("letter.font") from None
        raise Broken("letter.template") from None
