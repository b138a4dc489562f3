"""What must be true when the demo is over, checked against the records: every claim the demo makes of itself."""

from collections.abc import Iterator
from datetime import timedelta
from email.parser import BytesHeaderParser

from demo.cohort import STUDENTS, WEEKS_OF_STAY
from demo.letters import write_letters
from demo.play import Play
from demo.script import EXTENDED_BY, REPLANNED_BY, SWAPPED_TO
from dev.mailsink import mails_in
from models.clearances import ClearanceEnds
from models.events import ClearanceEnded, Cleared, ExchangeSuspended, SeatAnswered
from models.views import EscalationFilter, ExchangeView, StepLine
from models.views.replans import ReplanState
from models.vocabulary import Outcome, Role, StepKind, StepStatus, Target

ENDINGS: dict[str, tuple[Outcome | None, bool]] = {
    "completes": (Outcome.COMPLETED, True),
    "several_blocks": (Outcome.COMPLETED, True),
    "extends": (Outcome.COMPLETED, True),
    "swaps_units": (Outcome.COMPLETED, True),
    "short_insurance": (Outcome.COMPLETED, True),
    "clinic_lapses": (Outcome.COMPLETED, True),
    "deferred": (None, False),
    "suspended": (Outcome.COMPLETED, True),
    "late_clearance": (Outcome.COMPLETED, True),
    "bad_passport": (Outcome.COMPLETED, True),
    "returned": (Outcome.COMPLETED, True),
    "silent_host": (Outcome.COMPLETED, True),
    "promoted": (Outcome.COMPLETED, True),
    "offer_expires": (Outcome.EXPIRED, False),
    "no_show": (Outcome.NO_SHOW, False),
    "withdraws": (Outcome.WITHDRAWN, False),
    "declines_seat": (Outcome.DECLINED, False),
    "force_majeure": (Outcome.ENDED_EARLY_JUSTIFIED, True),
    "misses_too_much": (Outcome.COMPLETED, False),
    "host_rejects": (Outcome.REJECTED, False),
    "third_country": (Outcome.COMPLETED, True),
}
"""By part: how it ends (not at all: it goes on in another intake), and whether a certificate was earned."""
FAULTS = {"email", "discipline", "end", "laboratories", "programme_fee"}
"""The columns that the faulty row must be refused for, all at once."""


async def unmet_expectations(play: Play) -> list[str]:
    """Everything that is not as it must be, in words; empty when the demo is right."""
    reading = play.stage.services.reading
    views: dict[str, ExchangeView] = {}
    for number, exchange in play.numbers.items():
        view = await reading.exchange(exchange, None)
        if view is None:
            return [f"{exchange} of student {number} is not in the records"]
        views[STUDENTS[number].part if STUDENTS[number].part != "completes" else number] = view
    unmet = [
        *_nominations(play),
        *(text for number, exchange in play.numbers.items() for text in _ending(number, _of(views, exchange))),
        *_parts(views),
        *blocks_unmet(views["several_blocks"]),
        *_changes_unmet(views["extends"], views["swaps_units"]),
        *_short_insurance(views["short_insurance"]),
        *_lapsed(views["clinic_lapses"]),
        *_third_country(play, views["third_country"]),
        *await _seats(play, views),
        *await _deferred(play, views["deferred"]),
        *await _replanned(play, views["suspended"]),
        *await _ladder(play, views["silent_host"]),
        *await _mail(play),
    ]
    certificates = play.stage.folder / "certificates"
    certificates.mkdir(exist_ok=True)
    for view in views.values():
        for certificate in view.certificates:
            papers = play.stage.services.gateway.papers
            data = await papers.certificate(view.exchange_id, certificate.file_hash)
            (certificates / f"{view.exchange_id}-{certificate.number}.pdf").write_bytes(data)
            if not data.startswith(b"%PDF"):
                unmet.append(f"the certificate of {view.exchange_id} is not a PDF")
    unmet += await write_letters(play, views.values())
    return unmet


