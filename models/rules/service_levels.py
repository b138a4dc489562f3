"""Service levels: how long steps take and how many are late, per kind, institution and unit. Pure.

What is measured:

- from opened to decided, without the time in which the step's clock stood still (suspensions, waiting for the other
  side); overlapping times count once;
- a decided step is late if it was decided after its due time; an open one if it is overdue now and its clock runs. The
  due time is the one in force, so an extension that was granted is no lateness;
- expired steps and those that the clock decided count as late: nobody answered in time;
- cancelled steps, and those that ask nothing of anybody, are not counted.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from models.catalogue.sharing import SharedPolicy
from models.people.authorization import CLOCK
from models.vocabulary import StepKind, StepStatus
from models.wire import Id, Moment, Wire

NOBODY_OWES = frozenset({StepKind.WAIT_FOR_SEAT, StepKind.WATCH_STAY, StepKind.AWAIT_SECOND_HOST})
"""Steps that end by something else that happens."""


class By(StrEnum):
    """What service levels are told apart by."""

    KIND = "kind"
    INSTITUTION = "institution"
    UNIT = "unit"


class Span(Wire):
    """A time in which a step was paused; without `until` it still is."""

    since: Moment
    until: Moment | None = None


class StepTimes(Wire):
    """What service levels need to know of one step."""

    step_id: str
    kind: StepKind
    institution: str
    unit: str
    status: StepStatus
    opened_at: Moment
    due_at: Moment
    decided_at: Moment | None = None
    decided_by: str = ""
    of_an_office: bool = True
    """Whether a person of an institution owes it, and not a student."""
    held: tuple[Span, ...] = ()


class ServiceLevel(Wire):
    """The figures of one group of steps. Durations are in hours, of decided steps."""

    group: dict[By, str]
    steps: int
    decided: int
    open: int
    late: int
    late_share: float
    """Late ones of all, 0 to 1."""
    p50_hours: float | None
    p90_hours: float | None
    held_hours: float
    """Left out of the figures: time added by suspensions and by the other side, of all steps together."""


class LateUnit(Wire):
    """An institution or unit whose answers are late too often: what its review is opened with."""

    alert_id: Id
    institution: str
    unit: str
    late: int
    steps: int
    policy: SharedPolicy
    """Only the step of the review."""
    resumes: int = 0
    """How often in a row it was started to go on from the records."""

    @property
    def subject(self) -> str:
        """What the step is about."""
        return f"{self.unit or self.institution}: {self.late}/{self.steps}"


class LateUnits(Wire):
    """Everybody whose answers are late too often."""

    units: tuple[LateUnit, ...] = ()


def counts(step: StepTimes) -> bool:
    """Whether a step says anything about service."""
    return step.status is not StepStatus.CANCELLED and step.kind not in NOBODY_OWES


def held_time(step: StepTimes, until: datetime) -> timedelta:
    """How long a step was paused before a moment; overlapping times count once."""
    total = timedelta()
    reached = step.opened_at
    for span in sorted(step.held, key=lambda span: span.since):
        begin = max(span.since, reached)
        end = min(span.until or until, until)
        if end > begin:
            total += end - begin
            reached = end
    return total


def is_late(step: StepTimes, now: datetime) -> bool:
    """Whether a step was decided after its due time, not at all, or is overdue now."""
    if step.status is StepStatus.OPEN:
        return step.due_at < now and all(span.until is not None for span in step.held)
    if step.status is StepStatus.EXPIRED or step.decided_by == CLOCK.id:
        return True
    return step.decided_at is not None and step.decided_at > step.due_at


def service_levels(steps: Iterable[StepTimes], by: tuple[By, ...], now: datetime) -> list[ServiceLevel]:
    """The figures of every group, in the order of the groups' names."""
    groups: dict[tuple[str, ...], list[StepTimes]] = defaultdict(list)
    for step in steps:
        if counts(step):
            groups[tuple(_name(step, one) for one in by)].append(step)
    return [_level(dict(zip(by, names, strict=True)), groups[names], now) for names in sorted(groups)]


def _name(step: StepTimes, by: By) -> str:
    match by:
        case By.KIND:
            return step.kind
        case By.INSTITUTION:
            return step.institution
        case By.UNIT:
            return step.unit


def _level(group: Mapping[By, str], steps: list[StepTimes], now: datetime) -> ServiceLevel:
    decided = [step for step in steps if step.status is not StepStatus.OPEN and step.decided_at is not None]
    hours = sorted(_hours(step) for step in decided)
    late = sum(is_late(step, now) for step in steps)
    held = sum((held_time(step, step.decided_at or now) for step in steps), timedelta())
    return ServiceLevel(
        group=dict(group),
        steps=len(steps),
        decided=len(decided),
        open=len(steps) - len(decided),
        late=late,
        late_share=late / len(steps),
        p50_hours=percentile(hours, 0.5),
        p90_hours=percentile(hours, 0.9),
        held_hours=held / timedelta(hours=1),
    )


def _hours(step: StepTimes) -> float:
    assert step.decided_at is not None
    taken = step.decided_at - step.opened_at - held_time(step, step.decided_at)
    return max(taken, timedelta()) / timedelta(hours=1)


def percentile(ordered: list[float], share: float) -> float | None:
    """The smallest value that at least this share of all does not exceed; none of nothing."""
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else None
