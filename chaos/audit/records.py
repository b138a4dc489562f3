"""The records by themselves: nothing told twice, nothing contradicted, nothing held by two, everybody at the end."""

from collections import defaultdict
from typing import Any

from chaos.audit.findings import Finding, Records, value_of

ONCE = {
    "step_opened": ("step_id",),
    "rung_fired": ("step_id", "rung"),
    "document_submitted": ("document_id",),
    "document_checked": ("document_id",),
    "attendance_reported": ("report_id",),
    "evaluated": ("step_id",),
    "stage_entered": ("stage",),
    "arrived": (),
    "departed": (),
    "certificate_issued": (),
    "exchange_opened": (),
    "exchange_closed": (),
}
"""Events that are one fact of a stream, and what tells two of a kind apart."""


def audit_records(records: Records) -> list[Finding]:
    """Everything that must hold at any moment."""
    events = records.rows("SELECT position, stream, seq, kind, payload FROM events ORDER BY position")
    for event in events:
        event["payload"] = value_of(event["payload"])
    return [
        *_streams_without_gaps(events),
        *_closed_once(events),
        *_told_once(events),
        *_rungs_of_closed_steps(events),
        *_decided_once(records),
        *_steps_as_told(records, events),
        *_seats(records, events),
        *_held_by_one(records),
    ]


def unfinished(records: Records) -> list[Finding]:
    """Exchanges that did not come to an end although everybody did what was open."""
    rows = records.rows("SELECT id, stage FROM exchanges WHERE stage <> 'closed' ORDER BY id")
    open_steps = defaultdict(list)
    for step in records.rows("SELECT exchange_id, id FROM steps WHERE status = 'open' ORDER BY id"):
        open_steps[step["exchange_id"]].append(step["id"])
    return [
        Finding(
            "stands still",
            row["id"],
            f"it stays in the stage {row['stage']}; open on record: {', '.join(open_steps[row['id']]) or 'nothing'}",
        )
        for row in rows
    ]


def _streams_without_gaps(events: list[dict[str, Any]]) -> list[Finding]:
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for event in events:
        numbers[event["stream"]].append(event["seq"])
    return [
        Finding("gap in a stream", stream, f"its events are numbered {found[:5]} and so on, not from 1 without gaps")
        for stream, found in numbers.items()
        if found != list(range(1, len(found) + 1))
    ]


def _closed_once(events: list[dict[str, Any]]) -> list[Finding]:
    closings: defaultdict[str, list[str]] = defaultdict(list)
    for event in events:
        if event["kind"] == "step_closed":
            closings[event["payload"]["step_id"]].append(event["payload"]["outcome"])
    return [
        Finding(
            "contradiction" if len(set(outcomes)) > 1 else "closed twice",
            step,
            f"it was closed {len(outcomes)} times: {', '.join(outcomes)}",
        )
        for step, outcomes in closings.items()
        if len(outcomes) > 1
    ]


def _told_once(events: list[dict[str, Any]]) -> list[Finding]:
    seen: set[tuple[str, ...]] = set()
    found = []
    for event in events:
        if event["kind"] not in ONCE:
            continue
        names = tuple(str(event["payload"].get(name)) for name in ONCE[event["kind"]])
        fact = (event["stream"], event["kind"], *names)
        if fact in seen:
            found.append(Finding("told twice", event["stream"], f"{event['kind']} of {' '.join(names) or 'it'}"))
        seen.add(fact)
    return found


def _rungs_of_closed_steps(events: list[dict[str, Any]]) -> list[Finding]:
    closed: set[str] = set()
    found = []
    for event in events:
        step = event["payload"].get("step_id")
        if event["kind"] == "step_closed":
            closed.add(step)
        elif event["kind"] == "step_opened":
            closed.discard(step)
        elif event["kind"] == "rung_fired" and step in closed:
            found.append(
                Finding("rung after the end", step, f"rung {event['payload']['rung']} fired after it was closed")
            )
    return found


def _decided_once(records: Records) -> list[Finding]:
    query = (
        "SELECT step_id, count(*) AS n FROM decisions WHERE step_id IS NOT NULL GROUP BY step_id HAVING count(*) > 1"
    )
    return [Finding("decided twice", row["step_id"], f"{row['n']} decisions answer it") for row in records.rows(query)]


def _steps_as_told(records: Records, events: list[dict[str, Any]]) -> list[Finding]:
    """A step is open exactly while its last event says so."""
    told: dict[str, bool] = {}
    for event in events:
        if event["kind"] in ("step_opened", "step_closed"):
            told[event["payload"]["step_id"]] = event["kind"] == "step_opened"
    on_record = {row["id"]: row["status"] == "open" for row in records.rows("SELECT id, status FROM steps")}
    return [
        Finding(
            "step otherwise than told",
            step,
            f"open by the events: {told.get(step)}; in the list: {on_record.get(step)}",
        )
        for step in sorted(told.keys() | on_record.keys())
        if told.get(step) != on_record.get(step)
    ]


def _seats(records: Records, events: list[dict[str, Any]]) -> list[Finding]:
    """Who has a seat is who took one last and did not give it back."""
    told: dict[str, int] = {}
    for event in events:
        if event["kind"] == "seat_taken":
            told[event["payload"]["exchange_id"]] = event["payload"]["seat"]
        elif event["kind"] == "seat_given_back":
            told.pop(event["payload"]["exchange_id"], None)
    query = "SELECT exchange_id, number FROM seats WHERE exchange_id IS NOT NULL"
    held = {row["exchange_id"]: row["number"] for row in records.rows(query)}
    return [
        Finding("seat otherwise than told", exchange, f"by the events {told.get(exchange)}, held {held.get(exchange)}")
        for exchange in sorted(told.keys() | held.keys())
        if told.get(exchange) != held.get(exchange)
    ]


def _held_by_one(records: Records) -> list[Finding]:
    """Constraints forbid two in one bed or place; these say that nobody sleeps, works or sits there without being."""
    found = []
    for table, what in (("bed_nights", "bed nights"), ("place_days", "place days"), ("seats", "a seat")):
        query = (
            f"SELECT DISTINCT h.exchange_id AS id FROM {table} h LEFT JOIN exchanges e ON e.id = h.exchange_id "
            "WHERE h.exchange_id IS NOT NULL AND e.id IS NULL"
        )
        found += [
            Finding("held by nobody", row["id"], f"{what} of an exchange that is not on record")
            for row in records.rows(query)
        ]
    moved = (
        "SELECT stream FROM events WHERE kind = 'bed_assigned' AND CAST(payload AS TEXT) LIKE '%\"decision_id\": \"%'"
    )
    two = (
        "SELECT exchange_id AS id FROM bed_nights WHERE exchange_id NOT IN (" + moved + ") "
        "GROUP BY exchange_id HAVING count(DISTINCT bed_id) > 1"
    )
    found += [Finding("two beds", row["id"], "it holds nights in more than one bed") for row in records.rows(two)]
    gone = (
        "SELECT DISTINCT e.id AS id FROM exchanges e JOIN place_days p ON p.exchange_id = e.id "
        "WHERE e.outcome IN ('rejected', 'withdrawn', 'expired')"
    )
    found += [
        Finding("holds on", row["id"], "it ended before the stay and still holds a place") for row in records.rows(gone)
    ]
    return found