def _of(views: dict[str, ExchangeView], exchange: str) -> ExchangeView:
    return next(v for v in views.values() if v.exchange_id == exchange)


def _nominations(play: Play) -> Iterator[str]:
    refused = [r for sheet in play.sheets.values() for r in sheet.refused]
    if len(refused) != 1:
        yield f"{len(refused)} nominations were refused, not 1"
    elif missing := FAULTS - {f.field for f in refused[0].faults}:
        yield f"the faulty nomination was not refused for: {', '.join(sorted(missing))}"
    if len(play.numbers) != len(STUDENTS):
        yield f"{len(play.numbers)} students were nominated, not {len(STUDENTS)}"


def _ending(number: str, view: ExchangeView) -> Iterator[str]:
    outcome, earned = ENDINGS[STUDENTS[number].part]
    if view.outcome is not outcome:
        yield f"{view.exchange_id} ended as {view.outcome}, not {outcome}"
    if bool(view.certificates) is not earned:
        yield f"{view.exchange_id} has {len(view.certificates)} certificates, expected {int(earned)}"
    if outcome is None:
        return
    if any(step.status is StepStatus.OPEN for step in view.steps):
        yield f"{view.exchange_id} is closed and has open steps"
    if view.bed is not None and outcome not in (Outcome.COMPLETED, Outcome.ENDED_EARLY_JUSTIFIED):
        yield f"{view.exchange_id} still holds a bed"


def _parts(views: dict[str, ExchangeView]) -> Iterator[str]:
    passports = [d for d in views["bad_passport"].documents if d.kind == "passport"]
    stopped = {finding.rule_id for passport in passports for finding in passport.findings}
    if len(passports) != 3 or not stopped >= {"D17.readable", "D19.differs"}:
        yield "the unreadable passport and the one of somebody else were not rejected and replaced"
    returned = [s.outcome for s in _steps(views["returned"], StepKind.VERIFY_NOMINATION)]
    if returned != ["returned", "verified"]:
        yield f"the returned nomination was answered {returned}"
    late = views["late_clearance"]
    cleared = _steps(late, StepKind.CLEAR_FOR_CLINIC)[0].decided_at
    began = min(a.first_day for a in late.attendance if a.content == "laboratory")
    clinical = [a.first_day for a in late.attendance if a.content == "clinical"]
    if cleared is None or cleared.date() <= began:
        yield "the clearance did not arrive after laboratory work began"
    elif not clinical or min(clinical) < cleared.date():
        yield "there is a clinical day before the clearance"


def blocks_unmet(view: ExchangeView) -> Iterator[str]:
    """What is not right with the student of two laboratories and two specialties, in words."""
    blocks = view.plan.rotations
    places = [place for place in view.placements if place.released_from != place.start]
    worked = [(place.content, place.start, place.end) for place in places]
    if len(blocks) != 4 or worked != [(block.content, block.start, block.end) for block in blocks]:
        yield f"{view.exchange_id} has {len(places)} places for {len(blocks)} blocks"
    if (blocks[0].start, blocks[-1].end) != (view.plan.start, view.plan.end):
        yield "the shares do not add up to the stay"
    for place in places:
        if not any(one.placement_id == place.placement_id and one.passed for one in view.evaluations):
            yield f"{place.placement_id} was not passed"
        if not any(one.placement_id == place.placement_id for one in view.attendance):
            yield f"no hours of {place.placement_id} are reported"


