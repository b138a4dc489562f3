"""One exchange on a page: its stage, what is owed now, documents, places, and the timeline."""

from collections.abc import Iterator

from rich.text import Text

from cli.lines import (
    answers_line,
    clock_line,
    coming_line,
    owner_line,
    person_line,
    rotation_line,
    said,
    said_of,
    stage_line,
    student_line,
)
from cli.output import clean, table, when
from models.catalogue.programme import Programme
from models.document_states import DocumentState
from models.messages.plan import Plan
from models.rules.stay import is_fast_track
from models.views import DocumentView, ExchangeView, Finding, Happening
from models.vocabulary import Role, StepStatus
from texts.dates import stay_words
from texts.happenings import Telling
from texts.i18n import _, _p
from texts.labels import (
    CONTENTS,
    LEVELS,
    MOBILITY,
    NOMINATIONS,
    OUTCOMES,
    PLACEMENT_STATES,
    SEVERITIES,
)
from texts.letters import LETTERS
from texts.names import Names
from texts.terminal import language, phrase

PLAN = _("{sending} to {host}, {first} to {last} ({days} days), {level}, {discipline}")
CONTINUES = _("Continues {exchange} at {host}, {days}")
CONTINUED = _("Continued by {exchange} at {host}, {days}")
STATES = _("Mobility {mobility}, nomination {nomination} (version {version}), cohort {cohort}")
FAST_TRACK = _("Fast track: nominated after the host's usual deadline; steps keep their shortest times (D12).")


def exchange_parts(view: ExchangeView, programme: Programme) -> Iterator[object]:
    """What is printed of an exchange, in order."""
    host = programme.institution(view.plan.host)
    zone = host.zone if host else "UTC"
    names = Names(programme, language())
    yield _head(view, programme, names)
    yield stage_line(view.stage, view.outcome)
    yield from _now(view, programme, names)
    yield from _documents(view, programme, names)
    yield from _places(view, names, zone)
    yield from _stay(view, programme)
    yield from _timeline(view, names, zone)


def _head(view: ExchangeView, programme: Programme, names: Names) -> Text:
    plan = view.plan
    head = Text(clean(f"{view.exchange_id}  {student_line(view.student)}"), style="bold")
    head.append(clean(f"  student:{view.student.id}"), style="dim")
    lines = [
        phrase(
            PLAN,
            sending=plan.sending,
            host=plan.host,
            first=plan.start,
            last=plan.end,
            days=plan.days,
            level=said(LEVELS, plan.level),
            discipline=names.discipline(plan.discipline),
        ),
        phrase(_("Contents: {contents}"), contents=names.listed(_contents(plan, names))),
        phrase(
            STATES,
            mobility=said(MOBILITY, view.mobility),
            nomination=said(NOMINATIONS, view.nomination),
            version=view.nomination_version,
            cohort=view.cohort_id,
        ),
    ]
    for other in view.linked:
        days = stay_words(other.start, other.end, language())
        said_of_it = CONTINUES if other.is_first else CONTINUED
        lines.append(phrase(said_of_it, exchange=other.exchange_id, host=names.institution(other.host), days=days))
    if is_fast_track(plan.start, view.opened_at.date(), programme.policy):
        lines.append(phrase(FAST_TRACK))
    if view.outcome is not None:
        ending = names.aside(said(OUTCOMES, view.outcome), names.ending(view.reason))
        lines.append(phrase(_("Ended: {outcome}"), outcome=ending))
    for line in lines:
        head.append(f"\n{clean(line)}", style="not bold")
    return head


def _contents(plan: Plan, names: Names) -> Iterator[str]:
    """What is planned; each block with its days and hours where there are several."""
    for block in plan.contents:
        title = names.block(block.content, block.number)
        hours = [phrase(_("{hours} hours planned"), hours=block.hours)] if block.hours else []
        days = [f"{block.start}/{block.end}"] if block.number else []
        yield names.aside(title, names.listed([*days, *hours])) if days or hours else title


def _now(view: ExchangeView, programme: Programme, names: Names) -> Iterator[object]:
    for one in view.standing.rotations:
        yield Text(clean(rotation_line(one, names)))
    owed = sorted((s for s in view.steps if s.status is StepStatus.OPEN), key=lambda s: s.due_at)
    if view.standing.coming is not None:
        yield Text(clean(coming_line(view.standing.coming, programme, view.student, names)))
    elif not owed:
        idle = _("Nobody owes anything now.") if view.closed_at is None else _("Closed; nobody owes anything.")
        yield Text(phrase(idle))
    if not owed:
        return
    rows = [
        (
            owner_line(s.owner, programme, view.student),
            names.aside(names.title(s), s.subject),
            clock_line(s, names),
            answers_line(programme.policy.steps.get(s.kind), s.outcomes),
            s.step_id,
        )
        for s in owed
    ]
    yield table(phrase(_("NOW")), (_("who"), _("what"), _("by when"), _("answers"), _("step")), rows)


def _documents(view: ExchangeView, programme: Programme, names: Names) -> Iterator[object]:
    if view.documents:
        columns = (_("document"), _("status"), _("file"), _p("document", "issued"), _("expires"), _("findings"))
        standing = [one for one in view.documents if one.state is not DocumentState.REPLACED]
        yield table(phrase(_("Documents")), columns, [_document(d, programme, names) for d in standing])
        if len(standing) < len(view.documents):
            count = len(view.documents) - len(standing)
            yield phrase(_("Replaced before: {count}. With --json they are listed too."), count=count)


