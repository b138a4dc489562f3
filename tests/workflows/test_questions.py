"""A question that meets a workflow while it is renewed is asked once more."""

import asyncio

from temporalio import workflow
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from gateway.questions import AGAIN, answer_of

RENEWALS = 120


@workflow.defn(name="Renewed", sandboxed=False)
class Renewed:
    """Begins anew each time it is told to, so many times."""

    @workflow.init
    def __init__(self, left: int) -> None:
        self._left = left
        self._told = False

    @workflow.run
    async def run(self, left: int) -> None:
        await workflow.wait_condition(lambda: self._told)
        if left:
            workflow.continue_as_new(left - 1)

    @workflow.signal
    def begin_anew(self) -> None:
        self._told = True

    @workflow.query
    def left(self) -> int:
        return self._left


async def test_questions_are_answered_while_a_workflow_is_renewed_again_and_again(
    temporal: WorkflowEnvironment,
) -> None:
    answers = list[int]()
    async with Worker(temporal.client, task_queue="renewed", workflows=[Renewed]):
        await temporal.client.start_workflow(Renewed.run, RENEWALS, id="renewed", task_queue="renewed")
        handle = temporal.client.get_workflow_handle("renewed")

        async def asking() -> None:
            while not renewing.done():
                async with asyncio.timeout(4 * AGAIN):
                    answers.append(await answer_of(handle, Renewed.left, int))

        async def renew() -> None:
            for _ in range(RENEWALS):
                await handle.signal(Renewed.begin_anew)
                await asyncio.sleep(0.01)

        renewing = asyncio.create_task(renew())
        await asyncio.gather(*(asking() for _ in range(4)))
        await renewing
    assert len(answers) >= 4
    assert answers[-1] < RENEWALS