def _changes_unmet(longer: ExchangeView, swapped: ExchangeView) -> Iterator[str]:
    """What is not right with the stays that were changed, in words."""
    planned = longer.plan.start + timedelta(weeks=WEEKS_OF_STAY, days=-3)
    left = longer.departed_on  # time passes a day at a time: it may be noticed on the next one
    if longer.plan.end != planned + EXTENDED_BY or left not in (longer.plan.end, longer.plan.end + timedelta(days=1)):
        yield f"{longer.exchange_id} ends on {longer.plan.end}, left on {longer.departed_on}"
    if longer.bed is None or longer.bed.last_night != longer.plan.end - timedelta(days=1):
        yield f"{longer.exchange_id} has no bed for the weeks more"
    units = [place.unit_id for place in swapped.placements]
    evaluated = {one.placement_id for one in swapped.evaluations if one.passed}
    if len(units) != 2 or units[1] != SWAPPED_TO or evaluated != {one.placement_id for one in swapped.placements}:
        yield f"{swapped.exchange_id} was to be evaluated in two laboratories"


def _short_insurance(view: ExchangeView) -> Iterator[str]:
    """What is not right with the insurance that ended a day before the stay, in words."""
    stated = [document.expires_on for document in view.documents if document.kind == "insurance"]
    if len(stated) != 2 or stated[0] != view.plan.end - timedelta(days=1):
        yield f"{view.exchange_id} was to replace an insurance that ends a day early, not {stated}"
    first = min((d for d in view.documents if d.kind == "insurance"), key=lambda document: document.filed_at)
    if [finding.message for finding in first.findings] != ["finding.expires_too_soon"]:
        yield f"the insurance of {view.exchange_id} that ends a day early was not stopped for that"


def _lapsed(view: ExchangeView) -> Iterator[str]:
    """What is not right with the clinic that a tuberculosis test no longer covered, in words."""
    planned = view.plan.end - EXTENDED_BY
    ended = [h.event for h in view.timeline if isinstance(h.event, ClearanceEnded)]
    over = [(one.reason, one.last_day) for one in ended]
    if over != [(ClearanceEnds.LAPSED, planned)]:
        yield f"the clearance of {view.exchange_id} was to lapse with its test on {planned}, not {over}"
    cleared = [h.event.valid_through for h in view.timeline if isinstance(h.event, Cleared)]
    if cleared != [planned, view.plan.end]:
        yield f"{view.exchange_id} was cleared through {cleared}"
    clinic = sorted((a.first_day, a.last_day) for a in view.attendance if a.content == "clinical")
    if len(clinic) != 2 or clinic[0][1] != planned or clinic[1][0] <= planned + timedelta(days=1):
        yield f"{view.exchange_id} was in the clinic on {clinic}"
    if any(isinstance(h.event, ExchangeSuspended) for h in view.timeline):
        yield f"more than the clinic of {view.exchange_id} was suspended"


def _third_country(play: Play, view: ExchangeView) -> Iterator[str]:
    """What is not right with the stay in a country whose law is a file, in words."""
    law = play.programme.law_at(view.plan.host)
    asked = {step.subject for step in view.steps if step.kind is StepKind.STUDENT_DUTY}
    if asked != {duty.id for duty in law.duties if duty.step is StepKind.STUDENT_DUTY}:
        yield f"{view.exchange_id} was asked for {sorted(asked)} by the law of {law.country}"
    if foreign := {StepKind.REGISTER_RESIDENCE, StepKind.VALIDATE_SEVIS} & {step.kind for step in view.steps}:
        yield f"{view.exchange_id} was asked for what another country's law says: {sorted(foreign)}"
    papers = [(step.subject, step.outcome) for step in _steps(view, StepKind.SUBMIT_ARRIVAL_PAPERS)]
    if papers != [("house_rules", "complete")]:
        yield f"{view.exchange_id} handed in {papers} after the arrival"


async def _seats(play: Play, views: dict[str, ExchangeView]) -> list[str]:
    unmet: list[str] = []
    cohort = await play.stage.services.reading.cohort(views["promoted"].cohort_id)
    if cohort is None:
        return ["the cohort is not in the records"]
    if cohort.cap != 10 or len(cohort.seats) - cohort.free > cohort.cap:
        unmet.append("the cap of ten seats was exceeded")
    for part in ("promoted", "declines_seat"):
        answers = [h.event.answer for h in views[part].timeline if isinstance(h.event, SeatAnswered)]
        if answers[:2] != ["waitlisted", "offered"] and "offered" not in answers:
            unmet.append(f"{views[part].exchange_id} was not waitlisted and offered a seat: {answers}")
    return unmet


