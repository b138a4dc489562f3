"""What becomes of a person's data in the end: given out to them, held for the law, or erased."""

from typing import Literal

from models.events.base import Fact, _
from models.wire import Id, Moment


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


class DocumentErased(Fact):
    """What a document says was kept as long as it had to be: file and facts are gone, that it existed is not."""

    kind: Literal["document_erased"] = "document_erased"
    title = _("Document erased: it need not be kept any more")
    document_id: Id
    document: str
    """Its kind."""
    rule: Id
    """Under which it was kept, with its version."""
    received_at: Moment
    received_from: str = ""
    """The role that handed it in; empty where nobody did after it was filed."""
    file: str
    """The address of what is gone, made under the student's key."""
    accepted: bool | None = None
    accepted_by: Id | None = None
    """Who accepted it; nobody where the checks alone did."""


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
