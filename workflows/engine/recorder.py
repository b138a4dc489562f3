"""The recorder of a workflow: everything one activation brings about, recorded in one transaction.

Stages wait for futures, and only the recorder waits for a condition. The SDK evaluates conditions when no coroutine can
run any more, so the recorder writes exactly once per activation, after every consequence of what woke the workflow.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, FailureError

from activities.recording import Records
from failures.wire import encoded
from models.catalogue.policy import Policy
from models.errors import Code, OutOfStep
from models.events import Event
from models.messages.recording import Batch, DayRule, Recorded, StepRules
from workflows.engine.idempotency import underway
from workflows.engine.memory import Memory
from workflows.options import RECORD

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=5)
"""Between tries to record what was refused: what is mended soon goes on at once, a long wait costs little history."""
PATCH = "recorder-tries-again"


def out_of_step(stream: str) -> ApplicationError:
    """What whoever acts is told; the act is sent again under its key."""
    return encoded(OutOfStep("records.overtaken", stream=stream))


class Recorder:
    """Collects events and has them recorded before anybody is answered."""

    def __init__(
        self,
        stream: str,
        on_recorded: Callable[[Recorded], None],
        written: int = 0,
        follows: tuple[int, ...] = (),
        before_recording: Callable[[], None] = lambda: None,
        round: int = 0,
    ) -> None:
        """`before_recording` may note what follows from everything that one activation brought about.

        `round` tells the keys of a reopened exchange from those before.
        """
        self.stream = stream
        self.lost = asyncio.Event()
        """Set when the records turn out to be further than this workflow, or it than they: nothing more is recorded."""
        self.on_lost: list[Callable[[], object]] = []
        """Who else waits for what will not come any more."""
        self.stuck = False
        """Whether the records refuse what is to be recorded now."""
        self.wrote = False
        """Whether this run has recorded anything."""
        self.policy: Policy | None = None
        """What goes with the first batch, for the workflow to be started again."""
        self._round = round
        self._run = f"/r{round}" if round else ""
        self._on_recorded = on_recorded
        self._before_recording = before_recording
        self._events: list[Event] = []
        self._rules: list[StepRules] = []
        self._days: list[DayRule] = []
        self._acts: dict[str, None] = {}
        self._known: frozenset[str] = frozenset()
        self._batches = written
        self._follows = follows if written else (0,)
        """The last batch on record, and what was taken since; empty where an earlier version did not carry it."""
        self._added = 0
        self._written = 0
        self._stopped = False
        self._fault: Exception | None = None
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    @property
    def idle(self) -> bool:
        """Whether everything so far is recorded."""
        return self._written == self._added

    @property
    def batches(self) -> int:
        """How many batches were recorded: the counter that makes keys unique, carried over continue-as-new."""
        return self._batches

    @property
    def writer(self) -> str:
        """Under which name this workflow is on record."""
        return f"{workflow.info().workflow_id}{self._run}"

    @property
    def follows(self) -> tuple[int, ...]:
        """The numbers of which one is the newest on record: the last batch, and what was taken since."""
        return self._follows

    def follow(self, memory: Memory) -> None:
        """Go on after what is on record; facts that are, are not noted again."""
        self.go_on(memory.revision)
        self._known = frozenset(memory.facts)

    def go_on(self, revision: int) -> None:
        """Go on after the newest batch on record."""
        self._batches = revision
        self._follows = (revision,)

    def next_key(self) -> str:
        """A key for something that is taken, unique and the same on every replay."""
        key = self._key()
        if self._follows:
            self._follows = (*self._follows, self._batches)
        return key

    def _key(self) -> str:
        self._batches += 1
        return f"{self.writer}:{self._batches}"

    def add(self, event: Event, rules: StepRules | None = None) -> bool:
        """Note a fact, to be recorded at the end of this activation; says whether it is news."""
        if event.fact is not None and event.fact in self._known:
            return False
        self._added += 1
        self._events.append(event)
        if (act := underway()) is not None:
            self._acts[act] = None
        if rules is not None:
            self._rules.append(rules)
        return True

    def ask_moment(self, rule: DayRule) -> None:
        """Have a day of the institution's calendar turned into a moment with the next batch."""
        self._added += 1
        self._days.append(rule)

    def fulfil(self, act: str) -> None:
        """Say with the next batch that an act is taken, which notes nothing itself."""
        self._acts[act] = None

    async def settled(self) -> None:
        """Wait until everything noted so far is recorded.

        Raises:
            ApplicationError: the workflow is out of step with the records; it reads them again.
            Exception: nothing is recorded any more, for a fault of the code.
        """
        if self.lost.is_set():
            raise out_of_step(self.stream)
        if self._fault is not None:
            raise self._fault
        if self.idle:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((self._added, future))
        await future

    async def write(self) -> None:
        """Record batch after batch until stopped; runs as long as the workflow.

        Raises:
            Exception: a fault of the code itself; whoever waits meets it too.
        """
        try:
            await self._write()
        except FailureError:
            raise
        except Exception as fault:
            self._fault = fault
            for _, waiting in self._waiting:
                if not waiting.done():
                    waiting.set_exception(fault)
            raise

    async def _write(self) -> None:
        while True:
            await workflow.wait_condition(lambda: bool(self._events or self._days) or self._stopped)
            if not (self._events or self._days):
                return
            self._before_recording()
            added = self._added
            batch = self._batch()
            recorded = await self._record(batch)
            if recorded is None:
                self.lose()
                return
            if batch.events:
                self.wrote = True
                self._follows = (batch.number, *(number for number in self._follows if number > batch.number))
            self._written = added
            self._on_recorded(recorded)
            self._wake()

    def _batch(self) -> Batch:
        """What was noted, as the batch that follows."""
        follows = self.follows
        key = self._key()
        batch = Batch(
            stream=self.stream,
            key=key,
            events=tuple(self._events),
            rules=tuple(self._rules),
            days=tuple(self._days),
            writer=self.writer,
            workflow_id=workflow.info().workflow_id,
            number=self._batches,
            follows=follows,
            round=self._round,
            acts=tuple(self._acts) if self._events else (),
            policy=self.policy if self._events else None,
        )
        if self._events:
            self._acts, self.policy = {}, None
        self._events, self._rules, self._days = [], [], []
        return batch

    async def _record(self, batch: Batch) -> Recorded | None:
        """Have a batch recorded, however long it takes: nobody is answered with what is not on record.

        Trouble outside is retried by the activity's own policy. A refusal is a fault of the software: the workflow
        waits, says so in its history and log, and goes on soon after what was wrong is mended. `None`: the batch does
        not follow what is on record; it was not recorded, and this run cannot go on.
        """
        pause = FIRST_PAUSE
        while True:
            try:
                recorded: Recorded = await workflow.execute_local_activity_method(Records.record, batch, **RECORD)
                self.stuck = False
                return recorded
            except (ActivityError, ApplicationError) as failure:  # a local activity fails without the first
                if isinstance(failure, ApplicationError) and failure.type == Code.OUT_OF_STEP:
                    return None
                if not workflow.patched(PATCH):
                    raise  # as it is in histories of before: what had failed was never tried again
                self.stuck = True
                workflow.logger.error("the records refuse batch %s; an operator must look", batch.key)
                await workflow.sleep(pause, summary="the records refuse a batch: an operator must look")
                pause = min(2 * pause, LONGEST_PAUSE)

    def lose(self) -> None:
        """Tell whoever waits that this run records nothing any more."""
        self.lost.set()
        for left in self.on_lost:
            left()
        waiting, self._waiting = self._waiting, []
        for _, future in waiting:
            if not future.done():
                future.set_exception(out_of_step(self.stream))

    def stop(self) -> None:
        """Let `write` end once everything is recorded."""
        self._stopped = True

    def _wake(self) -> None:
        still: list[tuple[int, asyncio.Future[None]]] = []
        for target, future in self._waiting:
            if target > self._written:
                still.append((target, future))
            elif not future.done():
                future.set_result(None)
        self._waiting = still
