"""What every event has: when, by whom, where a comment is kept, what it is called, and what of it leaves the house."""

from typing import ClassVar

from models.people.authorization import CLOCK, Actor
from models.wire import Id, Moment, Wire


def _(title: str) -> str:
    """Mark a title for the catalogue of texts; it is translated where it is shown."""
    return title


class Fact(Wire):
    """Base of all events: when (workflow time) and by whom."""

    title: ClassVar[str]
    """What a timeline calls it, in English."""
    outward: ClassVar[tuple[str, ...] | None] = None
    """The fields that other systems are told; `None`: the event stays inside."""
    withheld: ClassVar[tuple[str, ...]] = ()
    """Those of them that stay inside where the event's step is about health (D46)."""

    changes: ClassVar[bool] = True
    """Whether it changes anything: what only says that somebody looked is no news to those who wait for changes."""

    once: ClassVar[tuple[str, ...] | None] = None
    """The fields that tell it from others of its kind in one run of its stream, where it can be recorded only once."""

    @property
    def fact(self) -> str | None:
        """Its natural key within one run of its stream; `None` where the same may happen again."""
        if self.once is None:
            return None
        return ":".join([str(getattr(self, "kind", "")), *(str(getattr(self, name)) for name in self.once)])

    at: Moment
    actor: Actor = CLOCK
    note_id: Id | None = None
