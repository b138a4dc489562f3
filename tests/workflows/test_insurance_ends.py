"""An insurance that counts by override ends in the middle of the clinic, and another one takes its place (D25, D36)."""

from datetime import date, timedelta

from gateway.recovery import Fate
from models.clearances import ClearanceEnds
from models.errors import BadInput
from models.events import ClearanceEnded, Cleared
from models.identifiers import exchange_workflow_id
from models.people.authorization import CLOCK
from models.vocabulary import Content, Outcome, StepKind
from tests.workflows.insuring import INSURANCE, in_the_clinic
from tests.workflows.test_clearance import CHINA, hours, today
from tests.workflows.test_document_reviews import read_again
from tests.workflows.test_recovery import recover
from tests.workflows.test_refusals import refused
from tests.workflows.world import BOTH, World

RENEWALS = {StepKind.SUBMIT_INSURANCE, StepKind.RENEW_INSURANCE}


async def ends(world: World, exchange: str) -> list[tuple[ClearanceEnds, date]]:
    """How the clearances of an exchange ended."""
    told = [one.event for one in (await world.view(exchange)).timeline]
    return [(one.reason, one.last_day) for one in told if isinstance(one, ClearanceEnded)]


async def test_the_clinic_stops_without_insurance_and_goes_on_with_the_next(world: World) -> None:
    exchange = await world.nominate(BOTH)
    last = await in_the_clinic(world, exchange)
    asked = await world.step(exchange, StepKind.RENEW_INSURANCE)
    assert (asked.subject, asked.due_at.astimezone(CHINA).date()) == (INSURANCE, last - timedelta(days=3))
    await world.advance(timedelta(days=(last - today(world)).days + 2))
    view = await world.view(exchange)
    assert await ends(world, exchange) == [(ClearanceEnds.UNINSURED, last)]
    assert view.clearance_through is None
    steps = {step.kind for step in await world.steps(exchange)}
    assert steps & RENEWALS == {StepKind.RENEW_INSURANCE}
    assert StepKind.CLEAR_FOR_CLINIC not in steps, "occupational health has nothing to decide"
    clinic = next(p.placement_id for p in view.placements if p.content is Content.CLINICAL)
    after = last + timedelta(days=1)
    await refused(BadInput, "clinic.after_clearance", hours(world, exchange, clinic, Content.CLINICAL, after))
    laboratory = next(p for p in view.placements if p.content is Content.LABORATORY)
    await hours(world, exchange, laboratory.placement_id, Content.LABORATORY, laboratory.start)

    # What is told again from the records knows that it waits for an insurance, and nothing else.
    await read_again(world, exchange)
    await world.people.answer(await world.step(exchange, StepKind.RENEW_INSURANCE), world.travellers[exchange])
    await world.advance(timedelta(minutes=5))
    view = await world.view(exchange)
    assert view.clearance_through == world.travellers[exchange].plan.last_day(Content.CLINICAL)
    given = [one.event for one in view.timeline if isinstance(one.event, Cleared)]
    assert [(one.number, one.actor == CLOCK) for one in given] == [(1, False), (2, True)]
    assert StepKind.CLEAR_FOR_CLINIC not in {step.kind for step in await world.steps(exchange)}
    await hours(world, exchange, clinic, Content.CLINICAL, today(world))
    told = await world.messages(exchange, "clearance_changed")
    assert len(told) == 2 * len({one.recipient_id for one in told})


async def test_lost_while_nobody_is_insured_it_waits_for_the_insurance_again(world: World) -> None:
    exchange = await world.nominate(BOTH)
    last = await in_the_clinic(world, exchange)
    await world.lose(exchange_workflow_id(exchange))
    assert (await recover(world))[Fate.STARTED] >= 1
    await world.rest(exchange_workflow_id(exchange))
    await world.advance(timedelta(days=(last - today(world)).days + 2))
    assert await ends(world, exchange) == [(ClearanceEnds.UNINSURED, last)]
    await world.people.answer(await world.step(exchange, StepKind.RENEW_INSURANCE), world.travellers[exchange])
    await world.advance(timedelta(days=2))
    assert (await world.view(exchange)).clearance_through == world.travellers[exchange].plan.last_day(Content.CLINICAL)
    assert len(await ends(world, exchange)) == 1


async def test_who_renews_in_time_is_not_stopped(world: World) -> None:
    exchange = await world.nominate(BOTH)
    last = await in_the_clinic(world, exchange)
    await world.people.answer(await world.step(exchange, StepKind.RENEW_INSURANCE), world.travellers[exchange])
    await world.advance(timedelta(days=(last - today(world)).days + 2))
    assert await ends(world, exchange) == []
    assert (await world.finish(exchange)).outcome is Outcome.COMPLETED
    assert [one.outcome for one in (await world.view(exchange)).steps if one.kind in RENEWALS] == ["complete"] * 2
