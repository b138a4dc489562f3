"""How long papers are kept after an exchange, and which may be erased (D46)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from models.catalogue.kept import PROGRAMME, RetentionRule
from models.rules.stay import add_months


def kept_until(closed: Iterable[datetime], retention: Mapping[str, int]) -> dict[str, datetime]:
    """By purpose, the moment from which papers may be erased; retention is in days after the last exchange ended."""
    last = max(closed)
    return {purpose: last + timedelta(days=days) for purpose, days in retention.items()}


def rule_of(rules: Iterable[RetentionRule], kind: str, sending: str, host: str, today: date) -> RetentionRule | None:
    """The rule by which documents of a kind are kept; `None` where none says when they go: they are kept.

    `sending` and `host` are countries: their laws go before the programme, and the longest of them holds.
    """
    newest: dict[str, RetentionRule] = {}
    for rule in sorted(rules, key=lambda one: one.effective_from):
        if kind in rule.kinds and rule.effective_from <= today:
            newest[rule.jurisdiction] = rule
    bound = [one for one in newest.values() if one.jurisdiction in (host, "" if one.hosts_only else sending)]
    of_law = sorted(bound, key=lambda one: one.jurisdiction)
    return max(of_law, key=lambda one: one.months, default=newest.get(PROGRAMME))


def kept_through(ended: date, rule: RetentionRule) -> date:
    """The last day on which what a document says is kept, for an exchange that ended on a day."""
    return add_months(ended, rule.months)
