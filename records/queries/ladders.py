"""The rungs of one step: when each speaks by the records, and to whom by the policy that its exchange runs by."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.policy import LadderRule
from models.catalogue.programme import Programme
from models.identifiers import exchange_workflow_id
from models.people.authorization import Actor
from models.tables import ExchangeRow, HeadRow, PolicyRow, StepRow
from models.views.ladders import RungState, RungView
from models.vocabulary import RungKind
from records.queries.visibility import visible_to


async def rungs(session: AsyncSession, programme: Programme, step_id: str, actor: Actor) -> tuple[RungView, ...]:
    """The rungs of a step in the order of time; none for those who may not know of its exchange (D44)."""
    step = await session.scalar(
        select(StepRow)
        .join(ExchangeRow, ExchangeRow.id == StepRow.exchange_id)
        .where(StepRow.id == step_id, visible_to(actor))
    )
    if step is None or not step.rungs or step.exchange_id is None:
        return ()
    ladder = await _frozen(session, step) or programme.policy.ladder_of(step.kind)
    found = [_rung(step, rung["index"], datetime.fromisoformat(rung["at"]), ladder) for rung in step.rungs]
    return tuple(sorted(found, key=lambda one: one.at))


async def _frozen(session: AsyncSession, step: StepRow) -> LadderRule | None:
    """The ladder as the exchange took it along; `None` where that was not kept."""
    assert step.exchange_id is not None
    query = (
        select(PolicyRow.body[("steps", str(step.kind), "ladder")], PolicyRow.body["ladders"])
        .join(HeadRow, HeadRow.policy_digest == PolicyRow.digest)
        .where(HeadRow.stream == step.exchange_id, HeadRow.writer.startswith(exchange_workflow_id(step.exchange_id)))
        .order_by(func.length(HeadRow.writer).desc(), HeadRow.writer.desc())  # the newest round
        .limit(1)
    )
    kept = (await session.execute(query)).first()
    if kept is None or kept[0] is None:
        return None
    return LadderRule.model_validate(kept[1][kept[0]])


def _rung(step: StepRow, index: int, at: datetime, ladder: LadderRule) -> RungView:
    state = RungState.FIRED if index in step.rungs_fired else RungState.COMING
    state = RungState.MISSED if index in step.rungs_missed else state
    if index < len(ladder.rungs):
        rule = ladder.rungs[index]
        return RungView(at=at, kind=rule.kind, to=rule.to, copy_to=rule.copy_to, state=state)
    # The ladder of today does not have it any more: what it is follows from when it speaks.
    return RungView(at=at, kind=RungKind.REMINDER if at < step.due_at else RungKind.ESCALATION, state=state)
