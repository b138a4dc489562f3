"""Checks across the files of the catalogue: what no single value can show."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field

from models.catalogue.answers import GivenBy
from models.catalogue.contact_checks import deputies_of, id_fault
from models.catalogue.policy import DocumentPolicy, LadderRule, Rule, StepPolicy, VisaForm
from models.catalogue.programme import Agreement, Discipline, Institution
from models.catalogue.step_checks import Told, answer_faults, foreseen_faults
from models.people.roles import AT_HOME, EVERYWHERE, OF_SIDE
from models.rules.stay import LIMITS
from models.vocabulary import (
    LANGUAGES,
    ROTATION_CONTENTS,
    Anchor,
    EndAction,
    Level,
    Purpose,
    Repeated,
    Role,
    RungKind,
    StepKind,
    Unit,
)
from models.wire import Wire

_HOURS = {Unit.HOURS: 1, Unit.DAYS: 24, Unit.WORKING_DAYS: 24, Unit.WEEKS: 168}


class CatalogueFault(Wire):
    """One thing wrong with the catalogue: the file, the key in it, and why."""

    file: str
    key: str
    reason: str


class DisciplineList(Wire):
    """A list of seed section G and the levels that may choose from it (D7)."""

    name: str
    name_zh: str
    levels: tuple[Level, ...] = Field(min_length=1)


class ProgrammeFile(Wire):
    """What programme.toml says."""

    home: str
    revised: date
    attendance_above: float = Field(ge=0, lt=1)
    student_evaluation_week: int = Field(ge=1)
    fees: tuple[str, ...]
    fees_zh: tuple[str, ...]
    limits: dict[Repeated, Annotated[int, Field(ge=1)]]
    objectives: dict[str, str] = Field(min_length=1)
    objectives_zh: dict[str, str]


@dataclass(frozen=True)
class Facts:
    """Everything read from the files, before it is known to fit together."""

    programme: ProgrammeFile | None
    rules: dict[str, Rule]
    ladders: dict[str, LadderRule]
    steps: dict[str, StepPolicy]
    named: Mapping[str, frozenset[str]]
    """Ids of all `steps`, `ladders` and `institutions`, readable or not: what is at fault is not missing besides."""
    documents: tuple[DocumentPolicy, ...]
    disciplines: tuple[Discipline, ...]
    institutions: tuple[tuple[str, Institution], ...]
    """With the file each came from."""


def faults_of(facts: Facts) -> list[CatalogueFault]:
    """Everything that does not fit together."""
    found = [
        *_in("rules.toml", _rules(facts)),
        *_in("ladders.toml", _ladders(facts)),
        *_in("steps.toml", _steps(facts)),
        *_in("documents.toml", _documents(facts)),
        *_in("disciplines.toml", _repeated("disciplines", (d.id for d in facts.disciplines))),
        *_in("programme.toml", _programme(facts)),
    ]
    for file, institution in facts.institutions:
        found += _in(file, _institution(institution, facts))
    return [*found, *_shared_ids(facts)]


def _in(file: str, told: Told) -> list[CatalogueFault]:
    return [CatalogueFault(file=file, key=key, reason=reason) for key, reason in told]


def _repeated(key: str, ids: Iterable[str]) -> Told:
    for id, times in Counter(ids).items():
        if times > 1:
            yield f"{key}[{id}]", f"stands {times} times"


def _rules(facts: Facts) -> Told:
    revised = facts.programme.revised if facts.programme else date.max
    for id, rule in facts.rules.items():
        if rule.effective_from > revised:
            yield f"{id}.effective_from", f"is after the catalogue's own date, {revised}: the rule is not in force yet"
    for id, names in LIMITS.items():
        values = facts.rules[id].values if id in facts.rules else {}
        for name in names:
            if type(values.get(name)) is not int:
                yield f"{id}.values.{name}", "must be a whole number"
    for id, rule in facts.rules.items():
        if id == "D6" and rule.values.get("programme_fee") != 0:
            yield "D6.values.programme_fee", "must be 0: the programme fee is waived"


def _ladders(facts: Facts) -> Told:
    for name, ladder in facts.ladders.items():
        acts = ladder.end_action is not EndAction.HOLD
        ends = [rung for rung in ladder.rungs if rung.kind is RungKind.END]
        if len(ends) != (1 if acts else 0):
            yield f"{name}.rungs", f"has {len(ends)} end rungs; " + ("one is needed" if acts else "it never ends")
        if (ladder.end_action is EndAction.REASSIGN) is not (ladder.reassign_to is not None):
            yield f"{name}.reassign_to", "is needed where the ladder reassigns, and only there"
        kinds = [list(RungKind).index(rung.kind) for rung in ladder.rungs]
        offsets = [rung.offset * _HOURS[rung.unit] for rung in ladder.rungs]
        if kinds != sorted(kinds) or offsets != sorted(offsets):
            yield f"{name}.rungs", "must be in order: reminders, escalations, end, each later than the one before"
        for number, rung in enumerate(ladder.rungs, start=1):
            if (rung.offset < 0) is not (rung.kind is RungKind.REMINDER):
                yield (
                    f"{name}.rungs[{number}].offset",
                    "is below 0 for reminders, which come before, and for nothing else",
                )
            if rung.kind is not RungKind.END and not rung.to:
                yield f"{name}.rungs[{number}].to", "names nobody"


def _steps(facts: Facts) -> Told:
    for kind in StepKind:
        if facts.named["steps"] and kind.value not in facts.named["steps"]:
            yield kind.value, "is missing: every kind of step has a table"
    if len(facts.steps) == len(facts.named["steps"]):  # else what cannot be read may be what opens another
        yield from foreseen_faults(facts.steps)
    for name, step in facts.steps.items():
        yield from _known_rule(name, step.rule, facts)
        if step.role not in OF_SIDE[step.side]:
            yield f"{name}.role", f"{step.role} does not belong to the side {step.side}"
        yield from answer_faults(name, step)
        yield from _known_rule(name, step.default_rule, facts)
        yield from _clock(name, step)
        ladder = facts.ladders.get(step.ladder)
        if ladder is None:
            if facts.named["ladders"] and step.ladder not in facts.named["ladders"]:
                yield f"{name}.ladder", f"there is no ladder {step.ladder}"
            continue
        closes = ladder.end_action in (EndAction.EXPIRE, EndAction.DECIDE)
        if sum(answer.clock for answer in step.answers.values()) != closes:
            yield (
                f"{name}.answers",
                f"one is by the clock where the ladder {step.ladder} closes the step",
            )
        if (ladder.end_action is EndAction.DECIDE) is not (step.default_rule is not None):
            yield f"{name}.default_rule", f"is needed where the ladder ends by decide, and only there; {step.ladder}"


def _collects(step: StepPolicy) -> bool:
    return any(answer.given_by is GivenBy.DOCUMENTS for answer in step.answers.values())


def _clock(name: str, step: StepPolicy) -> Told:
    """A step's clock: a legal one names its law and cannot be moved; every other one says how far it can."""
    if step.legal and not (step.law and step.law_zh):
        yield f"{name}.law", "is needed in both languages (law, law_zh) where legal = true"
    if step.legal and (step.extension_days or step.waits_for):
        yield f"{name}.legal", "excludes extension_days and waits_for: nobody stops a clock of the law"
    if not step.legal and step.extension_days is None:
        yield f"{name}.extension_days", "is missing: by how many days in all may this step be extended?"
    if step.kind in step.waits_for:
        yield f"{name}.waits_for", "names the step itself"
    if (step.due.anchor is Anchor.PREVIOUS_STEP) is not (step.due.after is not None):
        yield f"{name}.due.after", "is needed with the anchor previous_step, and only there"


