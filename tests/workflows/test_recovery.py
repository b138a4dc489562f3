"""Workflows that were lost, or know less than the records, go on from the records; nothing is asked or told twice."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update
from temporalio.client import WorkflowExecutionStatus
from temporalio.testing import ActivityEnvironment

from activities.rotations import Rotations
from gateway.policies import Policies
from gateway.recovery import Fate, Recovery
from models.identifiers import EXCHANGE_QUEUE, cohort_workflow_id, exchange_workflow_id, rotation_workflow_id
from models.messages.exchange import Decide, EndEarly, ExchangeStart
from models.messages.rotations import RotationResult, RotationStart
from models.tables import EventRow, HeadRow, PolicyRow
from models.vocabulary import Outcome, StepKind
from records.recovering import recoverable, recoverables
from records.store.engine import transaction
from tests.workflows.world import BOTH, LAB_ONLY, World

POINTS = (
    StepKind.VERIFY_NOMINATION,
    StepKind.SENDING_APPROVAL,
    StepKind.ACCEPT_OFFER,
    StepKind.CONFIRM_BED,
    StepKind.CHECK_IN,
    StepKind.EVALUATE_STUDENT,
    StepKind.DEPART,
)


NOBODYS = "EX-2027-DAR-099"


async def recover(world: World) -> Counter[Fate]:
    """What became of all workflows that are to run; each is found alone as it is among all."""
    async with transaction(world.filing.sessions) as session:
        for one in await recoverables(session, world.programme):
            assert await recoverable(session, world.programme, one.workflow_id) == one
        for nobodys in (
            "mailroom",
            exchange_workflow_id("EX-2027-DAR-099"),
            rotation_workflow_id("EX-2027-DAR-099.x.1"),
        ):
            assert await recoverable(session, world.programme, nobodys) is None
    recovery = Recovery(world.environment.client, world.filing.sessions, world.programme, pauses=(0.1,))
    return Counter(one.fate for one in await recovery.recover())


async def _events(world: World) -> int:
    async with transaction(world.filing.sessions) as session:
        return await session.scalar(select(func.count()).select_from(EventRow)) or 0


async def _twice(world: World, exchange: str) -> list[str]:
    """What was told to somebody more than once about the same thing."""
    told = Counter((m.kind, m.step_id, m.recipient_id) for m in await world.messages(exchange) if m.step_id)
    return [f"{key}" for key, times in told.items() if times > 1 and key[0] == "step_opened"]


@pytest.mark.parametrize("point", POINTS)
async def test_what_was_lost_is_started_from_the_records_and_finishes(world: World, point: StepKind) -> None:
    exchange = await world.nominate(BOTH)
    await world.until(exchange, point)
    before = sorted(step.step_id for step in await world.steps(exchange))
    cohort = cohort_workflow_id((await world.view(exchange)).cohort_id)
    lost = [exchange_workflow_id(exchange), cohort]
    if point is StepKind.EVALUATE_STUDENT:
        lost.append(rotation_workflow_id(f"{exchange}.laboratory.1"))
    await world.lose(*lost)
    assert (await recover(world))[Fate.STARTED] >= 2
    assert sorted(step.step_id for step in await world.steps(exchange)) == before
    assert (await world.finish(exchange)).outcome is Outcome.COMPLETED
    assert await _twice(world, exchange) == []
    assert set(await recover(world)) <= {Fate.IN_STEP}


async def test_a_workflow_that_knows_less_than_the_records_reads_them_and_takes_the_act(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.until(exchange, StepKind.HOST_APPROVAL)
    async with transaction(world.filing.sessions) as session:
        start = next(one.start for one in await recoverables(session, world.programme) if one.kind == "Exchange")
    assert isinstance(start, ExchangeStart)
    await world.lose(exchange_workflow_id(exchange))
    await world.environment.client.start_workflow(
        "Exchange",
        start.model_copy(update={"resumes": 0}),
        id=exchange_workflow_id(exchange),
        task_queue=EXCHANGE_QUEUE,
    )
    head = world.people.actor(step.owner)
    decision = Decide(decision_id="late", step_id=step.step_id, outcome="approve", actor=head)
    answer = await world.gateway.decide(decision)
    assert answer.outcome == "approve"
    assert (await world.finish(exchange)).outcome is Outcome.COMPLETED
    closed = Counter(event.step_id for event in (await world.view(exchange)).timeline if event.kind == "step_closed")
    assert [one for one, times in closed.items() if times > 1] == []


async def test_the_policy_of_an_exchange_of_before_is_kept_while_it_runs(world: World) -> None:
    first, second = await world.nominate(LAB_ONLY), await world.nominate(BOTH, rank=2)
    sessions, policies = world.filing.sessions, Policies(world.environment.client, world.filing.sessions)
    assert await policies.keep_missing() == 0, "what is kept is asked of nobody"

    async def of_today() -> set[str]:
        async with transaction(sessions) as session:
            return {one.workflow_id for one in await recoverables(session, world.programme) if one.policy_of_today}

    async def start(exchange: str) -> object:
        async with transaction(sessions) as session:
            found = await recoverables(session, world.programme)
        return next(one.start for one in found if one.workflow_id == exchange_workflow_id(exchange))

    before = await start(first)
    async with transaction(sessions) as session:
        await session.execute(update(HeadRow).values(policy_digest=None))
        await session.execute(delete(PolicyRow))
    assert await of_today() == {exchange_workflow_id(first), exchange_workflow_id(second)}
    assert await policies.keep_missing() == 2
    assert await of_today() == set()
    assert await start(first) == before
    assert await policies.keep_missing() == 0


async def test_a_lost_rotation_of_a_stay_that_ended_early_is_begun_again_and_evaluated(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, StepKind.ORIENTATION)
    await world.until_day(exchange, 3)
    last_day = world.travellers[exchange].plan.start + timedelta(days=2)
    world.travellers[exchange].last_day = last_day
    end = EndEarly(decision_id="early", actor=world.host(exchange), last_day=last_day, justified=True)
    await world.gateway.end_early(exchange, end, note="The region was closed after a flood.")
    await world.step(exchange, StepKind.EVALUATE_STUDENT)
    await world.lose(rotation_workflow_id(f"{exchange}.laboratory.1"))
    assert (await recover(world))[Fate.STARTED] == 1
    assert (await world.finish(exchange)).outcome is Outcome.ENDED_EARLY_JUSTIFIED
    assert await _twice(world, exchange) == []


async def test_a_rotation_that_cannot_go_on_is_begun_again_by_its_exchange(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, StepKind.EVALUATE_STUDENT)
    rotation = rotation_workflow_id(f"{exchange}.laboratory.1")
    for one in (exchange_workflow_id(exchange), rotation):
        run = await world.rest(one)
    recovery = Recovery(world.environment.client, world.filing.sessions, world.programme)
    assert await recovery.begin_again(rotation, run)
    await world.rest(exchange_workflow_id(exchange))
    assert await world.rest(rotation) != run
    assert (await world.finish(exchange)).outcome is Outcome.COMPLETED
    assert await _twice(world, exchange) == []


async def test_a_cohort_that_gave_a_seat_which_the_records_lost_reads_them(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, StepKind.HOST_APPROVAL)
    cohort = cohort_workflow_id((await world.view(exchange)).cohort_id)
    assert set(await recover(world)) == {Fate.IN_STEP}
    async with transaction(world.filing.sessions) as session:
        head = await session.get_one(HeadRow, cohort)
        head.revision -= 1
    follows = await world.environment.client.get_workflow_handle(cohort).query("follows")
    assert head.revision in follows, "what it took since its last batch is among what it may follow"
    assert (await recover(world))[Fate.RESUMED] == 1


async def test_a_rotation_that_is_over_is_over_when_its_exchange_begins_it_once_more(world: World) -> None:
    """An exchange whose last task was lost begins its rotations again, although they were worked and evaluated."""
    exchange = await world.nominate(LAB_ONLY)
    asked = await world.until(exchange, StepKind.EVALUATE_STUDENT)
    handle = world.environment.client.get_workflow_handle(rotation_workflow_id(f"{exchange}.laboratory.1"))
    begun = await anext(aiter(handle.fetch_history_events()))
    payloads = begun.workflow_execution_started_event_attributes.input.payloads
    start = (await world.environment.client.data_converter.decode(payloads, [RotationStart]))[0]
    await world.people.answer(asked, world.travellers[exchange])
    async with asyncio.timeout(30):
        while not await _is_over(world, handle.id):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    events, now = await _events(world), await world.environment.get_current_time()
    first = (await handle.describe()).run_id
    await ActivityEnvironment().run(Rotations(world.environment.client).begin_rotation, start)
    result = await world.environment.client.get_workflow_handle(handle.id, result_type=RotationResult).result()
    assert (await handle.describe()).run_id != first
    assert (result.evaluated, result.passed) == (True, True)
    assert await world.environment.get_current_time() - now < timedelta(hours=1), "it waits for nobody's answer"
    assert await _events(world) == events, "nothing happened once more"
    assert (await world.finish(exchange)).outcome is Outcome.COMPLETED


async def _is_over(world: World, workflow_id: str) -> bool:
    described = await world.environment.client.get_workflow_handle(workflow_id).describe()
    return described.status is not WorkflowExecutionStatus.RUNNING
