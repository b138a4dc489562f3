"""What happened to obligations and their ladders."""

from datetime import date
from typing import Literal

from models.events.base import Fact, _
from models.messages.exchange import StepPlan
from models.people.authorization import Owner
from models.vocabulary import HoldCause, Missed, RungKind, StepKind, StepStatus, Target
from models.wire import Id, Moment


class StepOpened(Fact):
    """An obligation began. `plan` is filled in when it is recorded; replaying events never computes it again."""

    kind: Literal["step_opened"] = "step_opened"
    title = _("Asked")
    outward = ("step_id", "step")
    once = ("step_id",)
    step_id: Id
    step: StepKind
    owner: Owner
    outcomes: tuple[str, ...]
    subject: str = ""
    """What it is about: a placement id, a bed id, document kinds joined by a comma."""
    anchor_at: Moment | None = None
    """The moment an event-anchored due rule counts from; the stay's dates and `at` need none."""
    plan: StepPlan | None = None


class StepClosed(Fact):
    """An obligation ended: done by a decision, expired by the clock, or cancelled with the exchange."""

    kind: Literal["step_closed"] = "step_closed"
    title = _("Answered")
    outward = ("step_id", "status", "outcome")
    withheld = ("outcome",)
    once = ("step_id",)
    step_id: Id
    status: StepStatus
    outcome: str
    decision_id: Id | None = None
    acknowledged: tuple[str, ...] = ()
    rule: str | None = None
    """The rule that decided, where nobody did."""
    documents: tuple[str, ...] = ()
    """Document kinds to be replaced."""
    bed_id: str | None = None
    unit_id: str | None = None
    valid_through: date | None = None
    justified: bool | None = None


class RungFired(Fact):
    """A reminder or escalation became due. `missed` are earlier rungs that an outage swallowed."""

    kind: Literal["rung_fired"] = "rung_fired"
    title = _("Reminded or escalated")
    outward = ("step_id", "rung", "rung_kind")
    once = ("step_id", "round", "rung")
    step_id: Id
    round: int = 0
    """How often its ladder had started anew."""
    rung: int
    missed: tuple[int, ...] = ()
    rung_kind: RungKind = RungKind.REMINDER
    to: tuple[Target, ...] = ()
    """Whom the rung addresses, relative to the step's owner."""
    copy_to: tuple[Target, ...] = ()
    scheduled_at: Moment | None = None
    """When it was to speak; `at` is when it did."""
    why_missed: Missed | None = None
    last: bool = True
    """Whether no reminder comes after this one."""


class DeadlineExtended(Fact):
    """A step's due time moved. `plan` is filled in when it is recorded."""

    kind: Literal["deadline_extended"] = "deadline_extended"
    title = _("Deadline moved")
    outward = ("step_id", "due_at")
    once = ("step_id", "decision_id")
    step_id: Id
    decision_id: Id
    due_at: Moment
    before: Moment | None = None
    """The due time it replaces."""
    plan: StepPlan | None = None


class StepReassigned(Fact):
    """A step went to another owner."""

    kind: Literal["step_reassigned"] = "step_reassigned"
    title = _("Given to somebody else")
    outward = ("step_id",)
    once = ("step_id", "decision_id")
    step_id: Id
    decision_id: Id
    owner: Owner
    before: Owner | None = None
    """Who owed it until now."""


class StepHeld(Fact):
    """A step is paused: its deadline and ladder wait."""

    kind: Literal["step_held"] = "step_held"
    title = _("Clock held")
    outward = ("step_id", "because")
    once = ("step_id", "cause")
    step_id: Id
    because: HoldCause
    cause: Id
    """The suspension, or the step that is waited for."""
    since: Moment


class StepResumed(Fact):
    """A step goes on. `plan` is filled in when it is recorded."""

    kind: Literal["step_resumed"] = "step_resumed"
    title = _("Clock runs again")
    outward = ("step_id", "because")
    once = ("step_id", "cause")
    step_id: Id
    because: HoldCause
    cause: Id
    since: Moment
    until: Moment
    before: Moment | None = None
    """The due time it replaces."""
    plan: StepPlan | None = None


class StepSnoozed(Fact):
    """Its owner put off the reminders of a step; due time and escalations stand."""

    kind: Literal["step_snoozed"] = "step_snoozed"
    title = _("Reminders put off")
    once = ("step_id", "decision_id")
    step_id: Id
    decision_id: Id
    until: Moment
    silenced: tuple[int, ...] = ()
    """The rungs that do not speak."""


class StepReminded(Fact):
    """Somebody who waits had the owner of a step reminded."""

    kind: Literal["step_reminded"] = "step_reminded"
    title = _("Reminded on request")
    once = ("step_id", "number")
    step_id: Id
    number: int
    """How often it was, this time included."""


class StepReplanned(Fact):
    """What a due time counts from was moved: a day of the stay, or the moment of an arrival that was corrected."""

    kind: Literal["step_replanned"] = "step_replanned"
    title = _("Due time counted anew")
    outward = ("step_id",)
    once = ("step_id", "change_id")
    step_id: Id
    change_id: Id
    plan: StepPlan | None = None
    """The new due time and rungs; filled in when recorded."""
    before: Moment | None = None
    """The due time until now."""
    anchor_at: Moment | None = None
    """The moment that it counts from now, where it is one."""
    goes_on: bool = False
    """Whether the ladder goes on: what spoke already does not speak again, and what is due by now does."""
