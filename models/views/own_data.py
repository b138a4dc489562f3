"""How much is kept about a student in an exchange, and until when."""

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
