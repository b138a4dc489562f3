"""What an exchange will ask of whom by when, before anything starts: its steps in order, as data. Pure.

The forecast assumes that everybody answers when they are due, and nobody asks twice. Which steps it has, and after
which, the catalogue says; a test plays a whole exchange that way and compares every due time.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from models.catalogue.answers import GivenBy
from models.catalogue.foreseen import Foreseen
from models.catalogue.jurisdiction import Cause, EntryRight, earlier_law
from models.catalogue.policy import DueRule, Policy, StepPolicy
from models.messages.exchange import Plan
from models.rules.stay import required_documents
from models.vocabulary import PROGRAMME_CONTENTS, Anchor, Content, StepKind
from models.wire import Id, Moment, Wire


class CalendarDay(Wire):
    """A day that is not what its weekday says, or a weekend."""

    day: date
    works: bool
    why: str
    why_zh: str = ""


class ForecastRung(Wire):
    """When a rung would speak, and to whom."""

    at: Moment
    kind: str
    to: tuple[str, ...]
    copy_to: tuple[str, ...] = ()


class ForecastStep(Wire):
    """One step as it would be asked for."""

    kind: StepKind
    title: str
    title_zh: str
    owner: str
    institution: str
    subject: str = ""
    opens_at: Moment
    due_at: Moment
    zone: str
    due: DueRule
    """What the due time is counted from."""
    rule: str
    """The id of the rule behind it; empty where there is none."""
    law: str = ""
    waits_for: tuple[StepKind, ...] = ()
    passed_over: tuple[CalendarDay, ...] = ()
    """Days between anchor and due that no working day counts, and weekends that are worked."""
    rungs: tuple[ForecastRung, ...] = ()
    ends_at: Moment | None = None
    unknown_years: tuple[int, ...] = ()
    """Years whose holidays are not announced yet: the days may still change."""


class Forecast(Wire):
    """All that would be asked."""

    exchange_id: Id | None = None
    student: str = ""
    steps: tuple[ForecastStep, ...]


@dataclass(frozen=True)
class Asked:
    """A step in that order: what must have been answered before it opens, or the day on which it opens."""

    kind: StepKind
    after: tuple[StepKind, ...] = ()
    on: date | None = None
    subject_end: date | None = None
    subject: str = ""
    content: Content | None = None


def story_of(plan: Plan, policy: Policy) -> tuple[Asked, ...]:
    """The steps of an exchange that goes well, in the order of the catalogue."""
    found: list[Asked] = []
    before: list[StepPolicy] = []
    for step in policy.steps.values():
        if step.foreseen is None or _collects_nothing(step.kind, plan, policy):
            continue
        asked = tuple(_asked(step.kind, step.foreseen, plan, policy))
        after = tuple(earlier.kind for earlier in before if earlier.opens(step.kind))
        found += [one if one.on else replace(one, after=after) for one in asked]
        if asked:
            before.append(step)
    return tuple(found)


def _collects_nothing(kind: StepKind, plan: Plan, policy: Policy) -> bool:
    """Whether a step collects documents, and none of this stay: a visa of somebody who needs none (D2)."""
    answers = policy.steps[kind].answers.values()
    return any(one.given_by is GivenBy.DOCUMENTS for one in answers) and not required_documents(policy, plan, kind)


def _asked(kind: StepKind, foreseen: Foreseen, plan: Plan, policy: Policy) -> Iterable[Asked]:
    """How often a step is asked of this plan, about what, and on which day."""
    if foreseen in _WHERE:
        if _WHERE[foreseen](plan):
            yield Asked(kind)
        return
    match foreseen:
        case Foreseen.EACH_BLOCK:
            yield from (Asked(kind, subject=block.key, content=block.content) for block in plan.rotations)
        case Foreseen.END_OF_EACH_BLOCK:
            for block in plan.rotations:
                yield Asked(kind, on=block.end, subject_end=block.end, subject=block.key, content=block.content)
        case Foreseen.EVALUATION_WEEK:
            week = plan.start + timedelta(weeks=policy.student_evaluation_week - 1)
            yield Asked(kind, on=min(week, plan.end))
        case Foreseen.LAST_DAY:
            yield Asked(kind, on=plan.end)
        case Foreseen.BY_LAW:
            yield from _by_law(kind, plan, policy)


def _by_law(kind: StepKind, plan: Plan, policy: Policy) -> Iterable[Asked]:
    """What the law of the host's country asks of an arrival; an answer of the authority where a permit is needed."""
    law = policy.law or earlier_law(plan.host_country)
    if plan.entry is EntryRight.FREE:
        return
    if kind is StepKind.AWAIT_PERMIT and plan.visa_class in law.permit_visas:
        yield Asked(kind)
    for duty in law.duties:
        if duty.step is kind and Cause.ARRIVED in duty.on and duty.concerns(plan.visa_class, plan.days):
            yield Asked(kind, subject=duty.id)


_WHERE: dict[Foreseen, Callable[[Plan], bool]] = {
    Foreseen.ALWAYS: lambda _: True,
    Foreseen.FORM_UNDECIDED: lambda plan: plan.visa_form == "decide",
    Foreseen.CLINICAL: lambda plan: plan.block(Content.CLINICAL) is not None,
    Foreseen.LECTURES: lambda plan: any(plan.block(content) for content in PROGRAMME_CONTENTS),
}
"""Which plans a step is asked of that is asked once, after others."""


def anchor_day(asked: Asked, plan: Plan, anchor: Anchor) -> date | None:
    """The day that a rule counts from, where it is a day of the stay."""
    match anchor:
        case Anchor.START:
            return plan.start
        case Anchor.END:
            return plan.end
        case Anchor.SUBJECT_END:
            return asked.subject_end
        case _:
            return None
