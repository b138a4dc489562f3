"""What tests are given: the programme, databases, a mail host, and Temporal that skips time or is the real thing."""

import gc
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from temporalio.testing import WorkflowEnvironment

from dev import stack
from dev.mailsink import MailSink
from dev.time_skipping import time_skipping
from gateway.connection import ensure_search_attributes
from models.catalogue.loading import load_programme
from models.catalogue.programme import Programme
from tests.databases import database, postgresql_server, sqlite_database, sqlite_template
from workflows.plugin import plugin

# What a command says is English here, whatever the locale of this machine.
os.environ["LANGUAGE"] = "en"
# How long an example takes depends on what else the machine does: no property of ours is about time.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
if settings.get_current_profile_name() == "default":
    settings.load_profile("shared")

__all__ = ["database", "postgresql_server", "sqlite_database", "sqlite_template"]


@pytest.fixture(autouse=True, scope="module")
def collected() -> Iterator[None]:
    """What earlier modules leave is not walked through again: a long collection looks like a workflow in deadlock."""
    yield
    gc.collect()
    gc.freeze()


@pytest.fixture
async def temporal() -> AsyncIterator[WorkflowEnvironment]:
    """A time-skipping server of its own: its time is global, so tests never share one."""
    async with time_skipping([plugin()]) as environment:
        await ensure_search_attributes(environment.client)
        yield environment


@pytest.fixture
async def dev_server() -> AsyncIterator[WorkflowEnvironment]:
    """The real server, in memory: schedules, visibility, real time."""
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=stack.temporal_binary(),
        plugins=[plugin()],
        dev_server_log_level="error",
        dev_server_startup_timeout=stack.SERVER_STARTS_WITHIN,
    ) as environment:
        await ensure_search_attributes(environment.client)
        yield environment


@pytest.fixture(scope="session")
def programme() -> Programme:
    """The catalogue that comes with the service."""
    return load_programme()


@pytest.fixture
async def smtp(tmp_path: Path) -> AsyncIterator[MailSink]:
    """A real SMTP host that keeps what it is given."""
    async with MailSink(tmp_path / "mailbox") as sink:
        yield sink


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the numbers that tests measured exactly, whether they passed or not."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, value in getattr(report, "user_properties", []):
                terminalreporter.write_line(f"{name.replace('_', ' ')}: {value}")