def _document(document: DocumentView, programme: Programme, names: Names) -> tuple[object, ...]:
    findings = "\n".join(_finding(f, programme, names) for f in document.findings)
    file = f"{document.filename} {document.size / 1024:.0f} kB" if document.filename else names.erased(document)
    return (
        names.title(document),
        names.state(document),
        file,
        document.issued_on,
        document.expires_on,
        findings,
    )


def _finding(finding: Finding, programme: Programme, names: Names) -> str:
    weight = names.comma.join((said(SEVERITIES, finding.severity), finding.rule_id))
    reason = said_of(finding, programme)
    return names.pair(weight, reason) if reason else weight


def _places(view: ExchangeView, names: Names, zone: str) -> Iterator[object]:
    rows: list[tuple[object, ...]] = []
    seat = phrase(_("seat"))
    if view.seat is not None:
        state = phrase(_p("seat", "held") if view.seat.held else _p("seat", "taken"))
        where = phrase(_("{number} of {cohort}"), number=view.seat.number, cohort=view.cohort_id)
        rows.append((seat, where, "", "", state))
    elif view.waitlist_position:
        where = phrase(_("waitlist, position {position}"), position=view.waitlist_position)
        rows.append((seat, where, "", "", phrase(_("waiting"))))
    for bed in view.beds:
        where = names.bed(view.plan.host, bed.bed_id)
        rows.append((phrase(_("bed")), where, bed.first_night, bed.last_night, phrase(_p("seat", "held"))))
    for place in view.placements:
        state = said(PLACEMENT_STATES, place.status)
        if place.released_from:
            state = phrase(_("{state} from {day}"), state=state, day=place.released_from)
        what = f"{said(CONTENTS, place.content)} {place.placement_id}"
        rows.append((what, names.in_language(place, "unit"), place.start, place.end, state))
    if view.permitted_until is not None:
        rows.append((phrase(_("permitted stay")), "", "", view.permitted_until, ""))
    if view.clearance_through is not None:
        rows.append((phrase(_("clearance for the clinic")), "", "", view.clearance_through, phrase(_("cleared"))))
    if view.latest_arrival is not None:
        rows.append((phrase(_("latest arrival for a certificate")), "", "", view.latest_arrival, ""))
    if view.arrived_at is not None or view.departed_on is not None:
        rows.append((phrase(_("actual stay")), "", when(view.arrived_at, zone), view.departed_on, ""))
    if rows:
        columns = (_("what"), _("where"), _p("dates", "from"), _p("dates", "to"), _("state"))
        yield table(phrase(_p("booking", "Places")), columns, rows)


def _stay(view: ExchangeView, programme: Programme) -> Iterator[object]:
    if view.attendance:
        columns = (
            _("content"), _p("dates", "from"), _p("dates", "to"), _("planned"), _("attended"), _("reported by"),
            _("report"),
        )  # fmt: skip
        rows = [
            (said(CONTENTS, a.content), a.first_day, a.last_day, _hours(a.hours_planned), _hours(a.hours_attended),
             a.reported_by, a.report_id)
            for a in view.attendance
        ]  # fmt: skip
        yield table(phrase(_("Attendance")), columns, rows)
    if view.evaluations:
        evaluations = [
            (
                e.placement_id or phrase(_("the programme")),
                ", ".join(f"{name} {value}" for name, value in sorted(e.ratings.items())),
                e.passed,
                person_line(e.by, programme, view.student),
                e.note,
            )
            for e in view.evaluations
        ]
        asked = (_p("column", "of"), _("ratings"), _("passed"), _p("column", "by"), _("note"))
        yield table(phrase(_("Evaluations")), asked, evaluations)
    if view.certificates:
        certificates = [
            (
                c.number,
                c.version,
                c.issued_on,
                phrase(_p("certificate", "revoked") if c.revoked_at else _p("certificate", "valid")),
                c.verification,
            )
            for c in view.certificates
        ]
        printed = (_("number"), _("version"), _p("document", "issued"), _("state"), _("verification"))
        yield table(phrase(_("Certificates")), printed, certificates)
    if view.letters:
        letters = [(said(LETTERS, one.letter), one.number, one.version, one.issued_on) for one in view.letters]
        written = (_p("column", "letter"), _("number"), _("version"), _p("document", "issued"))
        yield table(phrase(_("Letters")), written, letters)


def _timeline(view: ExchangeView, names: Names, zone: str) -> Iterator[object]:
    units = {place.placement_id: place.unit_id for place in view.placements}
    telling = Telling(names, zone, view.plan.host, units)
    rows = [
        (
            when(event.at, zone),
            _who(event, names),
            names.event(event.kind),
            names.colon.join(part for part in telling.words(event.event) if part),
            event.note,
        )
        for event in view.timeline
    ]
    columns = (_("when"), _("who"), _("what happened"), _("about"), _("why"))
    yield table(phrase(_("Timeline")), columns, rows)


def _who(event: Happening, names: Names) -> str:
    who = names.person(event.actor_id) if event.role is Role.CLOCK else event.who
    absent = phrase(_("for {person}"), person=names.person(event.on_behalf_of)) if event.on_behalf_of else ""
    return names.aside(who, absent)


def _hours(hours: float) -> str:
    return phrase(_("{hours} h"), hours=f"{hours:g}")
