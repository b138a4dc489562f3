"""The register of what the authority wrote: what travels of an entry. Its number and type stay in the records."""

from datetime import date

from models.authority import PaperKind
from models.people.authorization import Actor
from models.wire import Id, Wire


class RecordPaper(Wire):
    """Enter what the authority wrote, or correct an entry; the clocks of the stay follow it at once."""

    decision_id: Id
    actor: Actor
    paper: PaperKind
    valid_from: date | None = None
    valid_until: date | None = None
    """The last day for which it is good: of the permitted stay, or of the passport."""
    single_entry: bool | None = None
    """Whether it is used up by leaving the country (D33); unset where the paper says nothing of it."""
    corrects: Id | None = None
    """The entry that this one replaces; what that one said stays on record beside it."""
    number_id: Id | None = None
    """Where its number and type are kept; they never travel."""
