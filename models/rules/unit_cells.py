"""The terms of a unit as cells of a table, and cells read as terms: one form for files and command line. Pure."""

import re
from collections.abc import Iterable, Mapping

from pydantic import ValidationError

from models.catalogue.units import BlockedWeeks, BlockReason, UnitTerms, whole_weeks
from models.errors import BadInput
from models.invalid import Unfit, invalid
from models.messages.units import UnitEdit
from models.typed import day_typed, number_typed

COLUMNS = (
    "unit",
    "name",
    "name_zh",
    "version",
    "capacity",
    "blocked",
    "languages",
    "levels",
    "disciplines",
    "supervisors",
)
NEEDED = frozenset({"unit", "version", "capacity"})
LISTS = ("languages", "levels", "disciplines")
BETWEEN = re.compile(r"[;；\n]+")
_WEEKS = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\s*(?:\.\.|–|至|/)\s*(\d{4}-\d{2}-\d{2}))?(?:\s+(\w+))?")
_LIMIT = re.compile(r"(\S+?)\s*[:：]\s*(\d{1,2})")


def cells_of(terms: UnitTerms) -> dict[str, str]:
    """Terms as cells: several things are separated by `; `."""
    return {
        "capacity": str(terms.capacity),
        "blocked": "; ".join(f"{one.first}..{one.last} {one.reason}" for one in terms.blocked),
        "languages": "; ".join(terms.languages),
        "levels": "; ".join(terms.levels),
        "disciplines": "; ".join(terms.disciplines),
        "supervisors": "; ".join(f"{person}: {most}" for person, most in terms.supervisors.items()),
    }


def edit_of(cells: Mapping[str, str]) -> UnitEdit:
    """What a row says a unit shall be. Days of blocked weeks become the whole weeks they touch.

    Raises:
        BadInput: a cell cannot be read; `field` is its column.
    """
    values: dict[str, object] = {name: tuple(_parts(cells.get(name, ""))) for name in LISTS}
    values["capacity"] = _number(cells, "capacity")
    values["blocked"] = tuple(_weeks(one) for one in _parts(cells.get("blocked", "")))
    values["supervisors"] = dict(_limit(one) for one in _parts(cells.get("supervisors", "")))
    return UnitEdit(unit_id=_unit(cells), version=_number(cells, "version"), terms=terms_typed(values))


def terms_typed(values: Mapping[str, object]) -> UnitTerms:
    """Terms from what was typed.

    Raises:
        BadInput: with the first field that cannot be, and why.
    """
    try:
        return UnitTerms.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        wrong = invalid(dict(first))
        raise BadInput(wrong.message, str(first["loc"][0]), **wrong.params) from None


def weeks_typed(first: str, last: str, reason: str) -> BlockedWeeks:
    """Blocked weeks from two days of them; without a last day the week of the first.

    Raises:
        BadInput: they are no days, or end before they begin; or the reason is none.
    """
    try:
        begins = day_typed(first)
        ends = day_typed(last) if last else begins
    except ValueError:
        raise BadInput("unit.weeks_form", "blocked") from None
    if ends < begins:
        raise BadInput("unit.weeks_reversed", "blocked")
    if reason not in set(BlockReason):
        raise BadInput("value.not_one_of", "blocked", choices=tuple(BlockReason))
    try:
        return whole_weeks(begins, ends, BlockReason(reason))
    except (ValidationError, Unfit, OverflowError):
        raise BadInput("unit.weeks_form", "blocked") from None


def _parts(text: str) -> Iterable[str]:
    return (part.strip() for part in BETWEEN.split(text) if part.strip())


def _weeks(text: str) -> BlockedWeeks:
    found = _WEEKS.fullmatch(text)
    if found is None:
        raise BadInput("unit.weeks_form", "blocked")
    return weeks_typed(found[1], found[2] or "", found[3] or BlockReason.OTHER)


def _limit(text: str) -> tuple[str, int]:
    found = _LIMIT.fullmatch(text)
    if found is None:
        raise BadInput("unit.limit_form", "supervisors")
    return found[1], int(found[2])


def _number(cells: Mapping[str, str], name: str) -> int:
    try:
        return number_typed(cells.get(name, "").strip())
    except ValueError:
        raise BadInput("field.not_a_number", name) from None


def _unit(cells: Mapping[str, str]) -> str:
    unit = cells.get("unit", "").strip()
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,119}", unit):
        raise BadInput("unit.unknown", "unit", unit="")
    return unit
