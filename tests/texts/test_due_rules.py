"""The rule behind a due time, in words of both languages."""

import pytest

from models.catalogue.loading import load_programme
from models.catalogue.policy import DueRule
from models.vocabulary import Anchor, Unit
from texts.due_rules import due_rule_words


@pytest.mark.parametrize(
    ("due", "rule", "english", "chinese"),
    [
        (
            DueRule(anchor=Anchor.START, offset=-8, unit=Unit.WEEKS, floor_days=10),
            "D12",
            "8 weeks before the first day of the stay, never under 10 days (D12)",
            "交流第一天前8周，且不少于10天（D12）",
        ),
        (
            DueRule(anchor=Anchor.ARRIVAL, offset=24, unit=Unit.HOURS),
            "D29",
            "24 hours after the arrival (D29)",
            "报到后24小时（D29）",
        ),
        (DueRule(anchor=Anchor.EVENT, offset=1, unit=Unit.DAYS), "", "1 day after what starts it", "触发事件后1天"),
        (
            DueRule(anchor=Anchor.END, offset=0, unit=Unit.DAYS),
            "D34",
            "at the last day of the stay (D34)",
            "交流最后一天时（D34）",
        ),
    ],
)
def test_a_rule_in_words(due: DueRule, rule: str, english: str, chinese: str) -> None:
    assert due_rule_words(due, rule, "en") == english
    assert due_rule_words(due, rule, "zh") == chinese


def test_every_rule_of_the_catalogue_has_words() -> None:
    for step in load_programme().policy.steps.values():
        for language in ("en", "zh"):
            words = due_rule_words(step.due, step.rule, language)
            assert words
            assert "{" not in words
