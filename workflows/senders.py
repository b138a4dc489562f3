"""Looks of several senders at once: while one of them is busy or hangs, the others go on."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from workflows.drain import AFTER_A_FAULT, SOONEST

SENDERS = 2
"""Looks at all that is due that are under way at once."""
EXPRESS = SENDERS
"""One more, for what goes first alone: it looks while all others are busy."""
ALL = tuple(range(SENDERS + 1))

Look = Callable[[bool], Awaitable[datetime | None]]
"""Sends what is due, or only what goes first; says when the next is due, `None` where nothing is left."""


@dataclass
class _UnderWay:
    task: asyncio.Task[datetime | None]
    alone: bool
    """Whether no other look was under way meanwhile: then its answer is all there is to know."""


class Senders:
    """Looks when it is woken, and when something put off comes due."""

    def __init__(self, look: Look, *, woken: bool, next_at: datetime | None, waits_for: str) -> None:
        """`waits_for` is said of the timer."""
        self.next_at = next_at
        self._look = look
        self._waits_for = waits_for
        self._wanted = 1 if woken else 0
        self._urgent = self._ends = False
        self._under_way: dict[int, _UnderWay] = {}

    @property
    def woken(self) -> bool:
        """Whether there is to be another look at once."""
        return self._wanted > 0

    def wake(self) -> None:
        """Have it look at once."""
        self._wanted = max(self._wanted, 1)
        self._urgent = True

    async def run(self, looks: int) -> None:
        """Look until the workflow is to continue as new, at most so many times; no look is under way then."""
        while looks > 0 and not workflow.info().is_continue_as_new_suggested():
            self._begin(await self._next_free())
            looks -= 1
        self._ends = True
        while any(sender != EXPRESS for sender in self._under_way):
            # What goes first does not wait for the end of the others.
            if self._is_free(EXPRESS):
                self._begin(EXPRESS)
            await workflow.wait_condition(lambda: self._any_done() or self._is_free(EXPRESS))
            self._take_in_all()
        await workflow.wait_condition(lambda: all(one.task.done() for one in self._under_way.values()))
        self._take_in_all()

    async def _next_free(self) -> int:
        """The next sender that has something to look for."""
        while True:
            self._take_in_all()
            if free := [sender for sender in ALL if self._is_free(sender)]:
                return free[0]
            pause = None if self.next_at is None else max(self.next_at - workflow.now(), SOONEST)
            try:
                await workflow.wait_condition(
                    lambda: self._any_done() or any(map(self._is_free, ALL)),
                    timeout=pause,
                    timeout_summary=self._waits_for,
                )
            except TimeoutError:
                self.next_at = None
                self._wanted = max(self._wanted, 1)

    def _is_free(self, sender: int) -> bool:
        """Whether a sender is not busy, and wanted."""
        if sender in self._under_way:
            return False
        if sender != EXPRESS:
            return self._wanted > 0
        return self._urgent and (self._ends or all(other in self._under_way for other in range(SENDERS)))

    def _begin(self, sender: int) -> None:
        self._urgent = False
        if sender != EXPRESS:
            self._wanted -= 1
        for other in self._under_way.values():
            other.alone = False
        task = asyncio.create_task(self._look_once(sender == EXPRESS))
        self._under_way[sender] = _UnderWay(task, alone=not self._under_way)

    async def _look_once(self, urgent: bool) -> datetime | None:
        try:
            return await self._look(urgent)
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            # A fault of the software: what is due waits for an operator, and the workflow with it.
            workflow.logger.error("sending what is due failed and is tried again later")
            return workflow.now() + AFTER_A_FAULT

    def _any_done(self) -> bool:
        return any(one.task.done() for one in self._under_way.values())

    def _take_in_all(self) -> None:
        for sender in [sender for sender, one in self._under_way.items() if one.task.done()]:
            one = self._under_way.pop(sender)
            self._take_in(one.task.result(), alone=one.alone, express=sender == EXPRESS)

    def _take_in(self, next_at: datetime | None, *, alone: bool, express: bool) -> None:
        """What is left and due is for all senders; what is put off waits for its time."""
        due = next_at is not None and next_at <= workflow.now()
        if due and not express:
            self._wanted = SENDERS
        elif alone:
            self.next_at = next_at
        elif next_at is not None and not due:
            self.next_at = next_at if self.next_at is None else min(self.next_at, next_at)