async def _deferred(play: Play, view: ExchangeView) -> list[str]:
    """What is not right with the student who comes a year later, in words."""
    reading = play.stage.services.reading
    changes = await reading.changes(view.exchange_id)
    years = [one.plan.year for one in changes.plans] if changes is not None else []
    if len(years) != 2 or years[1] != years[0] + 1:
        return [f"{view.exchange_id} was in the intakes of {years}"]
    unmet: list[str] = []
    assert changes is not None
    for one, holds in zip(changes.plans, (False, True), strict=True):
        cohort = await reading.cohort(one.plan.cohort.id)
        if cohort is None or any(seat.exchange_id == view.exchange_id for seat in cohort.seats) is not holds:
            unmet.append(f"{view.exchange_id} {'has no' if holds else 'still has a'} seat in {one.plan.cohort.id}")
    return unmet


async def _replanned(play: Play, view: ExchangeView) -> list[str]:
    """What is not right with the cohort that is two weeks later after an outbreak, in words."""
    reports = await play.stage.services.reading.replans(view.cohort_id)
    if len(reports) != 1:
        return [f"{view.cohort_id} was re-planned {len(reports)} times"]
    moved = [one for one in reports[0].stays if one.state is ReplanState.MOVED]
    if not moved or any(one.start - one.was_start != REPLANNED_BY for one in moved):
        return [f"{view.cohort_id} was not moved by {REPLANNED_BY.days} days: {reports[0].stays}"]
    return [] if view.exchange_id in {one.exchange_id for one in moved} else [f"{view.exchange_id} was not moved"]


async def _ladder(play: Play, view: ExchangeView) -> list[str]:
    escalations = await play.stage.services.reading.escalations(EscalationFilter(exchange_id=view.exchange_id))
    mine = [e for e in escalations if e.kind is StepKind.HOST_APPROVAL]
    reached = [t for e in sorted(mine, key=lambda e: e.at) for t in e.to]
    wanted = [Target.OWNER, Target.COORDINATOR, Target.HEAD_OF_OFFICE]
    if reached != wanted:
        return [f"the silent host's ladder reached {reached}, not {wanted}"]
    if not any(Target.PARTNER_OFFICE in e.copy_to for e in mine):
        return ["the partner office was not in copy of the last escalation"]
    head = play.programme.contacts(view.plan.host, Role.HEAD_OF_OFFICE)[0].name
    decided = _steps(view, StepKind.HOST_APPROVAL)[0].decided_by
    return [] if decided == head else [f"the head of office did not decide, {decided} did"]


async def _mail(play: Play) -> list[str]:
    messages = await play.messages()
    # A digest is withdrawn where everything in it was done before it could leave.
    unsent = [m for m in messages if m.status not in ("sent", "withdrawn")]
    unmet = [f"{len(unsent)} messages were not sent"] if unsent else []
    parser = BytesHeaderParser()
    received = [parser.parsebytes(path.read_bytes()) for path in mails_in(play.stage.stack.mailbox)]
    ids = [str(m["Message-ID"]) for m in received]
    if len(ids) != len(set(ids)):
        unmet.append(f"{len(ids) - len(set(ids))} messages were sent twice")
    if missing := {m.message_id for m in messages if m.status == "sent"} - set(ids):
        unmet.append(f"{len(missing)} messages in the ledger did not reach the mailbox")
    return unmet


def _steps(view: ExchangeView, kind: StepKind) -> list[StepLine]:
    return sorted((s for s in view.steps if s.kind is kind), key=lambda s: s.opened_at)
