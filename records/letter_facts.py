"""What letters about an exchange say, read from its records; and how it stood at an earlier moment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.events import (
    EVENT,
    BedAssigned,
    Event,
    ExchangeClosed,
    ExchangeReopened,
    HoldingsReleased,
    LeavingBegan,
    LetterWritten,
    PlaceAssigned,
)
from models.identifiers import block_of
from models.messages.exchange import Plan
from models.people.letters import LetterKind
from models.rules.letters import BedHeld, Block, Change, LetterFacts, Lodging, SessionHours
from models.tables import DocumentRow, EventRow, StepRow
from models.vocabulary import PROGRAMME_CONTENTS, DocumentStatus, Outcome, Role, StepKind
from records.beds import stretches
from records.residences import residence_of
from records.session_hours import attended_objectives
from records.stays import StayOnRecord, hours_of, read_stay

TELLING = (LetterKind.ADMISSION_NOTICE, LetterKind.INVITATION, LetterKind.ACCEPTANCE, LetterKind.HOUSING)
"""Letters that a student or a university relies on: what is otherwise afterwards is a change."""


@dataclass(frozen=True)
class Stood:
    """How an exchange stood at a moment."""

    plan: Plan | None = None
    version: int = 1
    """Of the nomination whose names held."""
    places: dict[str, str] = field(default_factory=dict)
    """The unit of the last place taken, by block."""
    bed: str = ""
    leaving: tuple[Outcome, date | None] | None = None
    """How it ended or began to end, with the last day where one was named."""


@dataclass(frozen=True)
class Past:
    """The events of one exchange, in order."""

    events: tuple[Event, ...]

    def at(self, moment: datetime | None = None) -> Stood:
        """How it stood at a moment, with what happened in it; without one: now."""
        stood = Stood()
        for event in self.events:
            if moment is None or event.at <= moment:
                stood = _after(stood, event)
        return stood

    def told_at(self) -> datetime | None:
        """Since when something that a letter told may be otherwise: the oldest of its newest versions."""
        newest = {e.letter: e.at for e in self.events if isinstance(e, LetterWritten) and e.letter in TELLING}
        return min(newest.values(), default=None)

    def data_sheet_before(self, moment: datetime) -> datetime | None:
        """When the newest data sheet was written that was there at a moment."""
        sheets = (e for e in self.events if isinstance(e, LetterWritten) and e.letter is LetterKind.DATA_SHEET)
        return max((sheet.at for sheet in sheets if sheet.at <= moment), default=None)


def _after(stood: Stood, event: Event) -> Stood:
    plan = getattr(event, "plan", None)
    if isinstance(plan, Plan):
        stood = replace(stood, plan=plan)
    if isinstance(version := getattr(event, "nomination_version", None), int):
        stood = replace(stood, version=version)
    match event:
        case PlaceAssigned():
            return replace(stood, places=stood.places | {block_of(event.placement_id): event.unit_id})
        case BedAssigned():
            return replace(stood, bed=event.bed_id)
        case HoldingsReleased() if event.from_day is None:
            return replace(stood, places={}, bed="")
        case LeavingBegan():
            return replace(stood, leaving=(event.outcome, event.last_day))
        case ExchangeClosed():
            last = stood.leaving[1] if stood.leaving and stood.leaving[0] is event.outcome else None
            return replace(stood, leaving=(event.outcome, last))
        case ExchangeReopened():
            return replace(stood, leaving=None)
    return stood


async def past_of(session: AsyncSession, exchange_id: str) -> Past:
    """Everything that happened in an exchange."""
    rows = select(EventRow.payload).where(EventRow.stream == exchange_id).order_by(EventRow.seq)
    return Past(tuple(EVENT.validate_python(payload) for payload in await session.scalars(rows)))


async def letter_facts(session: AsyncSession, exchange_id: str, programme: Programme) -> LetterFacts:
    """What letters about an exchange say, as it stands now.

    Raises:
        Unknown: there is no such exchange.
        Broken: a university of the exchange is no longer in the catalogue.
    """
    stay, past = await read_stay(session, exchange_id, programme), await past_of(session, exchange_id)
    exchange, person, plan = stay.exchange, stay.person, Plan.model_validate(stay.exchange.plan)
    stood = past.at()
    approved, accepted = await _answered(session, stay)
    passport = await _passport(session, exchange_id)
    outcome, last_day = stood.leaving or (None, None)
    return LetterFacts(
        exchange_id=exchange.id,
        nomination_version=exchange.nomination_version,
        nomination=exchange.nomination,
        family_name=person.family_name,
        given_name=person.given_name,
        native_name=person.native_name,
        born=person.birth_date,
        gender=person.gender,
        nationality=person.nationality,
        passport_number=person.passport_number,
        student_number=person.student_number,
        email=person.email,
        year=exchange.year,
        level=exchange.level,
        discipline=exchange.discipline,
        sending=stay.sending,
        host=stay.host,
        start=plan.start,
        end=plan.end,
        contents=tuple((one.content, one.start, one.end) for one in plan.contents),
        wishes=(*plan.laboratories, *plan.specialties),
        visa_form=plan.visa_form,
        visa_class=plan.visa_class,
        approved_on=approved,
        accepted_on=accepted,
        passport_accepted=passport is not None,
        passport_until=passport.expires_on if passport else None,
        bed=(bed := await _bed(session, stay)),
        lodging=await _lodging(session, exchange_id) if bed is None else None,
        blocks=tuple(_blocks(stay, programme)),
        sessions=tuple(_sessions(stay, programme, await attended_objectives(session, exchange_id))),
        changes=_changes(past, plan, stood),
        arrived_on=stay.arrived_on,
        departed_on=exchange.actual_departure,
        outcome=outcome,
        last_day=last_day,
    )


async def _answered(session: AsyncSession, stay: StayOnRecord) -> tuple[date | None, date | None]:
    """When the host approved and when the student accepted, by the host's calendar."""
    wanted = {StepKind.HOST_APPROVAL: "approve", StepKind.ACCEPT_OFFER: "accept"}
    rows = await session.scalars(
        select(StepRow)
        .where(StepRow.exchange_id == stay.exchange.id, StepRow.kind.in_(wanted), StepRow.decided_at.is_not(None))
        .order_by(StepRow.decided_at)
    )
    zone, days = ZoneInfo(stay.host.zone), dict[StepKind, date]()
    for row in rows:
        if row.outcome == wanted[row.kind] and row.decided_at is not None:
            days[row.kind] = row.decided_at.astimezone(zone).date()
    return days.get(StepKind.HOST_APPROVAL), days.get(StepKind.ACCEPT_OFFER)


