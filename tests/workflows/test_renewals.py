"""What ends before a stay needs it no more is asked for ahead, taken back where it lasts after all, and asked anew."""

from datetime import date, timedelta

from models.events import ClearanceEnded, Cleared, RenewalNotNeeded
from models.vocabulary import Content, Outcome, StepKind
from tests.workflows.insuring import CHINA, INSURANCE, TB_TEST, insured_for, with_a_short_test
from tests.workflows.test_changes import changed, other_days
from tests.workflows.test_clearance import hours, today
from tests.workflows.test_document_reviews import read_again
from tests.workflows.test_moving_rules import moving
from tests.workflows.world import BOTH, LAB_ONLY, World

RENEW, DECIDE = StepKind.RENEW_HEALTH_RECORDS, StepKind.CLEAR_FOR_CLINIC
HEALTH_STEPS = {RENEW, DECIDE, StepKind.SUBMIT_HEALTH_RECORDS}


async def until_day(world: World, day: date) -> None:
    """Until noon or so of a day at the host."""
    await world.advance(timedelta(days=max(0, (day - today(world)).days)))


async def clinic_of(world: World, exchange: str) -> tuple[str, date, date]:
    """The place in the clinic, with its first and last day."""
    view = await world.view(exchange)
    block = view.plan.block(Content.CLINICAL)
    assert block is not None
    return next(p.placement_id for p in view.placements if p.content is Content.CLINICAL), block.start, block.end


async def open_steps(world: World, exchange: str) -> set[StepKind]:
    """What is open of health."""
    return {step.kind for step in await world.steps(exchange)} & HEALTH_STEPS


async def test_who_is_tested_and_cleared_ahead_never_stops(world: World) -> None:
    exchange = await world.nominate(BOTH)
    last = await with_a_short_test(world, exchange)
    asked = await world.step(exchange, RENEW)
    assert (asked.subject, asked.due_at.astimezone(CHINA).date()) == (TB_TEST, last - timedelta(days=14))
    assert await open_steps(world, exchange) == {RENEW}, "nobody decides before the newer test is there"
    await world.people.answer(asked, world.travellers[exchange])
    assert await open_steps(world, exchange) == {DECIDE}
    await read_again(world, exchange)
    assert await open_steps(world, exchange) == {DECIDE}
    place, _, end = await clinic_of(world, exchange)
    await world.people.decide(await world.step(exchange, DECIDE), "cleared", valid_through=end)
    await read_again(world, exchange)
    await until_day(world, last + timedelta(days=3))
    told = [one.event for one in (await world.view(exchange)).timeline]
    assert not [one for one in told if isinstance(one, ClearanceEnded)]
    assert [one.valid_through for one in told if isinstance(one, Cleared)] == [last, end]
    assert await open_steps(world, exchange) == set()
    await hours(world, exchange, place, Content.CLINICAL, last)
    await hours(world, exchange, place, Content.CLINICAL, last + timedelta(days=1))


async def test_who_is_not_stops_until_the_newer_test_is_there_and_decided_on(world: World) -> None:
    exchange = await world.nominate(BOTH)
    last = await with_a_short_test(world, exchange)
    await moving(world, exchange)
    assert await open_steps(world, exchange) == {RENEW}, "newer rules take nothing back that runs out"
    await until_day(world, last + timedelta(days=2))
    [ended] = [e.event for e in (await world.view(exchange)).timeline if isinstance(e.event, ClearanceEnded)]
    assert (ended.last_day, ended.documents) == (last, (TB_TEST,))
    assert await open_steps(world, exchange) == {RENEW}
    await read_again(world, exchange)
    assert await open_steps(world, exchange) == {RENEW}
    await world.people.answer(await world.step(exchange, RENEW), world.travellers[exchange])
    assert await open_steps(world, exchange) == {DECIDE}
    place, _, end = await clinic_of(world, exchange)
    await world.people.decide(await world.step(exchange, DECIDE), "cleared", valid_through=end)
    await world.advance(timedelta(minutes=5))
    assert (await world.view(exchange)).clearance_through == end
    await hours(world, exchange, place, Content.CLINICAL, today(world))


async def test_a_renewal_that_a_shorter_stay_does_not_need_is_taken_back_and_asked_again(world: World) -> None:
    exchange = await world.nominate(BOTH)
    clinic = world.travellers[exchange].plan.block(Content.CLINICAL)
    assert clinic is not None
    await insured_for(world, exchange, clinic.end - timedelta(days=7))
    await world.until(exchange, StepKind.EVALUATE_PROGRAMME)
    await until_day(world, clinic.end - timedelta(days=27))
    first = await world.step(exchange, StepKind.RENEW_INSURANCE)
    await changed(world, exchange, await other_days(world, exchange, end=-7))
    assert StepKind.RENEW_INSURANCE not in {step.kind for step in await world.steps(exchange)}
    [told] = [e.event for e in (await world.view(exchange)).timeline if isinstance(e.event, RenewalNotNeeded)]
    assert (told.step_id, told.documents) == (first.step_id, (INSURANCE,))
    [mail] = await world.messages(exchange, "renewal_not_needed")
    assert mail.recipient_id == (await world.view(exchange)).student.id
    await read_again(world, exchange)
    await changed(world, exchange, await other_days(world, exchange, end=7), key="ch-2")
    asked = [step for step in await world.steps(exchange) if step.subject == INSURANCE]
    assert len(asked) == 1


async def test_a_laboratory_alone_renews_its_insurance_for_the_stay(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    plan = world.travellers[exchange].plan
    last = plan.end - timedelta(days=10)
    await insured_for(world, exchange, last)
    await world.until(exchange, StepKind.EVALUATE_PROGRAMME)
    await until_day(world, last - timedelta(days=61))
    assert StepKind.RENEW_PAPERS not in {step.kind for step in await world.steps(exchange)}
    await until_day(world, last - timedelta(days=59))
    asked = await world.step(exchange, StepKind.RENEW_PAPERS)
    assert (asked.subject, asked.due_at.astimezone(CHINA).date()) == (INSURANCE, last - timedelta(days=7))
    await read_again(world, exchange)
    await world.people.answer(await world.step(exchange, StepKind.RENEW_PAPERS), world.travellers[exchange])
    assert StepKind.RENEW_PAPERS not in {step.kind for step in await world.steps(exchange)}
    assert (await world.finish(exchange)).outcome is Outcome.COMPLETED
