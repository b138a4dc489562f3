"""The server that skips time, as tests and the demo start it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, Interceptor, OutboundInterceptor, Plugin, QueryWorkflowInput, WorkflowHandle
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from dev.stack import SERVER_STARTS_WITHIN, test_server_binary

_BEGINS = {
    f"{what}_TASK_{how}": step
    for what in ("WORKFLOW", "ACTIVITY")
    for how, step in (("SCHEDULED", 1), ("COMPLETED", -1), ("FAILED", -1), ("TIMED_OUT", -1), ("CANCELED", -1))
}
_WAITS = 5.0
"""Seconds that a question waits for a workflow to come to rest; then it is asked all the same."""


@asynccontextmanager
async def time_skipping(plugins: Sequence[Plugin] = ()) -> AsyncIterator[WorkflowEnvironment]:
    """A server of its own, whose time nobody else moves."""
    asking = AskedAtRest()
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=test_server_binary(),
        plugins=plugins,
        interceptors=[asking],
        test_server_startup_timeout=SERVER_STARTS_WITHIN,
    ) as environment:
        asking.client = environment.client
        yield environment


async def at_rest(handle: WorkflowHandle[Any, Any]) -> None:
    """Wait until a workflow has nothing under way, by its history; whoever waits says for how long."""
    while not await _rests(handle):  # noqa: ASYNC110 - a history tells no event
        await asyncio.sleep(0.02)


class AskedAtRest(Interceptor):
    """Workflows are asked while nothing of theirs is under way.

    A question that arrives while a run is renewed is lost here, and with it the server's readiness to skip time: it
    never skips again. The real server loses nothing but the question.
    """

    client: Client

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        """Wait before each question."""
        return _Outbound(next, self)


class _Outbound(OutboundInterceptor):
    def __init__(self, next: OutboundInterceptor, waiting: AskedAtRest) -> None:
        super().__init__(next)
        self._waiting = waiting

    async def query_workflow(self, input: QueryWorkflowInput) -> Any:
        with suppress(TimeoutError, RPCError):  # what is not there says so when it is asked
            async with asyncio.timeout(_WAITS):
                await at_rest(self._waiting.client.get_workflow_handle(input.id, run_id=input.run_id))
        return await super().query_workflow(input)


async def _rests(handle: WorkflowHandle[Any, Any]) -> bool:
    """Whether no task and no activity of a workflow is under way."""
    under_way = 0
    async for event in handle.fetch_history_events():
        name = EventType.Name(event.event_type).removeprefix("EVENT_TYPE_")
        under_way += _BEGINS.get(name, 0)
    return under_way == 0
