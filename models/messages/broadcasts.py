"""Messages to many: whom one is for, what it says, and what is told of it."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from models.vocabulary import Side
from models.wire import Id, Wire

LONGEST_SUBJECT, LONGEST_TEXT = 150, 10_000
"""Characters."""
MOST_RECIPIENTS = 1000
"""Students one message goes to."""


class AudienceKind(StrEnum):
    """How the students of a message are chosen."""

    COHORT = "cohort"
    UNIT = "unit"
    """Those with a place in a unit that is not over."""
    ARRIVING = "arriving"
    """Those whose stay begins on one of some days."""
    CHOSEN = "chosen"
    """Exchange by exchange."""


class Audience(Wire):
    """The students that a message is for; nobody whose exchange has ended, unless chosen by name."""

    kind: AudienceKind
    cohort: str = Field(default="", max_length=120)
    unit: str = Field(default="", max_length=120)
    first_day: date | None = None
    last_day: date | None = None
    """Both included."""
    exchanges: tuple[Id, ...] = Field(default=(), max_length=MOST_RECIPIENTS)
    side: Side | None = None
    """`sending`: only those that one's own university sends; `host`: only those it hosts; none: both."""


class BroadcastWording(Wire):
    """What a message says, in one language or both; placeholders in braces are filled in for each reader."""

    subject: str = Field(max_length=LONGEST_SUBJECT)
    text: str = Field(max_length=LONGEST_TEXT)
    subject_zh: str = Field(default="", max_length=LONGEST_SUBJECT)
    text_zh: str = Field(default="", max_length=LONGEST_TEXT)


class Broadcast(Wire):
    """A message to many as it is asked to be sent."""

    audience: Audience
    wording: BroadcastWording
    seen: str = Field(default="", max_length=64)
    """What a preview said under `seen`; where it is given, nothing else than what was seen is sent."""


class BroadcastAnswer(Wire):
    """What became of a message that was asked to be sent."""

    broadcast_id: Id
    recipients: int
    """To how many students it goes."""
    unreachable: int
    """How many have no address that mail can go to."""
    repeated: bool = False
