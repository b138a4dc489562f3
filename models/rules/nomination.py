"""One row of a nomination file: a student, personal data included, and the stay the sending university plans.

`Nomination` never crosses into a workflow; `to_plan` gives what does.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from models.addresses import Email
from models.catalogue.programme import Programme
from models.messages.plan import UNRANKED, Plan, PlannedContent
from models.rules.blocks import WantedBlock, planned_blocks
from models.rules.countries import nationality_of
from models.rules.nomination_blocks import MORE, ids_of, read_blocks, read_days
from models.rules.nomination_cells import CatalogueNames, Cells
from models.rules.nomination_columns import BLOCK_COLUMNS, OF_BLOCKS
from models.rules.nomination_timing import LONGEST_REASON, WantedTime, timing_faults
from models.rules.plan_faults import faults_of_plan
from models.rules.stay import Fault, complete_plan
from models.vocabulary import PROGRAMME_CONTENTS, ROTATION_CONTENTS, Content, Level
from models.wire import Form

AGES = (15, 80)
"""Plausible ages at the start of a stay; outside of them the birth date is a slip of the pen."""

_LATER = frozenset(
    {
        "late_reason",
        "passport_number",
        *MORE.values(),
        *(f"{c}_{of}" for c in ROTATION_CONTENTS for of in ("share", "hours")),
    }
    | {f"{c}_{of}" for c in PROGRAMME_CONTENTS for of in ("start", "end")}
)
"""Fields that nominations of earlier versions do not have."""

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
    laboratory_share: int | None = None
    """Percent of the stay, instead of dates."""
    laboratory_hours: int | None = None
    clinical_start: date | None = None
    clinical_end: date | None = None
    clinical_share: int | None = None
    clinical_hours: int | None = None
    academic_lectures: bool
    academic_lectures_start: date | None = None
    """Without dates they span the stay (D8)."""
    academic_lectures_end: date | None = None
    cultural_lectures: bool
    cultural_lectures_start: date | None = None
    cultural_lectures_end: date | None = None
    cultural_activities: bool
    cultural_activities_start: date | None = None
    cultural_activities_end: date | None = None
    laboratories: tuple[str, ...] = ()
    """Wanted for the first laboratory block, and for those that name none."""
    specialties: tuple[str, ...] = ()
    more_laboratories: tuple[WantedBlock, ...] = ()
    """Laboratory blocks after the first."""
    more_specialties: tuple[WantedBlock, ...] = ()
    rank: int = Field(default=UNRANKED, ge=1)

    def blocks(self, content: Content) -> tuple[WantedBlock, ...]:
        """The blocks of laboratory or clinic, in the order of the form."""
        start, end, share, hours, wishes = (getattr(self, column) for column in BLOCK_COLUMNS[content])
        first = WantedBlock(start=start, end=end, share=share, hours=hours, units=wishes)
        return tuple(block for block in (first, *getattr(self, MORE[content])) if block.is_placed)

    def to_plan(self, programme: Programme) -> Plan:
        """The plan a workflow starts with. Without dates of their own, lectures and culture span the stay (D8)."""
        wanted = [(content, block) for content in ROTATION_CONTENTS for block in self.blocks(content)]
        contents = list(planned_blocks(self.start, self.end, wanted))
        for content in PROGRAMME_CONTENTS:
            if getattr(self, content):
                first, last = getattr(self, f"{content}_start"), getattr(self, f"{content}_end")
                contents.append(PlannedContent(content=content, start=first or self.start, end=last or self.end))
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
            laboratories=self._wishes(Content.LABORATORY),
            specialties=self._wishes(Content.CLINICAL),
            rank=self.rank,
        )
        return complete_plan(plan, programme, getattr(self, "nationality", ""))

    def _wishes(self, content: Content) -> tuple[str, ...]:
        first: tuple[str, ...] = getattr(self, BLOCK_COLUMNS[content][4])
        return tuple(dict.fromkeys((*first, *(unit for one in self.blocks(content) for unit in one.units))))


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
    passport_number: str = ""
    """As it is printed, in capitals and without spaces; empty where nobody told it yet (D19)."""
    language: Literal["en", "zh"] = "en"
    """Of the letters and mails to the student."""
    late_reason: str = ""
    """Why a stay that has begun or is over is recorded late; kept with the nomination."""

    @model_serializer(mode="wrap")
    def _without_what_is_not_said(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Nominations kept before something could be said are the same as those that do not say it now."""
        form: dict[str, Any] = handler(self)
        return {field: value for field, value in form.items() if value or field not in _LATER}


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
    if read & OF_BLOCKS:
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
    values |= read_days(cells, values) | read_blocks(cells, names, host, start, values["end"])
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
        "passport_number": cells.passport_number("passport_number"),
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
        cells.refuse("discipline", "cell.discipline_ambiguous", "D7", choices=ids_of(own))
    return own[0].id if own else ""
