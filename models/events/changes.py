"""Changes of a verified exchange: asked for, applied as a whole, or closed without (D39)."""

from typing import Literal

from models.events.base import Fact, _
from models.messages.changes import Change, ChangeStatus, Effect, PlaceOfBlock
from models.messages.plan import Plan
from models.wire import Id


class ChangeRequested(Fact):
    """Somebody asked for a change; those who signed the exchange are asked to sign it."""

    kind: Literal["change_requested"] = "change_requested"
    title = _("Change requested")
    outward = ("change_id",)
    once = ("change_id",)
    change_id: Id
    change: Change
    version: int
    """Of the plan that it would change."""
    before: Plan
    after: Plan
    """As it would be then."""
    effects: tuple[Effect, ...] = ()
    """What those who decide are shown."""
    replan: bool = False
    """Whether it is part of a re-planned cohort, whose decision has the same id (D39)."""


class ChangeApplied(Fact):
    """The plan is another one from now on; what it needed was taken, and the rest given back, in the same moment."""

    kind: Literal["change_applied"] = "change_applied"
    title = _("Change applied")
    outward = ("change_id", "version")
    once = ("change_id",)
    change_id: Id
    change: Change
    version: int
    """Of the plan from now on; 1 is the one that was verified."""
    before: Plan
    plan: Plan
    places: tuple[PlaceOfBlock, ...] = ()
    """All accepted places from now on."""
    bed_id: Id | None = None
    """The bed held from now on, where its nights are others."""
    bed_before: Id | None = None
    seat: int | None = None
    """The seat held from now on, where it is one of another intake."""
    collected_anew: tuple[str, ...] = ()
    """Kinds of accepted documents that do not cover the plan."""
    replan: bool = False
    """Whether it is part of a re-planned cohort, whose decision has the same id (D39)."""
    onward: Id | None = None
    """The exchange at the second host that goes on from this one (D38)."""


class ChangeClosed(Fact):
    """A change was not made; everything stays as it was."""

    kind: Literal["change_closed"] = "change_closed"
    title = _("Change not made")
    outward = ("change_id", "status")
    once = ("change_id",)
    change_id: Id
    status: ChangeStatus
    reason: str = ""
    """A code: the kind of step that was not agreed to, or what was lacking."""
    replan: bool = False
    """Whether it is part of a re-planned cohort, whose decision has the same id (D39)."""
