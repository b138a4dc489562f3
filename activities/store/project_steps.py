"""Steps and the decisions that people make about them."""

from sqlalchemy.ext.asyncio import AsyncSession

from activities.store.projecting import Handlers, exchange_row, insert_once
from models.actors import Owner
from models.errors import Broken
from models.events import DeadlineExtended, Fact, RungFired, StepClosed, StepOpened, StepReassigned
from models.exchange import StepPlan
from models.tables import DecisionRow, StepRow
from models.vocabulary import StepStatus


async def _opened(session: AsyncSession, stream: str, event: StepOpened) -> None:
    exchange = await exchange_row(session, stream)
    row = StepRow(
        id=event.step_id,
        exchange_id=stream,
        kind=event.step,
        stage=exchange.stage,
        subject=event.subject,
        status=StepStatus.OPEN,
        outcomes=list(event.outcomes),
        opened_at=event.at,
        rungs_fired=[],
    )
    _owner(row, event.owner)
    _plan(row, event.plan)
    session.add(row)


async def _closed(session: AsyncSession, stream: str, event: StepClosed) -> None:
    row = await _step(session, event.step_id)
    row.status = event.status
    row.outcome = event.outcome
    row.decided_at = event.at
    row.decided_by = event.actor.id
    row.decision_id = event.decision_id
    if event.decision_id:
        await _decision(
            session, stream, event, event.decision_id, event.step_id, event.outcome, acknowledged=[*event.acknowledged]
        )


async def _rung(session: AsyncSession, stream: str, event: RungFired) -> None:
    row = await _step(session, event.step_id)
    row.rungs_fired = sorted({*row.rungs_fired, *event.missed, event.rung})


async def _extended(session: AsyncSession, stream: str, event: DeadlineExtended) -> None:
    row = await _step(session, event.step_id)
    _plan(row, event.plan)
    # The ladder starts anew; rungs of the past stay in the past.
    row.rungs_fired = [r.index for r in event.plan.rungs if r.at <= event.at] if event.plan else []
    await _decision(
        session, stream, event, event.decision_id, event.step_id, "extended", due_at=event.due_at.isoformat()
    )


async def _reassigned(session: AsyncSession, stream: str, event: StepReassigned) -> None:
    row = await _step(session, event.step_id)
    _owner(row, event.owner)
    await _decision(
        session,
        stream,
        event,
        event.decision_id,
        event.step_id,
        "reassigned",
        owner=event.owner.model_dump(mode="json"),
    )


async def _step(session: AsyncSession, step_id: str) -> StepRow:
    row = await session.get(StepRow, step_id)
    if row is None:
        raise Broken(f"{step_id} was never opened.")
    return row


def _owner(row: StepRow, owner: Owner) -> None:
    row.side = owner.side
    row.role = owner.role
    row.institution_id = owner.institution
    row.person_id = owner.person
    row.unit_id = owner.unit


def _plan(row: StepRow, plan: StepPlan | None) -> None:
    if plan is None:
        raise Broken(f"{row.id} has no due time; the records fill it in.")
    row.due_at = plan.due_at
    row.zone = plan.zone
    row.ends_at = plan.ends_at
    row.rungs = [rung.model_dump(mode="json") for rung in plan.rungs]
    row.unknown_years = list(plan.unknown_years)


async def _decision(
    session: AsyncSession, stream: str, event: Fact, decision_id: str, step_id: str, outcome: str, **detail: object
) -> None:
    await insert_once(
        session,
        DecisionRow,
        exchange_id=stream,
        id=decision_id,
        step_id=step_id,
        outcome=outcome,
        actor_id=event.actor.id,
        actor_role=event.actor.role,
        actor_institution=event.actor.institution,
        at=event.at,
        note_id=event.note_id,
        detail=detail,
    )


HANDLERS: Handlers = {
    StepOpened: _opened,
    StepClosed: _closed,
    RungFired: _rung,
    DeadlineExtended: _extended,
    StepReassigned: _reassigned,
}
