"""When a run of a workflow ends and the next one goes on: out of step with the records, asked to read them, or long.

The next run knows nothing but its input and the records. So it makes no difference whether a run was ended by itself,
by a server that lost what came last, or by a recovery into an empty one.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from temporalio import workflow

from models.errors import OutOfStep
from workflows.engine.beside import Beside
from workflows.engine.idempotency import Acts
from workflows.engine.recorder import Recorder

MOST_ACTS = 1500
"""Acts a run takes; servers allow two thousand updates."""
PATCH = "a long run is renewed"
IN_VAIN = 3
"""Resumes in a row after which the next one waits: an operator must look."""
LONGEST_PAUSE = timedelta(minutes=5)


class Renewal:
    """Watches over one run of a workflow that lives long."""

    def __init__(
        self,
        recorder: Recorder,
        acts: Acts,
        longest: int,
        resumes: int,
        beside: Beside,
        rests: Callable[[], bool] = lambda: True,
    ) -> None:
        """`longest` is the number of events after which it is renewed, `resumes` how often in a row it was resumed.

        `beside` are the tasks that go on beside the story; `rests` says whether it waits for people and days only, and
        no command of it is under way.
        """
        self._beside = beside
        self._rests = rests
        self._recorder = recorder
        self._acts = acts
        self._longest = longest
        self._resumes = resumes
        self._asked = False

    def require_in_step(self, remembers: bool) -> None:
        """That what is asked now meets the state that is on record.

        Raises:
            OutOfStep: the records are being read; the same act is taken a moment later.
        """
        if not remembers or self._recorder.lost.is_set():
            raise OutOfStep("records.overtaken", stream=self._recorder.stream)

    def ask(self) -> None:
        """Have the workflow read the records again."""
        self._asked = True

    def is_due(self) -> bool:
        """Whether this run is to end now: at a moment at which nothing that it took is under way."""
        if self._recorder.lost.is_set():
            return workflow.all_handlers_finished()
        if not (self._asked or self.is_long()):
            return False
        quiet = self._recorder.idle and self._rests() and workflow.all_handlers_finished()
        return quiet or (self._asked and self._recorder.stuck)

    def is_long(self) -> bool:
        """Whether the history has grown so far that the next run should go on."""
        info = workflow.info()
        long = info.is_continue_as_new_suggested() or info.get_current_history_length() > self._longest
        # Asked for only where it matters: a run that grew long under an earlier version goes on as it did.
        return (long or self._acts.begun > MOST_ACTS) and workflow.patched(PATCH)

    async def over(self, story: "asyncio.Task[Any]") -> bool:
        """Wait until the story is told, or this run is to end; says whether it is to end.

        Raises:
            Exception: a fault of what goes on beside the story.
        """
        lost = self._recorder.lost
        await workflow.wait_condition(
            lambda: self._beside.fault is not None or self.is_due() or (story.done() and not lost.is_set())
        )
        self._beside.require_whole()
        if not self.is_due():
            return False
        if story.done() and not story.cancelled():
            story.exception()  # looked at: it found out of step what it waited for
        return True

    async def next_resumes(self) -> int:
        """How often in a row the next run will have been resumed; waits where it is in vain."""
        if self._recorder.wrote or not self._recorder.lost.is_set():
            return 1
        resumes = self._resumes + 1
        if resumes > IN_VAIN:
            workflow.logger.error("%s reads the records in vain; an operator must look", self._recorder.stream)
            pause = min(timedelta(seconds=2**resumes), LONGEST_PAUSE)
            await workflow.sleep(pause, summary="the records were read in vain: an operator must look")
        return resumes
