"""What a machine read of a document: lines with their place on the page, and machine-readable zones."""

from enum import StrEnum

from pydantic import Field

from models.wire import Wire

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, as shares of the page as it stands upright."""


class ReadOutcome(StrEnum):
    """How far a document could be read."""

    READ = "read"
    NOTHING = "nothing"
    """It opened, and nothing legible is on it."""
    BEYOND_LIMITS = "beyond_limits"
    """Reading took more time or memory than a document may."""
    DAMAGED = "damaged"
    NO_READER = "no_reader"
    """The extra `documents` is not installed here; a person reads it."""


class Source(StrEnum):
    """Where the letters of a page come from."""

    TEXT = "text"
    """The text layer of a PDF: exact."""
    SCAN = "scan"
    """A picture, read by a recogniser."""


class Line(Wire):
    """A line of text as it stands on a page."""

    text: str
    box: Box
    sure: float = Field(default=1.0, ge=0, le=1)
    """How sure the recogniser is; 1 for a text layer."""


class PageRead(Wire):
    """What is on one page, from top to bottom."""

    number: int = Field(ge=1)
    source: Source
    turned: int = 0
    """By how many degrees, clockwise, the picture was turned to stand upright: 0, 90, 180 or 270."""
    lines: tuple[Line, ...] = ()


class ZoneRead(Wire):
    """A machine-readable zone of two lines of 44 characters (TD3) as each reader saw it (D19).

    Characters are as they were read: none is mended. `second` is what an independent reader saw of the same place.
    """

    page: int = Field(ge=1)
    box: Box
    lines: tuple[str, str]
    second: tuple[str, str] | None = None
    exact: bool = False
    """From a text layer, where no character can be misread."""


class DocumentReading(Wire):
    """Everything that was read of one document."""

    outcome: ReadOutcome
    pages: tuple[PageRead, ...] = ()
    zones: tuple[ZoneRead, ...] = ()
