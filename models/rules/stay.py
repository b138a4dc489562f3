"""The rules of a stay: length, visa, form, documents, arrival (D1-D3, D12, D17, D35).

Pure functions over a plan and the catalogue. The numbers are the policy's rule values.
"""

import calendar
from datetime import date, timedelta

from pydantic import Field

from models.catalogue.jurisdiction import NO_FORM, EntryRight
from models.catalogue.policy import DocumentPolicy, Policy
from models.catalogue.programme import CLOSE_WEEKS, Programme, rule_value
from models.errors import Param, Plain, plain
from models.messages.exchange import Plan
from models.vocabulary import Content, StepKind
from models.wire import Wire

LIMITS: dict[str, dict[str, int]] = {
    "D1": {"min_days": 28, "max_months": 6, "late_arrival_days": 0},
    "D18": {"renewal_days": 60},
    "D27": {"renewal_days": 30},
    "D4": {"close_weeks_before_start": CLOSE_WEEKS},
    "D12": {"host_decision_weeks": 8},
    "D35": {"ask_arrival_days": 7},
    "D38": {"most_days_between_hosts": 14},
    "D39": {"request_weeks": 5},
    "D41": {"midpoint_after_months": 6},
    "D42": {"most_hours_a_day": 24, "least_hours_a_week": 0},
    "D29": {"rural_hours": 72},
    "D31": {"file_days_before": 7},
    "D32": {"renew_days_before": 30},
    "D36": {"renewal_days": 21},
}
"""The rule values used here. A policy frozen before a value existed is read with the one named here: as in the seed,
or as the rule was kept before there was a value."""


class Fault(Wire):
    """Something wrong with a nomination: its column, the value as typed, the sentence about it, and the rule."""

    field: str
    """A column of the nomination file."""
    value: str = ""
    message: str
    params: dict[str, Plain] = Field(default_factory=dict)
    rule: str = ""


def fault_of(field: str, message: str, rule: str = "", value: str = "", /, **params: Param) -> Fault:
    """A fault with the parameters of its sentence."""
    plain_params = {name: plain(given) for name, given in params.items()}
    return Fault(field=field, value=value, message=message, rule=rule, params=plain_params)


def limit(policy: Policy, rule: str, name: str) -> int:
    """One number of a rule, as the policy has it."""
    return int(rule_value(policy, rule, name, LIMITS[rule][name]))


def add_months(day: date, months: int) -> date:
    """The same day so many calendar months later, or that month's last day where it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def days_of(start: date, end: date) -> int:
    """Length in days, both ends included (D1)."""
    return (end - start).days + 1


def latest_end(start: date, policy: Policy) -> date:
    """The last day on which a stay from `start` may end: six calendar months later, less a day (D1)."""
    return add_months(start, limit(policy, "D1", "max_months")) - timedelta(days=1)


def duration_faults(start: date, end: date, policy: Policy) -> tuple[Fault, ...]:
    """What is wrong with the length of a stay: 4 weeks to 6 months (D1)."""
    days, shortest, latest = days_of(start, end), limit(policy, "D1", "min_days"), latest_end(start, policy)
    typed = end.isoformat()
    if days < 1:
        return (fault_of("end", "stay.end_before_start", "D1", typed, start=start),)
    if days < shortest:
        return (fault_of("end", "stay.too_short", "D1", typed, days=days, least=shortest),)
    if end > latest:
        months = limit(policy, "D1", "max_months")
        return (fault_of("end", "stay.too_long", "D1", typed, months=months, start=start, latest=latest),)
    return ()


def forgiven_days(planned_start: date, arrived_on: date, most: int) -> int:
    """How many days of a late arrival count as if the student had been there, in days; none of a longer delay (D1).

    `most` is the value `late_arrival_days` of the rule.
    """
    late = (arrived_on - planned_start).days
    return late if 0 < late <= most else 0


def midpoint(first: date, last: date, policy: Policy) -> date | None:
    """The middle day of a rotation that is longer than so many calendar months; unset of a shorter one (D41)."""
    longest = add_months(first, limit(policy, "D41", "midpoint_after_months")) - timedelta(days=1)
    return first + (last - first) // 2 if last > longest else None


def latest_arrival(start: date, end: date, min_days: int, late_arrival_days: int) -> date:
    """The last day on which a student may arrive whose stay, left on its planned last day, earns a certificate (D1).

    The numbers are those values of the rule, in days.
    """
    in_full = end - timedelta(days=min_days - 1)
    return max(in_full, start + timedelta(days=late_arrival_days))


def is_far_from_start(start: date, arrived_on: date, policy: Policy) -> bool:
    """Whether an arrival lies so far from the planned first day, before or after it, that it is asked about (D35)."""
    return abs((arrived_on - start).days) > limit(policy, "D35", "ask_arrival_days")


def complete_plan(plan: Plan, programme: Programme, nationality: str = "") -> Plan:
    """The plan with what follows from it: direction, host country, way of entry, visa class and form (D2, D3, D24).

    Without a nationality the student needs a visa.
    """
    law = programme.law_at(plan.host)
    entry = law.entry(nationality, plan.days)
    needs = entry is EntryRight.VISA
    return plan.model_copy(
        update={
            "direction": programme.direction(plan.host),
            "host_country": _country(plan.host, programme),
            "entry": entry,
            "visa_form": law.form(plan.days) if needs else NO_FORM,
            "visa_class": law.visa_class(plan.days) if needs else "",
        }
    )


def is_fast_track(start: date, on: date, policy: Policy) -> bool:
    """Whether on this day the stay starts too soon for the host's usual deadline; a flag, never a refusal (D12)."""
    return start - on < timedelta(weeks=limit(policy, "D12", "host_decision_weeks"))


def required_documents(policy: Policy, plan: Plan, step: StepKind) -> tuple[DocumentPolicy, ...]:
    """The documents that a step of this stay asks for: by direction, clinical part, entry and visa form (D17-D22)."""
    return tuple(
        document
        for document in policy.documents
        if document.step is step
        and plan.direction in document.directions
        and document.asked_at(plan.host)
        and (not document.clinical_only or Content.CLINICAL in plan.kinds())
        and (not document.entries or plan.entry in document.entries)
        and (not document.visa_forms or plan.visa_form in document.visa_forms)
    )


def _country(institution_id: str, programme: Programme) -> str:
    found = programme.institution(institution_id)
    return found.country if found else ""
