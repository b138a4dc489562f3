"""The same act twice, another act under its key, both at once, and an act that failed: alike in every workflow."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from models.errors import KeyReused, NotAuthorised
from models.identifiers import (
    EXCHANGE_QUEUE,
    cohort_workflow_id,
    exchange_workflow_id,
    rotation_workflow_id,
    suspension_workflow_id,
)
from models.messages.cohorts import CohortState, SeatReturn, SetQuota
from models.messages.contracts import CohortStart
from models.messages.exchange import Acknowledged, Decide, Evaluate
from models.messages.suspensions import ExemptExchange
from models.people import authorization
from models.people.authorization import Actor, Parties, owner_for
from models.rules.service_levels import LateUnit
from models.vocabulary import Role, StepKind
from models.wire import Wire
from tests.workflows.test_suspension import EVERYBODY, suspend
from tests.workflows.world import LAB_ONLY, World
from workflows.cohort import CohortWorkflow
from workflows.engine import idempotency
from workflows.engine.idempotency import Acts
from workflows.exchange import ExchangeWorkflow
from workflows.rotation import RotationWorkflow
from workflows.service_levels import LateUnitWorkflow
from workflows.suspension import SuspensionWorkflow

STRANGER = Actor(id="sample.coordinator", role=Role.COORDINATOR, institution="sample")
KEY = "key-1"


@dataclass(frozen=True)
class Asked:
    """An act that a workflow takes now, and another one under the same key."""

    workflow_id: str
    update: Any
    act: Wire
    other: Wire


async def _exchange(world: World) -> Asked:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.step(exchange, StepKind.VERIFY_NOMINATION)
    act = Decide(decision_id=KEY, step_id=step.step_id, outcome="verified", actor=world.host(exchange))
    other = act.model_copy(update={"outcome": "rejected"})
    return Asked(exchange_workflow_id(exchange), ExchangeWorkflow.decide, act, other)


async def _rotation(world: World) -> Asked:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.until(exchange, StepKind.EVALUATE_STUDENT)
    actor = world.people.actor(step.owner)
    act = Evaluate(decision_id=KEY, step_id=step.step_id, actor=actor, ratings={"skills": 4}, passed=True)
    scope = step.step_id.rsplit(".", 2)[0]
    return Asked(rotation_workflow_id(scope), RotationWorkflow.evaluate, act, act.model_copy(update={"passed": False}))


async def _cohort(world: World) -> Asked:
    cohort = (await world.view(await world.nominate(LAB_ONLY))).cohort_id
    act = SetQuota(decision_id=KEY, actor=_office(world), cap=6)
    return Asked(cohort_workflow_id(cohort), CohortWorkflow.set_quota, act, act.model_copy(update={"cap": 7}))


async def _suspension(world: World) -> Asked:
    exchange = await world.nominate(LAB_ONLY)
    await suspend(world, EVERYBODY)
    act = ExemptExchange(decision_id=KEY, actor=_office(world), exchange_id=exchange)
    other = act.model_copy(update={"exchange_id": "EX-2027-DAR-999"})
    return Asked(suspension_workflow_id("s-1"), SuspensionWorkflow.exempt, act, other)


async def _late_unit(world: World) -> Asked:
    policy = world.programme.policy.only(StepKind.REVIEW_SERVICE_LEVEL)
    late = LateUnit(alert_id="SL-cqmu_20270105", institution="cqmu", unit="", late=5, steps=5, policy=policy)
    handle = await world.environment.client.start_workflow(
        LateUnitWorkflow.run, late, id="late-unit", task_queue=EXCHANGE_QUEUE
    )
    step = f"{late.alert_id}.{StepKind.REVIEW_SERVICE_LEVEL}.1"
    review = policy.step(StepKind.REVIEW_SERVICE_LEVEL)
    owner = owner_for(review.side, review.role, Parties(sending="", host="", student=""), "", at_host=review.at_host)
    act = Decide(decision_id=KEY, step_id=step, outcome="acted", actor=world.people.actor(owner))
    return Asked(handle.id, LateUnitWorkflow.decide, act, act.model_copy(update={"outcome": "accepted"}))


def _office(world: World) -> Actor:
    return world.people.officer("cqmu", Role.PROGRAMME_OFFICE)


@pytest.mark.parametrize("asked_of", [_exchange, _rotation, _cohort, _suspension, _late_unit])
async def test_every_workflow_does_an_act_once(
    world: World, asked_of: Callable[[World], Awaitable[Asked]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(text: str) -> NotAuthorised:
        """Refuses so slowly that what is asked meanwhile reaches the workflow in one moment."""
        time.sleep(1.3)
        return NotAuthorised(text)

    asked = await asked_of(world)
    handle = world.environment.client.get_workflow_handle(asked.workflow_id)
    sent = 0

    def send(act: Wire) -> asyncio.Task[Any]:
        """As the gateway never does it: every time under another id of the server's, so that the workflow is asked."""
        nonlocal sent
        sent += 1
        return asyncio.create_task(handle.execute_update(asked.update, act, id=f"update-{sent}"))

    async def refusal(reply: asyncio.Task[Any]) -> str | None:
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await reply
        assert isinstance(refused.value.cause, ApplicationError)
        return refused.value.cause.type

    monkeypatch.setattr(authorization, "NotAuthorised", slowly)
    stranger = send(asked.act.model_copy(update={"actor": STRANGER}))
    await asyncio.sleep(0.3)
    replies = []
    for act in (asked.act, asked.act, asked.other):
        replies.append(send(act))
        await asyncio.sleep(0.1)
    assert not stranger.done(), "they were to arrive together"
    assert await refusal(stranger) == "not_authorised"
    first, second, other = replies
    assert await refusal(other) == "bad_input"
    assert [(await first).repeated, (await second).repeated] == [False, True]
    assert (await second).model_copy(update={"repeated": False}) == await first


