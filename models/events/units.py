"""Units as their owners keep them; the stream is `unit:` and the unit's id."""

from typing import Literal

from models.catalogue.units import UnitTerms
from models.events.base import Fact, _
from models.wire import Id


class UnitChanged(Fact):
    """Whom a unit takes was changed in the portal."""

    kind: Literal["unit_changed"] = "unit_changed"
    title = _("Unit changed")
    unit_id: Id
    institution: Id
    version: int
    """1 is the first after the catalogue's."""
    before: UnitTerms
    after: UnitTerms
    to_move: tuple[Id, ...] = ()
    """The places that the change broke, and whoever made it was shown: they stay until they are moved."""
