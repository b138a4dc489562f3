"""Stays that go on at a second host: the exchange there, and what is on record of both (D38)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models.catalogue.policy import Policy
from models.catalogue.programme import Programme
from models.errors import Unknown
from models.events import EVENT, ChangeApplied, ChangeClosed
from models.identifiers import exchange_workflow_id
from models.messages.acts import Act
from models.messages.changes import ChangeStatus, SecondHostChange
from models.messages.exchange import Nominate
from models.messages.onward import AGREED, DECLINED, Continues, FirstStay, OnwardOpened, OpenOnward
from models.messages.plan import Plan
from models.rules.changes import changed_plan
from models.rules.nomination import Nomination
from models.rules.onward import onward_nomination
from models.rules.stay import latest_end
from models.tables import EventRow, ExchangeCodeRow, ExchangeRow, PersonRow, SeatRow
from models.vocabulary import NominationStatus, Outcome
from records.acts import put
from records.codes import continued, known_in, lock_registry, new_code
from records.nominations import keep_version, nomination_of, version_of

_SPENT = (Outcome.COMPLETED, Outcome.ENDED_EARLY_JUSTIFIED, Outcome.ENDED_EARLY_UNJUSTIFIED)
"""Endings of a stay that took place."""


@dataclass(frozen=True)
class LinkedStay:
    """The other one of two stays that belong together."""

    exchange_id: str
    host: str
    start: date
    end: date
    is_first: bool


async def onward_form(
    session: AsyncSession, programme: Programme, exchange_id: str, change: SecondHostChange
) -> Nomination:
    """The nomination at the second host, as it follows from the first one and the change.

    Raises:
        Unknown: there is no such exchange.
    """
    row = await session.get(ExchangeRow, exchange_id)
    if row is None:
        raise Unknown("exchange.unknown", exchange=exchange_id)
    plan = Plan.model_validate(row.plan)
    after = changed_plan(plan, change, programme.frozen(plan))
    return onward_nomination(nomination_of(await version_of(session, exchange_id)), after, change)


async def open_onward(session: AsyncSession, programme: Programme, request: OpenOnward, wall: datetime) -> OnwardOpened:
    """Register the exchange at the second host and have it begin, in the caller's transaction; or find it.

    What begins it is put on record as every other act is, and sent by the relay. `wall` is the time by which acts are
    sent.
    """
    nomination = await onward_form(session, programme, request.exchange_id, request.change)
    cohort = nomination.to_plan(programme).cohort
    await lock_registry(session, cohort.sending, cohort.host, cohort.year)
    continues = Continues(exchange_id=request.exchange_id, change_id=request.change_id)
    first = await session.get_one(ExchangeCodeRow, request.exchange_id)
    known = await known_in(session, cohort, first.person_id)
    if known is not None and continued(known) != continues:
        return OnwardOpened(exchange_id=known.exchange_id, answer=DECLINED)  # nominated there otherwise meanwhile
    if known is not None:
        return OnwardOpened(exchange_id=known.exchange_id, answer=await _answer_of(session, known.exchange_id))
    sending = programme.institution(cohort.sending)
    assert sending is not None
    person = await session.get_one(PersonRow, first.person_id)
    code = await new_code(session, programme, sending, cohort, person.id, request.at, continues)
    await keep_version(session, code, 1, nomination, person, request.at)
    act = Act(
        workflow_id=exchange_workflow_id(code.exchange_id),
        key=request.change_id,
        kind="nominate",
        actor=request.actor,
        request=Nominate(request_id=request.change_id, actor=request.actor),
        about=code.exchange_id,
    )
    await put(session, act, request.at, wall)
    return OnwardOpened(exchange_id=code.exchange_id)


async def _answer_of(session: AsyncSession, exchange_id: str) -> str:
    row = await session.get(ExchangeRow, exchange_id)
    if row is None:
        return ""
    if row.outcome is not None:
        return DECLINED
    return AGREED if row.nomination is NominationStatus.VERIFIED else ""


async def first_stay(session: AsyncSession, exchange_id: str, continues: Continues) -> FirstStay:
    """What became of the change that an exchange at a second host hangs on, and the seat that came with it."""
    kinds = [kind.model_fields["kind"].default for kind in (ChangeApplied, ChangeClosed)]
    found = await session.scalars(
        select(EventRow.payload)
        .where(EventRow.stream == continues.exchange_id, EventRow.kind.in_(kinds))
        .order_by(EventRow.seq)
    )
    for event in (EVENT.validate_python(payload) for payload in found):
        if isinstance(event, ChangeApplied) and event.change_id == continues.change_id:
            seat = await session.scalar(select(SeatRow.number).where(SeatRow.exchange_id == exchange_id))
            return FirstStay(status=ChangeStatus.APPLIED, seat=seat)
        if isinstance(event, ChangeClosed) and event.change_id == continues.change_id:
            return FirstStay(status=event.status)
    row = await session.get(ExchangeRow, continues.exchange_id)
    ended = row is None or row.outcome is not None
    return FirstStay(status=ChangeStatus.LAPSED if ended else ChangeStatus.OPEN)


async def goes_on(session: AsyncSession, exchange_id: str) -> bool:
    """Whether an exchange is one of two stays already."""
    return bool(await linked_stays(session, exchange_id))


async def linked_stays(session: AsyncSession, exchange_id: str) -> Sequence[LinkedStay]:
    """The other stays of the same journey: the one before, or the one that goes on; none that came to nothing."""
    mine = aliased(ExchangeCodeRow)
    before = select(mine.continues).where(mine.exchange_id == exchange_id).scalar_subquery()
    query = (
        select(ExchangeRow, ExchangeCodeRow.continues)
        .join(ExchangeCodeRow, ExchangeCodeRow.exchange_id == ExchangeRow.id)
        .where(
            or_(ExchangeCodeRow.continues == exchange_id, ExchangeRow.id == before),
            or_(ExchangeRow.outcome.is_(None), ExchangeRow.outcome.in_(_SPENT)),
        )
        .order_by(ExchangeRow.start, ExchangeRow.id)
    )
    rows = await session.execute(query)
    return [LinkedStay(row.id, row.host_id, row.start, row.end, after != exchange_id) for row, after in rows]


def apart(plan: Plan, other: LinkedStay, policy: Policy) -> bool:
    """Whether two stays of one journey lie one after the other, and together are no longer than one (D1, D38)."""
    days = (plan.start, plan.end), (other.start, other.end)
    first, second = reversed(days) if other.is_first else days
    return first[1] < second[0] and second[1] <= latest_end(first[0], policy)