QUOTA = SetQuota(decision_id=KEY, actor=STRANGER, cap=6)


async def test_who_asks_while_it_is_done_waits_for_it() -> None:
    acts, go_on, done = Acts(), asyncio.Event(), 0

    async def act() -> str:
        nonlocal done
        done += 1
        await go_on.wait()
        return "reply"

    first = asyncio.create_task(acts.once(KEY, QUOTA, act))
    second = asyncio.create_task(acts.once(KEY, QUOTA, act))
    await asyncio.sleep(0)
    assert acts.seen(KEY, QUOTA)
    with pytest.raises(KeyReused, match="another_request"):
        acts.seen(KEY, QUOTA.model_copy(update={"cap": 7}))
    go_on.set()
    assert [await first, await second] == [("reply", False), ("reply", True)]
    assert done == 1


async def test_an_act_that_failed_frees_its_key_and_fails_for_all_who_wait() -> None:
    acts, go_on = Acts(), asyncio.Event()

    async def failing() -> str:
        await go_on.wait()
        raise ApplicationError("the file store is gone")

    async def working() -> str:
        return "reply"

    both = [asyncio.create_task(acts.once(KEY, QUOTA, failing)) for _ in range(2)]
    await asyncio.sleep(0)
    go_on.set()
    found = await asyncio.gather(*both, return_exceptions=True)
    assert [type(one) for one in found] == [ApplicationError, ApplicationError]
    assert not acts.seen(KEY, QUOTA.model_copy(update={"cap": 7}))
    assert await acts.once(KEY, QUOTA, working) == ("reply", False)


async def test_the_newest_keys_are_carried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "MOST_CARRIED", 3)
    acts = Acts()

    async def act() -> None:
        return None

    for number in range(5):
        await acts.once(f"key-{number}", QUOTA, act)
    carried = acts.carried()
    assert list(carried) == ["key-2", "key-3", "key-4"]
    later = Acts(carried)
    assert later.seen("key-4", QUOTA)
    assert await later.once("key-4", QUOTA, act) == (None, True)
    assert not later.seen("key-0", QUOTA)


async def test_a_cohort_remembers_acts_over_continue_as_new(world: World) -> None:
    start = CohortStart.model_validate(
        {"cohort_id": "2031-incoming-dartmouth-cqmu", "sending": "dartmouth", "host": "cqmu", "year": 2031}
        | {"direction": "incoming", "cap": 5, "minimum": 1, "closes_at": "2031-01-01T00:00:00Z"}
    )
    short = await world.environment.client.start_workflow(
        CohortWorkflow.run,
        CohortState(start=start, longest_history=10),
        id=cohort_workflow_id(start.cohort_id),
        task_queue=EXCHANGE_QUEUE,
    )
    begun = (await short.describe()).run_id
    latest = world.environment.client.get_workflow_handle(short.id)
    quotas = [SetQuota(decision_id=f"key-{n}", actor=_office(world), cap=5 + n) for n in range(4)]
    for number, quota in enumerate(quotas):
        reply = await latest.execute_update("set_quota", quota, result_type=Acknowledged, id=f"update-{number}")
        assert not reply.repeated
    await latest.signal(CohortWorkflow.return_seat, SeatReturn(exchange_id="EX-2031-DAR-001", reason="withdrawn"))
    for _ in range(100):
        if (await latest.describe()).run_id != begun:
            break
        await asyncio.sleep(0.05)
    assert (await latest.describe()).run_id != begun
    again = await latest.execute_update("set_quota", quotas[0], result_type=Acknowledged, id="update-again")
    assert again.repeated
    assert (await latest.query(CohortWorkflow.status)).cap == 8


def test_a_state_of_an_earlier_version_still_loads() -> None:
    start = {"cohort_id": "2031-incoming-dartmouth-cqmu", "sending": "dartmouth", "host": "cqmu", "year": 2031}
    start |= {"direction": "incoming", "cap": 5, "minimum": 1, "closes_at": "2031-01-01T00:00:00Z"}
    assert CohortState.model_validate({"start": start, "opened": True, "written": 3}).acts == {}
