"""One exchange on a page: its stage, what is owed now, documents, places, and the timeline."""

from collections.abc import Iterator

from rich.text import Text

from cli.lines import ENGLISH, answers_line, due_line, owner_line, person_line, said, said_of, stage_line, student_line
from cli.output import clean, table, when
from models.catalogue.programme import Programme
from models.rules.stay import is_fast_track
from models.views import DocumentView, ExchangeView, Happening
from models.vocabulary import Role, StepStatus
from texts.happenings import Telling
from texts.labels import CONTENTS, DOCUMENT_STATES, LEVELS, MOBILITY, NOMINATIONS, OUTCOMES, SEVERITIES
from texts.names import Names


def exchange_parts(view: ExchangeView, programme: Programme) -> Iterator[object]:
    """What is printed of an exchange, in order."""
    host = programme.institution(view.plan.host)
    zone = host.zone if host else "UTC"
    yield _head(view, programme)
    yield stage_line(view.stage, view.outcome)
    yield from _now(view, programme)
    yield from _documents(view, programme)
    yield from _places(view, zone)
    yield from _stay(view, programme)
    yield from _timeline(view, Names(programme, ENGLISH), zone)


def _head(view: ExchangeView, programme: Programme) -> Text:
    plan = view.plan
    discipline = programme.discipline(plan.discipline)
    head = Text(clean(f"{view.exchange_id}  {student_line(view.student)}"), style="bold")
    head.append(clean(f"  student:{view.student.id}"), style="dim")
    lines = [
        f"{plan.sending} to {plan.host}, {plan.start} to {plan.end} ({plan.days} days), {said(LEVELS, plan.level)}, "
        f"{discipline.name if discipline else plan.discipline}",
        f"Contents: {', '.join(said(CONTENTS, c) for c in plan.kinds())}",
        f"Mobility {said(MOBILITY, view.mobility)}, nomination {said(NOMINATIONS, view.nomination)} "
        f"(version {view.nomination_version}), cohort {view.cohort_id}",
    ]
    if is_fast_track(plan.start, view.opened_at.date(), programme.policy):
        lines.append("Fast track: nominated after the host's usual deadline; steps keep their shortest times (D12).")
    if view.outcome is not None:
        names = Names(programme, ENGLISH)
        lines.append(f"Ended: {names.aside(said(OUTCOMES, view.outcome), names.ending(view.reason))}")
    for line in lines:
        head.append(f"\n{clean(line)}", style="not bold")
    return head


def _now(view: ExchangeView, programme: Programme) -> Iterator[object]:
    owed = sorted((s for s in view.steps if s.status is StepStatus.OPEN), key=lambda s: s.due_at)
    if not owed:
        yield Text("Nobody owes anything now." if view.closed_at is None else "Closed; nobody owes anything.")
        return
    rows = [
        (
            owner_line(s.owner, programme, view.student),
            f"{s.title}{f' ({s.subject})' if s.subject else ''}",
            due_line(when(s.due_at, s.zone), s.overdue, s.escalated),
            answers_line(programme.policy.steps.get(s.kind), s.outcomes),
            s.step_id,
        )
        for s in owed
    ]
    yield table("NOW", ("who", "what", "by when", "answers", "step"), rows)


def _documents(view: ExchangeView, programme: Programme) -> Iterator[object]:
    if view.documents:
        columns = ("document", "status", "file", "issued", "expires", "findings")
        yield table("Documents", columns, [_document(d, programme) for d in view.documents])


def _document(document: DocumentView, programme: Programme) -> tuple[object, ...]:
    findings = "\n".join(
        f"{said(SEVERITIES, f.severity)}, {f.rule_id}: {said_of(f, programme)}".rstrip(": ") for f in document.findings
    )
    file = f"{document.filename} {document.size / 1024:.0f} kB" if document.filename else ""
    return (
        document.title,
        said(DOCUMENT_STATES, document.status),
        file,
        document.issued_on,
        document.expires_on,
        findings,
    )


def _places(view: ExchangeView, zone: str) -> Iterator[object]:
    rows: list[tuple[object, ...]] = []
    if view.seat is not None:
        rows.append(("seat", f"{view.seat.number} of {view.cohort_id}", "", "", "held" if view.seat.held else "taken"))
    elif view.waitlist_position:
        rows.append(("seat", f"waitlist, position {view.waitlist_position}", "", "", "waiting"))
    if view.bed is not None:
        bed = view.bed
        rows.append(("bed", f"{bed.building}, {bed.room} ({bed.bed_id})", bed.first_night, bed.last_night, "held"))
    for place in view.placements:
        state = f"{place.status} from {place.released_from}" if place.released_from else place.status
        rows.append(
            (f"{said(CONTENTS, place.content)} {place.placement_id}", place.unit, place.start, place.end, state)
        )
    if view.permitted_until is not None:
        rows.append(("permitted stay", "", "", view.permitted_until, ""))
    if view.clearance_through is not None:
        rows.append(("clearance for the clinic", "", "", view.clearance_through, "cleared"))
    if view.arrived_at is not None or view.departed_on is not None:
        rows.append(("actual stay", "", when(view.arrived_at, zone), view.departed_on, ""))
    if rows:
        yield table("Places", ("what", "where", "from", "to", "state"), rows)


def _stay(view: ExchangeView, programme: Programme) -> Iterator[object]:
    if view.attendance:
        columns = ("content", "from", "to", "planned", "attended", "reported by")
        rows = [
            (said(CONTENTS, a.content), a.first_day, a.last_day, f"{a.hours_planned:g} h", f"{a.hours_attended:g} h",
             a.reported_by)
            for a in view.attendance
        ]  # fmt: skip
        yield table("Attendance", columns, rows)
    if view.evaluations:
        evaluations = [
            (
                e.placement_id or "the programme",
                ", ".join(f"{name} {value}" for name, value in sorted(e.ratings.items())),
                e.passed,
                person_line(e.by, programme, view.student),
                e.note,
            )
            for e in view.evaluations
        ]
        yield table("Evaluations", ("of", "ratings", "passed", "by", "note"), evaluations)
    if view.certificates:
        certificates = [
            (c.number, c.version, c.issued_on, "revoked" if c.revoked_at else "valid", c.verification)
            for c in view.certificates
        ]
        yield table("Certificates", ("number", "version", "issued", "state", "verification"), certificates)


def _timeline(view: ExchangeView, names: Names, zone: str) -> Iterator[object]:
    units = {place.placement_id: place.unit_id for place in view.placements}
    telling = Telling(names, zone, view.plan.host, units)
    rows = [
        (
            when(event.at, zone),
            _who(event, names),
            names.event(event.kind),
            ": ".join(part for part in telling.words(event.event) if part),
            event.note,
        )
        for event in view.timeline
    ]
    yield table("Timeline", ("when", "who", "what happened", "about", "why"), rows)


def _who(event: Happening, names: Names) -> str:
    who = names.person(event.actor_id) if event.role is Role.CLOCK else event.who
    return f"{who} (for {names.person(event.on_behalf_of)})" if event.on_behalf_of else who
