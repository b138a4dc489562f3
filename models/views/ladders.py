"""The ladder of one step: what reminds whom when, what escalates to whom, and what of it was."""

from enum import StrEnum

from models.vocabulary import RungKind, Target
from models.wire import Moment, Wire


class RungState(StrEnum):
    """What became of a rung."""

    FIRED = "fired"
    MISSED = "missed"
    """It did not speak in its time."""
    COMING = "coming"


class RungView(Wire):
    """One rung of an open step, as the policy has it that its exchange runs by."""

    at: Moment
    kind: RungKind
    to: tuple[Target, ...] = ()
    """Relative to the owner of the step."""
    copy_to: tuple[Target, ...] = ()
    state: RungState
