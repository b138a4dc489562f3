"""A fault in what goes on beside a story is met by its workflow; refusals are for who waits."""

import asyncio

import pytest
from temporalio.exceptions import ApplicationError

from workflows.engine.beside import Beside


class Over(Exception):
    """What a task may well end with."""


async def fails_with(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize("error", [KeyError("k"), ValueError("v"), AssertionError()])
async def test_a_fault_of_the_code_is_met(error: Exception) -> None:
    beside = Beside()
    beside.require_whole()
    task = beside.begin(fails_with(error), ends=Over)
    await asyncio.wait([task])
    await asyncio.sleep(0)
    with pytest.raises(type(error)):
        beside.require_whole()


@pytest.mark.parametrize("error", [Over(), ApplicationError("refused"), asyncio.CancelledError()])
async def test_what_a_task_may_end_with_is_for_who_waits_for_it(error: BaseException) -> None:
    beside = Beside()
    task = beside.begin(fails_with(error), ends=Over)
    await asyncio.wait([task])
    await asyncio.sleep(0)
    beside.require_whole()
    with pytest.raises(type(error)):
        await task
