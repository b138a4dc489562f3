"""What the tests of the records share: stand-ins for calendars, mail and waker, and ways into the database."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.recording import Records
from models.catalogue.policy import DueRule, LadderRule
from models.events import Event, StepOpened
from models.messages.exchange import RungAt, StepPlan
from models.rules.deadlines import Hold
from models.tables import Base, BedRow, MessageRow, UnitRow, UnitSlotRow
from models.vocabulary import Content, Role
from records.store.append import NoOutbox, Wakers, Writer, append
from records.store.engine import Sessions, transaction
from tests.wakers import CountingWaker


class PlainCalendars:
    """Every institution keeps UTC and works every day."""

    def plan(
        self,
        step_id: str,
        due: DueRule,
        ladder: LadderRule,
        owner_institution: str,
        opened_at: datetime,
        anchor_on: date | None = None,
        anchor_at: datetime | None = None,
        due_at: datetime | None = None,
        held: tuple[Hold, ...] = (),
    ) -> StepPlan:
        """Due `offset` days after the opening, later by what it was held; one rung the day before."""
        due_at = due_at or opened_at + timedelta(days=due.offset)
        due_at += sum((hold.until - hold.since for hold in held), timedelta())
        return StepPlan(
            step_id=step_id,
            due_at=due_at,
            zone=f"UTC:{owner_institution}",
            rungs=(RungAt(index=0, at=due_at - timedelta(days=1)),),
        )

    def moment(self, institution: str, on: date, at: time) -> datetime:
        """That time in UTC."""
        return datetime.combine(on, at, tzinfo=UTC)


class StepMail:
    """Writes one message per opened step."""

    async def post(self, session: AsyncSession, stream: str, seq: int, event: Event) -> int:
        """One row for an opened step."""
        if not isinstance(event, StepOpened):
            return 0
        session.add(
            MessageRow(
                key=f"{stream}:{seq}",
                kind="step_opened",
                exchange_id=stream,
                stream=stream,
                step_id=event.step_id,
                recipient_id="dartmouth.coordinator",
                recipient_role=Role.COORDINATOR,
                language="en",
                params={},
                created_at=event.at,
                not_before=event.at,
            )
        )
        return 1


def records(sessions: Sessions, waker: CountingWaker | None = None) -> Records:
    """Records that mail opened steps, on plain calendars."""
    return Records(sessions, PlainCalendars(), StepMail(), Wakers(waker or CountingWaker()))


NO_MAIL = NoOutbox()


async def furnish(sessions: Sessions) -> None:
    """Two beds, and a laboratory with two places."""
    async with transaction(sessions) as session:
        session.add_all(
            BedRow(id=f"cqmu.bed.{n}", institution_id="cqmu", building="A", room=f"10{n}", gender="any") for n in (1, 2)
        )
        session.add(UnitRow(unit_id="cqmu.lab", institution_id="cqmu", content=Content.LABORATORY, capacity=2))
        await session.flush()
        session.add_all(UnitSlotRow(unit_id="cqmu.lab", slot=slot) for slot in (1, 2))


async def dump(sessions: Sessions, tables: Sequence[type[Base]]) -> Mapping[str, list[dict[str, Any]]]:
    """All rows of some tables, sorted."""
    found: dict[str, list[dict[str, Any]]] = {}
    async with sessions() as session:
        for table in tables:
            rows = (await session.execute(select(*table.__table__.columns))).mappings()
            found[table.__tablename__] = sorted((dict(row) for row in rows), key=repr)
    return found


async def tell(sessions: Sessions, stream: str, key: str, *events: Event, round: int = 0) -> None:
    """Append events in a transaction of their own, in a round of a reopened exchange."""
    writer = Writer(key.rpartition(":")[0], 1, round=round) if round else None
    async with transaction(sessions) as session:
        await append(session, NO_MAIL, stream, key, events, writer=writer)
