"""What a change of a verified exchange would bring about, shown to those who decide it (D2, D3, D18, D31, D34, D39).

Pure: what is held and what is free is found by whoever asks.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import StrEnum

from models.catalogue.jurisdiction import earlier_law
from models.catalogue.policy import DocumentPolicy, Policy
from models.clearances import Clearance, ClearanceState
from models.errors import Param, plain
from models.messages.changes import Area, Effect, PlaceOfBlock
from models.messages.plan import Plan, PlannedContent
from models.rules.changes import key_of
from models.rules.stay import latest_arrival, limit, required_documents
from models.rules.validity import AcceptedPaper, Covered, covers
from models.vocabulary import Content, StepKind
from models.wire import Wire

COLLECTED = (
    StepKind.SUBMIT_DOCUMENTS,
    StepKind.ISSUE_INVITATION,
    StepKind.OBTAIN_VISA,
    StepKind.SUBMIT_INSURANCE,
    StepKind.SUBMIT_HEALTH_RECORDS,
    StepKind.SUBMIT_ARRIVAL_PAPERS,
)
"""Steps that collect documents, in the order of the story."""
FOR_THE_ENTRY = frozenset({StepKind.ISSUE_INVITATION, StepKind.OBTAIN_VISA})
"""Whose papers are asked for the entry: after it, the deadlines of the law take their place."""


class BedFor(StrEnum):
    """What bed there is for the nights of the plan as it would be."""

    NOT_HELD = "not_held"
    """No bed of the host is held."""
    SAME = "same"
    OTHER = "other"
    NONE = "none"


class SeatFor(StrEnum):
    """What seat there is in the intake of the plan as it would be, where that is another one."""

    SAME = "same"
    """It is the same intake."""
    NOT_ASKED = "not_asked"
    """The exchange has not come to ask for a seat yet: it will ask there."""
    FREE = "free"
    WAITED = "waited"
    """One is free, and here the exchange waits for one: its place on the waitlist is given up."""
    NONE = "none"
    """None is free, or others wait for it."""
    NOMINATED = "nominated"
    """The student is nominated there already."""


class HeldNow(Wire):
    """What an exchange has shown and taken, as far as a change touches it. Days are those of the host."""

    today: date
    arrived_on: date | None = None
    entered_on: date | None = None
    permitted_until: date | None = None
    first_permitted_until: date | None = None
    cleared_through: date | None = None
    papers: tuple[AcceptedPaper, ...] = ()
    """Accepted documents."""
    places: tuple[PlaceOfBlock, ...] = ()
    bed: BedFor = BedFor.NOT_HELD
    outside_from: date | None = None
    """The first night outside the host's beds, where the change is about that (D34)."""
    frees: int = 0
    """Nights in a bed from then on."""
    address: bool = False
    """Whether an address outside is on record for these nights."""
    seat: SeatFor = SeatFor.SAME
    intake_closed: date | None = None
    """The last day of nominations for the intake wanted, once it is over."""
    full: tuple[str, ...] = ()
    """Units wanted that have no room on the days wanted."""
    moving: tuple[StepKind, ...] = ()
    """Open steps whose due time counts from an end of the stay."""


def effects_of(
    before: Plan, after: Plan, places: tuple[PlaceOfBlock, ...], held: HeldNow, policy: Policy
) -> list[Effect]:
    """Everything that follows, area by area; `places` are those of the plan as it would be."""
    return [
        *_seat(before, after, held),
        *_visa(before, after, held, policy),
        *_documents(before, after, held, policy),
        *_clearance(after, held),
        *_bed(before, after, held),
        *_blocks(before, after, places, held),
        *_deadlines(before, after, held),
        *_certificate(before, after, held, policy),
    ]


def clearances_failing(before: Iterable[Clearance], after: Iterable[Clearance]) -> Iterator[Effect]:
    """The clearances of which a change would leave less than now: those that reach its days no longer.

    Of the decision of occupational health `effects_of` tells.
    """
    now = {one.kind: one for one in before}
    for one in after:
        was = now.get(one.kind)
        until = one.through if one.state in {ClearanceState.SHORT, ClearanceState.OVER} else None
        if until is None or (was is not None and was.state is one.state and was.needed_through >= one.needed_through):
            continue
        if all(reason.finding.rule_id == "D36" for reason in one.why):
            continue
        yield _effect(
            Area.CLEARANCE,
            "effect.clearance_fails",
            clearance=one.kind,
            until=until,
            last=one.needed_through,
        )


def in_order(effects: Iterable[Effect]) -> tuple[Effect, ...]:
    """Effects by area, in the order in which areas are shown."""
    areas = list(Area)
    return tuple(sorted(effects, key=lambda effect: areas.index(effect.area)))


