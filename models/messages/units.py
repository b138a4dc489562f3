"""Edits of units as people ask for them."""

from pydantic import Field

from models.catalogue.units import UnitTerms
from models.wire import Form, Id, Wire

MOST_EDITS = 200


class UnitEdit(Form):
    """What a unit's terms shall be. A unit that was changed since `version` is not overwritten."""

    unit_id: Id
    version: int = Field(ge=0)
    """As it was shown: 0 is the catalogue's."""
    terms: UnitTerms


class UnitEdits(Form):
    """Edits that are saved together or not at all."""

    edits: tuple[UnitEdit, ...] = Field(min_length=1, max_length=MOST_EDITS)
    seen: str = ""
    """What a preview gave: needed where places break, and only those that it showed may."""


class UnitsSaved(Wire):
    """What became of edits."""

    changed: tuple[Id, ...]
    """The units that are otherwise now."""
    to_move: tuple[Id, ...] = ()
    """The places that were broken and wait to be moved."""
    repeated: bool = False
