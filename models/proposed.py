"""What was found in the text of a document and may be a fact: proposed with its place, until a person confirms it."""

from enum import StrEnum

from pydantic import Field

from models.reading import Box
from models.wire import Wire


class ProposedKind(StrEnum):
    """What a value is."""

    DATE = "date"
    """ISO 8601."""
    AMOUNT = "amount"
    """A currency of ISO 4217, a space, and the amount with a decimal point: `USD 100000.00`."""
    NUMBER = "number"
    """Of a policy, a passport, a certificate, as it is written."""


class ProposedFact(Wire):
    """A value as it stands on a page. It may be anything about the person: it is kept sealed, never logged."""

    kind: ProposedKind
    value: str
    or_else: str = ""
    """The other way to read it: days and months of `03/04/2027` may be either."""
    label: str = ""
    """What stands before it, in the words of the document."""
    page: int = Field(ge=1)
    box: Box
    """Of the line it stands in."""
    sure: float = Field(default=1.0, ge=0, le=1)
    """How sure the recogniser was of the line."""
