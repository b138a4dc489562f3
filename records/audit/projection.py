"""Events projected anew, a stream at a time into a database in memory, and compared with the tables as they stand."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, String, cast, exists, func, insert, literal, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.pool import StaticPool

from models.errors import SojournError
from models.events import Event, PlaceAssigned
from models.messages.audit import AuditFinding, FindingKind, Part
from models.tables import (
    AbsenceRow,
    Base,
    CohortRow,
    DocumentRow,
    EventRow,
    ExchangeRow,
    PreferenceRow,
    SeatRow,
    StepRow,
    SuspensionRow,
    UnitSlotRow,
    UnitTermsRow,
    WaitlistRow,
)
from models.vocabulary import DocumentStatus
from records.audit.events import contradictions, gaps, read
from records.audit.heads import compared as follow
from records.audit.heads import facts_of, heads_of
from records.audit.looking import Breath, snapshot
from records.audit.rows import Row, compared
from records.projections.common import table_of
from records.projections.projector import project
from records.store.engine import Sessions, session_maker
from records.store.rebuild import PROJECTED

STREAMS = 20
"""Streams read at a time, each batch in a snapshot of its own."""
MOST_STRAYS = 100
"""Rows of streams without events that are named, of each table."""
_PREFIXES: Mapping[type[Base], str] = {AbsenceRow: "person:", PreferenceRow: "person:", UnitTermsRow: "unit:"}
"""What a stream's name has before the column that names it."""
_OWNERS: Mapping[type[Base], str] = {
    ExchangeRow: "id",
    CohortRow: "id",
    SuspensionRow: "id",
    StepRow: "stream",
    SeatRow: "cohort_id",
    WaitlistRow: "cohort_id",
    AbsenceRow: "person_id",
    PreferenceRow: "person_id",
    UnitTermsRow: "unit_id",
}
"""The column that names the stream of a row; elsewhere it is `exchange_id`."""
COMPARED: tuple[type[Base], ...] = (*PROJECTED, DocumentRow)
_RESET: Mapping[str, Any] = {
    "status": DocumentStatus.FILED,
    "submitted_at": None,
    "issued_on": None,
    "expires_on": None,
    "accepted": None,
    "read": None,
    "accepted_by": None,
    "erased_at": None,
    "erased_under": None,
}
"""A document of which no event said anything yet."""
Rows = dict[type[Base], list[Row]]


class Projection:
    """Compares events with themselves and with what is projected from them."""

    part = Part.EVENTS

    def __init__(self, sessions: Sessions) -> None:
        """`sessions` of a reading engine."""
        self._sessions = sessions

    async def find(self, breathe: Breath) -> list[AuditFinding]:
        """What is wrong with the events of each stream and with the rows that they say; then rows of no stream."""
        findings: list[AuditFinding] = []
        last = ""
        async with _shadow() as shadow:
            while True:
                async with snapshot(self._sessions) as session:
                    streams = await _streams_after(session, last)
                    events = await _events_of(session, streams)
                    found = await _rows_of(session, streams)
                    heads = await heads_of(session, chain.from_iterable(events.values()))
                    facts = await facts_of(session, streams)
                if not streams:
                    break
                for stream in streams:
                    findings += await _of_stream(shadow, stream, events[stream], found[stream])
                    readable, _ = read(stream, events[stream])
                    findings += follow(stream, events[stream], readable, heads, facts[stream])
                last = streams[-1]
                await breathe()
        async with snapshot(self._sessions) as session:
            for table in PROJECTED:
                findings += await _strays(session, table)
                await breathe()
        return findings


async def _of_stream(shadow: Sessions, stream: str, rows: Sequence[EventRow], found: Rows) -> list[AuditFinding]:
    events, findings = read(stream, rows)
    findings += gaps(stream, (row.seq for row in rows))
    findings += contradictions(stream, events)
    if findings and any(one.kind is FindingKind.EVENT_DAMAGED for one in findings):
        return findings  # what cannot be read cannot be projected
    told = await _projected(shadow, stream, events, found[DocumentRow])
    if isinstance(told, AuditFinding):
        return [*findings, told]
    for table in COMPARED:
        findings += compared(table, stream, told[table], found[table])
    return findings


