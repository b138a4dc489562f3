"""Every committed history replays, carries no personal data, and the happy path keeps its budget of events."""

import re
from collections import Counter
from collections.abc import Callable
from itertools import chain

import pytest
from temporalio.worker import Replayer

from demo.cohort import STUDENTS
from examples.papers import SPECIMEN
from models.vocabulary import Outcome
from tests.histories import golden
from worker import WORKFLOWS
from workflows.plugin import plugin

BIRTH_DATE = re.compile(r"\b(19[4-9]\d|200\d)-\d\d-\d\d\b")
"""Birth dates of students between 17 and 80; no date of an exchange is that old."""


def test_every_ending_is_recorded() -> None:
    assert {f"{outcome}.exchange" for outcome in Outcome} <= set(golden.names())


@pytest.mark.parametrize("sandboxed", [True, False], ids=["in the sandbox", "as in production"])
@pytest.mark.parametrize("name", golden.names())
async def test_history_replays(name: str, *, sandboxed: bool) -> None:
    replayer = Replayer(workflows=WORKFLOWS, plugins=[plugin(sandboxed=sandboxed)])
    await replayer.replay_workflow(golden.history(name))


def personal_data() -> set[str]:
    """Every name, address and passport number of the demo's cohort, and what was written as a comment."""
    people = STUDENTS.values()
    found = set(chain.from_iterable((s.family, s.native, f"{s.number.lower()}@") for s in people))
    given = chain.from_iterable(s.given.split() for s in people)
    notes = {"flood", "No supervisor this year"}
    return {text for text in found | set(given) | notes | {SPECIMEN.number} if len(text) > 2 or not text.isascii()} - {
        ""
    }


@pytest.mark.parametrize("name", golden.names())
def test_history_carries_no_personal_data(name: str) -> None:
    carried = "\n".join(golden.payloads(golden.events(name)))
    assert len(carried) > 500
    found = [text for text in personal_data() if re.search(rf"(?<![A-Za-z]){re.escape(text)}(?![A-Za-z])", carried)]
    assert found == []
    assert BIRTH_DATE.search(carried) is None


def test_the_search_for_personal_data_finds_what_it_looks_for() -> None:
    assert {"Rivera", "Grace", "陈恩慈", "d01@"} <= personal_data()
    assert BIRTH_DATE.search("2001-05-01")


def test_budget_of_the_happy_path(record_property: Callable[[str, object], None]) -> None:
    """Events ≤ 1.10 × (8 for a person's act + 6 for a regular activity + 6), over the exchange and its rotations."""
    parts = [n for n in golden.names() if n.startswith("completed.") and not n.endswith(".cohort")]
    kinds = Counter(e["eventType"].removeprefix("EVENT_TYPE_") for n in parts for e in golden.events(n))
    events = kinds.total()
    acts = kinds["WORKFLOW_EXECUTION_UPDATE_ACCEPTED"]
    activities = kinds["ACTIVITY_TASK_SCHEDULED"]
    budget = 1.10 * (8 * acts + 6 * activities + 6)
    record_property("history_budget", f"{events} events, {acts} acts, {activities} activities, at most {budget:.0f}")
    assert len(parts) == 3
    assert acts > 30
    assert events <= budget, (
        f"{events} events for {acts} acts and {activities} activities, at most {budget:.0f}: {kinds}"
    )
