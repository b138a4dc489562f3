"""Dates, amounts and numbers in the text of a document, proposed as typed facts with their place on the page.

Nothing is decided by them: a person confirms. What can be read in two ways is proposed in both.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation

from models.proposed import ProposedFact, ProposedKind
from models.reading import DocumentReading, Line, PageRead

MOST = 200
"""Facts that are proposed of one document; a longer list helps nobody."""
LONGEST_LABEL = 60

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<!\d){_YEAR}\s?[-/.]\s?(?P<m>\d{{1,2}})\s?[-/.]\s?(?P<d>\d{{1,2}})(?!\d)",
        rf"(?<!\d){_YEAR}\s*年\s*(?P<m>\d{{1,2}})\s*月\s*(?P<d>\d{{1,2}})\s*日",
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[\s./-]*{_MONTH}[\s.,/-]*{_YEAR}(?!\d)",
        rf"(?<![a-z]){_MONTH}[\s.]*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[\s.,]+{_YEAR}(?!\d)",
        rf"(?<!\d)(?P<d>\d{{1,2}})\s?[./-]\s?(?P<m>\d{{1,2}})\s?[./-]\s?{_YEAR}(?!\d)",
    )
)
_EITHER_FIRST = _DATES[-1]
"""The one pattern in which day and month may stand in either order."""
_CURRENCIES = {
    "$": "USD",
    "us$": "USD",
    "€": "EUR",
    "£": "GBP",
    "rmb": "CNY",
    "人民币": "CNY",
    "元": "CNY",
    "美元": "USD",
}
_CURRENCY = r"(?P<currency>US\$|USD|EUR|GBP|CNY|RMB|CHF|HKD|JPY|\$|€|£|人民币)"
_AFTER = r"(?P<after>USD|EUR|GBP|CNY|RMB|CHF|HKD|JPY|美元|元)"
_SUM = r"(?P<sum>\d{1,3}(?:[,\u00a0' ]\d{3})+(?:\.\d{1,2})?|\d+(?:\.\d{1,2})?)"
_MANY = r"(?P<many>\s?(?:万|million\b|m\b))?"
_AMOUNTS = (
    re.compile(rf"{_CURRENCY}\s?{_SUM}(?![\d,])\s?{_MANY}", re.IGNORECASE),
    re.compile(rf"(?<![\d.,]){_SUM}{_MANY}\s?{_AFTER}", re.IGNORECASE),
)
_TIMES = {"万": 10_000, "million": 1_000_000, "m": 1_000_000}
_NUMBER = re.compile(
    r"(?:\b(?:no\.?|number|nr\.?|id)|№|(?:编号|号码|证号|单号|学号|号))"
    r"\s*[:：#.]\s*(?P<number>[A-Z0-9][A-Z0-9/-]{3,29})(?![A-Za-z0-9])",
    re.IGNORECASE,
)

_Found = tuple[int, str, str]
"""Where in a line, the value, and its other reading."""


def proposed_facts(reading: DocumentReading) -> tuple[ProposedFact, ...]:
    """Every date, amount and number in the text that was read, page by page; at most `MOST`."""
    return tuple(fact for _, fact in zip(range(MOST), _all(reading), strict=False))


def dates_in(text: str) -> tuple[date, ...]:
    """The dates in a text, in their first reading."""
    return tuple(date.fromisoformat(value) for _, value, _ in _dates(text))


def _all(reading: DocumentReading) -> Iterator[ProposedFact]:
    finders: tuple[tuple[ProposedKind, Callable[[str], Iterator[_Found]]], ...] = (
        (ProposedKind.DATE, _dates),
        (ProposedKind.AMOUNT, _amounts),
        (ProposedKind.NUMBER, _numbers),
    )
    for page in reading.pages:
        for line in page.lines:
            for kind, find in finders:
                for start, value, or_else in find(line.text):
                    yield ProposedFact(
                        kind=kind,
                        value=value,
                        or_else=or_else,
                        label=_label(page, line, start),
                        page=page.number,
                        box=line.box,
                        sure=line.sure,
                    )


def _dates(text: str) -> Iterator[_Found]:
    taken: set[int] = set()
    for pattern in _DATES:
        for hit in pattern.finditer(text):
            if taken.isdisjoint(range(*hit.span())):
                first, second = _read_day(hit, either=pattern is _EITHER_FIRST)
                if first:
                    taken.update(range(*hit.span()))
                    yield hit.start(), first, second


def _read_day(hit: re.Match[str], *, either: bool) -> tuple[str, str]:
    parts = hit.groupdict()
    named = parts.get("month")
    month = _MONTHS.index(named[:3].lower()) + 1 if named else int(parts["m"])
    year, day = int(parts["year"]), int(parts["d"])
    readings = [(year, month, day), *([(year, day, month)] if either and day != month else [])]
    found = [iso for reading in readings if (iso := _iso(*reading))]
    return (found[0] if found else "", found[1] if len(found) > 1 else "")


def _iso(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def _amounts(text: str) -> Iterator[_Found]:
    taken: set[int] = set()
    for pattern in _AMOUNTS:
        for hit in pattern.finditer(text):
            if taken.isdisjoint(range(*hit.span())):
                taken.update(range(*hit.span()))
                parts = hit.groupdict()
                said = (parts.get("currency") or parts.get("after") or "").lower()
                amount = _amount(parts["sum"], (parts.get("many") or "").strip().lower())
                if amount is not None:
                    yield hit.start(), f"{_CURRENCIES.get(said, said.upper())} {amount:.2f}", ""


def _amount(digits: str, many: str) -> Decimal | None:
    try:
        return Decimal(re.sub(r"[,\u00a0' ]", "", digits)) * _TIMES.get(many, 1)
    except InvalidOperation:
        return None


def _numbers(text: str) -> Iterator[_Found]:
    for hit in _NUMBER.finditer(text):
        number = hit["number"].upper()
        if any(char.isdigit() for char in number) and not dates_in(number):
            yield hit.start("number"), number, ""


def _label(page: PageRead, line: Line, start: int) -> str:
    """The words before a value: in its line, or in the line that stands to the left of it."""
    before = line.text[:start].strip(" :：\t.·|-")
    if not before:
        left, top, _, bottom = line.box
        middle = (top + bottom) / 2
        beside = [o for o in page.lines if o.box[1] <= middle <= o.box[3] and o.box[2] <= left + 0.01 and o is not line]
        before = max(beside, key=lambda other: other.box[2]).text.strip(" :：\t.·|-") if beside else ""
    return before[-LONGEST_LABEL:].strip()
