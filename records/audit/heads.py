"""Heads and facts of a stream compared with its events."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.events import Event
from models.identifiers import review_workflow_id
from models.messages.audit import AuditFinding, FindingKind
from models.tables import EventRow, FactRow, HeadRow
from records.store.heads import Derived, workflow_of


async def heads_of(session: AsyncSession, rows: Iterable[EventRow]) -> dict[str, int]:
    """The heads of the workflows that wrote some events."""
    writers = {writer.id for row in rows if (writer := workflow_of(row.batch_key)) is not None}
    query = select(HeadRow.writer, HeadRow.revision).where(HeadRow.writer.in_(writers))
    return {row[0]: row[1] for row in await session.execute(query)}


async def facts_of(session: AsyncSession, streams: Sequence[str]) -> dict[str, set[str]]:
    """The facts on record of some streams."""
    found: dict[str, set[str]] = {stream: set() for stream in streams}
    for stream, fact in await session.execute(select(FactRow.stream, FactRow.fact).where(FactRow.stream.in_(streams))):
        found[stream].add(fact)
    return found


def compared(
    stream: str,
    rows: Sequence[EventRow],
    events: Iterable[tuple[int, Event]],
    heads: Mapping[str, int],
    facts: set[str],
) -> list[AuditFinding]:
    """Heads that are not the highest batch of their workflow, facts that are missing, and facts of no event."""
    told = Derived()
    keys = {row.seq: row.batch_key for row in rows}
    for seq, event in events:
        told.take(stream, keys[seq], event)
    findings = [
        AuditFinding(kind=FindingKind.HEAD_DIFFERS, stream=stream, params={"row": writer})
        for writer, (_, highest) in sorted(told.heads.items())
        if _differs(writer, highest, heads.get(writer))
    ]
    missing = {fact for _, fact in told.required} - facts
    extra = facts - {fact for _, fact in told.facts}
    findings += [
        AuditFinding(kind=FindingKind.FACT_MISSING, stream=stream, params={"row": fact}) for fact in sorted(missing)
    ]
    findings += [
        AuditFinding(kind=FindingKind.FACT_WITHOUT_EVENT, stream=stream, params={"row": fact}) for fact in sorted(extra)
    ]
    return findings


def _differs(writer: str, highest: int, head: int | None) -> bool:
    if head is None or head < highest:
        return True
    # Reviews of one unit, each in a stream of its own, go on with one number.
    return head > highest and not writer.startswith(review_workflow_id(""))
