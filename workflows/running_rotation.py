"""A rotation as its exchange sees it: a workflow of its own that is told things and says when it is over."""

import asyncio
from typing import Any, Protocol

from temporalio import workflow
from temporalio.exceptions import FailureError

from models.identifiers import rotation_workflow_id
from models.wire import Wire


class RunningRotation(Protocol):
    """What an exchange does with a rotation that it began."""

    def done(self) -> bool:
        """Whether it is over."""

    async def signal(self, name: str, message: Wire) -> None:
        """Tell it something."""

    async def over(self) -> None:
        """Wait until it is over. Who leaves meanwhile does not end the rotation."""


class RotationApart:
    """A rotation that outlives the runs of its exchange and tells it when it is over."""

    def __init__(self, placement_id: str) -> None:
        self._placement = placement_id
        self._over = asyncio.Event()

    def done(self) -> bool:
        """Whether it is over."""
        return self._over.is_set()

    def end(self) -> None:
        """It told so."""
        self._over.set()

    async def signal(self, name: str, message: Wire) -> None:
        """Tell it something; one that has just ended needs to hear nothing."""
        rotation = workflow.get_external_workflow_handle(rotation_workflow_id(self._placement))
        try:
            await rotation.signal(name, message)
        except FailureError:
            workflow.logger.warning("rotation %s does not run and was not told", self._placement)

    async def over(self) -> None:
        """Wait until it tells so."""
        await self._over.wait()


class RotationAsChild:
    """A rotation of an exchange that began before rotations told when they are over: its child."""

    def __init__(self, child: workflow.ChildWorkflowHandle[Any, Any]) -> None:
        self._child = child

    def done(self) -> bool:
        """Whether it is over."""
        return self._child.done()

    async def signal(self, name: str, message: Wire) -> None:
        """Tell it something."""
        await self._child.signal(name, message)

    async def over(self) -> None:
        """Wait until it is over."""
        await asyncio.shield(self._child)
