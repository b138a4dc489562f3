"""Changes of a verified exchange, as people see them: before and after side by side, with what follows."""

from models.messages.changes import Change, ChangeStatus, Effect
from models.messages.plan import Plan
from models.wire import Id, Moment, Wire


class ChangePreview(Wire):
    """What a change would make of an exchange, before anybody is asked."""

    exchange_id: Id
    version: int
    """Of the plan that holds."""
    change: Change
    name: str
    """What it is called: its kind, or `shifted`, `extended`, `shortened`."""
    before: Plan
    after: Plan
    onward: Plan | None = None
    """Of the exchange at a second host, where the change is about that."""
    effects: tuple[Effect, ...] = ()


class ChangeView(Wire):
    """One change, from the request on."""

    change_id: Id
    change: Change
    name: str
    status: ChangeStatus
    version: int
    """Of the plan that it changed, or would change."""
    before: Plan
    after: Plan
    effects: tuple[Effect, ...] = ()
    requested_at: Moment
    requested_by: str
    """A name, or the id of whoever asked."""
    note: str = ""
    closed_at: Moment | None = None
    reason: str = ""
    """Why it was not made: a code."""


class PlanVersion(Wire):
    """A plan that held, from when on."""

    number: int
    since: Moment
    plan: Plan
    change_id: str = ""
    """Unset of the plan that was verified."""


class ChangesView(Wire):
    """All changes of an exchange, newest first, and every plan that held, oldest first."""

    exchange_id: Id
    version: int
    changes: tuple[ChangeView, ...] = ()
    plans: tuple[PlanVersion, ...] = ()
