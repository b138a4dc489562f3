"""A stay in a country that no code knows goes by its file; citizens owe what is asked of foreigners nowhere."""

from datetime import timedelta

from demo.cohort import CQMU
from models.identifiers import exchange_workflow_id
from models.messages.exchange import EndEarly, ReportArrival
from models.vocabulary import Movement, Outcome, Role, StepKind, StepStatus
from tests.workflows.test_legal_clocks import move
from tests.workflows.test_recovery import recover
from tests.workflows.world import LAB_ONLY, World

FOREIGNERS = {
    StepKind.REGISTER_RESIDENCE,
    StepKind.RECORD_STAY,
    StepKind.WATCH_STAY,
    StepKind.FILE_EXTENSION,
    StepKind.OBTAIN_VISA,
}


async def in_helsinki(world: World) -> str:
    """A student of CQMU at the sample partner, for fifteen weeks."""
    exchange = await world.nominate(CQMU[0], host="sample", laboratories="sample-molecular-medicine")
    await world.until(exchange, StepKind.CHECK_IN)
    return exchange


async def arrive(world: World, exchange: str, days: int | None) -> None:
    """On the first day, with so many days of permitted stay."""
    plan = world.travellers[exchange].plan
    await world.until_day(exchange, 0)
    report = ReportArrival(
        report_id="arrived",
        actor=world.host(exchange, Role.HOUSING_OFFICER),
        arrived_at=world.clock.last,
        permitted_until=plan.start + timedelta(days=days) if days is not None else None,
    )
    await world.gateway.report_arrival(exchange, report)


async def asked(world: World, exchange: str) -> set[StepKind]:
    """All kinds of steps that were ever asked."""
    return {step.kind for step in (await world.view(exchange)).steps}


async def test_a_stay_in_finland_goes_by_its_file(world: World) -> None:
    exchange = await in_helsinki(world)
    assert world.travellers[exchange].plan.visa_class == "A"
    await arrive(world, exchange, 60)
    arrived, plan = world.clock.last, world.travellers[exchange].plan
    notify = await world.step(exchange, StepKind.STUDENT_DUTY)
    assert (notify.subject, notify.due_at.date()) == ("fi.notification-of-move", (arrived + timedelta(days=7)).date())
    filing = await world.step(exchange, StepKind.FILE_EXTENSION)
    assert filing.due_at.date() == plan.start + timedelta(days=59), "the day before it ends, not seven before"
    told = [m for m in await world.messages(exchange) if m.step_id == notify.step_id]
    assert {m.recipient_id for m in told} == {notify.owner.person}
    assert await asked(world, exchange) & {StepKind.REGISTER_RESIDENCE, StepKind.VALIDATE_SEVIS} == set()

    await world.people.decide(notify, "done")
    await world.advance(timedelta(days=10))
    await move(world, exchange, Movement.MOVED)
    again = await world.step(exchange, StepKind.STUDENT_DUTY)
    assert again.due_at.date() == (world.clock.last + timedelta(days=7)).date()
    await move(world, exchange, Movement.LEFT_COUNTRY)
    await move(world, exchange, Movement.REENTERED)
    assert (await world.step(exchange, StepKind.STUDENT_DUTY)).step_id == again.step_id, "a return is no move there"

    last = world.clock.last.date()
    end = EndEarly(decision_id="ended", actor=world.host(exchange), last_day=last, justified=False)
    world.travellers[exchange].last_day = last
    await world.gateway.end_early(exchange, end)
    duty = await world.step(exchange, StepKind.HOST_DUTY)
    assert (duty.subject, duty.owner.institution) == ("fi.studies-ended", "sample")
    assert (await world.finish(exchange)).outcome is Outcome.ENDED_EARLY_UNJUSTIFIED
    assert StepKind.REPORT_LEAVING not in await asked(world, exchange)


async def test_a_host_asks_for_papers_that_exist_only_after_the_arrival(world: World) -> None:
    exchange = await in_helsinki(world)
    assert StepKind.SUBMIT_ARRIVAL_PAPERS not in await asked(world, exchange)
    await arrive(world, exchange, 60)
    papers = await world.step(exchange, StepKind.SUBMIT_ARRIVAL_PAPERS)
    days = papers.due_at.date() - world.clock.last.date()
    assert (papers.subject, timedelta(days=14) <= days <= timedelta(days=16)) == ("house_rules", True)
    await world.lose(exchange_workflow_id(exchange))
    await recover(world)
    assert (await world.step(exchange, StepKind.SUBMIT_ARRIVAL_PAPERS)).due_at == papers.due_at
    assert await world.people.hand_in_one("house_rules", world.people.actor(papers.owner), world.travellers[exchange])
    closed = [step for step in (await world.view(exchange)).steps if step.kind is StepKind.SUBMIT_ARRIVAL_PAPERS]
    assert [(step.status, step.outcome) for step in closed] == [(StepStatus.DONE, "complete")]


async def test_nobody_waits_for_papers_of_a_student_who_has_left(world: World) -> None:
    exchange = await in_helsinki(world)
    await arrive(world, exchange, 300)
    assert (await world.finish(exchange, leave=(StepKind.SUBMIT_ARRIVAL_PAPERS,))).outcome is Outcome.COMPLETED
    left = [step for step in (await world.view(exchange)).steps if step.kind is StepKind.SUBMIT_ARRIVAL_PAPERS]
    assert [step.status for step in left] == [StepStatus.CANCELLED]


async def test_a_citizen_of_the_host_owes_nothing_of_foreigners(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY, nationality="CN")
    await world.until(exchange, StepKind.CHECK_IN)
    await arrive(world, exchange, None)
    await world.advance(timedelta(days=3))
    await move(world, exchange, Movement.MOVED)
    await world.advance(timedelta(days=1))
    await move(world, exchange, Movement.LEFT_COUNTRY)
    assert StepKind.CONFIRM_REENTRY not in await asked(world, exchange)
    await world.advance(timedelta(days=1))
    await move(world, exchange, Movement.REENTERED)
    assert (await world.finish(exchange)).outcome is Outcome.COMPLETED
    assert await asked(world, exchange) & FOREIGNERS == set()
