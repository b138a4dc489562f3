"""One round of each measurement; a run repeats them in turn, so that both sides see the same machine."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from temporalio.client import WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from bench.journey import Beside, Journey
from bench.samples import Latencies, cpu_seconds
from bench.shapes import BENCH_QUEUE, HANDED_IN, BareWorkflow, Shape, ShapeWorkflow
from bench.stack import Bench
from gateway.deadlines import WITHIN, AnswerTime
from gateway.operations import new_id
from models.identifiers import exchange_workflow_id
from models.messages.exchange import Decide, ExchangeResult, Nominate
from models.people.authorization import CLOCK
from models.vocabulary import Outcome
from workflows.exchange import ExchangeWorkflow

ANSWER_WITHIN = timedelta(seconds=WITHIN[AnswerTime.ACT])
SERVICE, EMPTY, NONE = "service", "empty effects", "no effect"
SIDES = (SERVICE, EMPTY, NONE)


@dataclass
class Round:
    """Lifecycles of one side, so many at a time."""

    lifecycles: int
    seconds: float
    latencies: Latencies
    cpu: dict[str, float] = field(default_factory=dict)
    """Seconds of processor time by process."""

    @property
    def rate(self) -> float:
        """Lifecycles a second."""
        return self.lifecycles / self.seconds


@dataclass(frozen=True)
class Walk:
    """What one exchange that goes well consists of, as counted on the service."""

    acts: int
    documents: int
    timers: int

    def shape(self, side: str) -> Shape:
        """As many decisions and timers without effects."""
        effects: Literal["none", "empty"] = "empty" if side == EMPTY else "none"
        return Shape(id=new_id(), acts=self.acts, timers=self.timers, effects=effects)


class Bare:
    """Updates of a workflow that answers at once."""

    def __init__(self, bench: Bench) -> None:
        self._client = bench.client
        self.latencies = Latencies()
        self._handle: WorkflowHandle[BareWorkflow, None] | None = None

    async def update(self) -> float:
        """One update, timed."""
        if self._handle is None or len(self.latencies) % 500 == 0:
            self._handle = await self._client.start_workflow(
                BareWorkflow.run, id=f"bare/{new_id()}", task_queue=BENCH_QUEUE
            )
            await self._send(self._handle)
        seconds = await self._send(self._handle)
        self.latencies.add("bare", seconds)
        return seconds

    async def _send(self, handle: WorkflowHandle[BareWorkflow, None]) -> float:
        key = new_id()
        request = Decide(decision_id=key, step_id=handle.id, outcome="approve", actor=CLOCK)
        began = time.perf_counter()
        await handle.execute_update(BareWorkflow.decide, request, id=key, rpc_timeout=ANSWER_WITHIN)
        return time.perf_counter() - began


async def service_lifecycle(bench: Bench, latencies: Latencies, beside: Beside | None = None) -> Journey:
    """One exchange of the service, from nomination to certificate."""
    number, bench.students = bench.students, bench.students + 1
    journey = Journey(
        bench.gateway,
        bench.programme,
        bench.lookout,
        bench.intake.student(number),
        bench.filing.person_of,
        latencies,
        beside,
    )
    await journey.run()
    handle: WorkflowHandle[Any, ExchangeResult]
    handle = bench.client.get_workflow_handle_for(ExchangeWorkflow.run, exchange_workflow_id(journey.id))
    result = await handle.result()
    if result.outcome is not Outcome.COMPLETED or result.certificate is None:
        raise RuntimeError(f"{journey.id} ended as {result.outcome}: {result.reason}")
    return journey


async def shape_lifecycle(bench: Bench, walk: Walk, latencies: Latencies, shape: Shape) -> None:
    """As many decisions of a workflow without effects, sent the same way."""
    operation = WithStartWorkflowOperation(
        ShapeWorkflow.run,
        shape,
        id=f"shape/{shape.id}",
        task_queue=BENCH_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
    )
    await bench.client.execute_update_with_start_workflow(
        ShapeWorkflow.nominate,
        Nominate(request_id=new_id(), actor=CLOCK),
        start_workflow_operation=operation,
        rpc_timeout=ANSWER_WITHIN,
    )
    handle: WorkflowHandle[ShapeWorkflow, int]
    handle = bench.client.get_workflow_handle_for(ShapeWorkflow.run, f"shape/{shape.id}")
    for number in range(1, walk.acts):
        document = number <= walk.documents
        key = new_id()
        request = Decide(decision_id=key, step_id=shape.id, outcome=HANDED_IN if document else "approve", actor=CLOCK)
        began = time.perf_counter()
        await handle.execute_update(ShapeWorkflow.decide, request, id=key, rpc_timeout=ANSWER_WITHIN)
        if not document:
            latencies.add("decide", time.perf_counter() - began)
    await handle.result()


async def lifecycles(bench: Bench, side: str, walk: Walk, count: int, concurrency: int, bare: Bare | None) -> Round:
    """`count` lifecycles of one side, `concurrency` at a time; bare updates beside them do not count."""
    latencies = Latencies()
    aside = 0.0

    async def one() -> None:
        nonlocal aside
        if side == SERVICE:
            aside += (await service_lifecycle(bench, latencies, bare.update if bare else None)).aside
        else:
            await shape_lifecycle(bench, walk, latencies, walk.shape(side))

    before = {name: cpu_seconds(process) for name, process in bench.processes.items()}
    began, driver = time.perf_counter(), time.process_time()
    await _at_a_time(one, count, concurrency)
    seconds = time.perf_counter() - began - aside
    cpu = {name: cpu_seconds(process) - before[name] for name, process in bench.processes.items()}
    return Round(count, seconds, latencies, cpu | {"driver": time.process_time() - driver})


async def _at_a_time(one: Callable[[], Awaitable[None]], count: int, concurrency: int) -> None:
    left = iter(range(count))

    async def work() -> None:
        for _ in left:
            await one()

    async with asyncio.TaskGroup() as group:
        for _ in range(min(concurrency, count)):
            group.create_task(work())
