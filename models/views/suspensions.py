"""Suspensions as people look at them: what one would touch, how far it has got, and what it did."""

from models.messages.suspensions import SuspensionReason
from models.vocabulary import Role, Scope, StepKind
from models.wire import Id, Moment, Wire


class Clocks(Wire):
    """Open steps of one kind."""

    kind: StepKind
    title: str
    title_zh: str
    steps: int
    due_within_7_days: int
    due_within_30_days: int
    law: str = ""
    """The law by which they go on; empty where they are paused."""


class SuspensionPreview(Wire):
    """What a suspension would touch, by the records of now. Nothing is changed by looking."""

    exchanges: int
    exempt: int
    """Exchanges in its scope that are taken out."""
    held: tuple[Clocks, ...]
    running: tuple[Clocks, ...]
    """Clocks of the law, which go on."""
    told: dict[Role, int]
    """How many people would get a message, by what they are."""


class SuspensionView(Wire):
    """One suspension on record."""

    suspension_id: Id
    scope: Scope
    target: str
    reason: SuspensionReason
    words: str
    exempt: tuple[Id, ...]
    actor_id: Id
    since: Moment
    until: Moment | None
    exchanges: int
    """Exchanges it reached."""
    suspended: int
    """Exchanges that it pauses now."""


class Moved(Wire):
    """A step that a suspension held."""

    exchange_id: Id
    step_id: Id
    kind: StepKind
    since: Moment
    until: Moment | None
    before: Moment | None
    after: Moment | None
    """The due time after it went on; none while it is paused, or where the step was closed meanwhile."""
