"""Where an exchange stands: what somebody owes next, in which week of which rotation it is, whether it is suspended."""

from collections.abc import Sequence
from datetime import date

from models.people.authorization import Owner
from models.views.conversation import OpenQuestion
from models.vocabulary import Content, HoldCause, StepKind
from models.wire import Id, Moment, Wire


class NextMove(Wire):
    """An open step in a list of exchanges: what happens next and who owes it."""

    step_id: Id
    kind: StepKind
    title: str
    title_zh: str
    owner: Owner
    due_at: Moment
    zone: str
    overdue: bool
    held_since: Moment | None = None
    """Since when it is paused."""
    held_because: HoldCause | None = None
    waits_for: tuple[str, ...] = ()
    """The steps that it waits for."""
    question: OpenQuestion | None = None
    """What somebody asked about it and nobody answered yet."""


class ComingMove(Wire):
    """What the calendar asks next, of whom, from a day on."""

    kind: StepKind
    title: str
    title_zh: str
    owner: Owner
    opens_on: date
    """In the host's calendar."""


class RotationNow(Wire):
    """The rotation whose days it is."""

    content: Content
    unit_id: Id
    start: date
    end: date
    """The last day, included."""
    week: int
    """Which week of it this is, counted from 1 from its first day."""
    weeks: int
    supervisors: tuple[str, ...] = ()
    """Who supervises: names, of one person where one was chosen."""
    cleared: bool = True
    """Whether the student may work there today; false of a clinic without a clearance (D36)."""


class Standing(Wire):
    """Where an exchange stands today, besides what is open."""

    rotations: tuple[RotationNow, ...] = ()
    coming: ComingMove | None = None
    suspended_since: Moment | None = None

    def is_first(self, moves: Sequence[NextMove]) -> bool:
        """Whether what the calendar asks comes before all that is open already: nobody owes anything until then."""
        if self.coming is None:
            return False
        running = (move for move in moves if move.held_since is None)
        return all(move.due_at.date() > self.coming.opens_on for move in running)
