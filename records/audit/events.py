"""The events of one stream compared with themselves."""

from collections.abc import Iterable, Sequence

from pydantic import ValidationError

from models.errors import Plain
from models.events import EVENT, Event, RungFired, StepClosed
from models.messages.audit import AuditFinding, FindingKind
from models.tables import EventRow


def read(stream: str, rows: Sequence[EventRow]) -> tuple[list[tuple[int, Event]], list[AuditFinding]]:
    """The events that can be read, by their numbers, and what is wrong with the others."""
    events: list[tuple[int, Event]] = []
    findings: list[AuditFinding] = []
    for row in rows:
        try:
            event = EVENT.validate_python(row.payload)
        except ValidationError:
            findings.append(_damaged(stream, row.seq))
            continue
        if _beside(row) != _inside(event):
            findings.append(_damaged(stream, row.seq))
        events.append((row.seq, event))
    return events, findings


def _damaged(stream: str, seq: int) -> AuditFinding:
    return AuditFinding(kind=FindingKind.EVENT_DAMAGED, stream=stream, params={"row": seq})


def _beside(row: EventRow) -> tuple[object, ...]:
    return row.kind, row.at, row.actor_id, row.actor_role, row.actor_institution, row.note_id


def _inside(event: Event) -> tuple[object, ...]:
    return event.kind, event.at, event.actor.id, event.actor.role, event.actor.institution, event.note_id


def gaps(stream: str, numbers: Iterable[int]) -> list[AuditFinding]:
    """Numbers of a stream that are missing; they begin at 1."""
    findings: list[AuditFinding] = []
    expected = 1
    for seq in numbers:
        if seq > expected:
            missing: dict[str, Plain] = {"row": expected, "through": seq - 1}
            findings.append(AuditFinding(kind=FindingKind.EVENTS_MISSING, stream=stream, params=missing))
        expected = seq + 1
    return findings


def contradictions(stream: str, events: Iterable[tuple[int, Event]]) -> list[AuditFinding]:
    """Steps that were closed twice, and rungs of steps that were closed before."""
    closed: dict[str, int] = {}
    findings: list[AuditFinding] = []
    for seq, event in events:
        if isinstance(event, StepClosed):
            if event.step_id in closed:
                twice: dict[str, Plain] = {
                    "row": event.step_id,
                    "first_event": closed[event.step_id],
                    "second_event": seq,
                }
                findings.append(AuditFinding(kind=FindingKind.STEP_CLOSED_TWICE, stream=stream, params=twice))
            closed.setdefault(event.step_id, seq)
        elif isinstance(event, RungFired) and event.step_id in closed:
            late: dict[str, Plain] = {"row": event.step_id, "second_event": seq}
            findings.append(AuditFinding(kind=FindingKind.RUNG_AFTER_CLOSE, stream=stream, params=late))
    return findings
