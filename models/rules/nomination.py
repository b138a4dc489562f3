"""One row of a nomination file: a student, personal data included, and the stay the sending university plans.

`Nomination` never crosses into a workflow; `to_plan` gives what does.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from models.addresses import Email
from models.catalogue.programme import Discipline, Programme, ProgrammeUnit
from models.messages.exchange import Plan, PlannedContent
from models.rules.countries import nationality_of
from models.rules.nomination_cells import CatalogueNames, Cells
from models.rules.nomination_timing import LONGEST_REASON, WantedTime, timing_faults
from models.rules.stay import Fault, complete_plan, faults_of_plan
from models.vocabulary import PROGRAMME_CONTENTS, Content, Level
from models.wire import Form

AGES = (15, 80)
"""Plausible ages at the start of a stay; outside of them the birth date is a slip of the pen."""
UNRANKED = 999
BLOCK_COLUMNS = {"laboratory_start", "laboratory_end", "clinical_start", "clinical_end"}

GENDERS = {"female": "female", "male": "male", "other": "other", "f": "female", "m": "male"}
GENDERS |= {"女": "female", "男": "male", "其他": "other"}
LEVELS = {"master": Level.MASTER, "phd": Level.PHD, "硕士": Level.MASTER, "博士": Level.PHD}
LANGUAGES = {"en": "en", "zh": "zh", "english": "en", "chinese": "zh", "英文": "en", "中文": "zh"}


class WantedStay(Form):
    """What is planned, without personal data. Ids are the catalogue's, dates are inclusive."""

    sending: str
    host: str
    level: Level
    discipline: str
    start: date
    end: date
    intake_year: int
    laboratory_start: date | None = None
    laboratory_end: date | None = None
    clinical_start: date | None = None
    clinical_end: date | None = None
    academic_lectures: bool
    cultural_lectures: bool
    cultural_activities: bool
    laboratories: tuple[str, ...] = ()
    specialties: tuple[str, ...] = ()
    rank: int = Field(default=UNRANKED, ge=1)

    def to_plan(self, programme: Programme) -> Plan:
        """The plan a workflow starts with. Lectures and cultural activities span the stay (D8)."""
        contents: list[PlannedContent] = []
        if self.laboratory_start and self.laboratory_end:
            contents.append(
                PlannedContent(content=Content.LABORATORY, start=self.laboratory_start, end=self.laboratory_end)
            )
        if self.clinical_start and self.clinical_end:
            contents.append(PlannedContent(content=Content.CLINICAL, start=self.clinical_start, end=self.clinical_end))
        wanted = (self.academic_lectures, self.cultural_lectures, self.cultural_activities)
        for content, planned in zip(PROGRAMME_CONTENTS, wanted, strict=True):
            if planned:
                contents.append(PlannedContent(content=content, start=self.start, end=self.end))
        plan = Plan(
            direction=programme.direction(self.host),
            sending=self.sending,
            host=self.host,
            year=self.intake_year,
            level=self.level,
            discipline=self.discipline,
            start=self.start,
            end=self.end,
            contents=tuple(contents),
            laboratories=self.laboratories,
            specialties=self.specialties,
            rank=self.rank,
        )
        return complete_plan(plan, programme)


