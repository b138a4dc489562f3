"""What a machine read of a document beside what was typed, for those who may open it."""

from pydantic import Field

from models.proposed import ProposedFact
from models.reading import Box
from models.rules.mrz import ZoneField
from models.wire import Id, Wire


class FieldBeside(Wire):
    """A field of a passport's zone: as it was typed, and as each reader saw it."""

    field: ZoneField
    typed: str | None
    """`None`: nobody typed it."""
    first: str
    """Empty: this reader saw nothing that can be it."""
    second: str | None
    """`None`: there was no second reader."""
    agrees: bool
    """What was typed was read, and both readers saw the same."""


class ZoneBeside(Wire):
    """A zone as two readers saw it, character by character."""

    page: int = Field(ge=1)
    exact: bool
    """From a text layer, where no character can be misread."""
    lines: tuple[str, str]
    second: tuple[str, str] | None
    fields: tuple[FieldBeside, ...]


class PlaceOnPage(Wire):
    """Where something stands on a page as it is shown: shares of its width and height, from the upper left."""

    left: float
    top: float
    width: float
    height: float


class ReadingView(Wire):
    """What was read of one document."""

    exchange_id: Id
    document_id: Id
    document: str
    zones: tuple[ZoneBeside, ...] = ()
    facts: tuple[ProposedFact, ...] = ()
    places: dict[int, tuple[PlaceOnPage, ...]] = Field(default_factory=dict)
    """By page, the places of zones and values."""
    suggested: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """What may be meant by each field that is stated of such a document."""


def place_of(box: Box, turned: int) -> PlaceOnPage:
    """A place of the upright page, on the page as its file has it; `turned` as in `PageRead`."""
    left, top, right, bottom = box
    if turned == 90:
        left, top, right, bottom = top, 1 - right, bottom, 1 - left
    elif turned == 180:
        left, top, right, bottom = 1 - right, 1 - bottom, 1 - left, 1 - top
    elif turned == 270:
        left, top, right, bottom = 1 - bottom, left, 1 - top, right
    return PlaceOnPage(left=left, top=top, width=right - left, height=bottom - top)