def to_collect_anew(
    before: Plan, after: Plan, papers: Iterable[AcceptedPaper], policy: Policy, *, arrived: bool
) -> list[AcceptedPaper]:
    """Accepted papers that do not cover the plan as it would be, in the order of the policy.

    The host's papers state the days of the stay: other days, other papers. After the entry only those are issued anew
    by which a student stays in the country.
    """
    stay, policies = _covered(after), {document.kind: document for document in policy.documents}
    needed = {document.kind for step in COLLECTED for document in required_documents(policy, after, step)}
    moved = (before.start, before.end) != (after.start, after.end)
    found = []
    for paper in papers:
        document = policies.get(paper.kind)
        if document is None or paper.kind not in needed or not _still_asked(document, arrived=arrived):
            continue
        states_days = document.step is StepKind.ISSUE_INVITATION and moved
        if states_days or not covers(document, paper, stay):
            found.append(paper)
    return found


def asked_for(policy: Policy, plan: Plan, step: StepKind, *, arrived: bool) -> tuple[DocumentPolicy, ...]:
    """The documents of a step that a stay still needs: those for the entry only until the arrival."""
    return tuple(one for one in required_documents(policy, plan, step) if _still_asked(one, arrived=arrived))


def _still_asked(document: DocumentPolicy, *, arrived: bool) -> bool:
    return not arrived or document.step not in FOR_THE_ENTRY or document.through_stay


def _covered(plan: Plan) -> Covered:
    ends = [block.end for block in plan.contents if block.content is Content.CLINICAL]
    return Covered(start=plan.start, end=plan.end, clinic_end=max(ends, default=None))


def _effect(area: Area, message: str, **params: Param) -> Effect:
    return Effect(area=area, message=message, params={name: plain(value) for name, value in params.items()})


def _hindrance(effect: Effect) -> Effect:
    return effect.model_copy(update={"hinders": True})


def _seat(before: Plan, after: Plan, held: HeldNow) -> Iterator[Effect]:
    """The seat of another intake: capacity, waitlist and closing day are that intake's (D4, D14)."""
    if held.seat is SeatFor.SAME:
        return
    if held.intake_closed is not None:
        yield _hindrance(_effect(Area.SEAT, "effect.intake_closed", year=after.year, day=held.intake_closed))
    if held.seat is SeatFor.NONE:
        yield _hindrance(_effect(Area.SEAT, "effect.intake_full", year=after.year))
    elif held.seat is SeatFor.NOMINATED:
        yield _hindrance(_effect(Area.SEAT, "effect.nominated_there", year=after.year))
    elif held.seat is SeatFor.NOT_ASKED:
        yield _effect(Area.SEAT, "effect.seat_asked_there", year=after.year)
    elif held.seat is SeatFor.WAITED:
        yield _effect(Area.SEAT, "effect.waits_no_more", before=before.year, after=after.year)
    else:
        yield _effect(Area.SEAT, "effect.seat_moves", before=before.year, after=after.year)


def _visa(before: Plan, after: Plan, held: HeldNow, policy: Policy) -> Iterator[Effect]:
    law = policy.law or earlier_law(after.host_country)
    if before.visa_class != after.visa_class:
        yield _effect(Area.VISA, "effect.visa_class", before=before.visa_class, after=after.visa_class)
    if before.visa_form != after.visa_form and held.arrived_on is None:
        if after.visa_form == "decide":
            yield _effect(Area.VISA, "effect.form_undecided", days=after.days)
        else:
            yield _effect(Area.VISA, "effect.visa_form", before=before.visa_form, after=after.visa_form)
    until = held.permitted_until
    if held.arrived_on is None or until is None or until >= after.end or after.end <= before.end:
        return
    yield _effect(Area.VISA, "effect.stay_to_extend", until=until, last=after.end)
    first, entered = held.first_permitted_until, held.entered_on
    doubles = law.extension_doubles and after.visa_class not in law.permit_visas
    if first and entered and doubles and after.end > (most := first + (first - entered)):
        yield _effect(Area.VISA, "effect.beyond_extension", until=most, last=after.end)


