"""A small world to run exchanges in: time-skipping Temporal, the real workers on SQLite, and people who act."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from temporalio.client import Client, WorkflowHandle
from temporalio.testing import WorkflowEnvironment

import worker
from demo.cohort import DARTMOUTH, Nominee, first_monday, row
from demo.consent import agree
from demo.people import NOBODY_ANSWERS, Participants, Traveller, when
from demo.stage import VirtualClock
from dev.time_skipping import at_rest
from examples.papers import holder_of
from gateway.operations import Gateway
from models.catalogue.programme import Programme
from models.identifiers import exchange_workflow_id
from models.messages.exchange import ExchangeResult
from models.people.authorization import Actor
from models.rules.nomination import Nomination, parse_row
from models.views import ExchangeView, MessageFilter, MessageView, WorklistFilter, WorklistRow
from models.vocabulary import Role, StepKind
from records.filing import Filing
from records.queries import Reading
from records.store.append import Wakers
from settings import Settings
from tests.sealed import SECRET
from tests.wakers import CountingWaker
from workflows.exchange import ExchangeWorkflow

BOTH = DARTMOUTH[0]
"""A student with laboratory and clinic."""
LAB_ONLY = DARTMOUTH[1]


@dataclass
class World:
    """Gateway, records and people over one time-skipping server."""

    environment: WorkflowEnvironment
    clock: VirtualClock
    gateway: Gateway
    filing: Filing
    reading: Reading
    programme: Programme
    people: Participants
    travellers: dict[str, Traveller] = field(default_factory=dict)
    nominations: dict[str, Nomination] = field(default_factory=dict)
    agree: bool = True
    """Whether students agree to sending papers abroad as soon as they are nominated."""

    def nomination(self, student: Nominee = BOTH, *, rank: int = 1, **cells: str) -> Nomination:
        """A student's nomination, dated from today, with some cells changed."""
        read = parse_row(row(student, first_monday(self.clock.last.date()), rank) | cells, self.programme)
        assert isinstance(read, Nomination), read
        return read

    async def nominate(self, student: Nominee = BOTH, *, rank: int = 1, **cells: str) -> str:
        """Nominate a student, who agrees to sending papers abroad, and say the exchange's code."""
        nomination = self.nomination(student, rank=rank, **cells)
        reply = await self.gateway.nominate(nomination, self.officer("sending", Role.COORDINATOR, nomination))
        self.travellers[reply.exchange_id] = Traveller(
            reply.exchange_id, nomination.to_plan(self.programme), holder_of(nomination)
        )
        self.nominations[reply.exchange_id] = nomination
        if self.agree:
            person = await self.filing.person_of(reply.exchange_id)
            them = Actor(id=person, role=Role.STUDENT, institution=nomination.sending)
            await agree(self.gateway, reply.exchange_id, them)
        return reply.exchange_id

    def officer(self, side: str, role: Role, nomination: Nomination) -> Actor:
        """An officer of one side of an exchange."""
        return self.people.officer(nomination.sending if side == "sending" else nomination.host, role)

    def host(self, exchange: str, role: Role = Role.COORDINATOR) -> Actor:
        """An officer of the host."""
        return self.people.officer(self.travellers[exchange].plan.host, role)

    def sending(self, exchange: str, role: Role = Role.COORDINATOR) -> Actor:
        """An officer of the sending university."""
        return self.people.officer(self.travellers[exchange].plan.sending, role)

    async def steps(self, exchange: str) -> list[WorklistRow]:
        """What is open."""
        return await self.reading.worklist(None, WorklistFilter(exchange_id=exchange, limit=1000))

    async def step(self, exchange: str, kind: StepKind) -> WorklistRow:
        """The open step of a kind."""
        return next(s for s in await self.steps(exchange) if s.kind is kind)

    async def until(self, exchange: str, kind: StepKind, *, leave: Iterable[StepKind] = ()) -> WorklistRow:
        """Let everybody do their part until a step is open; the kinds left are answered by nobody."""
        left = {kind, *leave}
        row = await self._go(exchange, left, lambda steps: next((s for s in steps if s.kind is kind), None))
        assert row is not None, f"{exchange} closed before {kind} opened"
        return row

    async def only(self, exchange: str, *kinds: StepKind) -> None:
        """Let everybody do their part until somebody owes these steps and nothing else."""

        def found(steps: list[WorklistRow]) -> WorklistRow | None:
            owed = [s for s in steps if s.kind not in NOBODY_ANSWERS]
            return owed[0] if {s.kind for s in owed} == set(kinds) else None

        assert await self._go(exchange, set(kinds), found) is not None, f"{exchange} closed"

    async def finish(self, exchange: str, *, leave: Iterable[StepKind] = ()) -> ExchangeResult:
        """Let everybody do their part until the exchange is closed."""
        await self._go(exchange, set(leave), lambda _: None)
        return await self.result(exchange)

    async def _go(
        self, exchange: str, left: set[StepKind], found: Callable[[list[WorklistRow]], WorklistRow | None]
    ) -> WorklistRow | None:
        answered = set[str]()
        for _ in range(600):
            steps = await self.steps(exchange)
            if (row := found(steps)) is not None:
                return row
            if not steps and await self.is_closed(exchange):
                return None
            mine = {s.step_id: self._moment(s) for s in steps if s.kind not in left}
            due = [s for s in steps if s.step_id in mine and mine[s.step_id] <= self.clock.last]
            for step in due:
                await self.people.answer(step, self.travellers[exchange])
            before, answered = answered, {s.step_id for s in due}
            if answered == before:  # nobody owes anything, or who does waits for somebody who looks at their papers
                later = [m - self.clock.last for m in mine.values() if m > self.clock.last]
                await self.advance(min([*later, timedelta(hours=12)]))
        raise AssertionError(f"{exchange} did not get on: {[s.step_id for s in await self.steps(exchange)]}")

    def _moment(self, step: WorklistRow) -> datetime:
        host = self.programme.institutions[step.host]
        return when(step, self.travellers[step.exchange_id], ZoneInfo(host.zone))

    async def advance(self, pause: timedelta) -> None:
        """Let virtual time pass."""
        await self.clock.advance(pause)

    async def until_day(self, exchange: str, weeks: int) -> None:
        """Let virtual time pass until so many weeks after the first day of the stay."""
        start = self.travellers[exchange].plan.start + timedelta(weeks=weeks)
        pause = datetime(start.year, start.month, start.day, 12, tzinfo=UTC) - self.clock.last
        if pause > timedelta():
            await self.advance(pause)

    async def is_closed(self, exchange: str) -> bool:
        """Whether the records say that the exchange ended."""
        return (await self.view(exchange)).outcome is not None

    async def view(self, exchange: str) -> ExchangeView:
        """Everything the records know of an exchange."""
        view = await self.reading.exchange(exchange, None)
        assert view is not None
        return view

    def handle(self, exchange: str) -> WorkflowHandle[Any, ExchangeResult]:
        """The workflow of an exchange."""
        return self.environment.client.get_workflow_handle_for(ExchangeWorkflow.run, exchange_workflow_id(exchange))

    async def result(self, exchange: str) -> ExchangeResult:
        """The workflow's own answer; waiting for it lets time pass."""
        return await self.handle(exchange).result()

    async def lose(self, *workflow_ids: str) -> None:
        """As if Temporal's store were gone: these run no more.

        Each is left to come to rest first: the time-skipping server never skips again once it has ended a workflow
        in the middle of a task or of an activity.
        """
        for workflow_id in workflow_ids:
            await self.rest(workflow_id)
            await self.environment.client.get_workflow_handle(workflow_id).terminate()

    async def rest(self, workflow_id: str) -> str:
        """Wait until a workflow has nothing under way; says which run it is."""
        handle = self.environment.client.get_workflow_handle(workflow_id)
        async with asyncio.timeout(30):
            await at_rest(handle)
        return (await handle.describe()).run_id

    async def messages(self, exchange: str, kind: str | None = None) -> list[MessageView]:
        """What the outbox holds for an exchange."""
        return await self.reading.messages(MessageFilter(exchange_id=exchange, kind=kind, limit=1000))


