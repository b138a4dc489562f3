"""Clearances that end too soon are told of before they do, once for each last day (D18, D25, D27, D36)."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import select

from models.catalogue.policy import Policy
from models.clearances import Clearance, ClearanceKind, ClearanceState, Covers
from models.errors import Unknown
from models.events import ClearanceEnding
from models.tables import ExchangeRow
from models.vocabulary import Stage, StepKind
from records.clearances import Clearances
from records.store.append import MessageWriter, append
from records.store.engine import Sessions, transaction

TOLD_BEFORE = timedelta(days=30)
"""How long before its last day a clearance that ends too soon is told of."""
LOOKED_AT_ON = frozenset({0, 3})
"""Weekdays on which is looked, Monday and Thursday: each look reads everything that an exchange is cleared by."""
TELLING = frozenset({Stage.PRE_ARRIVAL, Stage.ARRIVAL, Stage.ROTATIONS})
"""Stages in which something can still be done for the stay."""
ASKED_IN_STEPS = frozenset({ClearanceKind.VISA})
"""What the duties of the law ask for in time, each with its own reminders (D30-D32)."""
RENEWED_IN = {
    (ClearanceKind.INSURANCE, Covers.CLINIC): StepKind.RENEW_INSURANCE,
    (ClearanceKind.INSURANCE, Covers.STAY): StepKind.RENEW_PAPERS,
    (ClearanceKind.PASSPORT, Covers.STAY): StepKind.RENEW_PAPERS,
    (ClearanceKind.OCCUPATIONAL, Covers.CLINIC): StepKind.RENEW_HEALTH_RECORDS,
}
"""The steps that ask for what takes the place of what ends."""
PAGE = 50


class ClearanceAlerts:
    """Tells of clearances that end too soon."""

    def __init__(self, sessions: Sessions, clearances: Clearances, outbox: MessageWriter) -> None:
        self._sessions = sessions
        self._clearances = clearances
        self._outbox = outbox

    async def page(self, hosts: Collection[str], today: date, after: str) -> list[str]:
        """Exchanges at some hosts whose clearances may have to be told of, in order, after one of them."""
        those = (
            ExchangeRow.host_id.in_(hosts),
            ExchangeRow.closed_at.is_(None),
            ExchangeRow.stage.in_(TELLING),
            ExchangeRow.start <= today + TOLD_BEFORE,
        )
        query = select(ExchangeRow.id).where(*those, ExchangeRow.id > after).order_by(ExchangeRow.id).limit(PAGE)
        async with transaction(self._sessions) as session:
            return list(await session.scalars(query))

    async def tell(self, exchange_id: str, at: datetime) -> int:
        """Put on record which clearances of an exchange end soon and too soon; says how many messages that caused."""
        try:
            today, policy, found = await self._clearances.for_the_service(exchange_id, at)
        except Unknown:
            return 0
        messages = 0
        for one in found:
            if one.kind in ASKED_IN_STEPS or not ends_soon(one, today):
                continue
            assert one.through is not None
            event = ClearanceEnding(
                at=at,
                clearance=one.kind,
                covers=one.covers,
                through=one.through,
                needed_through=one.needed_through,
                renews=renewed_in_a_step(one, policy),
            )
            key = f"clearance:{exchange_id}:{one.kind}:{one.through}"
            async with transaction(self._sessions) as session:
                messages += (await append(session, self._outbox, exchange_id, key, (event,))).messages
        return messages


def renewed_in_a_step(clearance: Clearance, policy: Policy) -> bool:
    """Whether the exchange asks for what takes its place before it ends; one that began earlier does not."""
    step = RENEWED_IN.get((clearance.kind, clearance.covers))
    return step is not None and step in policy.steps


def ends_soon(clearance: Clearance, today: date) -> bool:
    """Whether a clearance that was given ends before it is needed no more, and within the next thirty days."""
    through = clearance.through
    if clearance.state is not ClearanceState.SHORT or through is None:
        return False
    return timedelta(0) <= through - today <= TOLD_BEFORE
