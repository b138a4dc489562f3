"""Units as those who keep them look at them."""

from models.catalogue.units import UnitTerms
from models.rules.units import PlaceToMove
from models.views.shared import Student
from models.vocabulary import Content
from models.wire import Id, Moment, Wire


class BrokenPlace(Wire):
    """A place that its unit's terms do not allow, with who has it."""

    place: PlaceToMove
    student: Student


class UnitView(Wire):
    """A unit with what holds for it now."""

    unit_id: Id
    institution: Id
    name: str
    name_zh: str = ""
    content: Content
    terms: UnitTerms
    version: int
    """0: as the catalogue has it."""
    supervisors: tuple[Id, ...] = ()
    keeps: bool = False
    """Whether the reader may change it."""
    taken: int = 0
    """Places that are taken today."""
    to_move: tuple[BrokenPlace, ...] = ()


class UnitVersion(Wire):
    """One change of a unit."""

    version: int
    at: Moment
    actor_id: Id
    before: UnitTerms
    after: UnitTerms
    to_move: tuple[Id, ...] = ()
    """The places that it broke then."""


class UnitHistory(Wire):
    """A unit and its changes, the newest first."""

    unit: UnitView
    versions: tuple[UnitVersion, ...] = ()


class UnitChangeView(Wire):
    """What one edit would do."""

    unit_id: Id
    before: UnitTerms
    after: UnitTerms
    to_move: tuple[BrokenPlace, ...] = ()


class UnitsPreview(Wire):
    """What edits would do; nothing is written."""

    changes: tuple[UnitChangeView, ...]
    """Those that change something."""
    seen: str
    """To be sent back with the edits: then no other places break than were shown."""

    @property
    def breaks(self) -> bool:
        """Whether a place would have to be moved."""
        return any(one.to_move for one in self.changes)