async def _projected(
    shadow: Sessions, stream: str, events: Sequence[tuple[int, Event]], documents: Sequence[Row]
) -> Rows | AuditFinding:
    """The rows that the events of one stream say; what they cannot say together is a finding.

    Nothing is committed, so nothing stays behind.
    """
    async with shadow() as session:
        try:
            await _furnish(session, events, documents)
            for seq, event in events:
                await project(session, stream, seq, event)
            await session.flush()
            return {table: await _all(session, table) for table in COMPARED}
        except (SojournError, SQLAlchemyError, ValueError, KeyError) as error:
            why = error.message if isinstance(error, SojournError) else type(error).__name__
            return AuditFinding(kind=FindingKind.EVENTS_CONTRADICT, stream=stream, params={"error": why})


async def _furnish(session: AsyncSession, events: Iterable[tuple[int, Event]], documents: Sequence[Row]) -> None:
    """What projecting finds there besides events: papers that were filed, and a place in every unit."""
    units = sorted({event.unit_id for _, event in events if isinstance(event, PlaceAssigned)})
    if units:
        await session.execute(insert(UnitSlotRow), [{"unit_id": unit, "slot": 1} for unit in units])
    if documents:
        await session.execute(insert(table_of(DocumentRow)), [dict(row) | dict(_RESET) for row in documents])


@asynccontextmanager
async def _shadow() -> AsyncIterator[Sessions]:
    """An empty database in memory with the tables alone."""
    engine = create_async_engine("sqlite+aiosqlite://", poolclass=StaticPool, hide_parameters=True)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        yield session_maker(engine)
    finally:
        await engine.dispose()


async def _streams_after(session: AsyncSession, last: str) -> list[str]:
    query = select(EventRow.stream).where(EventRow.stream > last).group_by(EventRow.stream).order_by(EventRow.stream)
    return list(await session.scalars(query.limit(STREAMS)))


async def _events_of(session: AsyncSession, streams: Sequence[str]) -> dict[str, list[EventRow]]:
    found = defaultdict[str, list[EventRow]](list)
    query = select(EventRow).where(EventRow.stream.in_(streams)).order_by(EventRow.stream, EventRow.seq)
    for row in await session.scalars(query):
        found[row.stream].append(row)
    return found


async def _rows_of(session: AsyncSession, streams: Sequence[str]) -> dict[str, Rows]:
    """The rows of each stream, by table."""
    found: dict[str, Rows] = {stream: {table: [] for table in COMPARED} for stream in streams}
    for table in COMPARED:
        owner, rows = _owner(table), table_of(table)
        query = select(rows, owner.label("of_stream")).where(owner.in_(streams))
        for row in (await session.execute(query)).mappings():
            found[row["of_stream"]][table].append({column.name: row[column.name] for column in rows.c})
    return found


def _owner(table: type[Base]) -> ColumnElement[str]:
    """The stream of a row."""
    column = table_of(table).c[_OWNERS.get(table, "exchange_id")]
    return literal(_PREFIXES[table]).concat(column) if table in _PREFIXES else cast(column, String)


async def _all(session: AsyncSession, table: type[Base]) -> list[Row]:
    return [dict(row) for row in (await session.execute(select(table_of(table)))).mappings()]


async def _strays(session: AsyncSession, table: type[Base]) -> list[AuditFinding]:
    """Rows of streams that have no event at all."""
    owner = _owner(table)
    of_stream = exists().where(table_of(EventRow).c.stream == owner)
    query = select(owner, func.count()).where(~of_stream).group_by(owner).order_by(owner).limit(MOST_STRAYS)
    return [
        AuditFinding(
            kind=FindingKind.ROW_WITHOUT_EVENT,
            stream=stream,
            params={"table": table.__tablename__, "row": stream, "rows": count},
        )
        for stream, count in await session.execute(query)
    ]
