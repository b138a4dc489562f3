"""Events of the log as CloudEvents 1.0: ids, dates and codes alone, never personal data (D45)."""

from typing import Any

from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from models.messages.webhooks import PREFIX
from models.tables import EventRow
from models.vocabulary import StepKind

OUTWARD: dict[str, tuple[str, ...]] = {
    "exchange_opened": ("nomination_version",),
    "nomination_corrected": ("nomination_version",),
    "stage_entered": ("stage",),
    "status_changed": ("mobility", "nomination"),
    "document_submitted": ("document_id", "document"),
    "document_checked": ("document_id", "document", "accepted"),
    "document_returned": ("document_id", "document"),
    "seat_answered": ("answer",),
    "exchange_closed": ("outcome",),
    "exchange_suspended": ("suspension_id", "since"),
    "exchange_resumed": ("suspension_id", "since", "until"),
    "bed_assigned": ("first_night", "last_night"),
    "place_assigned": ("placement_id", "content", "unit_id", "start", "end"),
    "place_released": ("placement_id", "from_day"),
    "holdings_released": ("from_day",),
    "arrived": ("arrived_at",),
    "attendance_reported": ("content", "placement_id", "first_day", "last_day"),
    "evaluated": ("step_id", "placement_id"),
    "departed": ("departed_on",),
    "certificate_issued": ("number", "version"),
    "step_opened": ("step_id", "step"),
    "step_closed": ("step_id", "status", "outcome"),
    "rung_fired": ("step_id", "rung", "rung_kind"),
    "deadline_extended": ("step_id", "due_at"),
    "step_reassigned": ("step_id",),
    "step_held": ("step_id", "because"),
    "step_resumed": ("step_id", "because"),
}
"""The kinds that other systems may get, and the fields of each that go along."""
INTERNAL = frozenset(
    {
        "cleared", "stay_permitted", "movement_reported",  # health, residence and journeys are the student's own
        "step_snoozed", "cohort_opened", "seat_taken", "seat_given_back", "waitlist_changed",
        "cohort_closed_below_minimum", "absence_planned", "absence_cancelled", "preferences_set", "suspension_began",
        "suspension_ended", "exchange_exempted", "signed_in", "session_ended", "token_issued", "token_revoked",
        "member_added", "member_changed", "member_removed", "endpoint_changed",
    }
)  # fmt: skip
"""The kinds that do not."""
HEALTH = (StepKind.CLEAR_FOR_CLINIC, StepKind.SUBMIT_HEALTH_RECORDS)
"""Steps whose answer says something of somebody's health."""


def event_type(kind: str) -> str:
    """The type of an event outside: `sojourn.stage_entered.v1`."""
    return f"{PREFIX}.{kind}.v1"


TYPES = tuple(event_type(kind) for kind in OUTWARD)


def event_id(row: EventRow) -> str:
    """The id of an event outside; the same however often it is sent."""
    return f"{row.stream}.{row.seq}"


def cloud_event(row: EventRow, source: str) -> CloudEvent:
    """An event of an exchange as other systems see it."""
    return CloudEvent(
        {
            "specversion": "1.0",
            "id": event_id(row),
            "source": source,
            "type": event_type(row.kind),
            "subject": row.stream,
            "time": row.at,
            "datacontenttype": "application/json",
        },
        data_of(row),
    )


def data_of(row: EventRow) -> dict[str, Any]:
    """What goes along: the fields of the list, and the exchange."""
    data = {name: row.payload[name] for name in OUTWARD[row.kind] if row.payload.get(name) is not None}
    step = str(data.get("step_id", ""))
    if row.kind == "step_closed" and any(f".{kind}." in step for kind in HEALTH):
        data.pop("outcome", None)
    return {"exchange_id": row.stream, **data}


def written(event: CloudEvent) -> str:
    """A CloudEvent in the structured JSON form."""
    return JSONFormat().write(event).decode()
