"""What an exchange workflow knows of changes to its plan: which one is asked for, and which plan holds (D39)."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from models.messages.changes import IntakeChange, RequestChange
from models.messages.onward import Continues, OnwardNews

FIRST = 1
"""The version of the plan that was verified."""


@dataclass
class Amendments:
    """The changes of one exchange: one is asked for at a time."""

    version: int = FIRST
    """Of the plan that holds."""
    open: RequestChange | None = None
    task: "asyncio.Task[None] | None" = None
    """Has the open change signed and applies it."""
    applying: bool = False
    """Whether it is being applied: it cannot be taken back any more."""
    replans: set[str] = field(default_factory=set)
    """Re-plannings of the cohort that it has heard of."""
    taking: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while a bed or places are taken for a plan: no other plan takes any meanwhile."""
    placed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while no unit is asked to accept the student: a place that is asked for is not moved."""

    seated: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while the exchange does not wait for a seat."""
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while no request for a seat is without any answer: such a one is not moved to another intake."""
    unheard: list[Callable[[], None]] = field(default_factory=list)
    """What a cohort said while a change to another intake was being applied."""

    continues: Continues | None = None
    """The stay at another host that this exchange goes on from."""
    joined: bool = False
    """Whether that stay was shortened for it: until then this one may come to nothing."""
    first_stay: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when something of the first stay's change was decided."""
    onward: str | None = None
    """The exchange at the second host that the open change began."""
    heard: OnwardNews | None = None
    """What that exchange said last."""

    def __post_init__(self) -> None:
        self.answered.set()
        self.seated.set()
        self.placed.set()

    @property
    def leaves_intake(self) -> bool:
        """Whether a change to another intake is being applied: who asks here for a seat may get one there."""
        return self.applying and self.open is not None and isinstance(self.open.change, IntakeChange)

    def hear(self) -> None:
        """A change was applied, or was not: listen to what was said meanwhile."""
        said, self.unheard = self.unheard, []
        for one in said:
            one()
