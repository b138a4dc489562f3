"""What every event has: when, by whom, and where a comment is kept."""

from models.people.authorization import CLOCK, Actor
from models.wire import Id, Moment, Wire


class Fact(Wire):
    """Base of all events: when (workflow time) and by whom."""

    at: Moment
    actor: Actor = CLOCK
    note_id: Id | None = None