def _known_rule(key: str, rule: str | None, facts: Facts) -> Told:
    if rule is not None and rule not in facts.rules:
        yield f"{key}.rule", f"there is no rule {rule}"


def _documents(facts: Facts) -> Told:
    yield from _repeated("documents", (d.kind for d in facts.documents))
    for document in facts.documents:
        key = f"documents[{document.kind}]"
        yield from _known_rule(key, document.rule, facts)
        step = facts.steps.get(document.step)
        if step is not None and not _collects(step):
            yield f"{key}.step", f"{document.step} does not collect documents"
        elif step is not None and step.side is not document.provided_by:
            yield f"{key}.provided_by", f"{document.step} is a step of the {step.side}"
        elif step is not None and document.purpose is Purpose.HEALTH and not step.health:
            yield f"{key}.purpose", f"is health, and no answer of {document.step} says health = true (D46)"
        if "purpose" not in document.model_fields_set:
            yield f"{key}.purpose", f"is missing: who may open it? One of {', '.join(Purpose)}"
        if not document.directions:
            yield f"{key}.directions", "names none"
        if document.min_pages > document.max_pages:
            yield f"{key}.max_pages", f"is below min_pages, {document.min_pages}"
        for form in sorted(set(document.visa_forms) - set(VisaForm)):
            yield f"{key}.visa_forms", f"{form} is none of {', '.join(VisaForm)}"
    collected = {d.step for d in facts.documents}
    for name, step in facts.steps.items():
        if _collects(step) and step.kind not in collected:
            yield "documents", f"no document is asked for in {name}, which could never be complete"


def _programme(facts: Facts) -> Told:
    if facts.programme is None:
        return
    home = facts.programme.home
    if home not in facts.named["institutions"]:
        yield "home", f"there is no institution {home}"
    if len(facts.programme.fees) != len(facts.programme.fees_zh):
        yield "fees_zh", "must have a line for every line of fees"
    if facts.programme.objectives.keys() != facts.programme.objectives_zh.keys():
        yield "objectives_zh", "must name the same objectives as objectives"


