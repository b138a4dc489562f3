"""A cohort on other days: proposed, decided once, and what became of each of its exchanges (D39)."""

from collections.abc import Callable
from datetime import datetime

from gateway.availability import Availability
from gateway.deadlines import AnswerTime, answered
from gateway.updates import Updates, new_id
from models.errors import BadInput, Conflict, Unknown
from models.messages.exchange import Acknowledged
from models.messages.replans import ReplanCohort, Replanning, may_replan
from models.people.authorization import Actor, require
from models.rules.replans import in_order
from models.views.replans import ReplanPreview, ReplanView
from records.queries import Reading


class ReplanOperations:
    """What the programme office does to move a whole cohort; the offices of both universities see what comes of it."""

    def __init__(
        self, sending: Updates, reading: Reading, clock: Callable[[], datetime], availability: Availability
    ) -> None:
        self._sending = sending
        self._reading = reading
        self._clock = clock
        self.availability = availability

    @answered(AnswerTime.LOOK)
    async def preview(self, cohort_id: str, replanning: Replanning, actor: Actor) -> ReplanPreview:
        """What each stay would get and what hinders it; nothing is changed.

        Raises:
            NotAuthorised: not the programme office.
            Unknown: there is no such cohort.
            BadInput: it moves nobody, or names an exchange that is not one of the cohort.
        """
        require(may_replan(actor), "not_allowed.replan")
        if await self._reading.cohort(cohort_id, actor) is None:
            raise Unknown("cohort.not_seen")
        if not replanning.shift and not replanning.days:
            raise BadInput("replan.nothing_moves", "shift")
        found = await self._reading.preview_replan(cohort_id, replanning, actor, self._clock())
        known = {stay.exchange_id for stay in found.stays}
        for named in (*replanning.exempt, *(one.exchange_id for one in replanning.days)):
            if named not in known:
                raise BadInput("replan.not_of_cohort", "exempt", exchange=named, cohort=cohort_id)
        return found

    @answered(AnswerTime.ACT)
    async def decide(
        self,
        cohort_id: str,
        replanning: Replanning,
        actor: Actor,
        *,
        decision_id: str | None = None,
    ) -> Acknowledged:
        """Move every exchange of the cohort but the exempt ones, each as a whole or not at all; safe to repeat.

        Raises:
            NotAuthorised: not the programme office.
            Conflict: nobody is left to be moved.
        """
        require(may_replan(actor), "not_allowed.replan")
        decision = decision_id or new_id()
        exchanges = await self._reading.replanned(cohort_id, decision)  # asked again: those it was about
        if not exchanges:
            seen = await self.preview(cohort_id, replanning, actor)
            given = {one.exchange_id for one in replanning.days}
            stays = (one for one in seen.stays if not one.exempt and (replanning.shift or one.exchange_id in given))
            exchanges = in_order(((one.exchange_id, one.was_start) for one in stays), replanning.shift)
        if not exchanges:
            raise Conflict("replan.nobody", "exempt")
        request = ReplanCohort(decision_id=decision, actor=actor, replanning=replanning, exchanges=exchanges)
        return await self._sending.to_cohort(cohort_id, "replan", request, Acknowledged)

    @answered(AnswerTime.LOOK)
    async def report(self, cohort_id: str, actor: Actor) -> list[ReplanView]:
        """Who was moved, who was not and why, for every decision, the newest first.

        Raises:
            Unknown: there is no such cohort, or it is not for them.
        """
        if await self._reading.cohort(cohort_id, actor) is None:
            raise Unknown("cohort.not_seen")
        return await self._reading.replans(cohort_id, actor)
