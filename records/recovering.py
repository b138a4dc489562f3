"""What the records say goes on, and with which input a workflow for it is started again."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.policy import Policy
from models.catalogue.programme import Programme
from models.events import EVENT, ExchangeReopened, Fact, RotationEnded, StageEntered, SuspensionBegan, SuspensionEnded
from models.identifiers import (
    cohort_workflow_id,
    exchange_of,
    exchange_workflow_id,
    rotation_workflow_id,
    suspension_workflow_id,
)
from models.messages.cohorts import CohortState
from models.messages.contracts import CohortStart
from models.messages.exchange import ExchangeStart, Plan
from models.messages.rotations import ROTATION_WORKFLOW
from models.messages.suspensions import (
    Coverage,
    ResumeExchanges,
    SuspensionPhase,
    SuspensionProgress,
    SuspensionStart,
)
from models.tables import (
    CohortRow,
    EventRow,
    ExchangeCodeRow,
    ExchangeRow,
    ExchangeSuspensionRow,
    HeadRow,
    PlacementRow,
    StepRow,
    SuspensionRow,
)
from models.vocabulary import Stage, StepKind, StepStatus
from models.wire import Wire
from records.audit import workflows as audited
from records.audit.workflows import subject_of
from records.codes import continued
from records.projections.holdings import ASSIGNED
from records.queries.suspensions import covered
from records.recovering_reviews import OpenReview, open_reviews
from records.remembering import policy_of

SUSPENSION = "Suspension"
_OPEN = select(ExchangeRow).where(ExchangeRow.closed_at.is_(None))
E = TypeVar("E", bound=Fact)


@dataclass(frozen=True)
class SuspensionOnRecord:
    """What the records say of a suspension, which keeps no number."""

    until: datetime | None
    exempt: frozenset[str]
    untold: bool
    """Whether it lasts, and an exchange that it covers has not confirmed it."""

    def is_known_to(self, progress: SuspensionProgress) -> bool:
        """Whether its workflow says the same; one that is telling the exchanges goes on by itself."""
        if self.until != progress.until or self.exempt != set(progress.coverage.exempt):
            return False
        return not self.untold or progress.phase is SuspensionPhase.SUSPENDING


@dataclass(frozen=True)
class Recoverable:
    """A workflow that the records say goes on."""

    kind: str
    """Its type."""
    workflow_id: str
    start: Wire | None
    """`None`: another workflow begins it, named by `begun_by`."""
    plan: Plan | None = None
    begun_by: str = ""
    policy_of_today: bool = False
    """Whether what it ran under was never kept, and the policy of today takes its place."""
    writer: str = ""
    """Under which name it is on record; empty where it keeps no number."""
    suspension: SuspensionOnRecord | None = None


async def recoverables(session: AsyncSession, programme: Programme) -> list[Recoverable]:
    """All of them: cohorts, exchanges, their rotations, suspensions, reviews of late answers."""
    exchanges = list(await session.scalars(_OPEN.order_by(ExchangeRow.id)))
    found = [_cohort(row) for row in await session.scalars(select(CohortRow).order_by(CohortRow.id))]
    for row in exchanges:
        found.append(await _exchange(session, programme, row))
    for row in exchanges:
        found += await _rotations(session, row)
    return found + await _suspensions(session) + await _reviews(session, programme)


async def recoverable(session: AsyncSession, programme: Programme, workflow_id: str) -> Recoverable | None:
    """One of them, without reading the others; `None` where the records do not say that it goes on."""
    subject = subject_of(workflow_id)
    if subject is None:
        return None
    found: list[Recoverable] = []
    match subject.kind:
        case audited.COHORT:
            cohort = await session.get(CohortRow, subject.id)
            found = [_cohort(cohort)] if cohort is not None else []
        case audited.EXCHANGE | audited.ROTATION:
            about = exchange_of(subject.id) if subject.kind == audited.ROTATION else subject.id
            for row in list(await session.scalars(_OPEN.where(ExchangeRow.id == about))):
                found = [await _exchange(session, programme, row), *await _rotations(session, row)]
        case audited.SUSPENSION:
            found = await _suspensions(session, SuspensionRow.id == subject.id)
        case audited.REVIEW:
            found = await _reviews(session, programme)
    return next((one for one in found if one.workflow_id == workflow_id), None)


async def revision_of(session: AsyncSession, writer: str) -> int:
    """The number of the newest batch of a workflow."""
    return await session.scalar(select(HeadRow.revision).where(HeadRow.writer == writer)) or 0


def _review(review: OpenReview, of_today: Policy) -> Recoverable:
    workflow_id = review.workflow_id
    start = review.start(of_today)
    return Recoverable(
        "LateUnit",
        workflow_id,
        start,
        policy_of_today=review.policy is None,
        writer=workflow_id,
    )


def _cohort(row: CohortRow) -> Recoverable:
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
    return Recoverable("Cohort", workflow_id, CohortState(start=start, resumes=1), writer=workflow_id)


async def _exchange(session: AsyncSession, programme: Programme, row: ExchangeRow) -> Recoverable:
    reopened = await _newest(session, row.id, ExchangeReopened)
    workflow_id = exchange_workflow_id(row.id)
    writer = f"{workflow_id}/r{reopened.reopening.round}" if reopened else workflow_id
    plan, kept = Plan.model_validate(row.plan), await policy_of(session, writer)
    code = await session.get(ExchangeCodeRow, row.id)
    start = ExchangeStart(
        exchange_id=row.id,
        student=row.person_id,
        plan=plan,
        policy=kept or programme.frozen(plan),
        nomination_version=row.nomination_version,
        reopening=reopened.reopening if reopened else None,
        resumes=1,
        zone=programme.zone_of(plan.host),
        watches_insurance=True,
        continues=continued(code) if code is not None and reopened is None else None,
    )
    return Recoverable("Exchange", workflow_id, start, plan=plan, policy_of_today=kept is None, writer=writer)


async def _rotations(session: AsyncSession, row: ExchangeRow) -> list[Recoverable]:
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
    return [Recoverable(ROTATION_WORKFLOW, one, None, begun_by=by, writer=one) for one in ids.values()]


async def _reviews(session: AsyncSession, programme: Programme) -> list[Recoverable]:
    of_today = programme.policy.only(StepKind.REVIEW_SERVICE_LEVEL)
    return [_review(one, of_today) for one in await open_reviews(session)]


async def _suspensions(session: AsyncSession, *only: ColumnElement[bool]) -> list[Recoverable]:
    """Those that last, and those that ended while exchanges had not heard it."""
    waits = exists().where(
        ExchangeSuspensionRow.suspension_id == SuspensionRow.id,
        ExchangeSuspensionRow.until.is_(None),
        ExchangeSuspensionRow.exchange_id == ExchangeRow.id,
        ExchangeRow.closed_at.is_(None),
    )
    rows = select(SuspensionRow).where(or_(SuspensionRow.until.is_(None), waits), *only).order_by(SuspensionRow.id)
    found = [await _suspension(session, row) for row in list(await session.scalars(rows))]
    return [one for one in found if one is not None]


async def _suspension(session: AsyncSession, row: SuspensionRow) -> Recoverable | None:
    began = await _newest(session, row.id, SuspensionBegan)
    ended = await _newest(session, row.id, SuspensionEnded)
    if began is None:
        return None
    coverage = began.coverage.model_copy(update={"exempt": tuple(row.exempt)})
    resumption = None
    if ended is not None:
        resumption = ResumeExchanges(decision_id=f"{row.id}-recovered", actor=ended.actor, until=ended.until)
    start = SuspensionStart(
        suspension_id=row.id,
        coverage=coverage,
        reason=began.reason,
        actor=began.actor,
        since=began.since,
        resumption=resumption,
    )
    state = SuspensionOnRecord(
        until=row.until, exempt=frozenset(row.exempt), untold=ended is None and await _is_untold(session, row, coverage)
    )
    return Recoverable(SUSPENSION, suspension_workflow_id(row.id), start, suspension=state)


async def suspension_on_record(session: AsyncSession, suspension_id: str) -> "SuspensionOnRecord | None":
    """How a suspension stands now, where it is to be recovered."""
    row = await session.get(SuspensionRow, suspension_id)
    found = await _suspension(session, row) if row is not None else None
    return found.suspension if found is not None else None


async def _is_untold(session: AsyncSession, row: SuspensionRow, coverage: Coverage) -> bool:
    """Whether the records do not confirm every exchange that it covers."""
    told = exists().where(
        ExchangeSuspensionRow.exchange_id == ExchangeRow.id, ExchangeSuspensionRow.suspension_id == row.id
    )
    return bool(await session.scalar(select(exists().where(covered(coverage), ~told))))


def _kind(event: type[Fact]) -> str:
    return str(event.model_fields["kind"].default)


async def _newest(session: AsyncSession, stream: str, kind: type[E]) -> E | None:
    """The newest event of a kind in a stream."""
    query = select(EventRow.payload).where(EventRow.stream == stream, EventRow.kind == _kind(kind))
    payload = await session.scalar(query.order_by(EventRow.seq.desc()).limit(1))
    event = EVENT.validate_python(payload) if payload is not None else None
    return event if isinstance(event, kind) else None
