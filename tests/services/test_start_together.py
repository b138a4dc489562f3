"""Workers that start together on an empty database all start, whichever of them sets it up."""

import asyncio
import itertools
import os
import signal
import sys
from pathlib import Path

import psycopg
import pytest
from temporalio.testing import WorkflowEnvironment

from tests.rules.source import ROOT

pytestmark = pytest.mark.live
TOGETHER = 4
_numbers = itertools.count(1)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database that nobody has set up."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'sojourn.db'}"
    server: str = request.getfixturevalue("postgresql_server")
    name = f"empty_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.replace("/postgres?", f"/{name}?")


async def test_workers_that_start_together_on_an_empty_database_all_start(
    empty_database: str, tmp_path: Path, dev_server: WorkflowEnvironment
) -> None:
    ready = [tmp_path / f"ready-{number}" for number in range(TOGETHER)]
    environment = os.environ | {
        "SOJOURN_DATABASE_URL": empty_database,
        "SOJOURN_FILES_DIR": str(tmp_path / "files"),
        "SOJOURN_TEMPORAL_ADDRESS": dev_server.client.service_client.config.target_host,
        "PYTHONPATH": str(ROOT),
    }
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "worker"),
            cwd=tmp_path,
            env=environment | {"SOJOURN_READY_FILE": str(file)},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        for file in ready
    ]
    said = [asyncio.create_task(process.communicate()) for process in started]
    try:
        async with asyncio.timeout(90):
            while not all(file.exists() for file in ready) and not any(task.done() for task in said):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    finally:
        for process in started:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
        told = [(await task)[1].decode() for task in said]
    assert [process.returncode for process in started] == [0] * TOGETHER, "\n".join(told)
    assert not [line for text in told for line in text.splitlines() if " ERROR " in line or "Traceback" in line]
