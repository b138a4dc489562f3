"""What the records say of one stay, read for the certificate: the gate's facts and the page's lines (D42)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from certificates.page import CertificatePage, ContentLine, RotationLine, Signer, University
from models.catalogue.programme import Institution, Programme
from models.errors import Broken, Unknown
from models.events import Cleared, ExchangeResumed
from models.events.base import Fact
from models.messages.contracts import GateRules
from models.messages.exchange import Plan
from models.rules.certificate import Attended, StayFacts, WorkedRotation
from models.rules.hours import Period, planned_hours
from models.rules.stay import forgiven_days
from models.tables import AttendanceRow, EvaluationRow, EventRow, ExchangeRow, IdentityRow, PlacementRow
from models.vocabulary import PROGRAMME_CONTENTS, Content, Role
from texts.certificate import OFFICE, TITLES, in_both

E = TypeVar("E", bound=Fact)


@dataclass(frozen=True)
class Worked:
    """One placement as it was worked: the days that were not given back, inside the actual stay."""

    id: str
    content: Content
    unit_id: str
    first: date
    last: date
    planned: Period
    """The block as it was planned, without the days that were given back."""


@dataclass(frozen=True)
class StayOnRecord:
    """Everything recorded of one stay that a certificate looks at."""

    exchange: ExchangeRow
    person: IdentityRow
    host: Institution
    sending: Institution
    placements: tuple[Worked, ...]
    attendance: tuple[AttendanceRow, ...]
    evaluations: tuple[EvaluationRow, ...]
    stood_still: tuple[Period, ...] = ()
    """Days on which the stay was suspended."""
    cleared_on: date | None = None
    """From when the student might see patients (D36)."""

    @property
    def arrived_on(self) -> date | None:
        """The day of the actual arrival in the host's zone."""
        arrived = self.exchange.actual_arrival
        return arrived.astimezone(ZoneInfo(self.host.zone)).date() if arrived else None


async def read_stay(session: AsyncSession, exchange_id: str, programme: Programme) -> StayOnRecord:
    """Everything recorded of one stay.

    Raises:
        Unknown: there is no such exchange.
        Broken: a university of the exchange is no longer in the catalogue.
    """
    exchange = await session.get(ExchangeRow, exchange_id)
    if exchange is None:
        raise Unknown("exchange.unknown", exchange=exchange_id)
    # As it holds for this exchange: what another nomination says of the person is no matter of this stay.
    person = await session.get_one(IdentityRow, (exchange_id, exchange.nomination_version))
    host, sending = programme.institution(exchange.host_id), programme.institution(exchange.sending_id)
    if host is None or sending is None:
        raise Broken("exchange.universities_gone", exchange=exchange_id)
    placed = select(PlacementRow).where(PlacementRow.exchange_id == exchange_id)
    attended = select(AttendanceRow).where(AttendanceRow.exchange_id == exchange_id)
    evaluated = select(EvaluationRow).where(EvaluationRow.exchange_id == exchange_id)
    attendance = tuple(await session.scalars(attended.order_by(AttendanceRow.first_day, AttendanceRow.id)))
    rows = await session.scalars(placed.order_by(PlacementRow.start, PlacementRow.id))
    zone = ZoneInfo(host.zone)
    resumed = await _told(session, exchange_id, ExchangeResumed)
    cleared = await _told(session, exchange_id, Cleared)
    return StayOnRecord(
        exchange=exchange,
        person=person,
        host=host,
        sending=sending,
        placements=tuple(_worked(rows, attendance)),
        attendance=attendance,
        evaluations=tuple(await session.scalars(evaluated.order_by(EvaluationRow.at, EvaluationRow.id))),
        stood_still=tuple(Period(_day(one.since, zone), _day(one.until, zone)) for one in resumed),
        cleared_on=_day(cleared[-1].at, zone) if cleared else None,
    )


async def _told(session: AsyncSession, exchange_id: str, kind: type[E]) -> tuple[E, ...]:
    """The events of one kind, oldest first."""
    name = kind.model_fields["kind"].default
    found = select(EventRow.payload).where(EventRow.stream == exchange_id, EventRow.kind == name)
    return tuple(kind.model_validate(one) for one in await session.scalars(found.order_by(EventRow.seq)))


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def _worked(rows: Iterable[PlacementRow], attendance: Sequence[AttendanceRow]) -> Iterable[Worked]:
    for row in rows:
        last = row.end if row.released_from is None else min(row.end, row.released_from - timedelta(days=1))
        reports = [report for report in attendance if report.placement_id == row.id]
        if last < row.start:
            continue
        yield Worked(
            id=row.id,
            content=row.content,
            unit_id=row.unit_id,
            # What was reported is what was worked; the block is only what was meant.
            first=min((report.first_day for report in reports), default=row.start),
            last=max((report.last_day for report in reports), default=last),
            planned=Period(row.start, last),
        )


