"""By when a student must arrive for the stay to earn a certificate, by the rule its exchange runs under (D1)."""

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.identifiers import exchange_workflow_id
from models.messages.exchange import Plan
from models.rules.stay import LIMITS, latest_arrival
from models.tables import ExchangeRow, HeadRow, PolicyRow

RULE = "D1"


async def latest_arrival_of(session: AsyncSession, exchange: ExchangeRow) -> date | None:
    """The last day on which an arrival counts; `None` where it is not known what the exchange runs under."""
    kept = await session.scalar(
        select(PolicyRow.body[("rules", RULE, "values")])
        .join(HeadRow, HeadRow.policy_digest == PolicyRow.digest)
        .where(HeadRow.stream == exchange.id, HeadRow.writer.startswith(exchange_workflow_id(exchange.id)))
        .order_by(func.length(HeadRow.writer).desc(), HeadRow.writer.desc())  # the newest round
        .limit(1)
    )
    if kept is None:
        return None
    values: dict[str, Any] = LIMITS[RULE] | kept
    plan = Plan.model_validate(exchange.plan)
    return latest_arrival(plan.start, plan.end, int(values["min_days"]), int(values["late_arrival_days"]))
