"""The command line over the services of the portal under test."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from cli.session import Session
from gateway.composition import Services
from settings import Settings
from starter import main
from tests.portal.world import Portal

Command = Callable[..., Awaitable[tuple[int, str]]]
"""Runs one command; says its exit code and all that it printed."""


def command_line(
    portal: Portal, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, group: str
) -> Command:
    """The commands of a group, as the host's coordinator gives them on a wide screen."""
    monkeypatch.setenv("COLUMNS", "200")

    @asynccontextmanager
    async def opened(settings: Settings) -> AsyncIterator[Services]:
        yield portal.context.services

    session = Session(settings=Settings, services=opened, records=opened, catalogue=lambda _: portal.programme)

    async def command(*arguments: str) -> tuple[int, str]:
        code = await asyncio.to_thread(main, [group, *arguments, "--as", "coordinator@cqmu"], session)
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return command