class Nomination(WantedStay):
    """One nominated student with the stay planned."""

    student_number: str
    """As the sending university counts its students."""
    family_name: str
    given_name: str
    native_name: str = ""
    """In the original script."""
    email: Email
    birth_date: date
    gender: Literal["female", "male", "other"]
    nationality: str
    """ISO 3166-1 alpha-2, or what a travel document prints instead (ICAO 9303)."""
    language: Literal["en", "zh"] = "en"
    """Of the letters and mails to the student."""
    late_reason: str = ""
    """Why a stay that has begun or is over is recorded late; kept with the nomination."""

    @model_serializer(mode="wrap")
    def _without_what_is_not_said(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Nominations kept before there was a reason say the same as those without one now."""
        form: dict[str, Any] = handler(self)
        if not self.late_reason:
            form.pop("late_reason", None)
        return form


def parse_row(
    row: Mapping[str, str],
    programme: Programme,
    names: CatalogueNames | None = None,
    now: datetime | None = None,
) -> Nomination | tuple[Fault, ...]:
    """A row of a nomination file as a nomination, or everything that is wrong with it.

    `row` maps the columns of `nomination_columns.COLUMNS` to text; missing keys are empty cells. Pass `names` made
    once when reading many rows, and `now` where somebody is to be nominated: stays are told that have begun.
    """
    names = names or CatalogueNames(programme)
    cells = Cells(row)
    stay = _stay(cells, names)
    plan_faults = _plan_faults(cells, stay, programme)
    person = _person(cells, stay["start"])
    person["late_reason"] = cells.text("late_reason", needed=False, longest=LONGEST_REASON)
    _fee(cells)
    if now is not None and not cells.refused(("host", "start", "end")):
        wanted = WantedTime(stay["sending"], stay["host"], stay["start"], stay["end"], person["late_reason"])
        timing = timing_faults(wanted, programme, now)
        at_fault = {f.field for f in plan_faults}
        plan_faults += tuple(f for f in timing if f.field not in at_fault)
    if cells.faults or plan_faults:
        return (*cells.faults, *plan_faults)
    return Nomination.model_validate(person | stay)


def parse_person(row: Mapping[str, str], start: date) -> dict[str, Any] | tuple[Fault, ...]:
    """The personal cells of a row alone, or what is wrong with them."""
    cells = Cells(row)
    person = _person(cells, start)
    return tuple(cells.faults) or person


def _plan_faults(cells: Cells, stay: dict[str, Any], programme: Programme) -> tuple[Fault, ...]:
    """What the rules say of the plan, as far as its cells could be read: one round of corrections should be enough."""
    if cells.refused(("sending", "host", "start", "end")):
        return ()
    plan = WantedStay.model_validate(stay | {"level": stay["level"] or Level.MASTER}).to_plan(programme)
    read = {f.field for f in cells.faults}
    # What a rule makes of a cell that could not be read would only confuse.
    if "level" in read:
        read.add("discipline")
    if read & BLOCK_COLUMNS:
        read.add("laboratory_start")
    return tuple(f for f in faults_of_plan(plan, programme) if f.field not in read)


def student_key(row: Mapping[str, str], names: CatalogueNames) -> tuple[str, ...] | None:
    """What makes two rows nominate the same student twice: sending university, student number, host and intake."""
    sending, host = (_id_or_text(names, row.get(c, "")) for c in ("sending", "host"))
    number = row.get("student_number", "").strip().casefold()
    year = (row.get("intake_year", "").strip() or row.get("start", "").strip())[:4]
    return (sending, host, number, year) if sending and number else None


def _id_or_text(names: CatalogueNames, text: str) -> str:
    found = names.institution(text)
    return found.id if found else text.strip().casefold()


def _stay(cells: Cells, names: CatalogueNames) -> dict[str, Any]:
    start = cells.day("start")
    level = cells.choice("level", LEVELS)
    host = _institution(cells, names, "host")
    values: dict[str, Any] = {
        "sending": _institution(cells, names, "sending"),
        "host": host,
        "level": level,
        "discipline": _discipline(cells, names, level),
        "start": start,
        "end": cells.day("end"),
        "rank": cells.number("rank", 1, UNRANKED, UNRANKED),
    }
    for column in ("academic_lectures", "cultural_lectures", "cultural_activities"):
        values[column] = cells.yes_no(column)
    values["laboratories"] = _units(cells, names, "laboratories", host, Content.LABORATORY)
    values["specialties"] = _units(cells, names, "specialties", host, Content.CLINICAL)
    values |= _block(cells, "laboratory", "laboratories") | _block(cells, "clinical", "specialties")
    year = start.year if start else 0
    values["intake_year"] = cells.number("intake_year", year - 1, year + 1, year) if start else year
    return values


def _person(cells: Cells, start: date | None) -> dict[str, Any]:
    person = {
        "student_number": cells.number_as_text("student_number", longest=40),
        "family_name": cells.latin_name("family_name"),
        "given_name": cells.latin_name("given_name"),
        "native_name": cells.text("native_name", needed=False),
        "email": cells.email("email"),
        "birth_date": _birth_date(cells, start),
        "gender": cells.choice("gender", GENDERS),
        "nationality": nationality_of(cells.text("nationality")),
        "language": cells.choice("language", LANGUAGES, default="en"),
    }
    if not person["family_name"] and not person["given_name"] and not cells.refused(("family_name", "given_name")):
        cells.refuse("family_name", "cell.name_missing")
    if not person["nationality"] and not cells.refused(("nationality",)):
        cells.refuse("nationality", "cell.country")
    return person


def _birth_date(cells: Cells, start: date | None) -> date | None:
    born = cells.day("birth_date")
    if born is not None and start is not None:
        age = start.year - born.year - ((start.month, start.day) < (born.month, born.day))
        if not AGES[0] <= age <= AGES[1]:
            cells.refuse("birth_date", "cell.age", age=age, least=AGES[0], most=AGES[1])
    return born


def _fee(cells: Cells) -> None:
    text = cells.text("programme_fee", needed=False)
    try:
        free = not text or Decimal(text) == 0
    except InvalidOperation:
        free = False
    if not free:
        cells.refuse("programme_fee", "cell.fee", "D6")


def _institution(cells: Cells, names: CatalogueNames, column: str) -> str:
    text = cells.text(column)
    found = names.institution(text) if text else None
    if text and found is None:
        cells.refuse(column, "cell.university_unknown")
    return found.id if found else ""


def _discipline(cells: Cells, names: CatalogueNames, level: Level | None) -> str:
    text = cells.text("discipline")
    found = names.disciplines(text) if text else []
    # Among lists that share a name the student's own level decides; a name of another level's list is D7's to refuse.
    own = [d for d in found if level in d.levels] or found[:1]
    if text and not found:
        cells.refuse("discipline", "cell.discipline_unknown", "D7")
    elif len(own) > 1:
        cells.refuse("discipline", "cell.discipline_ambiguous", "D7", choices=_ids(own))
    return own[0].id if own else ""


def _units(cells: Cells, names: CatalogueNames, column: str, host: str, content: Content) -> tuple[str, ...]:
    chosen: list[str] = []
    for text in cells.items(column) if host else []:
        found = names.units(host, content, text)
        if not found:
            cells.refuse(column, "cell.unit_not_offered", "D7", text=text)
        elif len(found) > 1:
            cells.refuse(column, "cell.unit_ambiguous", "D7", text=text, choices=_ids(found))
        else:
            chosen.append(found[0].id)
    return tuple(dict.fromkeys(chosen))


def _ids(things: list[Discipline] | list[ProgrammeUnit]) -> tuple[str, ...]:
    return tuple(t.id for t in things)


def _block(cells: Cells, content: str, preferences: str) -> dict[str, date | None]:
    first, last = f"{content}_start", f"{content}_end"
    dates = {first: cells.day(first, needed=False), last: cells.day(last, needed=False)}
    given = [column for column in dates if cells.text(column, needed=False)]
    if len(given) == 1:
        other = last if given == [first] else first
        cells.refuse(other, "cell.missing_beside", "D8", column=given[0])
    elif not given and cells.items(preferences):
        cells.refuse(first, "cell.missing_for", "D8", column=preferences)
    return dates
