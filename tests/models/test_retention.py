"""Which rule keeps a kind of document, and through which day."""

from datetime import date

import pytest

from models.catalogue.kept import RetentionRule, retention_faults
from models.catalogue.loading import load_programme
from models.rules.retention import kept_through, rule_of

DAY = date(2030, 1, 1)


def rule(
    id: str, months: int, jurisdiction: str = "programme", since: date = date(2026, 1, 1), *, hosts_only: bool = False
) -> RetentionRule:
    where = {"jurisdiction": jurisdiction, "hosts_only": hosts_only}
    return RetentionRule.model_validate(
        {"id": id, "kinds": ("visa",), "months": months, "effective_from": since, "source": "s", "text": "t", **where}
    )


@pytest.mark.parametrize(
    ("ended", "months", "through"),
    [
        (date(2027, 5, 31), 12, date(2028, 5, 31)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2027, 12, 31), 1, date(2028, 1, 31)),
    ],
)
def test_months_are_those_of_the_calendar(ended: date, months: int, through: date) -> None:
    assert kept_through(ended, rule("a", months)) == through


def test_law_goes_before_the_programme_and_the_longest_holds() -> None:
    rules = (rule("p", 90), rule("us", 36, "US"), rule("fi", 60, "FI"), rule("kr", 99, "KR", hosts_only=True))
    sides = (("", ""), ("US", ""), ("", "US"), ("US", "FI"), ("CN", "CN"), ("KR", "US"), ("US", "KR"))
    chosen = [rule_of(rules, "visa", sending, host, DAY) for sending, host in sides]
    assert [one.id for one in chosen if one] == ["p", "us", "us", "fi", "p", "us", "kr"]
    assert rule_of(rules, "passport", "US", "US", DAY) is None


def test_the_newest_version_whose_day_has_come_holds() -> None:
    rules = (rule("b", 6, since=DAY), rule("a", 12))
    found = [rule_of(rules, "visa", "", "", day) for day in (date(2025, 12, 31), date(2029, 12, 31), DAY)]
    assert [one.id if one else None for one in found] == [None, "a", "b"]


def test_two_rules_of_one_day_are_a_fault() -> None:
    assert [one.key for one in retention_faults({"a": rule("a", 1), "b": rule("b", 2)})] == ["b.kinds[visa]"]


def test_every_kind_of_the_programme_has_a_rule_that_the_catalogue_knows() -> None:
    programme = load_programme()
    asked = {one.kind for one in programme.policy.documents if not one.hosts}
    ruled = {kind for one in programme.kept for kind in one.kinds}
    assert asked - ruled == set()
    assert ruled - asked == set()
