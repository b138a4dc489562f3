"""What the events say of heads and facts: how far each workflow is on record, and what can be recorded only once."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.events import Event, StepClosed, StepOpened
from models.tables import FactRow, HeadRow
from records.projections.common import insert_once
from records.store.append import Writer

ALWAYS = (StepOpened, StepClosed)
"""Events whose facts are on record however old they are; of others, those since facts are kept."""
Fact = tuple[str, str]
"""A stream and a natural key in it."""


HEADED = ("exchange/", "rotation/", "cohort/", "service-level/")
"""How the names of workflows begin that number what they record."""


def workflow_of(batch_key: str) -> Writer | None:
    """The workflow that recorded a batch, if it was one that numbers what it records."""
    return Writer.of(batch_key) if batch_key.startswith(HEADED) else None


@dataclass
class Derived:
    """What events say of heads and facts."""

    heads: dict[str, tuple[str, int]] = field(default_factory=dict)
    """The stream and the highest batch of each workflow."""
    facts: set[Fact] = field(default_factory=set)
    """All that there may be."""
    required: set[Fact] = field(default_factory=set)
    """Those that there must be."""

    def take(self, stream: str, batch_key: str, event: Event) -> None:
        """Take in one event."""
        writer = workflow_of(batch_key)
        if writer is not None:
            first, highest = self.heads.get(writer.id, (stream, 0))
            self.heads[writer.id] = (first, max(highest, writer.number))
        if event.fact is None:
            return
        round = writer.round if writer is not None else 0
        fact = (stream, f"r{round}/{event.fact}" if round else event.fact)
        self.facts.add(fact)
        if isinstance(event, ALWAYS):
            self.required.add(fact)


async def mend(session: AsyncSession, told: Derived) -> None:
    """Make heads and facts what all events say, in the caller's transaction; which policies are kept stays."""
    for row in await session.scalars(select(HeadRow)):
        if row.writer not in told.heads:
            await session.delete(row)
        else:
            row.revision = told.heads[row.writer][1]
    for writer, (stream, revision) in told.heads.items():
        await insert_once(session, HeadRow, writer=writer, stream=stream, revision=revision)
    there = {(stream, fact) for stream, fact in await session.execute(select(FactRow.stream, FactRow.fact))}
    for stream, fact in there - told.facts:
        await session.execute(delete(FactRow).where(FactRow.stream == stream, FactRow.fact == fact))
    await _add(session, sorted(told.required - there))


async def _add(session: AsyncSession, facts: Iterable[Fact]) -> None:
    for stream, fact in facts:
        await insert_once(session, FactRow, stream=stream, fact=fact)
