"""How an exchange ends: decided by the story itself, or from outside while it is told."""

from datetime import date

from models.people.authorization import CLOCK, Actor
from models.vocabulary import Outcome
from models.wire import Wire


class Ending(Wire):
    """How the exchange ends, decided by the story or by somebody who ended it."""

    outcome: Outcome
    reason: str
    actor: Actor = CLOCK
    note_id: str | None = None
    last_day: date | None = None
    declared_on: date | None = None
    certificate: str | None = None


class Ended(Exception):
    """Raised to leave the stages for the ending."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.reason)
        self.ending = ending
