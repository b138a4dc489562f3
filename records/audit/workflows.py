"""Each workflow compared with its records: both sides put into the same facts, and the facts compared.

What is compared is said once for each kind of workflow, in the pairs of functions below: what the records say, and what
the workflow answers. To compare one more thing, add it to both.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from models.identifiers import (
    cohort_workflow_id,
    exchange_of,
    exchange_workflow_id,
    review_workflow_id,
    rotation_workflow_id,
    suspension_workflow_id,
)
from models.messages.audit import AuditFinding, FindingKind
from models.messages.cohorts import CohortStatus
from models.messages.exchange import ExchangeStatus
from models.messages.suspensions import SuspensionProgress
from models.tables import CohortRow, ExchangeRow, SeatRow, StepRow, SuspensionRow, WaitlistRow

Facts = Mapping[str, Any]
Reply = ExchangeStatus | CohortStatus | SuspensionProgress
"""What workflows answer when they are asked where they are."""
EXCHANGE, COHORT, SUSPENSION, ROTATION, REVIEW = "exchange", "cohort", "suspension", "rotation", "service-level"
WORKFLOW_IDS = {
    EXCHANGE: exchange_workflow_id,
    COHORT: cohort_workflow_id,
    SUSPENSION: suspension_workflow_id,
    ROTATION: rotation_workflow_id,
    REVIEW: review_workflow_id,
}
REVISION = "revision"
"""What is said to differ where a workflow does not know the newest of its records, or more than is on record."""


@dataclass(frozen=True)
class WorkflowSubject:
    """A workflow by its kind and by what it is about."""

    kind: str
    id: str

    @property
    def workflow(self) -> str:
        """The id of the workflow."""
        return WORKFLOW_IDS[self.kind](self.id)


@dataclass(frozen=True)
class RecordedState:
    """What the records say of a workflow."""

    known: bool = True
    """Whether they say anything at all."""
    runs: bool | None = None
    """Whether it must run, or must not; `None`: either is right."""
    facts: Facts | None = None
    """What it must answer; `None` where it cannot be asked."""
    revision: int | None = None
    """The number of its newest batch; `None` where it keeps none."""


@dataclass(frozen=True)
class Seen:
    """What Temporal and the workflow say."""

    runs: bool
    reply: Reply | None = None
    follows: Collection[int] = ()
    """What the workflow knows to be on record, the highest the newest; empty where it says none."""
    silent: bool = False
    """Whether it runs and does not answer."""


def subject_of(workflow_id: str) -> WorkflowSubject | None:
    """Whose workflow an id names; `None` for those that have no records of their own."""
    kind, _, rest = workflow_id.partition("/")
    return WorkflowSubject(kind, rest) if kind in WORKFLOW_IDS and rest else None


def scope_of(step_id: str) -> str:
    """The exchange or placement whose workflow keeps a step."""
    return step_id.rsplit(".", 2)[0]


def compared(subject: WorkflowSubject, recorded: RecordedState, seen: Seen) -> AuditFinding | None:
    """What is out of step between a workflow and its records, if anything is."""
    if not recorded.known:
        return _about(FindingKind.WORKFLOW_UNKNOWN, subject) if seen.runs else None
    if recorded.runs is not None and recorded.runs != seen.runs:
        kind = FindingKind.WORKFLOW_MISSING if recorded.runs else FindingKind.WORKFLOW_LEFT_RUNNING
        return _about(kind, subject)
    if seen.silent:
        return _about(FindingKind.WORKFLOW_SILENT, subject)
    parts: list[str] = []
    if recorded.facts is not None and seen.reply is not None:
        said = answered(seen.reply)
        parts += sorted(name for name in recorded.facts.keys() & said.keys() if recorded.facts[name] != said[name])
    if recorded.revision is not None and not in_step(recorded.revision, seen.follows):
        parts.append(REVISION)
    return _about(FindingKind.WORKFLOW_DIFFERS, subject, tuple(parts)) if parts else None


def in_step(revision: int, follows: Collection[int]) -> bool:
    """Whether a workflow that is at rest knows the newest batch on record, and no newer one.

    `follows` are the batch that it recorded last and what it took since. A workflow of an earlier version says none.
    """
    return not follows or revision == max(follows)


def _about(kind: FindingKind, subject: WorkflowSubject, parts: tuple[str, ...] = ()) -> AuditFinding:
    stream = exchange_of(subject.id) if subject.kind == ROTATION else subject.id
    extra: dict[str, Any] = {"parts": parts} if parts else {}
    return AuditFinding(kind=kind, stream=stream, params={"workflow": subject.workflow} | extra)


def answered(reply: Reply) -> Facts:
    """What a workflow answers, as facts."""
    match reply:
        case ExchangeStatus():
            return _answered_by_exchange(reply)
        case CohortStatus():
            return _answered_by_cohort(reply)
        case SuspensionProgress():
            return _answered_by_suspension(reply)


def recorded_of_exchange(row: ExchangeRow, open_steps: list[StepRow]) -> Facts:
    """What the records say of an exchange that is running."""
    return {
        "stage": row.stage,
        "mobility": row.mobility,
        "nomination": row.nomination,
        "parties": (row.sending_id, row.host_id),
        "waitlist_position": row.waitlist_position,
        "open_steps": {step.id for step in open_steps if scope_of(step.id) == row.id},
    }


def _answered_by_exchange(status: ExchangeStatus) -> Facts:
    return {
        "stage": status.stage,
        "mobility": status.mobility,
        "nomination": status.nomination,
        "parties": (status.parties.sending, status.parties.host),
        "waitlist_position": status.waitlist_position,
        "open_steps": {step.step_id for step in status.open_steps},
    }


def recorded_of_cohort(row: CohortRow, seats: list[SeatRow], waitlist: list[WaitlistRow]) -> Facts:
    """What the records say of a cohort."""
    return {
        "cap": row.cap,
        "minimum": row.minimum,
        "seats": {(seat.exchange_id, seat.number, seat.held) for seat in seats if seat.exchange_id is not None},
        "waitlist": [one.exchange_id for one in sorted(waitlist, key=lambda one: one.position)],
    }


def _answered_by_cohort(status: CohortStatus) -> Facts:
    return {
        "cap": status.cap,
        "minimum": status.minimum,
        "seats": {(seat.exchange_id, seat.seat, seat.held) for seat in status.seats},
        "waitlist": list(status.waitlist),
    }


def recorded_of_suspension(row: SuspensionRow) -> Facts:
    """What the records say of a suspension."""
    return {"coverage": (row.scope, row.target), "exempt": set(row.exempt), "until": row.until}


def _answered_by_suspension(progress: SuspensionProgress) -> Facts:
    coverage = progress.coverage
    return {
        "coverage": (coverage.scope, coverage.target),
        "exempt": set(coverage.exempt),
        "until": progress.until,
    }
