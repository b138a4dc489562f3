"""A running service for the tests that ask it from outside, one for each module."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from dev.stack import DevStack
from tests.journey.journey import stack_in


@pytest.fixture(autouse=True, scope="module")
def no_environment() -> Iterator[None]:
    """The settings of whoever runs the tests do not reach the services started here."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith(("SOJOURN_", "TEMPORAL_"))]:
            patch.delenv(name)
        yield


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DevStack]:
    """The whole service, as processes of its own."""
    async with stack_in(tmp_path_factory.mktemp("service")) as stack:
        yield stack
