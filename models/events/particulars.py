"""What is kept of a student's daily life. The forms themselves are personal data, and only in the records."""

from typing import Literal

from models.events.base import Fact, _
from models.people.particulars import ParticularKind
from models.wire import Id


class ParticularsKept(Fact):
    """A version of a form about housing or emergencies was kept."""

    kind: Literal["particulars_kept"] = "particulars_kept"
    title = _("Particulars recorded")
    what: ParticularKind
    version: int
    erased: bool = False
    """Whether the student took it back: the words of all versions are gone."""
    unsettled: tuple[str, ...] = ()
    """Of hand-over and inspection: what is open with it of keys and deposit, `keys`, `deposit` (D34)."""


class CardOpened(Fact):
    """Somebody looked at a student's emergency card; the student sees who, and when."""

    kind: Literal["card_opened"] = "card_opened"
    title = _("Emergency card opened")
    changes = False
    card: Id
    """Its version, as `exchange.version`."""
