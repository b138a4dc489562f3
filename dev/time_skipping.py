"""The server that skips time, as tests and the demo start it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from temporalio.client import Plugin
from temporalio.testing import WorkflowEnvironment

from dev.stack import SERVER_STARTS_WITHIN, test_server_binary


@asynccontextmanager
async def time_skipping(plugins: Sequence[Plugin] = ()) -> AsyncIterator[WorkflowEnvironment]:
    """A server of its own, whose time nobody else moves."""
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=test_server_binary(),
        plugins=plugins,
        test_server_startup_timeout=SERVER_STARTS_WITHIN,
    ) as environment:
        yield environment
