"""The loop of a workflow that sends what is due: it looks when it is woken, and when something put off comes due."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

SOONEST = timedelta(seconds=1)
AFTER_A_FAULT = timedelta(minutes=5)

Left = tuple[bool, datetime | None]
"""Whether there is to be another look, and when something put off comes due."""


class Drain:
    """Looks round after round, until nobody takes any more or the history has grown long."""

    def __init__(
        self, *, woken: bool, next_at: datetime | None, rounds: int, waits_for: str, every: timedelta | None = None
    ) -> None:
        """At most so many `rounds` a run; with `every`, it looks by itself so often even if nothing was put off."""
        self.woken = woken
        self.next_at = next_at
        self._rounds = rounds
        self._waits_for = waits_for
        self._every = every

    def wake(self) -> None:
        """Have it look at once."""
        self.woken = True

    async def run(self, look: Callable[[], Awaitable[Left]]) -> bool:
        """Look until the workflow is to continue as new; `False`: it is over, there is to be no other look."""
        for _ in range(self._rounds):
            if workflow.info().is_continue_as_new_suggested():
                break
            await self._wait()
            if not await self._look(look):
                return False
        return True

    async def _wait(self) -> None:
        if self.woken:
            return
        pause = self._every
        if self.next_at is not None:
            due = max(self.next_at - workflow.now(), SOONEST)
            pause = due if pause is None else min(due, pause)
        try:
            await workflow.wait_condition(lambda: self.woken, timeout=pause, timeout_summary=self._waits_for)
        except TimeoutError:
            return

    async def _look(self, look: Callable[[], Awaitable[Left]]) -> bool:
        """One look. What is left and due is the next round's; who wakes it meanwhile gets another look."""
        self.woken = False
        try:
            more, self.next_at = await look()
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            # A fault of the software: what is due waits for an operator, and the workflow with it.
            workflow.logger.error("sending what is due failed and is tried again later")
            self.next_at = workflow.now() + AFTER_A_FAULT
            return True
        if self.next_at is not None and self.next_at <= workflow.now():
            self.woken = True
        return more or self.woken
