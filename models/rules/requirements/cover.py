"""Insurance: every single day of the stay, amounts, deductible, co-pay and rating (D20, D25), and liability (D28)."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple, TypeVar

from models.errors import Param
from models.facts.cover import CoverFacts, CoverTerm, LiabilityFacts
from models.findings import FindingDraft
from models.rules.requirements.known import KnownFacts, RulesAt, StayAsked
from models.rules.requirements.saying import it_asks, it_blocks, it_holds

Cover = TypeVar("Cover", CoverFacts, LiabilityFacts)
DAY = timedelta(days=1)
RATINGS = ("D", "C-", "C", "C+", "C++", "B-", "B", "B+", "B++", "A-", "A", "A+", "A++")
"""What A.M. Best says of an insurer's strength, from weak to strong."""


class Gap(NamedTuple):
    """Days that nothing covers, both included."""

    first: date
    last: date


def gaps(terms: Sequence[CoverTerm], first: date, last: date) -> tuple[Gap, ...]:
    """The stretches between two days, both included, that none of the terms covers, in order."""
    found: list[Gap] = []
    day = first
    for term in sorted(terms, key=lambda term: term.first_day):
        if day > last:
            break
        if term.first_day > day:
            found.append(Gap(day, min(term.first_day - DAY, last)))
        day = max(day, term.last_day + DAY) if term.last_day < date.max else last + DAY
    if day <= last:
        found.append(Gap(day, last))
    return tuple(found)


def covered_until(terms: Sequence[CoverTerm], first: date) -> date | None:
    """The last day that is covered without a gap from a day on; unset where that day itself is not."""
    until: date | None = None
    for term in sorted(terms, key=lambda term: term.first_day):
        day = until + DAY if until is not None and until < date.max else first
        if term.first_day <= day <= term.last_day:
            until = term.last_day
    return until


def every_day(rules: RulesAt, known: KnownFacts, stay: StayAsked) -> Iterator[FindingDraft]:
    """`D25.days`: health insurance covers every day of the stay, the first and the last too; gaps are named.

    The rule of every day is the programme's (D20), and by law in the United States (D25).
    """
    if known.covers:
        yield from _days("D25.days", known.covers, stay.start, stay.end, stay.checked_on)


def amounts(rules: RulesAt, known: KnownFacts, stay: StayAsked) -> Iterator[FindingDraft]:
    """`D25.<what>`: each policy pays at least so much, leaves at most so much to the student (22 CFR 62.14)."""
    for cover in _counting(known.covers, stay.start, stay.end):
        if rules.number("D25", "per_illness") is not None and not _in_currency(rules, cover.currency):
            yield it_asks("D25.currency", "currency", "requirement.currency", currency=cover.currency)
            continue
        for name in ("per_illness", "repatriation", "evacuation"):
            yield from _at_least("D25", name, getattr(cover, name), rules.number("D25", name), cover.currency)
        yield from _at_most("D25", "deductible", cover.deductible, rules.number("D25", "deductible"), cover.currency)
        yield from _copay(rules, cover)
        yield from _rating(rules, cover)


def liability(rules: RulesAt, known: KnownFacts, stay: StayAsked) -> Iterator[FindingDraft]:
    """`D28.<what>`: liability insurance covers every clinical day, for at least what the host asks (D28)."""
    if not known.liabilities or stay.clinic_end is None:
        return
    first, last = stay.clinic_start or stay.start, stay.clinic_end
    yield from _days("D28.days", known.liabilities, first, last, stay.checked_on)
    for policy in _counting(known.liabilities, first, last):
        if rules.number("D28", "per_claim") is not None and policy.currency != rules.word("D28", "currency"):
            yield it_asks("D28.currency", "currency", "requirement.currency", currency=policy.currency)
            continue
        yield from _at_least("D28", "per_claim", policy.per_claim, rules.number("D28", "per_claim"), policy.currency)
        yield from _at_least("D28", "in_all", policy.in_all, rules.number("D28", "in_all"), policy.currency)


def _days(rule: str, terms: Sequence[CoverTerm], first: date, last: date, today: date) -> Iterator[FindingDraft]:
    until = covered_until(terms, max(first, min(today, last)))
    missing = gaps(terms, first, last)
    for gap in missing:
        if gap.first == gap.last:
            yield it_blocks(rule, "last_day", "requirement.day_not_covered", until, day=gap.first)
        else:
            yield it_blocks(rule, "last_day", "requirement.days_not_covered", until, first=gap.first, last=gap.last)
    if not missing:
        yield it_holds(rule, "last_day", until)


def _counting(terms: Sequence[Cover], first: date, last: date) -> list[Cover]:
    """Those that cover a day which matters."""
    return [term for term in terms if term.first_day <= last and term.last_day >= first]


def _in_currency(rules: RulesAt, currency: str) -> bool:
    return currency == (rules.word("D25", "currency") or currency)


def _at_least(rule: str, name: str, found: int | None, least: int | None, currency: str) -> Iterator[FindingDraft]:
    if least is None:
        return
    rule_id = f"{rule}.{name}"
    if found is None:
        yield it_blocks(rule_id, name, "requirement.amount_unknown", cover=name, least=least, currency=currency)
    elif found < least:
        params: dict[str, Param] = {"cover": name, "found": found, "least": least, "currency": currency}
        yield it_blocks(rule_id, name, "requirement.amount_too_low", **params)
    else:
        yield it_holds(rule_id, name, None)


def _at_most(rule: str, name: str, found: int | None, most: int | None, currency: str) -> Iterator[FindingDraft]:
    if most is None:
        return
    rule_id = f"{rule}.{name}"
    if found is None:
        yield it_blocks(rule_id, name, "requirement.share_unknown", cover=name, most=most, currency=currency)
    elif found > most:
        params: dict[str, Param] = {"cover": name, "found": found, "most": most, "currency": currency}
        yield it_blocks(rule_id, name, "requirement.share_too_high", **params)
    else:
        yield it_holds(rule_id, name, None)


def _copay(rules: RulesAt, cover: CoverFacts) -> Iterator[FindingDraft]:
    most = rules.number("D25", "copay_percent")
    if most is None:
        return
    if cover.copay_percent is None:
        yield it_blocks("D25.copay_percent", "copay_percent", "requirement.copay_unknown", most=most)
    elif cover.copay_percent > most:
        found = float(cover.copay_percent)
        yield it_blocks("D25.copay_percent", "copay_percent", "requirement.copay_too_high", found=found, most=most)
    else:
        yield it_holds("D25.copay_percent", "copay_percent", None)


def _rating(rules: RulesAt, cover: CoverFacts) -> Iterator[FindingDraft]:
    """A weaker rating is not accepted; one of another agency, or a state's word instead, is for a person."""
    least = rules.word("D25", "rating")
    if not least:
        return
    found = cover.rating.strip().upper()
    if found in RATINGS and RATINGS.index(found) >= RATINGS.index(least):
        yield it_holds("D25.rating", "rating", None)
    elif found in RATINGS and not cover.backed_by_state:
        yield it_blocks("D25.rating", "rating", "requirement.rating_too_low", rating=found, least=least)
    else:
        yield it_asks("D25.rating", "rating", "requirement.rating_unknown", least=least)
