"""Heads and facts against the events: each fault named, and mended by a rebuild."""

import pytest

from models.events import StepClosed
from models.messages.audit import FindingKind
from models.messages.exchange import StepPlan
from models.vocabulary import StepStatus
from records.audit.projection import Projection
from records.store.append import Writer, append
from records.store.engine import Sessions, transaction
from records.store.rebuild import rebuild
from tests.audit.conftest import ByHand
from tests.databases import Database
from tests.records.fakes import NO_MAIL
from tests.records.story import ANN, STEP, at, opened, step_opened

WRITER = f"exchange/{ANN}"
CHANGED = {
    "head behind": (f"UPDATE heads SET revision = 1 WHERE writer = '{WRITER}'", FindingKind.HEAD_DIFFERS, WRITER),
    "head ahead": (f"UPDATE heads SET revision = 9 WHERE writer = '{WRITER}'", FindingKind.HEAD_DIFFERS, WRITER),
    "no head": (f"DELETE FROM heads WHERE writer = '{WRITER}'", FindingKind.HEAD_DIFFERS, WRITER),
    "no fact": (
        f"DELETE FROM facts WHERE fact = 'step_closed:{STEP}'",
        FindingKind.FACT_MISSING,
        f"step_closed:{STEP}",
    ),
    "fact of nothing": (
        f"INSERT INTO facts (stream, fact) VALUES ('{ANN}', 'step_closed:x')",
        FindingKind.FACT_WITHOUT_EVENT,
        "step_closed:x",
    ),
}


async def nothing() -> None:
    """No break: nobody else works here."""


async def tell(sessions: Sessions) -> None:
    """An exchange whose first step is closed, in two batches of its workflow."""
    step = step_opened()
    step = step.model_copy(update={"plan": StepPlan(step_id=step.step_id, due_at=at(7), zone="Asia/Shanghai")})
    closed = StepClosed(at=at(1), step_id=STEP, status=StepStatus.DONE, outcome="approve", decision_id="d-1")
    for number, events in ((1, (opened(), step)), (2, (closed,))):
        async with transaction(sessions) as session:
            writer = Writer(WRITER, number, (number - 1,))
            await append(session, NO_MAIL, ANN, f"{WRITER}:{number}", events, writer=writer)


@pytest.mark.parametrize("what", CHANGED)
async def test_what_does_not_follow_the_events_is_named_and_rebuilt(
    database: Database, looking: Sessions, by_hand: ByHand, what: str
) -> None:
    await tell(database.sessions)
    assert await Projection(looking).find(nothing) == []
    statement, kind, row = CHANGED[what]
    await by_hand(statement)
    found = await Projection(looking).find(nothing)
    assert [(one.kind, one.stream, one.params["row"]) for one in found] == [(kind, ANN, row)]
    async with transaction(database.sessions) as session:
        await rebuild(session)
    assert await Projection(looking).find(nothing) == []
