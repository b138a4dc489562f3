"""A verified exchange gets other blocks or another discipline, to the certificate; the clearance follows (D36, D39)."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from models.messages.changes import BlocksChange, ChangeStatus, DisciplineChange
from models.messages.exchange import ReportAttendance
from models.messages.plan import PlannedContent
from models.vocabulary import Content, Outcome, StepKind
from tests.workflows.test_changes import changed, status_of
from tests.workflows.world import BOTH, LAB_ONLY, World

K = StepKind
WEEK = timedelta(weeks=1)


async def planned(world: World, exchange: str, content: Content) -> PlannedContent:
    """The block of a content that the plan has now."""
    block = (await world.view(exchange)).plan.block(content)
    assert block is not None
    return block


async def with_blocks(world: World, exchange: str, *blocks: PlannedContent, without: Content | None = None) -> None:
    """Have these blocks instead of those of the same content and number; everybody agrees."""
    plan = (await world.view(exchange)).plan
    anew = {block.key: block for block in blocks}
    known = {block.key for block in plan.contents}
    kept = [anew.get(block.key, block) for block in plan.contents if block.content is not without]
    besides = [block for key, block in anew.items() if key not in known]
    await changed(world, exchange, BlocksChange(contents=(*kept, *besides)))
    assert await status_of(world, exchange) == [ChangeStatus.APPLIED]


def on(block: PlannedContent, start: date, end: date) -> PlannedContent:
    return block.model_copy(update={"start": start, "end": end})


def today(world: World) -> date:
    return world.clock.last.astimezone(ZoneInfo("Asia/Shanghai")).date()


async def completed(world: World, exchange: str) -> set[str]:
    """To the certificate; answers the placements that were evaluated."""
    view = await world.view(exchange)
    world.travellers[exchange].worked |= {
        one.placement_id: (one.start, one.end) for one in view.placements if one.status == "assigned"
    }
    assert (await world.finish(exchange)).outcome is Outcome.COMPLETED
    done = await world.view(exchange)
    assert done.certificates
    return {one.placement_id for one in done.evaluations if one.placement_id}


async def worked(world: World, exchange: str, placement: str, first: date, last: date) -> None:
    """Eight hours on every weekday of these days."""
    weekdays = [n for n in range((last - first).days + 1) if (first + timedelta(days=n)).weekday() < 5]
    report = ReportAttendance(
        report_id="worked",
        actor=world.host(exchange),
        content=Content.CLINICAL,
        placement_id=placement,
        first_day=first,
        last_day=last,
        hours_planned=8 * len(weekdays),
        hours_attended=8 * len(weekdays),
    )
    await world.gateway.report_attendance(exchange, report)


async def short_clinic(world: World) -> str:
    """A student whose clinic ends three weeks before the stay does."""
    plan = world.nomination(BOTH).to_plan(world.programme)
    clinic = plan.block(Content.CLINICAL)
    assert clinic is not None
    return await world.nominate(BOTH, clinical_end=(clinic.end - 3 * WEEK).isoformat())


async def test_a_clinic_that_is_made_longer_after_the_clearance_is_cleared_for_again(world: World) -> None:
    exchange = await short_clinic(world)
    step = await world.until(exchange, K.CLEAR_FOR_CLINIC)
    clinic = await planned(world, exchange, Content.CLINICAL)
    await world.people.decide(step, "cleared", valid_through=clinic.end)
    await world.until(exchange, K.EVALUATE_PROGRAMME)
    await with_blocks(world, exchange, on(clinic, clinic.start, clinic.end + 2 * WEEK))
    assert (await world.view(exchange)).clearance_through == clinic.end
    await world.advance(clinic.end + timedelta(days=2) - today(world))
    assert (await world.view(exchange)).clearance_through is None
    again = await world.step(exchange, K.CLEAR_FOR_CLINIC)
    await world.people.decide(again, "cleared", valid_through=clinic.end + 2 * WEEK)
    assert (await world.view(exchange)).clearance_through == clinic.end + 2 * WEEK
    # The days between the clearances are reported by nobody: they would be refused.
    place = next(one for one in (await world.view(exchange)).placements if one.content is Content.CLINICAL)
    await worked(world, exchange, place.placement_id, clinic.start, clinic.end)
    world.travellers[exchange].cleared_on = today(world)
    assert len(await completed(world, exchange)) == 2


async def test_a_clinic_that_is_dropped_after_the_clearance_is_watched_no_more(world: World) -> None:
    exchange = await short_clinic(world)
    step = await world.until(exchange, K.CLEAR_FOR_CLINIC)
    clinic = await planned(world, exchange, Content.CLINICAL)
    await world.people.decide(step, "cleared", valid_through=clinic.end)
    await world.until(exchange, K.EVALUATE_PROGRAMME)
    await with_blocks(world, exchange, without=Content.CLINICAL)
    places = (await world.view(exchange)).placements
    assert [one.content for one in places if one.status == "assigned"] == [Content.LABORATORY]
    await world.advance(clinic.end + timedelta(days=2) - today(world))
    assert K.CLEAR_FOR_CLINIC not in {one.kind for one in await world.steps(exchange)}
    assert len(await completed(world, exchange)) == 1


async def test_nobody_decides_on_the_clearance_of_a_clinic_that_is_dropped(world: World) -> None:
    exchange = await world.nominate(BOTH)
    await world.only(exchange, K.CONFIRM_ARRIVAL, K.CLEAR_FOR_CLINIC)
    await with_blocks(world, exchange, without=Content.CLINICAL)
    assert K.CLEAR_FOR_CLINIC not in {one.kind for one in await world.steps(exchange)}
    assert len(await completed(world, exchange)) == 1


async def test_a_block_more_is_worked_in_a_place_of_its_own(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, K.EVALUATE_PROGRAMME)
    laboratory = await planned(world, exchange, Content.LABORATORY)
    host = world.programme.institutions["cqmu"]
    unit = next(one.id for one in host.units if one.content is Content.CLINICAL)
    until = laboratory.end - 4 * WEEK
    clinic = PlannedContent(
        content=Content.CLINICAL, start=until + timedelta(days=3), end=laboratory.end, units=(unit,)
    )
    await with_blocks(world, exchange, on(laboratory, laboratory.start, until), clinic)
    places = [one for one in (await world.view(exchange)).placements if one.status == "assigned"]
    assert [(one.content, one.unit_id, one.start, one.end) for one in places] == [
        (Content.LABORATORY, places[0].unit_id, laboratory.start, until),
        (Content.CLINICAL, unit, clinic.start, clinic.end),
    ]
    await world.until(exchange, K.CLEAR_FOR_CLINIC)
    assert await completed(world, exchange) == {one.placement_id for one in places}


async def test_a_block_is_moved_while_the_one_before_it_is_worked(world: World) -> None:
    exchange = await world.nominate(BOTH)
    await world.until(exchange, K.EVALUATE_PROGRAMME)
    laboratory, clinic = [await planned(world, exchange, one) for one in (Content.LABORATORY, Content.CLINICAL)]
    assert today(world) < clinic.start
    await with_blocks(
        world,
        exchange,
        on(laboratory, laboratory.start, laboratory.end + WEEK),
        on(clinic, clinic.start + WEEK, clinic.end),
    )
    places = [one for one in (await world.view(exchange)).placements if one.status == "assigned"]
    assert {one.content: (one.start, one.end) for one in places} == {
        Content.LABORATORY: (laboratory.start, laboratory.end + WEEK),
        Content.CLINICAL: (clinic.start + WEEK, clinic.end),
    }
    assert await completed(world, exchange) == {one.placement_id for one in places}


async def test_another_discipline_is_on_the_certificate(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, K.EVALUATE_PROGRAMME)
    plan = (await world.view(exchange)).plan
    other = next(
        one.id for one in world.programme.disciplines if plan.level in one.levels and one.id != plan.discipline
    )
    await changed(world, exchange, DisciplineChange(discipline=other))
    assert await status_of(world, exchange) == [ChangeStatus.APPLIED]
    assert await completed(world, exchange)
    assert (await world.view(exchange)).plan.discipline == other
