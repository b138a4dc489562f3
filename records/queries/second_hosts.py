"""Stays at two hosts, one after the other: what going on would bring about, and which belong together (D38)."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.policy import Policy
from models.catalogue.programme import Programme
from models.errors import BadInput
from models.messages.changes import Effect, SecondHostChange
from models.messages.plan import Plan
from models.people.authorization import Actor
from models.rules.onward import not_apart, onward_effects
from models.rules.second_host import second_host_faults
from models.tables import ExchangeCodeRow, ExchangeRow
from models.views.shared import LinkedStayView
from records.intakes import closed_on, seat_at
from records.onward import apart, goes_on, linked_stays, onward_form
from records.queries.visibility import visible_to


async def onward_preview(
    session: AsyncSession,
    programme: Programme,
    exchange_id: str,
    change: SecondHostChange,
    before: Plan,
    after: Plan,
    policy: Policy,
    now: datetime,
) -> tuple[Plan, Iterable[Effect]]:
    """The plan of the onward stay, and what going on there would bring about.

    Raises:
        BadInput: the rules are against it, or there are no seats of that host for the sending university (D1, D4, D38).
    """
    host = programme.institution(change.host)
    if host is None:
        raise BadInput("university.unknown", "host")
    for fault in second_host_faults(before, change, policy):
        raise BadInput(fault.message, fault.field, **fault.params)
    agreement, year = host.agreement(before.sending), change.start.year
    if agreement is None or not agreement.active or year not in agreement.cap:
        raise BadInput("seats.not_agreed", "host", sending=before.sending, host=change.host, year=year)
    onward = (await onward_form(session, programme, exchange_id, change)).to_plan(programme)
    effects = onward_effects(
        after,
        onward,
        programme.frozen(onward),
        await seat_at(session, programme, exchange_id, onward),
        closed_on(programme, onward, now),
        goes_on=await goes_on(session, exchange_id),
    )
    return onward, effects


async def hindered_by_other_stay(
    session: AsyncSession, exchange_id: str, after: Plan, policy: Policy
) -> Iterable[Effect]:
    """What hinders a plan that the other stay of the same journey leaves no room for."""
    others = await linked_stays(session, exchange_id)
    return [not_apart(one.host, one.start, one.end) for one in others if not apart(after, one, policy)]


def has_another_stay() -> ColumnElement[bool]:
    """Whether an exchange that is looked at goes on from another one, or another from it."""
    own = and_(ExchangeCodeRow.exchange_id == ExchangeRow.id, ExchangeCodeRow.continues.is_not(None))
    return exists().where(or_(own, ExchangeCodeRow.continues == ExchangeRow.id)).correlate(ExchangeRow)


async def linked_views(session: AsyncSession, exchange_id: str, actor: Actor | None) -> tuple[LinkedStayView, ...]:
    """The other stays of the same journey; whether the reader may open them is said of each (D44)."""
    others = await linked_stays(session, exchange_id)
    if not others:
        return ()
    ids = [one.exchange_id for one in others]
    seen = set(await session.scalars(select(ExchangeRow.id).where(ExchangeRow.id.in_(ids), visible_to(actor))))
    return tuple(
        LinkedStayView(
            exchange_id=one.exchange_id,
            host=one.host,
            start=one.start,
            end=one.end,
            is_first=one.is_first,
            opens=one.exchange_id in seen,
        )
        for one in others
    )