def facts_of(stay: StayOnRecord, gate: GateRules) -> StayFacts:
    """What the gate looks at, from the records."""
    plan = Plan.model_validate(stay.exchange.plan)
    # Ordered by time: the last evaluation of a rotation is the one that counts.
    results = {row.placement_id: row.passed for row in stay.evaluations if row.placement_id is not None}
    return StayFacts(
        contents=plan.kinds(),
        arrived_on=stay.arrived_on,
        departed_on=stay.exchange.actual_departure,
        hours=tuple(
            Attended(
                content=row.content,
                placement_id=row.placement_id,
                planned=row.hours_planned,
                attended=row.hours_attended,
            )
            for row in stay.attendance
        ),
        rotations=tuple(
            WorkedRotation(placement_id=placement.id, content=placement.content, passed=results.get(placement.id))
            for placement in stay.placements
        ),
        student_evaluated=any(row.placement_id is None for row in stay.evaluations),
        attendance_above=gate.attendance_above,
        minimum_days=gate.minimum_days,
        forgiven_days=forgiven_days(plan.start, stay.arrived_on, gate.late_arrival_days) if stay.arrived_on else 0,
        planned=_planned(stay, gate.least_hours_a_week),
    )


def _planned(stay: StayOnRecord, hours_a_week: int) -> dict[Content, int]:
    """The hours with which each content was planned at least; no clinical day is planned before the clearance (D36)."""
    planned: dict[Content, int] = {}
    for placement in stay.placements:
        block = placement.planned
        if placement.content is Content.CLINICAL and stay.cleared_on is not None:
            block = Period(max(block.first, min(stay.cleared_on, block.last)), block.last)
        hours = planned_hours(block, stay.stood_still, hours_a_week)
        planned[placement.content] = planned.get(placement.content, 0) + hours
    return planned


def page_of(
    stay: StayOnRecord, programme: Programme, *, number: str, version: int, issued_on: date, verification_url: str
) -> CertificatePage:
    """What the certificate of this stay says. The gate has been passed: arrival and departure are known."""
    first, last = stay.arrived_on, stay.exchange.actual_departure
    if first is None or last is None:
        raise Broken("exchange.dates_missing", exchange=stay.exchange.id)
    host, sending = _university(stay.host), _university(stay.sending)
    return CertificatePage(
        number=number,
        version=version,
        issued_on=issued_on,
        verification_url=verification_url,
        student=f"{stay.person.given_name} {stay.person.family_name}".strip(),
        student_original=stay.person.native_name,
        born=stay.person.birth_date,
        host=host,
        sending=sending,
        first=first,
        last=last,
        rotations=tuple(_rotations(stay, programme)),
        contents=tuple(_contents(stay)),
        signers=(_signer(programme, stay.host, host), _signer(programme, stay.sending, sending)),
    )


def _rotations(stay: StayOnRecord, programme: Programme) -> Iterable[RotationLine]:
    worked = {placement.id for placement in stay.placements}
    seen: set[Content] = set()
    for placement in stay.placements:
        mine = [row for row in stay.attendance if row.placement_id == placement.id]
        if placement.content not in seen:  # hours reported for the content alone go to its first block
            mine += [
                row for row in stay.attendance if row.content is placement.content and row.placement_id not in worked
            ]
        seen.add(placement.content)
        unit = stay.host.unit(placement.unit_id)
        supervisors = programme.contacts(stay.host.id, Role.SUPERVISOR, placement.unit_id)
        yield RotationLine(
            content=placement.content,
            unit=unit.name if unit else placement.unit_id,
            unit_zh=unit.name_zh if unit else "",
            first=placement.first,
            last=placement.last,
            hours=sum(row.hours_attended for row in mine),
            supervisor=supervisors[0].name if supervisors else "",
        )


def _contents(stay: StayOnRecord) -> Iterable[ContentLine]:
    for content in PROGRAMME_CONTENTS:
        hours = sum(row.hours_attended for row in stay.attendance if row.content is content)
        if hours:
            yield ContentLine(content=content, hours=hours)


def _university(institution: Institution) -> University:
    return University(name=institution.name, name_zh=institution.name_zh)


def _signer(programme: Programme, institution: Institution, university: University) -> Signer:
    contacts = ((programme.contacts(institution.id, role), title) for role, title in TITLES.items())
    name, signs_as = next(((found[0].name, title) for found, title in contacts if found), ("", OFFICE))
    role, role_zh = in_both(signs_as)
    return Signer(name=name, role=role, role_zh=role_zh, institution=university)
