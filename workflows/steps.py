"""One step as a workflow holds it: open with its future answer, or closed with who gave it."""

import asyncio
from dataclasses import dataclass, field
from datetime import date, datetime

from models.actors import CLOCK, Actor, Owner
from models.events import StepRules
from models.exchange import StepPlan, StepView
from models.policy import StepPolicy
from models.vocabulary import StepStatus
from models.wire import Wire


class Answer(Wire):
    """What closed a step, for the stage that waits for it."""

    outcome: str
    actor: Actor = CLOCK
    documents: tuple[str, ...] = ()
    bed_id: str | None = None
    unit_id: str | None = None
    valid_through: date | None = None


@dataclass
class OpenStep:
    """A step somebody owes."""

    id: str
    policy: StepPolicy
    owner: Owner
    subject: str
    rules: StepRules
    answer: "asyncio.Future[Answer]"
    plan: StepPlan | None = None
    fired: set[int] = field(default_factory=set)

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
        )


@dataclass(frozen=True)
class ClosedStep:
    """How a step ended, to tell whoever comes second."""

    outcome: str
    actor: Actor
    at: datetime
