"""Every ending of an exchange: its result, what is given back, who is told, and that nothing stays open."""

import pytest

from models.vocabulary import MobilityStatus, Outcome, Stage, StepStatus
from tests.workflows.endings import ENDINGS
from tests.workflows.world import World

CERTIFIED = {Outcome.COMPLETED, Outcome.ENDED_EARLY_JUSTIFIED}
SEAT_KEPT = {Outcome.COMPLETED, Outcome.ENDED_EARLY_JUSTIFIED, Outcome.ENDED_EARLY_UNJUSTIFIED}


@pytest.mark.parametrize("outcome", ENDINGS, ids=str)
async def test_ending(world: World, outcome: Outcome) -> None:
    exchange = await ENDINGS[outcome](world)
    result = await world.result(exchange)
    view = await world.view(exchange)

    assert result.outcome is outcome
    assert view.outcome is outcome
    assert view.stage is Stage.CLOSED
    recognized = outcome in {Outcome.COMPLETED, Outcome.ENDED_EARLY_JUSTIFIED}
    assert view.mobility is (MobilityStatus.RECOGNIZED if recognized else MobilityStatus.CANCELLED)
    assert [s.step_id for s in view.steps if s.status is StepStatus.OPEN] == []

    assert len(view.certificates) == (outcome in CERTIFIED)
    assert (result.certificate is not None) == (outcome in CERTIFIED)

    cohort = await world.gateway.cohort_status(view.cohort_id)
    assert [s.exchange_id for s in cohort.seats] == ([exchange] if outcome in SEAT_KEPT else [])
    if outcome not in SEAT_KEPT:
        assert view.bed is None
        assert all(p.status == "released" for p in view.placements)

    told = {m.recipient_role for m in await world.messages(exchange, "outcome")}
    assert {"student", "coordinator"} <= told
