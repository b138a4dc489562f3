"""How much is kept about a student in an exchange, and until when."""

from datetime import date

from models.views.shared import Student
from models.wire import Id, Moment, Wire


class HeldPapers(Wire):
    """Papers kept for one purpose."""

    purpose: str
    """One of `models.vocabulary.Purpose`, or `issued`: letters and certificates."""
    papers: int
    """Of this exchange."""
    days: int
    """How long they are kept after the student's last exchange has ended."""
    until: Moment | None = None
    """Unset while an exchange of the student goes on."""
    erased_at: Moment | None = None
    """Since when nobody can read them any more."""
    months: int | None = None
    """After how many months the last of these documents goes by itself; unset where no rule lets one of them go."""
    through: date | None = None
    """The last day on which one of them is kept, at the home university; unset while the exchange goes on."""


class OwnDataView(Wire):
    """What is kept about a student in one exchange, counted."""

    exchange_id: Id
    student: Student
    papers: tuple[HeldPapers, ...] = ()
    stated: int = 0
    """Versions of what documents say."""
    events: int = 0
    messages: int = 0
    """Sent to the student."""
    held: bool = False
    """Whether a legal hold forbids to erase anything of the student."""


class HoldLine(Wire):
    """A legal hold that lasts."""

    hold_id: Id
    exchange_id: Id
    """On whose page it was set; it holds for all exchanges of the student."""
    reason: str
    set_by: str
    """The name of who set it."""
    set_at: Moment


class ErasureView(Wire):
    """What would be erased of a student now, what is kept still, and what forbids to erase anything."""

    exchange_id: Id
    student: Student
    papers: tuple[HeldPapers, ...] = ()
    due: tuple[str, ...] = ()
    """The purposes whose papers would be erased."""
    holds: tuple[HoldLine, ...] = ()
    goes_on: bool = False
    """Whether an exchange of the student goes on: nothing is erased before it has ended."""
