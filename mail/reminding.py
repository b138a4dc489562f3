"""Reminding the owner of a step because somebody waits: counted, limited, once per key, with its mail."""

from datetime import datetime

from sqlalchemy import select

from models.catalogue.programme import Programme
from models.errors import Conflict, NotOpen, TooMany, Unknown
from models.events import StepReminded
from models.identifiers import exchange_of
from models.people.authorization import Actor, require
from models.people.reminding import MOST, again_at, may_remind
from models.tables import ExchangeRow, StepRow
from models.vocabulary import StepStatus
from models.wire import Id, Wire
from records.queries.titles import owner_of
from records.queries.visibility import visible_to
from records.store.append import MessageWriter, Waker, append, lock_stream
from records.store.engine import Sessions, transaction
from records.store.once import is_asked_again


class Reminded(Wire):
    """That the owner of a step was reminded."""

    step_id: Id
    exchange_id: Id
    number: int
    """How often they were, this time included."""
    repeated: bool = False


class Reminding:
    """Reminds owners of steps in the name of those who wait."""

    def __init__(self, sessions: Sessions, programme: Programme, outbox: MessageWriter, waker: Waker) -> None:
        self._sessions = sessions
        self._programme = programme
        self._outbox = outbox
        self._waker = waker

    async def remind(self, step_id: str, actor: Actor, at: datetime, key: str) -> Reminded:
        """Write to the owner of a step at once, whatever their digest.

        Raises:
            Unknown: there is no such step, or it is not for them to know (D44).
            NotAuthorised: they hold no office, or the step is theirs.
            NotOpen: it is answered.
            Conflict: it is paused, so that its owner has nothing to do now, or was reminded of as often as it may be.
            TooMany: it was reminded of lately.
        """
        exchange_id = exchange_of(step_id)
        async with transaction(self._sessions) as session:
            await lock_stream(session, exchange_id)
            seen = select(StepRow).join(ExchangeRow, ExchangeRow.id == StepRow.exchange_id)
            row = await session.scalar(seen.where(StepRow.id == step_id, visible_to(actor)))
            if row is None:
                raise Unknown("step.unknown")
            if await is_asked_again(session, ("remind", step_id, actor.id, key), [actor], at):
                return Reminded(step_id=step_id, exchange_id=exchange_id, number=row.reminded, repeated=True)
            require(may_remind(actor, owner_of(row)), "not_allowed.remind")
            _require_sensible(row, at)
            event = StepReminded(at=at, actor=actor, step_id=step_id, number=row.reminded + 1)
            await append(session, self._outbox, exchange_id, f"remind:{step_id}:{event.number}", (event,))
        self._waker.wake()
        return Reminded(step_id=step_id, exchange_id=exchange_id, number=event.number)


def _require_sensible(row: StepRow, at: datetime) -> None:
    if row.status is not StepStatus.OPEN:
        raise NotOpen("step.not_open", step=row.id)
    if row.held_since is not None:
        raise Conflict("remind.held", "step_id")
    if row.reminded >= MOST:
        raise Conflict("remind.often", "step_id", most=MOST)
    again = again_at(row.reminded, row.reminded_at)
    if again is not None and at < again:
        raise TooMany("remind.too_soon", moment=again)
