"""Exchanges that began before answers were data read them as they did then."""

import json

import pytest

from models.catalogue.answers import Ends
from models.catalogue.earlier import is_earlier
from models.catalogue.loading import load_programme
from models.catalogue.policy import Policy
from models.vocabulary import StepKind
from tests.histories import golden

TODAY = load_programme().policy
MADE_TRUE = {
    (StepKind.FIND_BED, "none"),
    (StepKind.FIND_PLACE, "none"),
    (StepKind.CONFIRM_REENTRY, "not_returning"),
}
"""Answers that mean something else since."""
ASKS_A_DAY = {(StepKind.WATCH_STAY, "left"), (StepKind.CONFIRM_REENTRY, "not_returning")}
"""Answers that say since when, since."""


def recorded() -> dict[str, Policy]:
    """The policies that the golden histories of exchanges began with, by version."""
    found: dict[str, Policy] = {}
    for name in golden.names():
        if name.endswith(".exchange"):
            arguments = golden.events(name)[0]["workflowExecutionStartedEventAttributes"]["input"]
            policy = Policy.model_validate(json.loads(next(golden.payloads(arguments)))["policy"])
            found[policy.version] = policy
    return found


POLICIES = recorded()
EARLIER = {version: policy for version, policy in POLICIES.items() if is_earlier(version)}


def test_there_are_earlier_and_later_ones() -> None:
    assert EARLIER
    assert len(POLICIES) > len(EARLIER)
    assert not is_earlier(TODAY.version)
    assert not is_earlier("")


@pytest.mark.parametrize("version", EARLIER)
def test_every_answer_of_an_earlier_policy_ends_what_it_ended(version: str) -> None:
    for kind, step in EARLIER[version].steps.items():
        assert not step.answers
        assert step.answer("made_up") is None
        for name in step.outcomes:
            then, now = step.answer(name), TODAY.step(kind).answers[name]
            assert then is not None
            if (kind, name) not in MADE_TRUE:
                assert (then.ends is Ends.EXCHANGE, then.outcome) == (now.ends is Ends.EXCHANGE, now.outcome), kind
                assert (then.given_by, then.clock, then.reason) == (now.given_by, now.clock, now.reason), kind
                assert set(then.needs) <= set(now.needs), kind
            if (kind, name) in ASKS_A_DAY:
                continue
            # What was one click, or given to many at once or by a link, still is; nothing else has become so.
            assert (then.at_once, then.bulk, then.link) == (now.at_once, now.bulk, now.link), (kind, name)


def test_what_was_made_true_since_is_read_as_it_was() -> None:
    [policy, *_] = EARLIER.values()
    for kind in (StepKind.FIND_BED, StepKind.FIND_PLACE):
        then = policy.step(kind).answer("none")
        assert then is not None
        assert then.outcome == "rejected"
