"""Events of the log as CloudEvents 1.0: ids, dates and codes alone, never personal data (D45)."""

from dataclasses import dataclass
from typing import Any

from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from models.events import KINDS
from models.events.outward import event_type
from models.identifiers import kind_of
from models.tables import EventRow
from models.vocabulary import StepKind


def event_id(row: EventRow) -> str:
    """The id of an event outside; the same however often it is sent."""
    return f"{row.stream}.{row.seq}"


@dataclass(frozen=True)
class Outward:
    """Turns events of the log into CloudEvents; answers about health stay in the house (D46)."""

    source: str
    about_health: frozenset[StepKind]

    def event(self, row: EventRow) -> CloudEvent:
        """An event of an exchange as other systems see it."""
        return CloudEvent(
            {
                "specversion": "1.0",
                "id": event_id(row),
                "source": self.source,
                "type": event_type(row.kind),
                "subject": row.stream,
                "time": row.at,
                "datacontenttype": "application/json",
            },
            self.data(row),
        )

    def data(self, row: EventRow) -> dict[str, Any]:
        """What goes along: the fields that the event's class names, and the exchange."""
        told, withheld = KINDS[row.kind].outward or (), KINDS[row.kind].withheld
        if withheld and kind_of(row.payload["step_id"]) in self.about_health:
            told = tuple(name for name in told if name not in withheld)
        data = {name: row.payload[name] for name in told if row.payload.get(name) is not None}
        return {"exchange_id": row.stream, **data}


def written(event: CloudEvent) -> str:
    """A CloudEvent in the structured JSON form."""
    return JSONFormat().write(event).decode()
