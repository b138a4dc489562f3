"""What is open of keys and deposit when a student leaves is settled or written off before the exchange closes (D34)."""

from decimal import Decimal

import pytest

from demo.keys import give_back
from gateway.recovery import Fate
from models.errors import BadInput, Conflict, NotOpen
from models.identifiers import exchange_workflow_id
from models.messages.exchange import EndEarly
from models.people.particulars import Inspection, ParticularKind
from models.vocabulary import Outcome, Role, Stage, StepKind, StepStatus
from tests.workflows.situations import keys_out
from tests.workflows.test_recovery import recover
from tests.workflows.world import World

SETTLE = StepKind.SETTLE_HOUSING


async def inspected(world: World, exchange: str, key: str, **found: object) -> None:
    form = Inspection.model_validate({"on": world.clock.last.date(), "condition": "good", "by": "Lin"} | found)
    officer = world.host(exchange, Role.HOUSING_OFFICER)
    await world.gateway.particulars.keep(exchange, ParticularKind.INSPECTION, form, officer, key=key)


async def test_the_certificate_does_not_wait_for_the_keys_and_the_end_does(world: World) -> None:
    exchange = await keys_out(world, SETTLE)
    step = await world.step(exchange, SETTLE)
    assert (step.subject, step.owner.role) == ("keys,deposit", Role.HOUSING_OFFICER)
    await world.until(exchange, StepKind.EVALUATE_STUDENT, leave=(SETTLE,))
    await world.only(exchange, SETTLE)
    await world.rest(exchange_workflow_id(exchange))
    view = await world.view(exchange)
    assert (view.stage, view.outcome, len(view.certificates)) == (Stage.CERTIFICATE, None, 1)
    with pytest.raises(Conflict, match=r"housing.unsettled"):
        await world.people.decide(step, "settled")
    with pytest.raises(BadInput, match=r"field.missing"):
        await world.people.decide(step, "written_off")
    last = world.travellers[exchange].plan.end
    end = EndEarly(decision_id="e1", actor=world.host(exchange), last_day=last, justified=True)
    with pytest.raises(NotOpen, match=r"exchange.ending"):
        await world.gateway.end_early(exchange, end, note="Too late.")

    await inspected(world, exchange, "i1", keys=2)
    assert (await world.step(exchange, SETTLE)).step_id == step.step_id, "the deposit is not settled"
    await world.lose(exchange_workflow_id(exchange))
    assert (await recover(world))[Fate.STARTED] >= 1
    await world.rest(exchange_workflow_id(exchange))
    assert (await world.step(exchange, SETTLE)).step_id == step.step_id

    paid = {"keys": 2, "returned": Decimal(400), "withheld": Decimal(100), "reason": "A lamp is missing."}
    for _ in range(2):
        await inspected(world, exchange, "i2", **paid)
    assert (await world.finish(exchange)).outcome is Outcome.COMPLETED
    (closed,) = [one for one in (await world.view(exchange)).steps if one.kind is SETTLE]
    assert closed.outcome == "settled"
    told = await world.messages(exchange, "settlement")
    assert {one.recipient_role for one in told} == {Role.STUDENT}
    assert len(told) == 4, "hand-over, check-out, two inspections"


async def test_an_early_end_has_its_keys_settled_too(world: World) -> None:
    exchange = await keys_out(world, SETTLE)
    last = world.clock.last.date()
    end = EndEarly(decision_id="e1", actor=world.host(exchange), last_day=last, justified=False)
    await world.gateway.end_early(exchange, end, note="Left.")
    await world.only(exchange, SETTLE)
    await world.lose(exchange_workflow_id(exchange))
    assert (await recover(world))[Fate.STARTED] >= 1
    await world.rest(exchange_workflow_id(exchange))
    step = await world.step(exchange, SETTLE)
    await give_back(world.gateway, exchange, world.people.actor(step.owner), world.clock.last.date())
    assert (await world.finish(exchange)).outcome is Outcome.ENDED_EARLY_UNJUSTIFIED


async def test_an_operator_who_cancels_ends_the_wait_and_nothing_else(world: World) -> None:
    exchange = await keys_out(world, SETTLE)
    await world.until(exchange, StepKind.EVALUATE_STUDENT, leave=(SETTLE,))
    await world.only(exchange, SETTLE)
    await world.rest(exchange_workflow_id(exchange))
    await world.handle(exchange).cancel()
    assert (await world.result(exchange)).outcome is Outcome.COMPLETED
    view = await world.view(exchange)
    assert (view.outcome, len(view.certificates)) == (Outcome.COMPLETED, 1)
    (left,) = [one for one in view.steps if one.kind is SETTLE]
    assert left.status is StepStatus.CANCELLED
    assert "leaving_began" not in {one.event.kind for one in view.timeline}
