"""What all checks share: snapshots of the database, breaks between batches, and looking again before it is said."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol, TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.messages.audit import AuditFinding, Part
from records.store.engine import Sessions, transaction

T = TypeVar("T")
Breath = Callable[[], Awaitable[None]]
"""Called after every batch: says that the audit lives, and lets the service have its turn."""
LOOKS_AGAIN = (2.0, 10.0)
"""Seconds before what differs is looked at again: a workflow in the middle of an act is not out of step."""


class Check(Protocol):
    """One part of the audit."""

    part: Part

    async def find(self, breathe: Breath) -> list[AuditFinding]:
        """Everything that is out of step.

        Raises:
            SojournError: it cannot be looked at now.
        """


@asynccontextmanager
async def snapshot(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """A transaction that only reads, in which all statements see the same commit. Keeps no writer waiting.

    On SQLite, sessions of a reading engine do that by themselves.
    """
    async with transaction(sessions) as session:
        if session.get_bind().dialect.name == "postgresql":
            await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        yield session


async def confirmed(
    look: Callable[[], Awaitable[list[AuditFinding]]], pauses: Sequence[float] = LOOKS_AGAIN
) -> list[AuditFinding]:
    """What is found every time it is looked at, as it was found last."""
    found = await look()
    for pause in pauses:
        if not found:
            break
        await asyncio.sleep(pause)
        before = {_identity(one) for one in found}
        found = [one for one in await look() if _identity(one) in before]
    return found


def _identity(finding: AuditFinding) -> tuple[str, str, str]:
    """What a finding is about; what exactly differs may change from look to look."""
    about = finding.params.get("row") or finding.params.get("workflow") or ""
    return finding.kind, finding.stream, str(about)


def pages(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """So many at a time."""
    left = list(things)
    for first in range(0, len(left), size):
        yield left[first : first + size]
