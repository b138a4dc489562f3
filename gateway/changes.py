"""Changes of verified exchanges: looked at before anybody is asked, asked for, and taken back (D39)."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from pydantic import ValidationError

from gateway.acts import Asking
from gateway.availability import Availability
from gateway.deadlines import AnswerTime, answered
from gateway.updates import Updates, new_id
from models.catalogue.programme import Programme
from models.errors import BadInput, Conflict, NotOpen, Unknown
from models.identifiers import CohortKey
from models.messages.changes import Change, RequestChange, WithdrawChange
from models.messages.exchange import Acknowledged
from models.people.authorization import Actor
from models.rules.impact import clearances_failing, in_order
from models.rules.plan_faults import faults_of_plan
from models.views.changes import ChangePreview
from records.clearances import Clearances
from records.queries import Reading


class ChangeOperations:
    """What people do to change an exchange that is verified."""

    def __init__(
        self,
        asking: Asking,
        sending: Updates,
        reading: Reading,
        programme: Programme,
        clock: Callable[[], datetime],
        availability: Availability,
        open_cohort: Callable[[CohortKey], Awaitable[None]],
        clearances: Clearances,
    ) -> None:
        """`open_cohort` has the cohort of another intake running, for a seat to be taken there."""
        self._clearances = clearances
        self._open_cohort = open_cohort
        self._asking = asking
        self._sending = sending
        self._reading = reading
        self._programme = programme
        self._clock = clock
        self.availability = availability

    @answered(AnswerTime.LOOK)
    async def preview(self, exchange_id: str, change: Change, actor: Actor) -> ChangePreview:
        """What a change would bring about; nothing is asked or taken.

        Raises:
            Unknown: there is no such exchange, or it is not for them.
            BadInput: the rules of every plan are against what it would lead to (D1, D7, D8, D38).
        """
        found = await self._reading.preview_change(exchange_id, change, actor, self._clock())
        if found is None:
            raise Unknown("exchange.not_seen")
        known = faults_of_plan(found.before, self._programme)
        for fault in faults_of_plan(found.after, self._programme):
            if fault not in known:
                raise BadInput(fault.message, fault.field, **fault.params)
        for fault in faults_of_plan(found.onward, self._programme) if found.onward is not None else ():
            raise BadInput(fault.message, fault.field, **fault.params)
        before, after = await self._clearances.compared(exchange_id, found.after, actor, self._clock())
        effects = in_order((*found.effects, *clearances_failing(before, after)))
        return found.model_copy(update={"effects": effects})

    @answered(AnswerTime.ACT)
    async def request(
        self,
        exchange_id: str,
        change: Change,
        actor: Actor,
        *,
        decision_id: str | None = None,
        version: int | None = None,
        note: str | None = None,
    ) -> Acknowledged:
        """Ask for a change; those who signed the exchange are asked to sign it.

        `version` is that of the plan the person saw; unset: the one that holds now.

        Raises:
            NotAuthorised: they may not ask for it.
            BadInput: the rules are against it.
            Conflict: another change is open, the plan is another one, or a bed, place or seat that it needs is not
                to be had.
        """
        seen = await self.preview(exchange_id, change, actor)
        decision = decision_id or new_id()
        async with self._sending.noted(exchange_id, note, actor, decision) as note_id:
            request = RequestChange(
                decision_id=decision,
                actor=actor,
                change=change,
                plan=seen.after,
                version=version or seen.version,
                effects=seen.effects,
                note_id=note_id,
            )
            known = await self._asking.register.find(decision, actor.id)
            for effect in seen.effects if known is None else ():
                if effect.hinders:
                    raise Conflict(effect.message, "change", **effect.params)
            if seen.before.cohort != seen.after.cohort:
                await self._open_cohort(seen.after.cohort)
            if seen.onward is not None:
                await self._open_cohort(seen.onward.cohort)
            return await self._sending.to_exchange(exchange_id, "request_change", request, Acknowledged)

    @answered(AnswerTime.ACT)
    async def withdraw(
        self, exchange_id: str, change_id: str, actor: Actor, *, decision_id: str | None = None, note: str | None = None
    ) -> Acknowledged:
        """Take a change back that is not decided yet.

        Raises:
            NotAuthorised: somebody else asked for it.
            NotOpen: it is decided.
        """
        decision = decision_id or new_id()
        async with self._sending.noted(exchange_id, note, actor, decision) as note_id:
            try:
                request = WithdrawChange(decision_id=decision, actor=actor, change_id=change_id, note_id=note_id)
            except ValidationError:
                raise NotOpen("change.not_open") from None  # no change has such an id
            return await self._sending.to_exchange(exchange_id, "withdraw_change", request, Acknowledged)
