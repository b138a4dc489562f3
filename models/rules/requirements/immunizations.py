"""The immunization evaluator for a record in the shape of the AAMC form: doses, intervals, antibodies, season (D27)."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from models.errors import Param
from models.facts.health import Antigen, ImmunizationFacts, Serology, TestResult, Vaccine
from models.findings import FindingDraft
from models.rules.requirements.known import KnownFacts, RulesAt, StayAsked
from models.rules.requirements.saying import it_asks, it_blocks, it_holds, it_warns
from models.rules.stay import add_months

DAY = timedelta(days=1)
MMR = {
    Antigen.MEASLES: (Vaccine.MMR, Vaccine.MEASLES),
    Antigen.MUMPS: (Vaccine.MMR, Vaccine.MUMPS),
    Antigen.RUBELLA: (Vaccine.MMR, Vaccine.RUBELLA),
}
"""Which vaccines count against each of the three."""


def immunizations(rules: RulesAt, known: KnownFacts, stay: StayAsked) -> Iterator[FindingDraft]:
    """`D27.<what>`: everything that an immunization record has to show before the first clinical day."""
    record = known.immunizations
    if record is None or stay.clinic_end is None or not rules.holds("D27"):
        return
    yield from _not_yet_given(record, stay.checked_on)
    for antigen, vaccines in MMR.items():
        doses, interval = rules.number("D27", f"{antigen}_doses"), rules.number("D27", "live_interval_days")
        if doses is not None:
            yield from _by_doses(record, stay, antigen, vaccines, [interval or 0] * (doses - 1))
    doses, interval = rules.number("D27", "varicella_doses"), rules.number("D27", "live_interval_days")
    if doses is not None:
        yield from _by_doses(record, stay, Antigen.VARICELLA, (Vaccine.VARICELLA,), [interval or 0] * (doses - 1))
    yield from _tetanus(rules, record, stay)
    yield from _hepatitis_b(rules, record, stay)
    yield from _influenza(rules, record, stay)


def days_given(record: ImmunizationFacts, vaccines: Sequence[Vaccine], today: date) -> list[date]:
    """The days on which one of the vaccines was given until today, each once, in order."""
    return sorted({dose.given_on for dose in record.doses if dose.vaccine in vaccines and dose.given_on <= today})


def valid_doses(given: Sequence[date], intervals: Sequence[int]) -> list[date]:
    """The doses of a series that count: each at least so many days after the one that counted before it.

    `intervals` are days from the first to the second, from the second to the third and so on; beyond them the last one.
    """
    counted: list[date] = []
    for day in given:
        if not counted:
            counted.append(day)
            continue
        least = intervals[min(len(counted), len(intervals)) - 1] if intervals else 0
        if (day - counted[-1]).days >= least:
            counted.append(day)
    return counted


def latest_serology(record: ImmunizationFacts, antigen: Antigen, today: date) -> Serology | None:
    """The last test for an antibody until today."""
    drawn = [one for one in record.serologies if one.antigen is antigen and one.drawn_on <= today]
    return max(drawn, key=lambda one: one.drawn_on, default=None)


def _not_yet_given(record: ImmunizationFacts, today: date) -> Iterator[FindingDraft]:
    ahead = [dose.given_on for dose in record.doses] + [one.drawn_on for one in record.serologies]
    if any(day > today + DAY for day in ahead):  # today may be a day ahead where it was given
        yield it_blocks("D27.dates", "doses", "requirement.dose_in_future", day=max(ahead))


def _by_doses(
    record: ImmunizationFacts,
    stay: StayAsked,
    antigen: Antigen,
    vaccines: Sequence[Vaccine],
    intervals: Sequence[int],
) -> Iterator[FindingDraft]:
    """Met by a series or by antibodies; which of both is missing says what to do."""
    rule, field, wanted = f"D27.{antigen}", str(antigen), len(intervals) + 1
    test = latest_serology(record, antigen, stay.checked_on)
    if test is not None and test.result is TestResult.POSITIVE:
        yield it_holds(rule, field, None)
        return
    given = days_given(record, vaccines, stay.checked_on)
    counted = valid_doses(given, intervals)
    if len(counted) >= wanted:
        yield it_holds(rule, field, None)
        return
    params: dict[str, Param] = {"antigen": antigen, "doses": len(counted), "least": wanted}
    if not counted:
        yield it_blocks(rule, field, "requirement.doses_or_serology", **params)
        return
    days = intervals[len(counted) - 1]
    from_day = counted[-1] + timedelta(days=days)
    if len(given) > len(counted):
        yield it_blocks(rule, field, "requirement.dose_too_early", antigen=antigen, days=days, first=from_day)
    else:
        yield it_blocks(rule, field, "requirement.dose_missing", first=from_day, **params)


def _tetanus(rules: RulesAt, record: ImmunizationFacts, stay: StayAsked) -> Iterator[FindingDraft]:
    """Tdap once, and a booster of Td or Tdap where the last of either is more than ten years ago on a clinical day."""
    years = rules.number("D27", "tdap_booster_years")
    if years is None:
        return
    if not days_given(record, (Vaccine.TDAP,), stay.checked_on):
        yield it_blocks("D27.tdap", "tdap", "requirement.tdap_missing")
        return
    last = days_given(record, (Vaccine.TDAP, Vaccine.TD), stay.checked_on)[-1]
    until = add_months(last, 12 * years)
    assert stay.clinic_end is not None
    if until < stay.clinic_end:
        yield it_blocks("D27.tdap", "tdap", "requirement.booster_needed", until, years=years, until=until)
    else:
        yield it_holds("D27.tdap", "tdap", until)


def _hepatitis_b(rules: RulesAt, record: ImmunizationFacts, stay: StayAsked) -> Iterator[FindingDraft]:
    """A series of three, with its intervals, and antibodies measured after it, in mIU/mL."""
    doses = rules.number("D27", "hepatitis_b_doses")
    if doses is None:
        return
    intervals = [rules.number("D27", f"hepatitis_b_interval_{n}_days") or 0 for n in range(1, doses)]
    given = days_given(record, (Vaccine.HEPATITIS_B,), stay.checked_on)
    counted = valid_doses(given, intervals)
    whole = rules.number("D27", "hepatitis_b_whole_days") or 0
    # The last dose counts only once the whole series took long enough.
    while len(counted) >= doses and (counted[-1] - counted[0]).days < whole:
        counted.pop()
    if len(counted) < doses:
        after = [counted[-1] + timedelta(days=intervals[len(counted) - 1])] if counted else [stay.checked_on]
        if len(counted) == doses - 1 and counted:
            after.append(counted[0] + timedelta(days=whole))
        params: dict[str, Param] = {
            "antigen": Antigen.HEPATITIS_B,
            "doses": len(counted),
            "least": doses,
            "first": max(after),
        }
        yield it_blocks("D27.hepatitis_b", "hepatitis_b", "requirement.dose_missing", **params)
        return
    yield it_holds("D27.hepatitis_b", "hepatitis_b", None)
    yield from _antibodies(rules, record, stay, counted[doses - 1])


def _antibodies(rules: RulesAt, record: ImmunizationFacts, stay: StayAsked, last_dose: date) -> Iterator[FindingDraft]:
    least = rules.number("D27", "anti_hbs_least")
    if least is None:
        return
    rule, field = "D27.anti_hbs", "anti_hbs"
    test = latest_serology(record, Antigen.HEPATITIS_B, stay.checked_on)
    if test is None or test.quantity is None:
        after = last_dose + timedelta(days=rules.number("D27", "anti_hbs_after_days") or 0)
        yield it_blocks(rule, field, "requirement.anti_hbs_missing", first=after)
    elif test.quantity < least:
        # What follows (a booster, a second series, care as a non-responder) is for occupational health to say.
        yield it_asks(rule, field, "requirement.anti_hbs_low")
    else:
        yield it_holds(rule, field, None)


def _influenza(rules: RulesAt, record: ImmunizationFacts, stay: StayAsked) -> Iterator[FindingDraft]:
    """A dose of every season in which there is a clinical day; of one that cannot be had yet, a warning."""
    names = ("influenza_first_month", "influenza_last_month", "influenza_given_from_month")
    first_month, last_month, given_from = (rules.number("D27", name) for name in names)
    if first_month is None or last_month is None or given_from is None or stay.clinic_end is None:
        return
    clinic_start = stay.clinic_start or stay.start
    until: date | None = None
    for year in range(clinic_start.year - 1, stay.clinic_end.year + 1):
        first = date(year, first_month, 1)
        last = add_months(date(year + 1 if last_month < first_month else year, last_month, 1), 1) - DAY
        if last < clinic_start or first > stay.clinic_end:
            continue
        available = date(year, given_from, 1)
        given = days_given(record, (Vaccine.INFLUENZA,), stay.checked_on)
        before = max(first, clinic_start) - DAY
        if any(available <= day <= last for day in given):
            until = last
        elif stay.checked_on < available:
            yield it_warns("D27.influenza", "influenza", "requirement.influenza_later", before, first=available)
            return
        else:
            yield it_blocks("D27.influenza", "influenza", "requirement.influenza", before, first=available, last=last)
            return
    # Where the clinic ends outside a season, nothing more is asked of it.
    yield it_holds("D27.influenza", "influenza", max(until, stay.clinic_end) if until else stay.clinic_end)
