"""That somebody stated what a document says. The facts themselves are sealed, and only in the records."""

from typing import Literal

from models.events.base import Fact, _
from models.wire import Id


class FactsStated(Fact):
    """A version of what a document says was stated."""

    kind: Literal["facts_stated"] = "facts_stated"
    title = _("Content of a document stated")
    document_id: Id
    document: str
    """The kind of document."""
    version: int
