"""What a workflow has recorded at once, and what recording answers."""

from datetime import date, time

from pydantic import Field

from models.catalogue.policy import DueRule, LadderRule
from models.catalogue.sharing import SharedPolicy
from models.events import Event
from models.messages.exchange import Plan, StepPlan
from models.messages.suspensions import Suspend
from models.rules.deadlines import Hold
from models.wire import Id, Moment, Wire


class StepRules(Wire):
    """The frozen rules of a step that a batch opens or moves, with its anchor resolved.

    Travels with the batch, so that recording needs no policy and a changed catalogue touches no running exchange.
    """

    step_id: Id
    due: DueRule
    ladder: LadderRule
    anchor_on: date | None = None
    """For rules anchored at a day (start, end)."""
    anchor_at: Moment | None = None
    """For rules anchored at a moment (opened, arrival)."""
    counted_from: Moment | None = None
    """When its time began to count, where that is not when the batch was noted."""
    due_at: Moment | None = None
    """The due time that a person set; the rule's is not asked then."""
    held: tuple[Hold, ...] = ()
    """Times in which it was paused, oldest first."""


class DayRule(Wire):
    """A day of an institution's calendar that a workflow wants to wake at."""

    name: str
    institution: str
    """Whose zone; empty: the home institution's."""
    on: date
    at: time = time(0, 0)


class Batch(Wire):
    """Everything one activation of a workflow brought about: recorded in one transaction, once per `key`."""

    stream: Id
    """Exchange id, or cohort id."""
    key: Id
    """`{workflow id}:{number}`, unique; recording it again changes nothing and answers the same."""
    events: tuple[Event, ...]
    rules: tuple[StepRules, ...] = ()
    days: tuple[DayRule, ...] = ()
    writer: str | None = None
    """The workflow, with the round of a reopened one; none from workers of earlier versions."""
    workflow_id: str = ""
    """Of whose acts are fulfilled."""
    number: int = 0
    """The batch's number in the workflow."""
    follows: tuple[int, ...] = ()
    """The numbers of which one is the newest on record: what the workflow wrote last, or took since."""
    round: int = 0
    """How often the exchange was reopened: what is recorded once, is recorded once in a round."""
    acts: tuple[Id, ...] = ()
    """Keys of the acts that the batch fulfils."""
    policy: SharedPolicy | None = None
    """With the first batch of an exchange: what its workflow is started with if it has to be started again."""


class Remember(Wire):
    """Ask what is on record of a workflow."""

    stream: Id
    workflow_id: str
    writer: str
    scope: str = ""
    """A placement, where only its rotation is asked about."""


class RememberedAct(Wire):
    """An act that was taken: repeated under its key, it is answered and not done again."""

    key: Id
    asked: str
    """What was asked, as a digest."""


class Remembered(Wire):
    """What is on record of a workflow: enough to tell its story again."""

    revision: int = 0
    """The number of its newest batch; 0 where nothing is on record."""
    events: tuple[Event, ...] = ()
    """Of its stream since the exchange was last opened, oldest first; not those that say only that somebody looked."""
    acts: tuple[RememberedAct, ...] = ()
    plan: Plan | None = None
    """As corrected."""
    nomination_version: int = 1


class Recorded(Wire):
    """What recording answered: the plans of the steps that the batch opened or moved."""

    plans: tuple[StepPlan, ...] = ()
    moments: dict[str, Moment] = Field(default_factory=dict)
    """The days asked for, by name."""
    suspensions: tuple[Suspend, ...] = ()
    """What suspends an exchange whose first events these are."""
