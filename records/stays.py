"""What the records say of one stay: where it was worked, for how long, and what was said of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Institution, Programme
from models.errors import Broken, Unknown
from models.events import ClearanceEnded, Cleared, ExchangeResumed, StageEntered
from models.events.base import Fact
from models.messages.plan import Plan, PlannedContent
from models.rules.clearance import ClearedDays, cleared_days
from models.rules.hours import Period
from models.tables import AttendanceRow, EvaluationRow, EventRow, ExchangeRow, IdentityRow, PlacementRow
from models.vocabulary import Content

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
    cleared: tuple[ClearedDays, ...] = ()
    """When the student might see patients (D36)."""

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
    told = [await _told(session, exchange_id, kind) for kind in (Cleared, ClearanceEnded, StageEntered)]
    in_order = sorted((event for events in told for event in events), key=lambda event: event.at)
    return StayOnRecord(
        exchange=exchange,
        person=person,
        host=host,
        sending=sending,
        placements=tuple(_worked(rows, attendance)),
        attendance=attendance,
        evaluations=tuple(await session.scalars(evaluated.order_by(EvaluationRow.at, EvaluationRow.id))),
        stood_still=tuple(Period(_day(one.since, zone), _day(one.until, zone)) for one in resumed),
        cleared=cleared_days(in_order, host.zone),
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


def planned_block(plan: Plan, placement: Worked) -> PlannedContent | None:
    """The block of the plan that a placement is worked for: blocks of one student never share a day (D38)."""
    blocks = plan.blocks(placement.content)
    return next((block for block in blocks if block.start <= placement.planned.first <= block.end), None)


def hours_of(stay: StayOnRecord) -> Iterable[tuple[Worked, list[AttendanceRow]]]:
    """Each placement with the reports of its hours; those of the content alone go to its first block."""
    worked = {placement.id for placement in stay.placements}
    seen: set[Content] = set()
    for placement in stay.placements:
        mine = [row for row in stay.attendance if row.placement_id == placement.id]
        if placement.content not in seen:
            mine += [
                row for row in stay.attendance if row.content is placement.content and row.placement_id not in worked
            ]
        seen.add(placement.content)
        yield placement, mine
