"""What becomes of a person's data in the end: given out to them, held for the law, or erased."""

from typing import Literal

from models.events.base import Fact, _
from models.wire import Id


class HoldSet(Fact):
    """The papers of the exchange's student must not be erased, until the hold is lifted."""

    kind: Literal["hold_set"] = "hold_set"
    title = _("Legal hold set")
    once = ("hold_id",)
    hold_id: Id


class HoldLifted(Fact):
    """A legal hold is over."""

    kind: Literal["hold_lifted"] = "hold_lifted"
    title = _("Legal hold lifted")
    once = ("hold_id",)
    hold_id: Id


class PapersErased(Fact):
    """The keys of the student's papers of some purposes were deleted: nobody reads them any more."""

    kind: Literal["papers_erased"] = "papers_erased"
    title = _("Papers erased")
    purposes: tuple[str, ...]


class DataExported(Fact):
    """An archive of everything kept about the exchange and its student was given out."""

    kind: Literal["data_exported"] = "data_exported"
    title = _("Archive of the student's data given out")
    changes = False
    once = ("export_id",)
    export_id: Id
