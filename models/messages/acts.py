"""Acts as they are put on record before they are sent: who asks what of which workflow, under which key."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import Field

from models.idempotency import Fingerprint
from models.messages.repetition import fingerprint_of
from models.people.authorization import Actor
from models.wire import Id, Moment, Wire


@dataclass(frozen=True, kw_only=True)
class Act:
    """One act, asked of a workflow under a key."""

    workflow_id: str
    key: str
    kind: str
    """The name of the update, or what else is asked of a workflow."""
    actor: Actor
    request: Wire
    about: str | None = None
    """The exchange, cohort, suspension or review that it is about."""

    @property
    def step_id(self) -> str | None:
        """The step that it answers or changes, where it names one."""
        return getattr(self.request, "step_id", None)

    @property
    def fingerprint(self) -> Fingerprint:
        """The same for the same act alone."""
        return fingerprint_of(self.request)


@dataclass(frozen=True, kw_only=True)
class WaitingAct:
    """An act on record that waits to be taken, as the relay finds it."""

    workflow_id: str
    key: str
    kind: str
    about: str | None
    actor_id: str
    request: dict[str, Any] = field(repr=False)
    asked_at: Moment
    tries: int
    next_try_at: Moment


class ActStatus(StrEnum):
    """What became of an act that was asked of a workflow."""

    ASKED = "asked"
    """Kept, and not yet taken."""
    TAKEN = "taken"
    REFUSED = "refused"


class ActView(Wire):
    """What became of an act, for whoever asked it."""

    key: Id
    kind: str
    exchange_id: str | None = None
    step_id: str | None = None
    status: ActStatus
    asked_at: Moment
    answered_at: Moment | None = None
    message: str = ""
    """Why it was refused: the id of the sentence."""
    params: dict[str, Any] = Field(default_factory=dict)
    field: str = ""
