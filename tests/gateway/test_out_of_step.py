"""A workflow that the records have overtaken: the act is sent again, and kept where that does not help in time."""

from unittest.mock import AsyncMock

import pytest

from gateway import updates
from gateway.updates import Updates
from models.errors import OutOfStep, SojournError, Unavailable
from models.identifiers import exchange_workflow_id
from models.messages.acts import Act
from models.messages.exchange import Decide, Decided
from models.people.authorization import Actor
from models.vocabulary import Role, Stage
from portal.app import STATUS
from tests.records.story import ANN, STEP
from texts.refusals import refusal

BEHIND = OutOfStep("records.overtaken", stream=ANN)
ACTOR = Actor(id="dartmouth.coordinator", role=Role.COORDINATOR, institution="dartmouth")
DECISION = Decide(decision_id="d-1", step_id=STEP, outcome="approve", actor=ACTOR)
ACT = Act(workflow_id=exchange_workflow_id(ANN), key="d-1", kind="decide", actor=ACTOR, request=DECISION, about=ANN)
DONE = Decided(step_id=STEP, outcome="approve", stage=Stage.SEAT)


def sending(monkeypatch: pytest.MonkeyPatch, *answers: SojournError | Decided) -> tuple[Updates, AsyncMock]:
    """A gateway whose workflow answers these, one after the other."""
    monkeypatch.setattr(updates, "CATCHING_UP", (0.0, 0.0))
    gateway = Updates.__new__(Updates)
    update = AsyncMock(side_effect=answers)
    monkeypatch.setattr(gateway, "_update", update)
    return gateway, update


async def test_the_act_is_sent_again_under_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway, update = sending(monkeypatch, BEHIND, BEHIND, DONE)
    assert await gateway.send(ACT) == DONE
    assert [call.args for call in update.await_args_list] == [(ACT,)] * 3


async def test_where_it_stays_behind_it_is_kept_and_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    """`Asking` turns what is unavailable into what is kept: 202, exit code 5, `kept` for what came in."""
    gateway, _ = sending(monkeypatch, BEHIND, BEHIND, BEHIND)
    with pytest.raises(Unavailable, match=r"exchange\.catching_up"):
        await gateway.send(ACT)


def test_what_no_gateway_stood_before_is_try_again_in_both_languages() -> None:
    assert next(code for kind, code in STATUS.items() if isinstance(BEHIND, kind)) == 503
    english, chinese = (refusal(BEHIND, language) for language in ("en", "zh"))
    assert english.endswith("nothing is lost.")
    assert english != chinese
