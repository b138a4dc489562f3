"""Passport, visa, form, agreement, and the status in the United States (D2, D3, D18, D23, D24)."""

from collections.abc import Iterator
from datetime import date, timedelta

from models.errors import Param
from models.facts.identity import PatientContact, UsStatus
from models.findings import FindingDraft
from models.rules.requirements.known import KnownFacts, RulesAt, StayAsked
from models.rules.requirements.saying import it_asks, it_blocks, it_holds
from models.rules.stay import add_months

UNDECIDED = "decide"
"""A form that the host's coordinator decides (D3)."""


def passport(rules: RulesAt, known: KnownFacts, stay: StayAsked) -> Iterator[FindingDraft]:
    """`D18.validity`: valid six calendar months after the last day. `D18.blank_pages`: enough of them.

    The last day on which the passport covers a stay is counted back from its expiry: `holds_until` is the latest last
    day of a stay that it would still allow.
    """
    if known.passport is None:
        return
    months, expires = rules.number("D18", "months_after_end"), known.passport.expires_on
    if months is not None:
        needed = add_months(stay.end, months)
        latest = months_before(expires, months)
        if expires < needed:
            params: dict[str, Param] = {"day": expires, "until": needed, "months": months}
            yield it_blocks("D18.validity", "expires_on", "requirement.passport_too_short", latest, **params)
        else:
            yield it_holds("D18.validity", "expires_on", latest)
    pages, least = known.passport.blank_pages, rules.number("D18", "blank_pages")
    if least is not None and pages is not None:
        if pages < least:
            yield it_blocks("D18.blank_pages", "blank_pages", "requirement.blank_pages", pages=pages, least=least)
        else:
            yield it_holds("D18.blank_pages", "blank_pages", None)


def visa(rules: RulesAt, known: KnownFacts, stay: StayAsked) -> Iterator[FindingDraft]:
    """`D2.class`: the class that the length of the stay asks for. `D2.permitted`: permitted through the last day."""
    if known.visa is None:
        return
    if stay.visa_class and rules.holds("D2"):
        if known.visa.visa_class != stay.visa_class:
            params: dict[str, Param] = {"found": known.visa.visa_class, "visa": stay.visa_class, "days": stay.days}
            yield it_blocks("D2.class", "visa_class", "requirement.visa_class", **params)
        else:
            yield it_holds("D2.class", "visa_class", None)
    until = known.visa.permitted_until
    if until >= stay.end:
        yield it_holds("D2.permitted", "permitted_until", until)
    elif stay.visa_class == "X1" and until >= stay.start:
        # Who enters on an X1 gets a residence permit afterwards, which reaches further (D32).
        yield it_holds("D2.permitted", "permitted_until", until)
    else:
        yield it_blocks("D2.permitted", "permitted_until", "requirement.stay_not_permitted", until, until=until)


def form(rules: RulesAt, known: KnownFacts, stay: StayAsked) -> Iterator[FindingDraft]:
    """`D3.form`: a stay of 28 or 29 days is below the range of every form, and the host's coordinator decides."""
    if stay.visa_form == UNDECIDED and rules.holds("D3"):
        yield it_asks("D3.form", "visa_form", "requirement.form_undecided", days=stay.days)


def agreement(rules: RulesAt, known: KnownFacts, stay: StayAsked) -> Iterator[FindingDraft]:
    """`D23.agreement`: no clinical day abroad without an active agreement that opens the clinic."""
    if stay.clinic_end is None or stay.clinic_open is None or not rules.holds("D23"):
        return
    if stay.clinic_open:
        yield it_holds("D23.agreement", "contents", None)
    else:
        yield it_blocks("D23.agreement", "contents", "requirement.clinic_not_open")


def status(rules: RulesAt, known: KnownFacts, stay: StayAsked) -> Iterator[FindingDraft]:
    """`D24.<what>`: what the status in the United States allows, as B-1 or as J-1 (9 FAM 402.2-5(E)(3))."""
    if known.status is None or not rules.holds("D24"):
        return
    if known.status.contact is PatientContact.DIRECT:
        yield it_blocks("D24.contact", "contact", "requirement.no_patient_care")
    against = tuple(_as_b1(known, stay) if known.status.status is UsStatus.B1 else _as_j1(rules, known, stay))
    yield from against
    if not against and known.status.contact is not PatientContact.DIRECT:
        yield it_holds("D24.status", "status", None)


def _as_b1(known: KnownFacts, stay: StayAsked) -> Iterator[FindingDraft]:
    """For medical students of another country in an elective, unpaid, at a teaching hospital; others only watch."""
    facts = known.status
    assert facts is not None
    if facts.paid:
        yield it_blocks("D24.paid", "paid", "requirement.b1_unpaid")
    elective = facts.foreign_medical_student and facts.at_teaching_hospital
    if stay.clinic_end is not None and facts.contact is not PatientContact.NONE and not elective:
        yield it_blocks("D24.elective", "foreign_medical_student", "requirement.b1_elective")
    if stay.laboratory:
        yield it_asks("D24.research", "status", "requirement.b1_research")


def _as_j1(rules: RulesAt, known: KnownFacts, stay: StayAsked) -> Iterator[FindingDraft]:
    """Research and short-term scholars treat nobody; who meets patients by the way needs degree and letter."""
    facts = known.status
    assert facts is not None
    months = rules.number("D24", "j1_max_months")
    if months is not None and add_months(stay.start, months) <= stay.end:
        yield it_blocks("D24.length", "status", "requirement.j1_too_long", months=months)
    if facts.contact is PatientContact.INCIDENTAL:
        if not facts.medical_degree:
            yield it_blocks("D24.degree", "medical_degree", "requirement.j1_degree")
        elif not facts.five_point_letter:
            yield it_blocks("D24.letter", "five_point_letter", "requirement.j1_letter")


def months_before(expires: date, months: int) -> date:
    """The latest day to which so many calendar months may be added without going beyond a day."""
    day = add_months(expires, -months) if expires.year > 1 else expires
    while add_months(day + timedelta(days=1), months) <= expires:
        day += timedelta(days=1)
    while add_months(day, months) > expires:
        day -= timedelta(days=1)
    return day
