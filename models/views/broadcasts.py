"""Messages to many as offices look at them."""

from pydantic import Field

from models.messages.broadcasts import Audience, BroadcastWording
from models.rules.broadcasts import BroadcastDelivery
from models.views.shared import Student
from models.vocabulary import Role
from models.wire import Id, Moment, Wire


class BroadcastReader(Wire):
    """A student that a message is for."""

    exchange_id: Id
    student: Student
    language: str


class BroadcastPreview(Wire):
    """A message before it is sent: to whom it would go, and how it reads for the first of them."""

    recipients: tuple[BroadcastReader, ...]
    unreachable: tuple[BroadcastReader, ...]
    """Those without an address that mail can go to."""
    languages: dict[str, int] = Field(default_factory=dict)
    """How many read it in which language."""
    sample: BroadcastWording | None = None
    """For the first recipient, its placeholders filled in."""
    seen: str
    """To be sent back with it: then what is sent is what was seen."""


class BroadcastSummary(Wire):
    """A message to many in a list."""

    broadcast_id: Id
    at: Moment
    sender: Id
    sender_role: Role
    institution: str
    audience: Audience
    wording: BroadcastWording
    recipients: int
    unreachable: int
    got: dict[BroadcastDelivery, int] = Field(default_factory=dict)
    """How many got it, or did not, and how."""
    cursor: str


class BroadcastLine(Wire):
    """One student of a message, and whether they got it."""

    exchange_id: Id
    student: Student
    delivery: BroadcastDelivery
    at: Moment | None = None
    """When the mail host took it."""
    why: str = ""
    """What the mail host said where they did not get it."""


class BroadcastView(Wire):
    """A message to many with everybody it was for."""

    summary: BroadcastSummary
    lines: tuple[BroadcastLine, ...]
