"""The rules an exchange goes by: looked at beside those of today, and moved to them."""

from collections.abc import Callable
from datetime import datetime

from gateway.availability import Availability
from gateway.deadlines import AnswerTime, answered
from gateway.updates import Updates, new_id
from models.catalogue.programme import Programme
from models.errors import Conflict
from models.messages.exchange import Acknowledged
from models.messages.rules import MoveRules, RuleSet
from models.people.authorization import Actor
from models.views.rules import RulesPreview
from records.rule_sets import RuleSets
from records.statements import Statements


class RuleOperations:
    """What coordinators do about the set of rules of an exchange."""

    def __init__(
        self,
        statements: Statements,
        programme: Programme,
        sending: Updates,
        availability: Availability,
        clock: Callable[[], datetime],
    ) -> None:
        self._records = RuleSets(statements, programme)
        self._sending = sending
        self._clock = clock
        self.availability = availability

    @answered(AnswerTime.LOOK)
    async def preview(self, exchange_id: str, actor: Actor) -> RulesPreview:
        """What moving to the rules of today would change; nothing is changed. See `RuleSets.preview`."""
        preview, _ = await self._records.preview(exchange_id, actor, self._clock())
        return preview

    @answered(AnswerTime.ACT)
    async def move(
        self,
        exchange_id: str,
        actor: Actor,
        to_version: str,
        *,
        decision_id: str | None = None,
        note: str | None = None,
    ) -> Acknowledged:
        """Move to the rules of today, if they are still those of which somebody saw the difference.

        Raises:
            Unknown: there is no such exchange, or not for them to know (D44).
            NotAuthorised: they may not move it.
            Conflict: the rules of today are others than were looked at.
            NotOpen: the exchange goes by them already.
        """
        _, policy = await self._records.preview(exchange_id, actor, self._clock())
        if policy.rule_set != to_version:
            raise Conflict("rules.others_by_now", "version", version=policy.rule_set)
        decision = decision_id or new_id()
        async with self._sending.noted(exchange_id, note, actor, decision) as note_id:
            move = MoveRules(decision_id=decision, actor=actor, to=RuleSet.of(policy), note_id=note_id)
            return await self._sending.to_exchange(exchange_id, "move_rules", move, Acknowledged)