def _documents(before: Plan, after: Plan, held: HeldNow, policy: Policy) -> Iterator[Effect]:
    arrived = held.arrived_on is not None
    for paper in to_collect_anew(before, after, held.papers, policy, arrived=arrived):
        document = policy.document(paper.kind)
        if document is not None and document.step is StepKind.ISSUE_INVITATION:
            yield _effect(Area.DOCUMENTS, "effect.issued_anew", kind=paper.kind)
        elif paper.expires_on is not None:
            yield _effect(Area.DOCUMENTS, "effect.expires_too_soon", kind=paper.kind, until=paper.expires_on)
        else:
            yield _effect(Area.DOCUMENTS, "effect.too_old", kind=paper.kind)
    asked = {document.kind for step in COLLECTED for document in required_documents(policy, before, step)}
    for step in COLLECTED:
        for document in required_documents(policy, after, step):
            if document.kind not in asked and _still_asked(document, arrived=arrived):
                yield _effect(Area.DOCUMENTS, "effect.asked_besides", kind=document.kind)


def _clearance(after: Plan, held: HeldNow) -> Iterator[Effect]:
    last = _covered(after).clinic_end
    if last is not None and held.cleared_through is not None and held.cleared_through < last:
        yield _effect(Area.CLEARANCE, "effect.clearance_too_short", until=held.cleared_through, last=last)


def _bed(before: Plan, after: Plan, held: HeldNow) -> Iterator[Effect]:
    if held.outside_from is not None:
        yield from _outside(held.outside_from, after, held)
    nights = (before.end - before.start).days, (after.end - after.start).days
    if (before.start, before.end) == (after.start, after.end) or held.bed is BedFor.NOT_HELD:
        return
    first, last = after.start, after.end - timedelta(days=1)
    if held.bed is BedFor.NONE:
        yield _hindrance(_effect(Area.BED, "effect.no_bed", first=first, last=last))
    elif held.bed is BedFor.OTHER:
        yield _effect(Area.BED, "effect.other_bed", first=first, last=last)
    else:
        yield _effect(Area.BED, "effect.same_bed", nights_before=nights[0], nights=nights[1])


def _outside(first: date, after: Plan, held: HeldNow) -> Iterator[Effect]:
    """Who has no bed frees none, and nobody moves without an address on record (D34)."""
    last = after.end - timedelta(days=1)
    if not held.frees:
        yield _hindrance(_effect(Area.BED, "effect.no_bed_left", first=first, last=last))
        return
    yield _effect(Area.BED, "effect.bed_freed", nights=held.frees, first=first, last=last)
    if not held.address:
        yield _hindrance(_effect(Area.BED, "effect.no_address", first=first, last=last))


def _blocks(before: Plan, after: Plan, places: tuple[PlaceOfBlock, ...], held: HeldNow) -> Iterator[Effect]:
    blocks = {key_of(block): block for block in before.contents}
    for block in after.contents:
        was = blocks.pop(key_of(block), None)
        if was is None:
            yield _effect(Area.BLOCKS, "effect.block_added", **_told(block))
        elif (was.start, was.end) != (block.start, block.end):
            yield _effect(Area.BLOCKS, "effect.block_moved", was_first=was.start, was_last=was.end, **_told(block))
    for block in blocks.values():
        yield _effect(Area.BLOCKS, "effect.block_left_out", **_told(block))
    had = {place.placement_id for place in held.places}
    for place in places:
        if place.placement_id not in had:
            told: dict[str, Param] = {"unit": place.unit_id, "first": place.block.start, "last": place.block.end}
            if place.supervisor:
                yield _effect(Area.BLOCKS, "effect.other_supervisor", by=place.supervisor, **told)
            else:
                yield _effect(Area.BLOCKS, "effect.other_unit", **told)
    for unit in held.full:
        yield _hindrance(_effect(Area.BLOCKS, "effect.unit_full", unit=unit))


def _told(block: PlannedContent) -> dict[str, Param]:
    return {"content": block.content, "first": block.start, "last": block.end}


def _deadlines(before: Plan, after: Plan, held: HeldNow) -> Iterator[Effect]:
    if held.moving and (before.start, before.end) != (after.start, after.end):
        yield _effect(Area.DEADLINES, "effect.deadlines_move", steps=tuple(held.moving))


def _certificate(before: Plan, after: Plan, held: HeldNow, policy: Policy) -> Iterator[Effect]:
    """What the certificate needs, and that a change late in the stay is one (D1, D39, D42)."""
    if before.days != after.days:
        yield _effect(Area.CERTIFICATE, "effect.days_certified", days_before=before.days, days=after.days)
    if held.arrived_on is not None and before.days != after.days:
        least, late = limit(policy, "D1", "min_days"), limit(policy, "D1", "late_arrival_days")
        if held.arrived_on > latest_arrival(after.start, after.end, least, late):
            yield _effect(Area.CERTIFICATE, "effect.too_short_for_certificate", least=least)
    if held.today > before.start + timedelta(weeks=limit(policy, "D39", "request_weeks")):
        yield _effect(Area.CERTIFICATE, "effect.late_request", weeks=limit(policy, "D39", "request_weeks"))
