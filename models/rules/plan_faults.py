"""What the rules have against a planned stay: length, discipline, blocks, units, hours, agreement (D1-D8, D23, D38).

Pure functions over a plan and the catalogue. The numbers are the policy's rule values.
"""

from collections.abc import Iterable

from models.catalogue.policy import Policy
from models.catalogue.programme import Agreement, Institution, Programme
from models.errors import Param
from models.messages.exchange import Plan, PlannedContent
from models.rules.hours import Period, most_hours, planned_hours
from models.rules.stay import Fault, duration_faults, fault_of, limit
from models.vocabulary import ROTATION_CONTENTS, Content, Direction

_COLUMNS = {
    Content.LABORATORY: ("laboratory_start", "laboratory_end"),
    Content.CLINICAL: ("clinical_start", "clinical_end"),
}
WISHES = {Content.LABORATORY: "laboratories", Content.CLINICAL: "specialties"}
"""The column of the units wanted for each content."""
HOURS = {Content.LABORATORY: "laboratory_hours", Content.CLINICAL: "clinical_hours"}
"""The column of the hours planned."""


def faults_of_plan(plan: Plan, programme: Programme) -> tuple[Fault, ...]:
    """Everything that the rules have against a planned stay; empty where nothing."""
    host, sending = programme.institution(plan.host), programme.institution(plan.sending)
    faults = [
        *(_unknown("sending", plan.sending) if sending is None else ()),
        *(_unknown("host", plan.host) if host is None else ()),
        *duration_faults(plan.start, plan.end, programme.policy),
        *_discipline_faults(plan, programme),
        *_block_faults(plan),
        *_hours_faults(plan, programme.policy),
    ]
    if host is not None:
        faults += [*_hosting_faults(plan, host), *_unit_faults(plan, host)]
    if host is not None and sending is not None:
        faults += _agreement_faults(plan, host, sending, programme)
    return tuple(fault for place, fault in enumerate(faults) if fault not in faults[:place])


def _unknown(field: str, value: str) -> Iterable[Fault]:
    yield fault_of(field, "university.unknown", "", value)


def _discipline_faults(plan: Plan, programme: Programme) -> Iterable[Fault]:
    found = programme.discipline(plan.discipline)
    if found is None:
        yield fault_of("discipline", "cell.discipline_unknown", "D7", plan.discipline)
    elif plan.level not in found.levels:
        levels, level = found.levels, plan.level
        yield fault_of("discipline", "discipline.of_another_level", "D7", plan.discipline, levels=levels, level=level)


def _columns(content: Content) -> tuple[str, str]:
    """The columns of a content's first and last day."""
    return _COLUMNS.get(content, (f"{content}_start", f"{content}_end"))


def _yes(content: Content) -> str:
    """The column that says whether a content is part of the stay."""
    return _COLUMNS[content][0] if content in _COLUMNS else content.value


def _block_faults(plan: Plan) -> Iterable[Fault]:
    """Blocks lie inside the stay, and nobody works in two units on one day (D38); lectures have one block each (D8)."""
    for content in plan.kinds():
        if content not in ROTATION_CONTENTS and len(plan.blocks(content)) > 1:
            yield fault_of(_yes(content), "block.planned_twice", "D8")
    if not plan.rotations:
        yield fault_of("laboratory_start", "block.none_planned", "D8")
    for block in plan.contents:
        yield from _dates_of(block, plan)
    in_order = sorted(plan.rotations, key=lambda one: (one.start, one.content is Content.CLINICAL))
    before: PlannedContent | None = None
    for block in in_order:
        if before is not None and block.start <= before.end:
            column, typed = _columns(block.content)[0], block.start.isoformat()
            of: dict[str, Param] = {"content": before.content, "first": before.start, "last": before.end}
            yield fault_of(column, "block.overlaps", "D38", typed, **of)
        before = block if before is None or block.end > before.end else before


def _dates_of(block: PlannedContent, plan: Plan) -> Iterable[Fault]:
    first, last = _columns(block.content)
    if block.end < block.start:
        yield fault_of(last, "block.end_before_start", "D38", block.end.isoformat(), start=block.start)
    if plan.end < plan.start:
        return  # said once, of the stay
    for field, day in ((first, block.start), (last, block.end)):
        if not plan.start <= day <= plan.end:
            yield fault_of(field, "block.outside_stay", "D38", day.isoformat(), first=plan.start, last=plan.end)


def _hours_faults(plan: Plan, policy: Policy) -> Iterable[Fault]:
    """The hours of a block are no more than its days hold, and no fewer than its weeks are planned with (D42)."""
    most, least = limit(policy, "D42", "most_hours_a_day"), limit(policy, "D42", "least_hours_a_week")
    for block in plan.rotations:
        if block.hours is None or block.end < block.start:
            continue
        days = Period(block.start, block.end)
        lowest, highest = planned_hours(days, (), least), int(most_hours(days, most))
        if not lowest <= block.hours <= highest:
            between: dict[str, Param] = {"first": block.start, "last": block.end, "least": lowest, "most": highest}
            yield fault_of(HOURS[block.content], "block.hours", "D42", str(block.hours), **between)


def _hosting_faults(plan: Plan, host: Institution) -> Iterable[Fault]:
    for content in plan.kinds():
        if content not in host.hosts:
            yield fault_of(_yes(content), "content.not_hosted", "D8", host=host.id, content=content)


def _unit_faults(plan: Plan, host: Institution) -> Iterable[Fault]:
    chosen = [(plan.laboratories, Content.LABORATORY), (plan.specialties, Content.CLINICAL)]
    chosen += [(block.units, block.content) for block in plan.rotations]
    for units, content in chosen:
        for unit_id in units:
            unit = host.unit(unit_id)
            if unit is None or unit.content is not content:
                yield fault_of(WISHES[content], "unit.not_of_host", "D7", unit_id, unit=unit_id, host=host.id)


def _agreement_faults(plan: Plan, host: Institution, sending: Institution, programme: Programme) -> Iterable[Fault]:
    """An active agreement on both sides, with seats for the year, and open to clinical stays (D4, D23)."""
    if programme.home not in (host.id, sending.id) or host.id == sending.id:
        yield fault_of("host", "exchange.without_home", "D23", host.id, home=programme.home)
        return
    both = [a for a in (host.agreement(sending.id), sending.agreement(host.id)) if a is not None]
    if len(both) < 2 or not all(a.active for a in both):
        yield fault_of("host", "agreement.none", "D23", host.id, host=host.id, sending=sending.id)
        return
    seats = both[0].cap
    if plan.year not in seats:
        years = sorted(seats)
        yield fault_of("intake_year", "seats.other_years", "D4", str(plan.year), year=plan.year, years=years)
    if plan.block(Content.CLINICAL) and not all(_allows_clinic(a, plan.direction) for a in both):
        yield fault_of("clinical_start", "agreement.no_clinic", "D23", host=host.id)


def clinic_is_open(programme: Programme, plan: Plan) -> bool | None:
    """Whether active agreements of both sides open the clinic for a stay; unset where a side is not known (D23)."""
    host, sending = programme.institution(plan.host), programme.institution(plan.sending)
    if host is None or sending is None:
        return None
    both = [a for a in (host.agreement(sending.id), sending.agreement(host.id)) if a is not None]
    return len(both) == 2 and all(a.active and _allows_clinic(a, plan.direction) for a in both)


def _allows_clinic(agreement: Agreement, direction: Direction) -> bool:
    return agreement.clinical_outgoing if direction is Direction.OUTGOING else agreement.clinical_incoming
