"""Parts of what an exchange workflow knows: a document judged, a place, a rotation that is over."""

from dataclasses import dataclass
from datetime import date, datetime

from models.messages.contracts import CheckAnswer, CheckDocument
from models.messages.exchange import PlannedContent
from models.people.authorization import Actor
from models.vocabulary import Content
from workflows.reports import Hours


@dataclass(frozen=True)
class Judged:
    """What the check of a document said, and of what: asked the same again, it would say the same."""

    asked: CheckDocument
    answer: CheckAnswer


@dataclass(frozen=True)
class Blocked:
    """A document that the checks did not accept, and the rule ids of what stands against it."""

    document_id: str
    findings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Review:
    """A document that waits for a person, and the step in which it does."""

    document_id: str
    step_id: str
    asked_by: Actor | None = None
    """Who asks that it counts against what the checks say; somebody else confirms."""
    overrides: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """An accepted place in a unit, to be worked as a rotation."""

    placement_id: str
    unit_id: str
    block: PlannedContent


@dataclass(frozen=True)
class FinishedRotation:
    """A rotation that is over: of which days hours may still be reported, and what is."""

    content: Content
    unit_id: str
    first_day: date | None
    """Unset where the clinic was never allowed."""
    last_day: date
    hours: Hours


@dataclass
class Whereabouts:
    """When the student came and moved, as it is on record: what a correction must fit to."""

    entered_at: datetime | None = None
    """Into the host's country, before the arrival; later entries do not count."""
    first_moved_at: datetime | None = None
    moved_before: datetime | None = None
    """The movement before the last one."""

    def move(self, at: datetime, last: datetime | None) -> None:
        """Know of a movement; `last` is the one before it."""
        self.first_moved_at = self.first_moved_at or at
        self.moved_before = last

    def correct(self, before: datetime | None, now: datetime) -> None:
        """The last movement was at another time; it may be the first one."""
        if self.first_moved_at == before:
            self.first_moved_at = now
