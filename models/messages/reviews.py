"""What an officer asks of a document that the checks did not accept."""

from models.people.authorization import Actor
from models.wire import Id, Wire


class OverrideDocument(Wire):
    """An officer asks that a document counts against what the checks say; not before a second person confirms."""

    decision_id: Id
    document_id: Id
    kind: str
    actor: Actor
    note_id: Id | None = None
    """Where the justification is kept; the text itself never enters history."""
