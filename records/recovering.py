"""What the records say goes on, and with which input a workflow for it is started again."""

from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.events import EVENT, ExchangeReopened, Fact, RotationEnded, StageEntered, SuspensionBegan, SuspensionEnded
from models.identifiers import (
    cohort_workflow_id,
    exchange_workflow_id,
    rotation_workflow_id,
    suspension_workflow_id,
)
from models.messages.cohorts import CohortState
from models.messages.contracts import CohortStart
from models.messages.exchange import ExchangeStart, Plan
from models.messages.rotations import ROTATION_WORKFLOW
from models.messages.suspensions import ResumeExchanges, SuspensionStart
from models.tables import (
    CohortRow,
    EventRow,
    ExchangeRow,
    ExchangeSuspensionRow,
    HeadRow,
    PlacementRow,
    StepRow,
    SuspensionRow,
)
from models.vocabulary import Stage, StepKind, StepStatus
from models.wire import Wire
from records.projections.holdings import ASSIGNED
from records.remembering import policy_of

E = TypeVar("E", bound=Fact)


@dataclass(frozen=True)
class Recoverable:
    """A workflow that the records say goes on."""

    kind: str
    """Its type."""
    workflow_id: str
    start: Wire | None
    """`None`: another workflow begins it, named by `begun_by`."""
    revision: int | None
    """The number of its newest batch; `None` where it keeps none."""
    plan: Plan | None = None
    begun_by: str = ""
    policy_of_today: bool = False
    """Whether what it ran under was never kept, and the policy of today takes its place."""


async def recoverables(session: AsyncSession, programme: Programme) -> list[Recoverable]:
    """All of them: cohorts, exchanges, their rotations, suspensions."""
    known = await session.execute(select(HeadRow.writer, HeadRow.revision))
    heads = {row[0]: row[1] for row in known}
    exchanges = list(
        await session.scalars(select(ExchangeRow).where(ExchangeRow.closed_at.is_(None)).order_by(ExchangeRow.id))
    )
    found = [_cohort(row, heads) for row in await session.scalars(select(CohortRow).order_by(CohortRow.id))]
    for row in exchanges:
        found.append(await _exchange(session, programme, row, heads))
    for row in exchanges:
        found += await _rotations(session, row, heads)
    return found + await _suspensions(session)


def _cohort(row: CohortRow, heads: dict[str, int]) -> Recoverable:
    workflow_id = cohort_workflow_id(row.id)
    start = CohortStart(
        cohort_id=row.id,
        sending=row.sending_id,
        host=row.host_id,
        year=row.year,
        direction=row.direction,
        cap=row.cap,
        minimum=row.minimum,
        closes_at=row.closes_at,
    )
    return Recoverable("Cohort", workflow_id, CohortState(start=start, resumes=1), heads.get(workflow_id, 0))


async def _exchange(
    session: AsyncSession, programme: Programme, row: ExchangeRow, heads: dict[str, int]
) -> Recoverable:
    reopened = await _newest(session, row.id, ExchangeReopened)
    workflow_id = exchange_workflow_id(row.id)
    writer = f"{workflow_id}/r{reopened.reopening.round}" if reopened else workflow_id
    plan, kept = Plan.model_validate(row.plan), await policy_of(session, writer)
    start = ExchangeStart(
        exchange_id=row.id,
        student=row.person_id,
        plan=plan,
        policy=kept or programme.policy.frozen(plan.direction),
        nomination_version=row.nomination_version,
        reopening=reopened.reopening if reopened else None,
        resumes=1,
    )
    return Recoverable("Exchange", workflow_id, start, heads.get(writer, 0), plan=plan, policy_of_today=kept is None)


async def _rotations(session: AsyncSession, row: ExchangeRow, heads: dict[str, int]) -> list[Recoverable]:
    """Those that have begun and are not over; their exchange begins them again where they are lost."""
    stages = select(EventRow.payload).where(EventRow.stream == row.id, EventRow.kind == _kind(StageEntered))
    if not any(payload.get("stage") == Stage.ROTATIONS for payload in await session.scalars(stages)):
        return []
    ended = select(EventRow.payload).where(EventRow.stream == row.id, EventRow.kind == _kind(RotationEnded))
    over = {payload["placement_id"] for payload in await session.scalars(ended)}
    # The place of a stay that ended early is given back, and is still to be evaluated.
    asked = exists().where(
        StepRow.subject == PlacementRow.id,
        StepRow.kind == StepKind.EVALUATE_STUDENT,
        StepRow.status == StepStatus.OPEN,
    )
    held = or_(PlacementRow.status == ASSIGNED, asked)
    places = select(PlacementRow.id).where(PlacementRow.exchange_id == row.id, held)
    ids = {place: rotation_workflow_id(place) for place in await session.scalars(places) if place not in over}
    by = exchange_workflow_id(row.id)
    return [Recoverable(ROTATION_WORKFLOW, one, None, heads.get(one, 0), begun_by=by) for one in ids.values()]


async def _suspensions(session: AsyncSession) -> list[Recoverable]:
    """Those that last, and those that ended while exchanges had not heard it."""
    waits = exists().where(
        ExchangeSuspensionRow.suspension_id == SuspensionRow.id, ExchangeSuspensionRow.until.is_(None)
    )
    rows = select(SuspensionRow.id).where(or_(SuspensionRow.until.is_(None), waits)).order_by(SuspensionRow.id)
    found: list[Recoverable] = []
    for suspension_id in await session.scalars(rows):
        began = await _newest(session, suspension_id, SuspensionBegan)
        ended = await _newest(session, suspension_id, SuspensionEnded)
        if began is None:
            continue
        exempt = await session.scalar(select(SuspensionRow.exempt).where(SuspensionRow.id == suspension_id))
        start = SuspensionStart(
            suspension_id=suspension_id,
            coverage=began.coverage.model_copy(update={"exempt": tuple(exempt or ())}),
            reason=began.reason,
            actor=began.actor,
            since=began.since,
            resumption=ResumeExchanges(decision_id=f"{suspension_id}-recovered", actor=ended.actor, until=ended.until)
            if ended
            else None,
        )
        found.append(Recoverable("Suspension", suspension_workflow_id(suspension_id), start, None))
    return found


def _kind(event: type[Fact]) -> str:
    return str(event.model_fields["kind"].default)


async def _newest(session: AsyncSession, stream: str, kind: type[E]) -> E | None:
    """The newest event of a kind in a stream."""
    query = select(EventRow.payload).where(EventRow.stream == stream, EventRow.kind == _kind(kind))
    payload = await session.scalar(query.order_by(EventRow.seq.desc()).limit(1))
    event = EVENT.validate_python(payload) if payload is not None else None
    return event if isinstance(event, kind) else None
