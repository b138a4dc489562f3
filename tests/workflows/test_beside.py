"""A fault in what goes on beside a story is met by its workflow; refusals are for who waits."""

import asyncio

import pytest
from temporalio import workflow
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from models.events import HoldLifted
from workflows.engine.beside import Beside
from workflows.engine.recorder import Recorder


class Over(Exception):
    """What a task may well end with."""


async def fails_with(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize("error", [KeyError("k"), ValueError("v"), AssertionError()])
async def test_a_fault_of_the_code_is_met(error: Exception) -> None:
    beside = Beside()
    beside.require_whole()
    task = beside.begin(fails_with(error), Over)
    await asyncio.wait([task])
    await asyncio.sleep(0)
    with pytest.raises(type(error)):
        beside.require_whole()


@pytest.mark.parametrize("error", [Over(), ApplicationError("refused"), asyncio.CancelledError()])
async def test_what_a_task_may_end_with_is_for_who_waits_for_it(error: BaseException) -> None:
    beside = Beside()
    task = beside.begin(fails_with(error), Over)
    await asyncio.wait([task])
    await asyncio.sleep(0)
    beside.require_whole()
    with pytest.raises(type(error)):
        await task


def stumble() -> None:
    raise KeyError("before recording")


@workflow.defn(name="Stumbling", sandboxed=False)
class Stumbling:
    """Notes something and waits until it is recorded, twice."""

    @workflow.run
    async def run(self) -> list[str]:
        recorder = Recorder("stumbling", lambda _: None, before_recording=stumble)
        writer = asyncio.create_task(recorder.write())
        met = list[str]()
        for number in range(2):
            recorder.add(HoldLifted(at=workflow.now(), hold_id=f"h{number}"))
            try:
                await recorder.settled()
            except KeyError as fault:
                met.append(str(fault.args[0]))
        await asyncio.gather(writer, return_exceptions=True)
        return met


async def test_who_waits_for_the_records_meets_what_keeps_them_from_being_written(
    temporal: WorkflowEnvironment,
) -> None:
    async with Worker(temporal.client, task_queue="stumbling", workflows=[Stumbling]):
        met = await temporal.client.execute_workflow(Stumbling.run, id="stumbling", task_queue="stumbling")
    assert met == ["before recording", "before recording"]
