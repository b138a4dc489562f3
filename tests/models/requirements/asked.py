"""What the tests of the requirements ask with: the real rules, a stay in each country, a record that lacks nothing."""

from datetime import date
from typing import Any

from models.catalogue.loading import load_programme
from models.facts import StatedFacts
from models.facts.health import Antigen, Dose, ImmunizationFacts, Serology, TestResult, Vaccine
from models.findings import FindingDraft
from models.rules.requirements import StayAsked, evaluate_by_kind, known_facts
from models.vocabulary import Severity

RULES = load_programme().policy.rules
START, END, TODAY = date(2027, 3, 1), date(2027, 5, 30), date(2026, 12, 1)
CLINIC = {"clinic_start": date(2027, 4, 1), "clinic_end": date(2027, 5, 28)}


def stay(country: str = "US", **other: Any) -> StayAsked:
    """A stay of 91 days from 1 March 2027, with a clinic from 1 April to 28 May."""
    return StayAsked(**{"start": START, "end": END, "checked_on": TODAY, "host_country": country, **CLINIC, **other})


def said(kind: str, *facts: StatedFacts, of: StayAsked | None = None, rules: Any = RULES) -> dict[str, FindingDraft]:
    """What is found of the documents of one kind, by rule."""
    found = evaluate_by_kind(rules, known_facts({kind: facts}), of or stay()).get(kind, ())
    return {finding.rule_id: finding for finding in found}


def against(kind: str, *facts: StatedFacts, of: StayAsked | None = None, rules: Any = RULES) -> dict[str, str]:
    """By rule, the message of everything that does not hold."""
    found = said(kind, *facts, of=of, rules=rules)
    return {rule: one.message for rule, one in found.items() if one.severity is not Severity.INFORMING}


def doses(vaccine: Vaccine, *days: str) -> tuple[Dose, ...]:
    """Doses of a vaccine on days."""
    return tuple(Dose(vaccine=vaccine, given_on=date.fromisoformat(day)) for day in days)


def antibodies(antigen: Antigen, on: str, result: str = "positive", quantity: float | None = None) -> Serology:
    """A test for antibodies."""
    return Serology(antigen=antigen, drawn_on=date.fromisoformat(on), result=TestResult(result), quantity=quantity)


WHOLE = {
    Vaccine.MMR: ("2004-05-10", "2008-09-01"),
    Vaccine.VARICELLA: ("2005-01-10", "2009-01-10"),
    Vaccine.TDAP: ("2020-06-01",),
    Vaccine.HEPATITIS_B: ("2003-05-01", "2003-06-01", "2003-11-01"),
    Vaccine.INFLUENZA: ("2026-10-05",),
}


def record(serologies: tuple[Serology, ...] | None = None, **instead: tuple[str, ...]) -> ImmunizationFacts:
    """A record that lacks nothing, with other days of some vaccines."""
    given = WHOLE | {Vaccine(name): days for name, days in instead.items()}
    tests = (antibodies(Antigen.HEPATITIS_B, "2026-09-01", quantity=120),) if serologies is None else serologies
    return ImmunizationFacts(doses=tuple(d for v, days in given.items() for d in doses(v, *days)), serologies=tests)
