"""The machine of the benchmark: the service as `sojourn up` starts it, and a second worker for the other sides."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from bench.journey import LOOK_EVERY, PATIENCE, Lookout
from bench.partners import Intake, unhurried, write_partners
from dev.process import ManagedProcess
from dev.stack import TEMPORAL, WORKER, DevStack
from gateway.composition import catalogue_of, files_in, utc_now
from gateway.connection import connect
from gateway.operations import Gateway
from models.catalogue.programme import Programme
from records.filing import Filing
from records.store.engine import open_engine, session_maker
from settings import Settings

ROOT = Path(__file__).parent.parent
BENCH_WORKER = "bench"


@dataclass
class Bench:
    """Everything a measurement needs."""

    stack: DevStack
    client: Client
    gateway: Gateway
    filing: Filing
    programme: Programme
    lookout: Lookout
    intake: Intake
    other: ManagedProcess
    database_pragmas: str
    students: int = 0

    async def quiet(self) -> float:
        """Wait until all mail is sent, so that one side's is not sent at the cost of another; says how many seconds."""
        began = time.monotonic()
        while self.lookout.count("SELECT count(*) FROM messages WHERE status = 'queued'"):
            if time.monotonic() - began > PATIENCE:
                raise TimeoutError("The mail does not leave.")
            await asyncio.sleep(LOOK_EVERY)
        return time.monotonic() - began

    @property
    def server_pragmas(self) -> str:
        """As the dev server was started."""
        command = self.stack.parts[TEMPORAL].command
        return ", ".join(value for flag, value in pairwise(command) if flag == "--sqlite-pragma")

    @property
    def processes(self) -> dict[str, int]:
        """Ids of the processes that share the machine, by name."""
        parts = {"server": self.stack.parts[TEMPORAL], "worker": self.stack.parts[WORKER], "bench worker": self.other}
        return {name: part.process.pid for name, part in parts.items() if part.process is not None}


@asynccontextmanager
async def open_bench(folder: Path) -> AsyncIterator[Bench]:
    """Start everything in an empty folder, and stop it at the end."""
    today = datetime.now(UTC).date()
    catalogue = folder / "catalogue"
    write_partners(catalogue, today)
    settings = Settings(
        database_url=f"sqlite+aiosqlite:///{folder / 'sojourn.db'}",
        files_dir=folder / "files",
        catalogue_dir=catalogue,
        temporal_address=None,
        log_level="WARNING",
    )
    async with AsyncExitStack() as held:
        stack = await held.enter_async_context(DevStack(settings, folder, temporal_port=0, smtp_port=0, ui=False))
        other = await _other_worker(stack, folder)
        held.push_async_callback(other.stop)
        client = await connect(stack.address, stack.settings.temporal_namespace)
        engine = open_engine(settings.database_url)
        held.push_async_callback(engine.dispose)
        pragmas = await _pragmas(engine)
        programme = catalogue_of(settings)
        programme = programme.model_copy(update={"policy": unhurried(programme.policy)})
        sessions = session_maker(engine)
        filing = Filing(sessions, files_in(settings, sessions), programme)
        lookout = Lookout(folder / "sojourn.db")
        held.callback(lookout.close)
        gateway = await held.enter_async_context(aclosing(Gateway(client, filing, programme, utc_now)))
        yield Bench(stack, client, gateway, filing, programme, lookout, Intake(today), other, pragmas)


async def _pragmas(engine: AsyncEngine) -> str:
    async with engine.connect() as connection:
        asked = ("journal_mode", "synchronous")
        found = [(await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one() for name in asked]
    return ", ".join(f"{name}={value}" for name, value in zip(asked, found, strict=True))


async def _other_worker(stack: DevStack, folder: Path) -> ManagedProcess:
    ready_file = folder / "bench-worker.ready"
    environment = stack.settings.model_copy(update={"ready_file": ready_file}).environment()

    async def ready() -> bool:
        return ready_file.exists()

    part = ManagedProcess(
        BENCH_WORKER,
        [sys.executable, "-m", "bench.worker"],
        {**os.environ, **environment, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        folder / "log" / "bench-worker.log",
        ready,
        lambda _: None,
    )
    await part.start()
    return part
