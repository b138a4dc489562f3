"""Whether a stay has earned its certificate (D42), from facts alone."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from pydantic import Field

from models.vocabulary import Content
from models.wire import Wire


class Attended(Wire):
    """Hours of one content over a reported period, in hours."""

    content: Content
    placement_id: str | None = None
    planned: float = Field(ge=0)
    attended: float = Field(ge=0)


class WorkedRotation(Wire):
    """What the supervisor of one worked rotation said; `None` while nothing was said."""

    placement_id: str
    content: Content
    passed: bool | None = None
    block: str = ""
    """The block of the plan that it was worked for: `clinical.2`; empty in a plan of one block of each content."""
    planned: int = Field(default=0, ge=0)
    """The hours with which it was planned at least; less on report means that some was missed."""


class StayFacts(Wire):
    """Everything the gate looks at. Dates are actual ones, in the host's calendar, both included."""

    contents: tuple[Content, ...]
    """The contents planned (D8); each needs attendance of its own."""
    arrived_on: date | None = None
    departed_on: date | None = None
    hours: tuple[Attended, ...] = ()
    rotations: tuple[WorkedRotation, ...] = ()
    student_evaluated: bool = False
    attendance_above: float = Field(default=0.80, ge=0, lt=1)
    """Share of the planned hours that must be exceeded."""
    minimum_days: int = Field(default=28, ge=1)
    forgiven_days: int = Field(default=0, ge=0)
    """Days of a late arrival that count as if the student had been there (D1)."""

    @property
    def days(self) -> int:
        """Actual length of the stay in days, both ends included (D1); 0 while it has not ended."""
        if self.arrived_on is None or self.departed_on is None:
            return 0
        return max(0, (self.departed_on - self.arrived_on).days + 1)


def attendance_of(content: Content, hours: Iterable[Attended]) -> tuple[Decimal, Decimal]:
    """Planned and attended hours of one content, exactly as they were typed."""
    rows = [row for row in hours if row.content is content]
    # Floats would let 0.8 of 100 h be 79.999…, and exactly 80 % must not pass.
    planned = sum((Decimal(str(row.planned)) for row in rows), Decimal(0))
    attended = sum((Decimal(str(row.attended)) for row in rows), Decimal(0))
    return planned, attended


def unmet_conditions(facts: StayFacts) -> tuple[str, ...]:
    """The codes of the conditions for a certificate that do not hold; empty where it is earned (D1, D42)."""
    return (*_stay(facts), *_attendance(facts), *_evaluations(facts))


def _stay(facts: StayFacts) -> Iterable[str]:
    if facts.arrived_on is None:
        yield "D42.arrival"
    if facts.departed_on is None:
        yield "D42.departure"
    if (facts.days and facts.days + facts.forgiven_days < facts.minimum_days) or (
        facts.arrived_on and facts.departed_on and not facts.days
    ):
        yield "D1.duration"


def _attendance(facts: StayFacts) -> Iterable[str]:
    for content in dict.fromkeys(facts.contents):
        rotations = [one for one in facts.rotations if one.content is content]
        blocks = list(dict.fromkeys(one.block for one in rotations))
        if len(blocks) < 2:
            if not _attended(content, facts.hours, rotations, facts.attendance_above):
                yield f"D42.attendance.{content}"
            continue
        for block in blocks:
            worked = [one for one in rotations if one.block == block]
            # Hours reported of the content alone are those of its first block.
            mine = {one.placement_id for one in worked} | ({None} if block == blocks[0] else set())
            if not _attended(
                content, [row for row in facts.hours if row.placement_id in mine], worked, facts.attendance_above
            ):
                yield f"D42.attendance.{block or content}"


def _attended(content: Content, hours: Iterable[Attended], worked: Iterable[WorkedRotation], above: float) -> bool:
    """Whether more than the share was attended of what was planned, or reported as planned if that is more."""
    reported, attended = attendance_of(content, hours)
    planned = max(reported, Decimal(sum(one.planned for one in worked)))
    return bool(planned) and attended > Decimal(str(above)) * planned


def _evaluations(facts: StayFacts) -> Iterable[str]:
    for content in dict.fromkeys(facts.contents):
        if content in (Content.LABORATORY, Content.CLINICAL) and not any(
            rotation.content is content for rotation in facts.rotations
        ):
            yield f"D42.rotation.{content}"
    for rotation in facts.rotations:
        if rotation.passed is None:
            yield f"D42.evaluation.{rotation.placement_id}"
        elif not rotation.passed:
            yield f"D42.result.{rotation.placement_id}"
    if not facts.student_evaluated:
        yield "D42.student_evaluation"
