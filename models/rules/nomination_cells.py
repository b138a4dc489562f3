"""How the cells of a nomination row are read: names of the catalogue, and cells that collect what is wrong."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeVar

from models.addresses import NotAnAddress, NotAsciiBeforeAt, canonical
from models.catalogue.programme import Discipline, Institution, Programme, ProgrammeUnit
from models.errors import Param
from models.rules.nomination_columns import WIDTH_MATTERS
from models.rules.stay import Fault, fault_of
from models.typed import narrowed
from models.vocabulary import Content

T = TypeVar("T")

LONGEST_TEXT = 120
BAR = "|"
"""Stands in a cell between what it says of one block and of the next."""
YEARS = (1900, 2100)
"""Any date of a student or a stay lies between."""
_DATES = tuple(
    re.compile(f"(?P<year>[0-9]{{4}}){first}(?P<month>[0-9]{{1,2}}){second}(?P<day>[0-9]{{1,2}}){last}")
    for first, second, last in (("-", "-", ""), ("/", "/", ""), ("[.]", "[.]", ""), ("年", "月", "日"))
)
_YES_NO = {"yes": True, "y": True, "true": True, "1": True, "是": True}
_YES_NO |= {"no": False, "n": False, "false": False, "0": False, "否": False}
_JOINERS = dict.fromkeys(map(ord, "\u200c\u200d"))
"""Written inside Persian and Indic names, though not printed by themselves."""
_HASHES = re.compile("#{2,}")
_ERRORS = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|FIELD!|BUSY!)")
LONGEST_PASSPORT_NUMBER = 20
_PASSPORT_NUMBER = re.compile(r"[A-Z0-9]{5,20}")
_ROUNDED = re.compile(r"[0-9]+(?:[.,][0-9]+)?[Ee][+-][0-9]{1,3}")
_POINT_ZERO = re.compile(r"[0-9]+[.,]0+")
_IN_NAMES = frozenset(" -'.,/`\u00b4\u00aa\u00ba\u00b7\u2027\u2010\u2011\u2013\u2018\u2019\u201b")
"""Signs in names as passports print them: apostrophes and hyphens of all kinds, ordinals, and the stroke of “A/L”."""
_MODIFIERS = range(0x02B0, 0x0300)
"""Letters above or beside others, like the okina of Hawaii."""


def plain(text: str) -> str:
    """A name as it is compared: case, width, spacing, `&` and the form of an apostrophe do not matter."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'").replace("&", " and ")
    return " ".join(text.split())


class CatalogueNames:
    """The catalogue by what people write: id, English or Chinese name, and the code of an institution."""

    def __init__(self, programme: Programme) -> None:
        self._institutions: dict[str, Institution] = {}
        self._units: dict[str, dict[str, list[ProgrammeUnit]]] = {}
        for institution in programme.institutions.values():
            for name in (institution.id, institution.code, institution.name, institution.name_zh):
                self._institutions.setdefault(plain(name), institution)
            self._units[institution.id] = _by_name(institution.units)
        self._disciplines = _by_name(programme.disciplines)

    def institution(self, text: str) -> Institution | None:
        """The institution of this name."""
        return self._institutions.get(plain(text))

    def disciplines(self, text: str) -> list[Discipline]:
        """The disciplines of this name: one name can stand in several lists."""
        return self._disciplines.get(plain(text), [])

    def units(self, host: str, content: Content, text: str) -> list[ProgrammeUnit]:
        """The units of a host for a content that have this name."""
        return [u for u in self._units[host].get(plain(text), []) if u.content is content]


Named = TypeVar("Named", Discipline, ProgrammeUnit)


def _by_name(things: Iterable[Named]) -> dict[str, list[Named]]:
    found: dict[str, list[Named]] = {}
    ids = set()
    for thing in things:
        ids.add(plain(thing.id))
        for name in {plain(thing.id), plain(thing.name), plain(thing.name_zh)}:
            found.setdefault(name, []).append(thing)
    for name in ids:  # an id names one thing, whatever else bears the same name
        found[name] = [t for t in found[name] if plain(t.id) == name]
    return found


