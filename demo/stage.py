"""The demo's machine: time-skipping Temporal server, worker, mail sink and records under one folder."""

import shutil
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from temporalio.testing import WorkflowEnvironment

from dev.stack import DevStack
from dev.time_skipping import time_skipping
from gateway.composition import Services, open_gateway
from models.identifiers import DIGEST_WORKFLOW, EXCHANGE_QUEUE, MAILROOM_SCHEDULE_ID, digest_schedule_id
from models.messages.mailroom import SWEEP_WORKFLOW
from models.rules.digests import morning_of
from settings import Settings


class VirtualClock:
    """The virtual time, as last read from the server; the gateway dates what it files with it."""

    def __init__(self, environment: WorkflowEnvironment) -> None:
        self._environment = environment
        self.last = datetime.now(UTC)

    async def read(self) -> datetime:
        """Ask the server."""
        self.last = (await self._environment.get_current_time()).astimezone(UTC)
        return self.last

    async def advance(self, pause: timedelta) -> None:
        """Let virtual time pass; every timer on the way fires."""
        await self._environment.sleep(pause)
        await self.read()

    def __call__(self) -> datetime:
        """The time last read."""
        return self.last


class Mornings:
    """Starts the digests of each zone at eight there: the time-skipping server has no schedules."""

    def __init__(self, environment: WorkflowEnvironment, zones: Iterable[str], began: datetime) -> None:
        self._environment = environment
        self._next = {zone: _morning_after(began, zone) for zone in zones}

    @property
    def next(self) -> datetime:
        """The next morning of any zone."""
        return min(self._next.values())

    async def pass_to(self, now: datetime) -> bool:
        """Have the digests written of every zone where it became morning; says whether there were any."""
        written = 0
        for zone in sorted(zone for zone, morning in self._next.items() if morning <= now):
            self._next[zone] = _morning_after(now, zone)
            answer = await self._run(DIGEST_WORKFLOW, digest_schedule_id(zone), [zone])
            written += answer["written"]
        if written:
            # Days pass faster than the waker signals: woken at once, what was written leaves first.
            await self._run(SWEEP_WORKFLOW, MAILROOM_SCHEDULE_ID, [])
        return written > 0

    async def _run(self, workflow: str, name: str, arguments: list[str]) -> Any:
        # Waiting for the answer would let time pass.
        with self._environment.auto_time_skipping_disabled():
            return await self._environment.client.execute_workflow(
                workflow, args=arguments, id=name, task_queue=EXCHANGE_QUEUE
            )


def _morning_after(moment: datetime, zone: str) -> datetime:
    day = moment.astimezone(ZoneInfo(zone)).date()
    morning = morning_of(day, zone)
    return morning if morning > moment else morning_of(day + timedelta(days=1), zone)


@dataclass
class DemoService:
    """What a demo runs on."""

    clock: VirtualClock
    mornings: Mornings
    stack: DevStack
    services: Services
    folder: Path


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


@asynccontextmanager
async def stage(folder: Path) -> AsyncIterator[DemoService]:
    """Set the stage in an emptied folder, and clear away the processes at the end; the folder stays to look at."""
    _empty(folder)
    async with time_skipping() as environment:
        settings = Settings(
            database_url=f"sqlite+aiosqlite:///{folder / 'sojourn.db'}",
            files_dir=folder / "files",
            temporal_address=environment.client.service_client.config.target_host,
            temporal_namespace=environment.client.namespace,
            mail_per_second=1000,
        )
        clock = VirtualClock(environment)
        async with (
            DevStack(settings, folder, smtp_port=0) as stack,
            open_gateway(stack.settings, clock=clock) as services,
        ):
            zones = {institution.zone for institution in services.programme.institutions.values()}
            mornings = Mornings(environment, zones, await clock.read())
            yield DemoService(clock, mornings, stack, services, folder)