async def _passport(session: AsyncSession, exchange_id: str) -> DocumentRow | None:
    return await session.scalar(
        select(DocumentRow)
        .where(
            DocumentRow.exchange_id == exchange_id,
            DocumentRow.kind == "passport",
            DocumentRow.status == DocumentStatus.ACCEPTED,
        )
        .order_by(DocumentRow.submitted_at.desc(), DocumentRow.id)
        .limit(1)
    )


async def _bed(session: AsyncSession, stay: StayOnRecord) -> BedHeld | None:
    """The bed of the last night held."""
    held = await stretches(session, stay.exchange.id)
    return BedHeld(id=held[-1].bed_id, first=held[-1].first, last=held[-1].last) if held else None


def _blocks(stay: StayOnRecord, programme: Programme) -> Iterable[Block]:
    said = {row.placement_id: row for row in stay.evaluations if row.placement_id is not None}
    for placement, reports in hours_of(stay):
        unit = stay.host.unit(placement.unit_id)
        supervisors = programme.contacts(stay.host.id, Role.SUPERVISOR, placement.unit_id)
        evaluation = said.get(placement.id)
        yield Block(
            content=placement.content,
            unit=unit.name if unit else placement.unit_id,
            unit_zh=unit.name_zh if unit else placement.unit_id,
            status=unit.status if unit else "",
            status_zh=unit.status_zh if unit else "",
            supervisor=supervisors[0].name if supervisors else "",
            first=placement.first,
            last=placement.last,
            planned=sum(row.hours_planned for row in reports),
            attended=sum(row.hours_attended for row in reports),
            passed=evaluation.passed if evaluation else None,
            ratings=dict(evaluation.ratings) if evaluation else {},
            objectives=programme.policy.serving.part(stay.host.id, placement.content, placement.unit_id),
        )


def _sessions(stay: StayOnRecord, programme: Programme, named: Mapping[str, frozenset[str]]) -> Iterable[SessionHours]:
    for content in PROGRAMME_CONTENTS:
        rows = [row for row in stay.attendance if row.content is content]
        if rows:
            planned, attended = (sum(r.hours_planned for r in rows), sum(r.hours_attended for r in rows))
            served = programme.policy.serving.part(stay.host.id, content) | named.get(content, frozenset())
            yield SessionHours(content=content, planned=planned, attended=attended, objectives=served)


async def _lodging(session: AsyncSession, exchange_id: str) -> Lodging | None:
    found = await residence_of(session, exchange_id)
    if found is None:
        return None
    return Lodging(
        address=found.address, address_local=found.address_local, first=found.first_night, last=found.last_night
    )


def _changes(past: Past, plan: Plan, now: Stood) -> tuple[Change, ...]:
    """What is no longer as letters told it; names apart, which are corrected by writing a letter anew."""
    told = past.told_at()
    return tuple(_differences(past.at(told), now, plan)) if told is not None else ()


def _differences(before: Stood, now: Stood, plan: Plan) -> Iterable[Change]:
    if before.plan is not None:
        for what in ("start", "end", "discipline"):
            one, other = str(getattr(before.plan, what)), str(getattr(plan, what))
            if one != other:
                yield Change(what=what, before=one, after=other)
    for block in dict.fromkeys((*before.places, *now.places)):
        one, other = before.places.get(block, ""), now.places.get(block, "")
        if one and one != other:
            yield Change(what=block, before=one, after=other)
    if before.bed and before.bed != now.bed:
        yield Change(what="bed", before=before.bed, after=now.bed)