class Cells:
    """One row, read cell by cell; `faults` collects everything that is wrong.

    What is said about personal cells does not repeat them: it may be shown where the cell itself may not.
    """

    def __init__(self, row: Mapping[str, str]) -> None:
        self._row = row
        self.faults: list[Fault] = []

    def refuse(self, column: str, message: str, rule: str = "", /, **params: Param) -> None:
        """Note what is wrong with a cell, once."""
        fault = fault_of(column, message, rule, self._row.get(column, ""), **params)
        if fault not in self.faults:
            self.faults.append(fault)

    def refused(self, columns: Iterable[str]) -> bool:
        """Whether any of these cells is at fault."""
        bad = {f.field for f in self.faults}
        return any(c in bad for c in columns)

    def text(self, column: str, *, needed: bool = True, longest: int = LONGEST_TEXT) -> str:
        """A cell's text, composed (NFC), with single spaces, wide letters as ordinary ones."""
        text = " ".join(unicodedata.normalize("NFC", self._row.get(column, "")).split())
        if column not in WIDTH_MATTERS:
            text = " ".join(narrowed(text).split())
        if _HASHES.fullmatch(text):
            self.refuse(column, "cell.hashes")
        elif _ERRORS.fullmatch(text):
            self.refuse(column, "cell.spreadsheet_error")
        if not text and needed:
            self.refuse(column, "cell.missing")
        elif len(text) > longest:
            self.refuse(column, "cell.too_long", most=longest)
        elif not text.isprintable() and not text.translate(_JOINERS).isprintable():
            self.refuse(column, "cell.unprintable")
        return text

    def latin_name(self, column: str) -> str:
        """A name as the passport's machine-readable zone needs it; `-` stands for no such name."""
        text = self.text(column)
        if text == "-":
            return ""
        if text and not _is_latin_name(text):
            self.refuse(column, "cell.not_latin")
        return text

    def passport_number(self, column: str) -> str:
        """The number of a passport: capitals and digits, nothing between them; empty where it is not told."""
        text = "".join(self.number_as_text(column, LONGEST_PASSPORT_NUMBER, needed=False).upper().split())
        if text and not self.refused((column,)) and not _PASSPORT_NUMBER.fullmatch(text):
            self.refuse(column, "cell.passport_number", "D19")
        return text

    def number_as_text(self, column: str, longest: int, *, needed: bool = True) -> str:
        """A number that counts nothing, like a student's; what a spreadsheet program has made of one is refused."""
        text = self.text(column, longest=longest, needed=needed)
        if _ROUNDED.fullmatch(text):
            self.refuse(column, "cell.rounded")
        elif _POINT_ZERO.fullmatch(text):
            self.refuse(column, "cell.point_zero")
        return text

    def widened(self) -> Iterable[str]:
        """The columns whose wide letters were read as ordinary ones."""
        return (c for c, text in self._row.items() if c not in WIDTH_MATTERS and text != narrowed(text))

    def email(self, column: str) -> str:
        """An e-mail address in its one form, nothing around it."""
        text = self.text(column, longest=254)
        if text:
            try:
                return canonical(text)
            except NotAsciiBeforeAt:
                self.refuse(column, "cell.not_ascii_email")
            except NotAnAddress:
                self.refuse(column, "cell.not_email")
        return text

    def day(self, column: str, *, needed: bool = True) -> date | None:
        """A date, year first: `2027-03-01`; `2027/3/1` and `2027年3月1日` are understood too."""
        text = self.text(column, needed=needed)
        day = _day_in(text) if text else None
        if text and day is None:
            self.refuse(column, "cell.not_a_date")
        return day

    def yes_no(self, column: str) -> bool:
        """`yes` or `no`."""
        text = self.text(column).casefold()
        if text and text not in _YES_NO:
            self.refuse(column, "cell.not_yes_no")
        return _YES_NO.get(text, False)

    def choice(self, column: str, options: Mapping[str, T], default: T | None = None) -> T | None:
        """One of a few words; the default where the cell is empty."""
        text = self.text(column, needed=default is None)
        if not text:
            return default
        found = options.get(plain(text))
        if found is None:
            words = [o for o in options if o.isascii() and len(o) > 1]
            self.refuse(column, "cell.not_a_choice", options=words)
        return found

    def number(self, column: str, lowest: int, highest: int, default: int) -> int:
        """A whole number between two bounds; the default where the cell is empty."""
        text = self.text(column, needed=False)
        if not text:
            return default
        if not (text.isascii() and text.isdigit() and len(text) < 10 and lowest <= int(text) <= highest):
            self.refuse(column, "cell.not_a_number", least=lowest, most=highest)
            return default
        return int(text)

    def items(self, column: str) -> list[str]:
        """A list separated by semicolons, without repetitions, in order."""
        text = self.text(column, needed=False, longest=2000).replace("\uff1b", ";")
        return list(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))

    def parts(self, column: str) -> list[str]:
        """What a cell says of each block, in order; a bar stands between them, and a part may be empty."""
        text = self.text(column, needed=False, longest=2000).replace("\uff5c", BAR)
        return [part.strip() for part in text.split(BAR)] if text else []

    def part_day(self, column: str, text: str) -> date | None:
        """The day in a part of a cell."""
        day = _day_in(text) if text else None
        if text and day is None:
            if BAR in self._row.get(column, ""):
                self.refuse(column, "cell.part_not_a_date", text=text)
            else:
                self.refuse(column, "cell.not_a_date")
        return day

    def part_number(self, column: str, text: str, lowest: int, highest: int) -> int | None:
        """The whole number in a part of a cell, between two bounds."""
        text = text.removesuffix("%").strip()
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
        if text and (number is None or not lowest <= number <= highest):
            self.refuse(column, "cell.not_a_number", least=lowest, most=highest)
            return None
        return number


def _day_in(text: str) -> date | None:
    """A date, year first; unset where it is none."""
    match = next((m for d in _DATES if (m := d.fullmatch(text))), None)
    try:
        if match is None or not YEARS[0] <= int(match["year"]) <= YEARS[1]:
            return None
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None


def _is_latin_name(text: str) -> bool:
    """Whether a name is in Latin letters, with the marks and signs that belong to them; at least one letter."""
    after_letter = False
    for character in text:
        mark = unicodedata.category(character) == "Mn"
        letter = character.isalpha() if character.isascii() else unicodedata.name(character, "").startswith("LATIN")
        if mark and not after_letter:
            return False
        if not (mark or letter or character in _IN_NAMES or ord(character) in _MODIFIERS):
            return False
        after_letter = mark or letter
    return any(map(str.isalpha, text))
