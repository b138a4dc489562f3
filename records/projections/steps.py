"""Steps and the decisions that people make about them."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Broken
from models.events import (
    DeadlineExtended,
    Fact,
    RungFired,
    StepClosed,
    StepHeld,
    StepOpened,
    StepReassigned,
    StepReminded,
    StepReplanned,
    StepResumed,
    StepSnoozed,
)
from models.messages.exchange import StepPlan
from models.people.authorization import Owner
from models.tables import DecisionRow, ExchangeRow, StepRow
from models.vocabulary import HoldCause, Stage, StepStatus
from records.projections.common import Handlers, insert_once


async def _opened(session: AsyncSession, stream: str, event: StepOpened) -> None:
    exchange = await session.get(ExchangeRow, stream)
    row = StepRow(
        id=event.step_id,
        stream=stream,
        exchange_id=exchange.id if exchange else None,
        kind=event.step,
        stage=exchange.stage if exchange else Stage.CLOSED,
        subject=event.subject,
        status=StepStatus.OPEN,
        outcomes=list(event.outcomes),
        opened_at=event.at,
        rungs_fired=[],
        rungs_missed=[],
        holds=[],
        waits_for=[],
    )
    _owner(row, event.owner)
    _plan(row, event.plan)
    row.first_due_at = row.due_at
    session.add(row)


async def _closed(session: AsyncSession, stream: str, event: StepClosed) -> None:
    row = await _step(session, event.step_id)
    row.status = event.status
    row.outcome = event.outcome
    row.decided_at = event.at
    row.decided_by = event.actor.id
    row.decision_id = event.decision_id
    row.holds = [{"until": event.at.isoformat()} | hold for hold in row.holds]
    row.held_since = row.held_because = None
    row.waits_for = []
    if event.decision_id:
        await _decision(
            session, stream, event, event.decision_id, event.step_id, event.outcome, acknowledged=[*event.acknowledged]
        )


async def _rung(session: AsyncSession, stream: str, event: RungFired) -> None:
    row = await _step(session, event.step_id)
    row.rungs_fired = sorted({*row.rungs_fired, *event.missed, event.rung})
    row.rungs_missed = sorted({*row.rungs_missed, *event.missed})


async def _reminded(session: AsyncSession, stream: str, event: StepReminded) -> None:
    row = await _step(session, event.step_id)
    row.reminded, row.reminded_at = event.number, event.at


async def _extended(session: AsyncSession, stream: str, event: DeadlineExtended) -> None:
    row = await _step(session, event.step_id)
    _plan(row, event.plan)
    _start_anew(row, event)
    await _decision(
        session,
        stream,
        event,
        event.decision_id,
        event.step_id,
        "extended",
        due_at=event.due_at.isoformat(),
        before=event.before.isoformat() if event.before else None,
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
        before=event.before.model_dump(mode="json") if event.before else None,
    )


async def _held(session: AsyncSession, stream: str, event: StepHeld) -> None:
    row = await _step(session, event.step_id)
    since = event.since.isoformat()
    row.holds = [*row.holds, {"because": event.because, "cause": event.cause, "since": since}]
    row.held_since = row.held_since or event.since
    row.held_because = row.held_because or event.because
    if event.because is HoldCause.OTHER_SIDE:
        row.waits_for = [*row.waits_for, event.cause]


async def _resumed(session: AsyncSession, stream: str, event: StepResumed) -> None:
    row = await _step(session, event.step_id)
    until = event.until.isoformat()
    row.holds = [hold if hold["cause"] != event.cause else {"until": until} | hold for hold in row.holds]
    row.waits_for = [step for step in row.waits_for if step != event.cause]
    running = [hold for hold in row.holds if "until" not in hold]
    row.held_because = HoldCause(running[0]["because"]) if running else None
    row.held_since = min((datetime.fromisoformat(hold["since"]) for hold in running), default=None)
    _plan(row, event.plan)
    if event.because is HoldCause.OTHER_SIDE and not row.waits_for:
        _start_anew(row, event)


async def _replanned(session: AsyncSession, stream: str, event: StepReplanned) -> None:
    row = await _step(session, event.step_id)
    _plan(row, event.plan)
    if not event.goes_on:
        _start_anew(row, event)


async def _snoozed(session: AsyncSession, stream: str, event: StepSnoozed) -> None:
    row = await _step(session, event.step_id)
    row.snoozed_until = event.until
    row.rungs_fired = sorted({*row.rungs_fired, *event.silenced})
    until = event.until.isoformat()
    await _decision(session, stream, event, event.decision_id, event.step_id, "snoozed", until=until)


def _start_anew(row: StepRow, event: DeadlineExtended | StepReplanned | StepResumed) -> None:
    """The ladder starts anew; rungs of the past stay in the past."""
    row.rungs_fired = [r.index for r in event.plan.rungs if r.at <= event.at] if event.plan else []
    row.snoozed_until = None


async def _step(session: AsyncSession, step_id: str) -> StepRow:
    row = await session.get(StepRow, step_id)
    if row is None:
        raise Broken("step.never_opened", step=step_id)
    return row


def _owner(row: StepRow, owner: Owner) -> None:
    row.side = owner.side
    row.role = owner.role
    row.institution_id = owner.institution
    row.person_id = owner.person
    row.unit_id = owner.unit


def _plan(row: StepRow, plan: StepPlan | None) -> None:
    if plan is None:
        raise Broken("step.no_due_time", step=row.id)
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
    StepHeld: _held,
    StepReminded: _reminded,
    StepReplanned: _replanned,
    StepResumed: _resumed,
    StepSnoozed: _snoozed,
}
