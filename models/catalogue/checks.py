"""Checks across the files of the catalogue: what no single value can show."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field

from models.catalogue.contact_checks import deputies_of, id_fault
from models.catalogue.document_checks import document_faults, forms_of, host_faults
from models.catalogue.faults import CatalogueFault, wrong
from models.catalogue.jurisdiction import Jurisdiction
from models.catalogue.kept import RetentionRule, retention_faults
from models.catalogue.law_checks import law_faults
from models.catalogue.logos import Logo
from models.catalogue.looks import looks_faults
from models.catalogue.objective_checks import named_objectives, objective_faults
from models.catalogue.policy import DocumentPolicy, LadderRule, Rule, StepPolicy
from models.catalogue.programme import AfterClosing, Agreement, Discipline, Institution, MessageTemplate
from models.catalogue.served import Served
from models.catalogue.step_checks import Told, answer_faults, clock_faults, foreseen_faults
from models.catalogue.transfers import TransferNotice, notice_faults
from models.catalogue.unit_checks import unit_terms_faults
from models.people.roles import AT_HOME, EVERYWHERE, OF_SIDE
from models.rules.broadcasts import unknown_placeholders
from models.rules.stay import LIMITS
from models.vocabulary import (
    LANGUAGES,
    ROTATION_CONTENTS,
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

HOUSING = ("free", "free_or_supported")
GENDERS = ("any", "female", "male")
_HOURS = {Unit.HOURS: 1, Unit.DAYS: 24, Unit.WORKING_DAYS: 24, Unit.WEEKS: 168}


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
    retention: dict[Purpose | Literal["issued", "conversation"], Annotated[int, Field(ge=0)]]
    objectives: dict[str, str] = Field(min_length=1)
    objectives_zh: dict[str, str]
    served: dict[str, Served]


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
    messages: dict[str, MessageTemplate] = field(default_factory=dict)
    kept: dict[str, RetentionRule] = field(default_factory=dict)
    notices: dict[str, TransferNotice] = field(default_factory=dict)
    jurisdictions: tuple[tuple[str, Jurisdiction], ...] = ()
    """With the file each came from."""
    logos: Mapping[str, Logo] = field(default_factory=dict)
    """By institution."""


def faults_of(facts: Facts) -> list[CatalogueFault]:
    """Everything that does not fit together."""
    forms = forms_of(facts.jurisdictions)
    own = [document for _, institution in facts.institutions for document in institution.documents]
    found = [
        *_in("rules.toml", _rules(facts)),
        *_in("ladders.toml", _ladders(facts)),
        *_in("steps.toml", _steps(facts)),
        *_in("documents.toml", document_faults(facts.documents, own, facts.steps, facts.rules, forms)),
        *_in("disciplines.toml", _repeated("disciplines", (d.id for d in facts.disciplines))),
        *_in("programme.toml", _programme(facts)),
        *_in("messages.toml", _messages(facts)),
        *_in("retention.toml", retention_faults(facts.kept)),
        *_in("transfer_notices.toml", notice_faults(facts.notices)),
    ]
    for file, institution in facts.institutions:
        found += _in(file, _institution(institution, facts))
    for file, law in facts.jurisdictions:
        found += _in(file, law_faults(law, facts.steps))
    return [*found, *_shared_ids(facts)]


def _in(file: str, told: Told) -> list[CatalogueFault]:
    return [one.in_file(file) for one in told]


def _repeated(key: str, ids: Iterable[str]) -> Told:
    for id, times in Counter(ids).items():
        if times > 1:
            yield wrong(f"{key}[{id}]", "catalogue.repeated", times=times)


def _messages(facts: Facts) -> Told:
    for id, template in facts.messages.items():
        for name in ("subject", "subject_zh", "text", "text_zh"):
            for unknown in unknown_placeholders(getattr(template, name)):
                yield wrong(f"{id}.{name}", "catalogue.placeholder", id=unknown)


def _rules(facts: Facts) -> Told:
    revised = facts.programme.revised if facts.programme else date.max
    for id, rule in facts.rules.items():
        if rule.effective_from > revised:
            yield wrong(f"{id}.effective_from", "catalogue.not_in_force", date=revised)
    for id, names in LIMITS.items():
        values = facts.rules[id].values if id in facts.rules else {}
        for name in names:
            if type(values.get(name)) is not int:
                yield wrong(f"{id}.values.{name}", "value.not_whole")
    for id, rule in facts.rules.items():
        if id == "D4" and rule.values.get("after_closing") not in tuple(AfterClosing):
            yield wrong("D4.values.after_closing", "value.not_one_of", choices=tuple(AfterClosing))
        if id == "D6" and rule.values.get("programme_fee") != 0:
            yield wrong("D6.values.programme_fee", "catalogue.fee_is_waived")


def _ladders(facts: Facts) -> Told:
    for name, ladder in facts.ladders.items():
        acts = ladder.end_action is not EndAction.HOLD
        ends = [rung for rung in ladder.rungs if rung.kind is RungKind.END]
        if len(ends) != (1 if acts else 0):
            if acts:
                yield wrong(f"{name}.rungs", "catalogue.one_end_rung", count=len(ends))
            else:
                yield wrong(f"{name}.rungs", "catalogue.no_end_rung", count=len(ends))
        if (ladder.end_action is EndAction.REASSIGN) is not (ladder.reassign_to is not None):
            yield wrong(f"{name}.reassign_to", "catalogue.reassign_to")
        kinds = [list(RungKind).index(rung.kind) for rung in ladder.rungs]
        offsets = [rung.offset * _HOURS[rung.unit] for rung in ladder.rungs]
        if kinds != sorted(kinds) or offsets != sorted(offsets):
            yield wrong(f"{name}.rungs", "catalogue.rungs_in_order")
        for number, rung in enumerate(ladder.rungs, start=1):
            if (rung.offset < 0) is not (rung.kind is RungKind.REMINDER):
                yield wrong(f"{name}.rungs[{number}].offset", "catalogue.rung_sign")
            if rung.kind is not RungKind.END and not rung.to:
                yield wrong(f"{name}.rungs[{number}].to", "catalogue.names_nobody")


def _steps(facts: Facts) -> Told:
    for kind in StepKind:
        if facts.named["steps"] and kind.value not in facts.named["steps"]:
            yield wrong(kind.value, "catalogue.step_missing")
    if len(facts.steps) == len(facts.named["steps"]):  # else what cannot be read may be what opens another
        yield from foreseen_faults(facts.steps)
    for name, step in facts.steps.items():
        yield from _known_rule(name, step.rule, facts)
        if step.role not in OF_SIDE[step.side]:
            yield wrong(f"{name}.role", "catalogue.role_of_side", id=step.role, side=step.side)
        yield from answer_faults(name, step)
        yield from _known_rule(name, step.default_rule, facts)
        yield from clock_faults(name, step)
        ladder = facts.ladders.get(step.ladder)
        if ladder is None:
            if facts.named["ladders"] and step.ladder not in facts.named["ladders"]:
                yield wrong(f"{name}.ladder", "catalogue.no_ladder", id=step.ladder)
            continue
        closes = ladder.end_action in (EndAction.EXPIRE, EndAction.DECIDE)
        if sum(answer.clock for answer in step.answers.values()) != closes:
            yield wrong(f"{name}.answers", "catalogue.answer_by_clock", id=step.ladder)
        if (ladder.end_action is EndAction.DECIDE) is not (step.default_rule is not None):
            yield wrong(f"{name}.default_rule", "catalogue.default_rule", id=step.ladder)


def _known_rule(key: str, rule: str | None, facts: Facts) -> Told:
    if rule is not None and rule not in facts.rules:
        yield wrong(f"{key}.rule", "catalogue.no_rule", id=rule)


def _programme(facts: Facts) -> Told:
    if facts.programme is None:
        return
    home = facts.programme.home
    if home not in facts.named["institutions"]:
        yield wrong("home", "catalogue.no_institution", id=home)
    if len(facts.programme.fees) != len(facts.programme.fees_zh):
        yield wrong("fees_zh", "catalogue.fees_in_both")
    if facts.programme.objectives.keys() != facts.programme.objectives_zh.keys():
        yield wrong("objectives_zh", "catalogue.objectives_in_both")
    yield from objective_faults(facts.programme.objectives, facts.programme.served, facts.named["institutions"])


def _institution(institution: Institution, facts: Facts) -> Told:
    others = [other for _, other in facts.institutions if other.id != institution.id]
    try:
        ZoneInfo(institution.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield wrong("zone", "catalogue.no_zone", id=institution.zone)
    if institution.housing.kind not in HOUSING:
        yield wrong("housing.kind", "value.not_one_of", choices=HOUSING)
    for bed in institution.beds:
        if bed.gender not in GENDERS:
            yield wrong(f"beds[{bed.id}].gender", "value.not_one_of", choices=GENDERS)
    yield from _calendar(institution)
    if institution.looks is not None:
        yield from looks_faults(institution.looks)
    yield from _contacts(institution, facts)
    yield from _units(institution, facts)
    yield from named_objectives(institution, facts.programme.objectives if facts.programme else {})
    yield from host_faults(
        institution, facts.documents, others, facts.steps, facts.rules, forms_of(facts.jurisdictions)
    )
    yield from _repeated("agreements", (a.partner for a in institution.agreements))
    for agreement in institution.agreements:
        yield from _agreement(agreement, institution, facts)


def _calendar(institution: Institution) -> Told:
    for number, closure in enumerate(institution.closures, start=1):
        if closure.last_day < closure.first_day:
            yield wrong(f"closures[{number}].last_day", "catalogue.ends_before", date=closure.first_day)
        for worked in institution.worked_days:
            if closure.covers(worked.day):
                yield wrong(f"worked_days[{worked.day}]", "catalogue.closed_or_worked", date=closure.first_day)
    yield from _repeated("worked_days", (str(worked.day) for worked in institution.worked_days))


def _contacts(institution: Institution, facts: Facts) -> Told:
    is_home = facts.programme is not None and facts.programme.home == institution.id
    named = {contact.role for contact in institution.contacts}
    for role in (*EVERYWHERE, *(AT_HOME if is_home else ())):
        if role not in named:
            yield wrong("contacts", "catalogue.nobody_as", id=role)
    for contact in institution.contacts:
        key = f"contacts[{contact.id}]"
        if contact.language not in LANGUAGES:
            yield wrong(f"{key}.language", "value.not_one_of", choices=LANGUAGES)
        home = facts.programme.home if facts.programme else institution.id
        everybody = [one for _, one in facts.institutions]
        yield from deputies_of(contact, institution, home, everybody)
        if fault := id_fault(contact.id, everybody):
            yield wrong(key, fault)
        if contact.role is Role.SUPERVISOR and institution.unit(contact.unit) is None:
            yield wrong(f"{key}.unit", "catalogue.no_unit", id=contact.unit)


def _units(institution: Institution, facts: Facts) -> Told:
    disciplines = {discipline.id for discipline in facts.disciplines}
    supervised = {c.unit for c in institution.contacts if c.role is Role.SUPERVISOR}
    for unit in institution.units:
        if unit.content not in ROTATION_CONTENTS:
            yield wrong(f"units[{unit.id}].content", "value.not_one_of", choices=ROTATION_CONTENTS)
        elif unit.content not in institution.hosts:
            yield wrong(f"units[{unit.id}].content", "catalogue.not_hosted", id=unit.content)
        if unit.id not in supervised:
            yield wrong(f"units[{unit.id}]", "catalogue.no_supervisor")
        yield from unit_terms_faults(unit, institution)
        for unknown in sorted(set(unit.disciplines) - disciplines):
            yield wrong(f"units[{unit.id}].disciplines", "catalogue.no_discipline", id=unknown)
    for content in ROTATION_CONTENTS:
        if content in institution.hosts and not any(u.content is content for u in institution.units):
            yield wrong("units", "catalogue.no_unit_for", id=content)


def _agreement(agreement: Agreement, institution: Institution, facts: Facts) -> Told:
    key = f"agreements[{agreement.partner}]"
    home = facts.programme.home if facts.programme else institution.id
    if agreement.partner not in facts.named["institutions"]:
        yield wrong(f"{key}.partner", "catalogue.no_institution", id=agreement.partner)
    elif agreement.partner == institution.id or home not in (agreement.partner, institution.id):
        yield wrong(f"{key}.partner", "catalogue.not_with_home", id=home)
    bounds = facts.rules["D4"].values if "D4" in facts.rules else {}
    lowest, highest = bounds.get("minimum", 5), bounds.get("maximum", 10)
    for year, seats in agreement.cap.items():
        if not float(lowest) <= seats <= float(highest):
            yield wrong(f"{key}.cap.{year}", "catalogue.seats", seats=seats, least=lowest, most=highest)
    yield from _terms(agreement, key)


def _terms(agreement: Agreement, key: str) -> Told:
    """Terms have seats, close before their last stays begin, and share no day."""
    for number, term in enumerate(agreement.terms, start=1):
        where = f"{key}.terms[{number}]"
        if term.first.year not in agreement.cap:
            yield wrong(f"{where}.first", "catalogue.no_seats")
        if term.last < term.first:
            yield wrong(f"{where}.last", "catalogue.term_ends_before")
        if term.closes >= term.last:
            yield wrong(f"{where}.closes", "catalogue.term_closes_after")
        for earlier in agreement.terms[: number - 1]:
            if term.first <= earlier.last and earlier.first <= term.last:
                yield wrong(f"{where}.first", "catalogue.terms_overlap")


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
                name = f"{key}[{id}]"
                twice = wrong(name, "catalogue.twice_here")
                yield (twice if first == file else wrong(name, "catalogue.twice", file=first)).in_file(file)
