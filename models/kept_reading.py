"""What is kept of a machine's reading: zones and values with their places, not the text of the pages."""

from models.proposed import ProposedFact
from models.reading import ZoneRead
from models.wire import Wire


class KeptReading(Wire):
    """What a machine read of a document, as it is sealed beside it. Personal data: never in events or logs."""

    turned: tuple[int, ...] = ()
    """By how many degrees, clockwise, the picture of each page was turned to stand upright."""
    zones: tuple[ZoneRead, ...] = ()
    facts: tuple[ProposedFact, ...] = ()