@asynccontextmanager
async def open_world(
    environment: WorkflowEnvironment, database_url: str, folder: Path, kind: type[World] = World
) -> AsyncIterator[Any]:
    """Start the real workers in this process, on a database and a folder of their own."""
    settings = Settings(database_url=database_url, files_dir=folder / "files", secret_key=SecretStr(SECRET))
    async with (
        worker.resources(settings) as held,
        working(environment.client, held),
        looked_upon(environment, held, kind) as world,
    ):
        yield world


@asynccontextmanager
async def working(client: Client, held: worker.Resources) -> AsyncIterator[None]:
    """Workers that know nothing of what was before them."""
    async with AsyncExitStack() as running:
        for one in worker.workers(client, held, Wakers(CountingWaker())):
            await running.enter_async_context(one)
        yield


@asynccontextmanager
async def looked_upon(
    environment: WorkflowEnvironment, held: worker.Resources, kind: type[World] = World
) -> AsyncIterator[Any]:
    """The world of people, whether workers run or not."""
    clock = VirtualClock(environment)
    await clock.read()
    filing = Filing(held.sessions, held.files, held.programme)
    async with aclosing(Gateway(environment.client, filing, held.programme, clock)) as gateway:
        yield kind(
            environment=environment,
            clock=clock,
            gateway=gateway,
            filing=filing,
            reading=Reading(held.sessions, held.programme),
            programme=held.programme,
            people=Participants(gateway, held.programme, clock.read),
        )