def _institution(institution: Institution, facts: Facts) -> Told:
    try:
        ZoneInfo(institution.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield "zone", f"there is no time zone {institution.zone}"
    if institution.housing.kind not in ("free", "free_or_supported"):
        yield "housing.kind", "must be free or free_or_supported"
    for bed in institution.beds:
        if bed.gender not in ("any", "female", "male"):
            yield f"beds[{bed.id}].gender", "must be any, female or male"
    yield from _calendar(institution)
    yield from _contacts(institution, facts)
    yield from _units(institution)
    yield from _repeated("agreements", (a.partner for a in institution.agreements))
    for agreement in institution.agreements:
        yield from _agreement(agreement, institution, facts)


def _calendar(institution: Institution) -> Told:
    for number, closure in enumerate(institution.closures, start=1):
        if closure.last_day < closure.first_day:
            yield f"closures[{number}].last_day", f"is before the first day, {closure.first_day}"
        for worked in institution.worked_days:
            if closure.covers(worked.day):
                yield f"worked_days[{worked.day}]", f"lies in a closure ({closure.reason}): closed or worked?"
    yield from _repeated("worked_days", (str(worked.day) for worked in institution.worked_days))


def _contacts(institution: Institution, facts: Facts) -> Told:
    is_home = facts.programme is not None and facts.programme.home == institution.id
    named = {contact.role for contact in institution.contacts}
    for role in (*EVERYWHERE, *(AT_HOME if is_home else ())):
        if role not in named:
            yield "contacts", f"nobody is named as {role}"
    for contact in institution.contacts:
        key = f"contacts[{contact.id}]"
        if contact.language not in LANGUAGES:
            yield f"{key}.language", f"must be one of {', '.join(LANGUAGES)}"
        home = facts.programme.home if facts.programme else institution.id
        everybody = [one for _, one in facts.institutions]
        yield from deputies_of(contact, institution, home, everybody)
        if fault := id_fault(contact.id, everybody):
            yield key, fault
        if contact.role is Role.SUPERVISOR and institution.unit(contact.unit) is None:
            yield f"{key}.unit", f"there is no unit {contact.unit!r} here"


def _units(institution: Institution) -> Told:
    supervised = {c.unit for c in institution.contacts if c.role is Role.SUPERVISOR}
    for unit in institution.units:
        if unit.content not in ROTATION_CONTENTS:
            yield f"units[{unit.id}].content", "must be laboratory or clinical"
        elif unit.content not in institution.hosts:
            yield f"units[{unit.id}].content", f"hosts does not list {unit.content}"
        if unit.id not in supervised:
            yield f"units[{unit.id}]", "has no contact with role supervisor"
    for content in ROTATION_CONTENTS:
        if content in institution.hosts and not any(u.content is content for u in institution.units):
            yield "units", f"hosts lists {content}, and no unit takes students for it"


def _agreement(agreement: Agreement, institution: Institution, facts: Facts) -> Told:
    key = f"agreements[{agreement.partner}]"
    home = facts.programme.home if facts.programme else institution.id
    if agreement.partner not in facts.named["institutions"]:
        yield f"{key}.partner", f"there is no institution {agreement.partner}"
    elif agreement.partner == institution.id or home not in (agreement.partner, institution.id):
        yield f"{key}.partner", f"agreements are between {home} and another university"
    bounds = facts.rules["D4"].values if "D4" in facts.rules else {}
    lowest, highest = bounds.get("minimum", 5), bounds.get("maximum", 10)
    for year, seats in agreement.cap.items():
        if not float(lowest) <= seats <= float(highest):
            yield f"{key}.cap.{year}", f"{seats} seats; a university sends {lowest} to {highest} students a year (D4)"
    for year in sorted(set(agreement.nominations_close) - set(agreement.cap)):
        yield f"{key}.nominations_close.{year}", "no seats are agreed for this year"


def _shared_ids(facts: Facts) -> Iterable[CatalogueFault]:
    """Ids that stand for one thing in the whole programme, wherever it is written."""
    seen: dict[tuple[str, str], str] = {}
    for file, institution in facts.institutions:
        named = [("id", institution.id), ("code", institution.code)]
        named += [("contacts", c.id.casefold()) for c in institution.contacts]
        named += [("units", u.id) for u in institution.units] + [("beds", b.id) for b in institution.beds]
        for key, id in named:
            first = seen.setdefault((key, id), file)
            if first != file or named.count((key, id)) > 1:
                where = "twice here" if first == file else f"in {first} too"
                yield CatalogueFault(file=file, key=f"{key}[{id}]", reason=f"stands {where}; it must be unique")
