"""What the records say of an exchange under the rules it goes by, and under those of today."""

from datetime import datetime

from sqlalchemy import select

from models.catalogue.policy import Policy
from models.catalogue.programme import Programme
from models.errors import Unknown
from models.messages.plan import Plan
from models.messages.rules import RuleSet
from models.people.authorization import Actor, may_move_rules
from models.rules.rule_sets import finding_changes, kinds_added, kinds_dropped, moved, value_changes
from models.tables import ExchangeRow
from models.views.rules import RulesPreview
from records.particulars import parties_of
from records.queries.visibility import visible_to
from records.statements import Statements
from records.store.engine import transaction


class RuleSets:
    """Compares the rules of exchanges with those of today."""

    def __init__(self, statements: Statements, programme: Programme) -> None:
        self._statements = statements
        self._programme = programme

    async def preview(self, exchange_id: str, actor: Actor, at: datetime) -> tuple[RulesPreview, Policy]:
        """What moving an exchange to the rules of today would change, and the policy of today for it.

        Raises:
            Unknown: there is no such exchange, or it is not for them to know (D44).
        """
        async with transaction(self._statements.sessions) as session:
            row = await session.scalar(select(ExchangeRow).where(ExchangeRow.id == exchange_id, visible_to(actor)))
            if row is None:
                raise Unknown("exchange.not_seen")
            now = await self._statements.policy_of(session, row)
        today = self._programme.frozen(Plan.model_validate(row.plan))
        after = RuleSet.of(today)
        found = [await self._statements.judged(exchange_id, actor, at, one) for one in (now, moved(now, after))]
        preview = RulesPreview(
            exchange_id=exchange_id,
            from_version=now.rule_set,
            to_version=after.version,
            values=value_changes(now, after),
            documents_added=kinds_added(now, after),
            documents_dropped=kinds_dropped(now, after),
            findings=finding_changes(found[0].findings, found[1].findings),
            may_move=row.closed_at is None and may_move_rules(actor, parties_of(row)),
        )
        return preview, today
