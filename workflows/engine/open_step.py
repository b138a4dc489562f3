"""One step as a workflow holds it: open with its future answer, or closed with who gave it."""

import asyncio
from dataclasses import dataclass, field
from datetime import date, datetime

from models.catalogue.policy import StepPolicy
from models.messages.exchange import StepPlan, StepView
from models.messages.recording import StepRules
from models.people.authorization import CLOCK, Actor, Owner
from models.rules.pauses import StepPauses
from models.vocabulary import StepKind, StepStatus
from models.wire import Wire

CANCELLED = "cancelled"
"""The outcome of a step that nobody needs to answer any more."""


class StepAnswer(Wire):
    """What closed a step, for the stage that waits for it."""

    outcome: str
    actor: Actor = CLOCK
    documents: tuple[str, ...] = ()
    bed_id: str | None = None
    unit_id: str | None = None
    valid_through: date | None = None
    justified: bool | None = None
    recalled: bool = False
    """Whether it was given in an earlier run, and is on record."""


@dataclass
class OpenStep:
    """A step somebody owes."""

    id: str
    policy: StepPolicy
    owner: Owner
    subject: str
    rules: StepRules
    answer: "asyncio.Future[StepAnswer]"
    opened_at: datetime
    plan: StepPlan | None = None
    planned_at: datetime | None = None
    first_due_at: datetime | None = None
    fired: set[int] = field(default_factory=set)
    ended: bool = False
    """Whether its ladder is used up."""
    pauses: StepPauses = field(default_factory=StepPauses)
    anew: bool = False
    """Whether the plan that is awaited starts the ladder anew."""
    rounds: int = 0
    """How often it started anew."""

    def follow(self, plan: StepPlan, now: datetime) -> None:
        """Take a plan that the records computed. Rungs of the past stay in the past where the ladder starts anew."""
        if self.anew:
            self.fired = {rung.index for rung in plan.rungs if rung.at <= now}
            self.anew = False
            self.rounds += 1
        self.plan, self.planned_at = plan, now
        self.first_due_at = self.first_due_at or plan.due_at

    def view(self) -> StepView:
        """The step as queries show it."""
        return StepView(
            step_id=self.id,
            kind=self.policy.kind,
            owner=self.owner,
            status=StepStatus.OPEN,
            subject=self.subject,
            outcomes=self.policy.outcomes,
            due_at=self.plan.due_at if self.plan else None,
            held_since=self.pauses.since,
        )


@dataclass(frozen=True)
class ClosedStep:
    """How a step ended, to tell whoever comes second."""

    kind: StepKind
    outcome: str
    actor: Actor
    at: datetime
