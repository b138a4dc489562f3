"""What an exchange will ask of whom by when, before anything starts: its steps in order, as data. Pure.

The forecast assumes that everybody answers when they are due, and nobody asks twice. It walks the order of the stages
as `workflows/exchange.py` tells it; a test plays a whole exchange that way and compares every due time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from models.catalogue.policy import DueRule, Policy
from models.messages.exchange import Plan
from models.vocabulary import PROGRAMME_CONTENTS, ROTATION_CONTENTS, Anchor, Content, StepKind
from models.wire import Id, Moment, Wire

K = StepKind


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
    """The steps of an exchange that goes well, in the order in which they are asked for."""
    told = (*_application(), *_pre_arrival(plan), *_stay(plan, policy))
    return tuple(asked for asked in told if asked.kind in policy.steps)


def _application() -> Iterable[Asked]:
    yield Asked(K.VERIFY_NOMINATION)
    yield Asked(K.SUBMIT_DOCUMENTS, (K.VERIFY_NOMINATION,))
    yield Asked(K.SENDING_APPROVAL, (K.SUBMIT_DOCUMENTS,))
    yield Asked(K.HOST_APPROVAL, (K.SENDING_APPROVAL,))
    yield Asked(K.ACCEPT_OFFER, (K.HOST_APPROVAL,))


def _pre_arrival(plan: Plan) -> Iterable[Asked]:
    accepted = (K.ACCEPT_OFFER,)
    if plan.visa_form == "decide":
        yield Asked(K.DECIDE_FORM, accepted)
    yield Asked(K.ISSUE_INVITATION, (K.DECIDE_FORM,) if plan.visa_form == "decide" else accepted)
    yield Asked(K.OBTAIN_VISA, (K.ISSUE_INVITATION,))
    yield Asked(K.SUBMIT_INSURANCE, accepted)
    yield Asked(K.SUBMIT_HEALTH_RECORDS, accepted)
    if plan.block(Content.CLINICAL) is not None:
        yield Asked(K.CLEAR_FOR_CLINIC, (K.SUBMIT_HEALTH_RECORDS,))
    yield Asked(K.CONFIRM_BED, accepted)
    for block in plan.contents:
        if block.content in ROTATION_CONTENTS:
            yield Asked(K.ACCEPT_STUDENT, accepted, subject=block.content, content=block.content)
    yield Asked(K.CONFIRM_ARRIVAL, accepted)


def _stay(plan: Plan, policy: Policy) -> Iterable[Asked]:
    ready = (K.OBTAIN_VISA, K.SUBMIT_INSURANCE, K.CONFIRM_BED, K.ACCEPT_STUDENT, K.CONFIRM_ARRIVAL)
    yield Asked(K.CHECK_IN, ready)
    arrived = (K.CHECK_IN,)
    if plan.host_country == "CN":
        yield Asked(K.REGISTER_RESIDENCE, arrived)
        if plan.visa_class == "X1":
            yield Asked(K.APPLY_RESIDENCE_PERMIT, arrived)
    if plan.host_country == "US":
        yield Asked(K.VALIDATE_SEVIS, arrived)
    yield Asked(K.ORIENTATION, arrived)
    week = date.fromordinal(plan.start.toordinal() + 7 * (policy.student_evaluation_week - 1))
    yield Asked(K.EVALUATE_PROGRAMME, on=min(week, plan.end))
    for block in plan.contents:
        if block.content in ROTATION_CONTENTS:
            yield Asked(
                K.EVALUATE_STUDENT,
                on=block.end,
                subject_end=block.end,
                subject=block.content,
                content=block.content,
            )
    yield Asked(K.DEPART, on=plan.end)
    if any(plan.block(content) for content in PROGRAMME_CONTENTS):
        yield Asked(K.RECORD_ATTENDANCE, (K.DEPART,))


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
