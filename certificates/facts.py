"""What the records of one stay say for the certificate: the gate's facts and the page's lines (D42)."""

from collections.abc import Iterable
from datetime import date

from certificates.page import CertificatePage, ContentLine, RotationLine, Signer, University
from models.catalogue.programme import Institution, Programme
from models.errors import Broken
from models.messages.contracts import GateRules
from models.messages.exchange import Plan
from models.rules.certificate import Attended, StayFacts, WorkedRotation
from models.rules.clearance import not_cleared
from models.rules.hours import Period, planned_hours, share_of_hours
from models.rules.stay import forgiven_days
from models.vocabulary import PROGRAMME_CONTENTS, Content, Role
from records.stays import StayOnRecord, Worked, hours_of, planned_block
from texts.certificate import OFFICE, TITLES, in_both


def facts_of(stay: StayOnRecord, gate: GateRules) -> StayFacts:
    """What the gate looks at, from the records."""
    plan = Plan.model_validate(stay.exchange.plan)
    # Ordered by time: the last evaluation of a rotation is the one that counts.
    results = {row.placement_id: row.passed for row in stay.evaluations if row.placement_id is not None}
    return StayFacts(
        contents=plan.kinds(),
        arrived_on=stay.arrived_on,
        departed_on=stay.exchange.actual_departure,
        hours=tuple(
            Attended(
                content=row.content,
                placement_id=row.placement_id,
                planned=row.hours_planned,
                attended=row.hours_attended,
            )
            for row in stay.attendance
        ),
        rotations=tuple(
            WorkedRotation(
                placement_id=placement.id,
                content=placement.content,
                passed=results.get(placement.id),
                block=_block(plan, placement),
                planned=_planned(plan, placement, stay, gate.least_hours_a_week),
            )
            for placement in stay.placements
        ),
        student_evaluated=any(row.placement_id is None for row in stay.evaluations),
        attendance_above=gate.attendance_above,
        minimum_days=gate.minimum_days,
        forgiven_days=forgiven_days(plan.start, stay.arrived_on, gate.late_arrival_days) if stay.arrived_on else 0,
    )


def _block(plan: Plan, placement: Worked) -> str:
    """The block of the plan that a placement is worked for; empty in a plan of one block of each content."""
    planned = planned_block(plan, placement)
    return planned.key if planned is not None and planned.number else ""


def _planned(plan: Plan, placement: Worked, stay: StayOnRecord, hours_a_week: int) -> int:
    """The hours with which a place was planned at least; no clinical day is planned without a clearance (D36)."""
    days = placement.planned
    uncleared = not_cleared(stay.cleared, days) if placement.content is Content.CLINICAL else ()
    still = (*stay.stood_still, *uncleared)
    block = planned_block(plan, placement)
    if block is None or block.hours is None:
        return planned_hours(days, still, hours_a_week)
    return share_of_hours(block.hours, Period(block.start, block.end), days, still)


def page_of(
    stay: StayOnRecord, programme: Programme, *, number: str, version: int, issued_on: date, verification_url: str
) -> CertificatePage:
    """What the certificate of this stay says. The gate has been passed: arrival and departure are known."""
    first, last = stay.arrived_on, stay.exchange.actual_departure
    if first is None or last is None:
        raise Broken("exchange.dates_missing", exchange=stay.exchange.id)
    host, sending = (_university(programme, one) for one in (stay.host, stay.sending))
    return CertificatePage(
        number=number,
        version=version,
        issued_on=issued_on,
        verification_url=verification_url,
        student=f"{stay.person.given_name} {stay.person.family_name}".strip(),
        student_original=stay.person.native_name,
        born=stay.person.birth_date,
        host=host,
        sending=sending,
        first=first,
        last=last,
        rotations=tuple(_rotations(stay, programme)),
        contents=tuple(_contents(stay)),
        signers=(_signer(programme, stay.host, host), _signer(programme, stay.sending, sending)),
    )


def _rotations(stay: StayOnRecord, programme: Programme) -> Iterable[RotationLine]:
    for placement, reports in hours_of(stay):
        unit = stay.host.unit(placement.unit_id)
        supervisors = programme.contacts(stay.host.id, Role.SUPERVISOR, placement.unit_id)
        yield RotationLine(
            content=placement.content,
            unit=unit.name if unit else placement.unit_id,
            unit_zh=unit.name_zh if unit else "",
            first=placement.first,
            last=placement.last,
            hours=sum(row.hours_attended for row in reports),
            supervisor=supervisors[0].name if supervisors else "",
        )


def _contents(stay: StayOnRecord) -> Iterable[ContentLine]:
    for content in PROGRAMME_CONTENTS:
        hours = sum(row.hours_attended for row in stay.attendance if row.content is content)
        if hours:
            yield ContentLine(content=content, hours=hours)


def _university(programme: Programme, institution: Institution) -> University:
    logo = programme.logos.get(institution.id)
    return University(
        name=institution.name,
        name_zh=institution.name_zh,
        accent=institution.looks.accent if institution.looks else "",
        logo=logo.png if logo else b"",
    )


def _signer(programme: Programme, institution: Institution, university: University) -> Signer:
    contacts = ((programme.contacts(institution.id, role), title) for role, title in TITLES.items())
    name, signs_as = next(((found[0].name, title) for found, title in contacts if found), ("", OFFICE))
    role, role_zh = in_both(signs_as)
    return Signer(name=name, role=role, role_zh=role_zh, institution=university)
