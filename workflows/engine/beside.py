"""What goes on beside a workflow's story, in tasks of its own."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from temporalio.exceptions import FailureError

T = TypeVar("T")


class Beside:
    """Begins tasks, and keeps a fault in one of them from passing without a word."""

    def __init__(self) -> None:
        self.fault: Exception | None = None
        """The first fault of the code itself; a refusal is for whoever waits for the task."""

    def begin(self, coroutine: Coroutine[Any, Any, T], *ends: type[Exception]) -> "asyncio.Task[T]":
        """Begin a task; `ends` are exceptions that it may well end with."""
        task = asyncio.create_task(coroutine)
        task.add_done_callback(lambda done: self._look(done, ends))
        return task

    def require_whole(self) -> None:
        """Fail the workflow's task where a fault was met: it is told again, once the fault is mended.

        Raises:
            Exception: the fault.
        """
        if self.fault is not None:
            raise self.fault

    def _look(self, done: "asyncio.Task[Any]", ends: tuple[type[Exception], ...]) -> None:
        fault = None if done.cancelled() else done.exception()
        if isinstance(fault, Exception) and not isinstance(fault, (FailureError, *ends)):
            self.fault = self.fault or fault
