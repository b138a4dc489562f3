"""The recorder of a workflow: everything one activation brings about, recorded in one transaction.

Stages wait for futures, and only the recorder waits for a condition. The SDK evaluates conditions when no coroutine can
run any more, so the recorder writes exactly once per activation, after every consequence of what woke the workflow.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from activities.recording import Records
from models.events import Event
from models.messages.recording import Batch, DayRule, Recorded, StepRules
from workflows.options import RECORD

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=5)
"""Between tries to record what was refused: what is mended soon goes on at once, a long wait costs little history."""
PATCH = "recorder-tries-again"


class Recorder:
    """Collects events and has them recorded before anybody is answered."""

    def __init__(
        self,
        stream: str,
        on_recorded: Callable[[Recorded], None],
        written: int = 0,
        before_recording: Callable[[], None] = lambda: None,
        run: str = "",
    ) -> None:
        """`before_recording` may note what follows from everything that one activation brought about.

        `run` tells the keys of a further run under the same workflow id from those before.
        """
        self._run = run
        self._stream = stream
        self._on_recorded = on_recorded
        self._before_recording = before_recording
        self._events: list[Event] = []
        self._rules: list[StepRules] = []
        self._days: list[DayRule] = []
        self._batches = written
        self._added = 0
        self._written = 0
        self._stopped = False
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    @property
    def idle(self) -> bool:
        """Whether everything so far is recorded."""
        return self._written == self._added

    @property
    def batches(self) -> int:
        """How many batches were recorded: the counter that makes keys unique, carried over continue-as-new."""
        return self._batches

    def next_key(self) -> str:
        """A key for a side effect of this workflow, unique and the same on every replay."""
        self._batches += 1
        return f"{workflow.info().workflow_id}{self._run}:{self._batches}"

    def add(self, event: Event, rules: StepRules | None = None) -> None:
        """Note a fact; it is recorded at the end of this activation."""
        self._added += 1
        self._events.append(event)
        if rules is not None:
            self._rules.append(rules)

    def ask_moment(self, rule: DayRule) -> None:
        """Have a day of the institution's calendar turned into a moment with the next batch."""
        self._added += 1
        self._days.append(rule)

    async def settled(self) -> None:
        """Wait until everything noted so far is recorded."""
        if self.idle:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((self._added, future))
        await future

    async def write(self) -> None:
        """Record batch after batch until stopped; runs as long as the workflow."""
        while True:
            await workflow.wait_condition(lambda: bool(self._events or self._days) or self._stopped)
            if not (self._events or self._days):
                return
            self._before_recording()
            added = self._added
            batch = Batch(
                stream=self._stream,
                key=self.next_key(),
                events=tuple(self._events),
                rules=tuple(self._rules),
                days=tuple(self._days),
            )
            self._events, self._rules, self._days = [], [], []
            recorded = await self._record(batch)
            self._written = added
            self._on_recorded(recorded)
            self._wake()

    async def _record(self, batch: Batch) -> Recorded:
        """Have a batch recorded, however long it takes: nobody is answered with what is not on record.

        Trouble outside is retried by the activity's own policy. A refusal is a fault of the software: the workflow
        waits, says so in its history and log, and goes on soon after what was wrong is mended.
        """
        pause = FIRST_PAUSE
        while True:
            try:
                return await workflow.execute_local_activity_method(Records.record, batch, **RECORD)
            except (ActivityError, ApplicationError):  # a local activity fails without the activity's own error
                if not workflow.patched(PATCH):
                    raise  # as it is in histories of before: what had failed was never tried again
                workflow.logger.error("the records refuse batch %s; an operator must look", batch.key)
                await workflow.sleep(pause, summary="the records refuse a batch: an operator must look")
                pause = min(2 * pause, LONGEST_PAUSE)

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
