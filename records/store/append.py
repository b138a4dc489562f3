"""The one way to record facts: numbered per stream, projected, turned into messages, in the caller's transaction."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import bindparam, exists, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import OutOfStep
from models.events import EVENT, Event, RungFired
from models.tables import EventRow, FactRow, HeadRow
from records.projections.common import table_of
from records.projections.projector import project

FROM_THE_ATTEMPT = frozenset(
    {"at", "plan", "anchor_at", "missed", "before", "scheduled_at", "since", "until", "why_missed"}
)
"""What may differ when a workflow tells the same fact again after a crash: the moment it woke, and what follows."""


class MessageWriter(Protocol):
    """Writes the messages that an event causes."""

    async def post(self, session: AsyncSession, stream: str, seq: int, event: Event) -> int:
        """Write the messages of one event into the caller's transaction; says how many."""


class Waker(Protocol):
    """Wakes a workflow that sends what was written: mail, or deliveries to other systems."""

    def wake(self) -> None:
        """Wake it after the commit, and wait for nothing. A wake that gets lost delays what was written, no more."""


class NoOutbox:
    """Writes no messages: for replays and for tests that are about something else."""

    async def post(self, session: AsyncSession, stream: str, seq: int, event: Event) -> int:
        """Write none."""
        return 0


FEED_LOCK = 0x50_4A_01
"""Held, shared, by every transaction that appends; who reads the log forward takes it alone for a moment."""


@dataclass(frozen=True)
class Appended:
    """What is recorded under a batch's key now, in order."""

    events: tuple[Event, ...]
    repeated: bool = False
    """Whether the key was known before; nothing is written then, except what `complete` adds."""
    added: int = 0
    """How many events this call wrote."""
    messages: int = 0
    """How many messages they caused."""


@dataclass(frozen=True)
class Writer:
    """A workflow that appends, and what it knows to be on record."""

    id: str
    """The workflow; one that was reopened writes anew under the id with its round."""
    number: int
    """Of the batch, or of what it takes."""
    follows: tuple[int, ...] = ()
    """One of these is the newest number on record; empty where several may write side by side: what is taken."""
    round: int = 0

    @classmethod
    def of(cls, key: str) -> "Writer | None":
        """The workflow that made a key of its own; `None` for keys of others."""
        found = _NUMBERED.match(key)
        if found is None:
            return None
        return cls(found["writer"], int(found["number"]), round=int(found["round"] or 0))


_NUMBERED = re.compile(r"^(?P<writer>[^:]+?(?:/r(?P<round>\d+))?):(?P<number>\d+)$")


@dataclass(frozen=True)
class Wakers:
    """Who sends on what was appended: mail, and deliveries to other systems."""

    mail: Waker
    deliveries: Waker | None = None

    def after(self, appended: Appended) -> None:
        """Wake those that a commit gave something to do; an attempt that is repeated wakes them again."""
        if appended.messages:
            self.mail.wake()
        if appended.events and self.deliveries is not None:
            self.deliveries.wake()


async def append(
    session: AsyncSession,
    outbox: MessageWriter,
    stream: str,
    batch_key: str,
    events: Sequence[Event],
    *,
    writer: Writer | None = None,
) -> Appended:
    """Append a batch to a stream, once per key; appends to one stream wait for each other until the commit.

    A known key answers with what was recorded first. A workflow whose worker died after the commit tells its batch
    again, perhaps with more that happened meanwhile: what is new of it is added. Facts that can happen once are
    recorded once, whoever tells them.

    Raises:
        OutOfStep: the workflow that writes does not know what is on record, or a fact is on record already.
    """
    await lock_stream(session, stream)
    last, known = await _position(session, stream, batch_key)
    stored = await recorded(session, batch_key) if known else ()
    if known and writer is None:
        return Appended(stored, repeated=True)
    new = _missing(stored, events) if known else tuple(events)
    if known and len(new) + len(stored) != len(events):
        raise OutOfStep("records.overtaken", stream=stream)  # it was another batch that was recorded under this key
    if writer is not None and not known:
        await follow(session, stream, writer)
    await _once(session, stream, new, writer.round if writer else 0)
    messages = 0
    for seq, event in enumerate(new, start=last + 1):
        await project(session, stream, seq, event, last=seq == last + len(new))
        messages += await outbox.post(session, stream, seq, event)
    if new:
        rows = [_row(stream, last + n, batch_key, len(stored) + n - 1, event) for n, event in enumerate(new, start=1)]
        # After the projection, which locks what it takes: the order of positions is the order of the holdings.
        await session.execute(insert(_EVENTS), rows)
    return Appended((*stored, *new), repeated=known, added=len(new), messages=messages)


async def recorded(session: AsyncSession, batch_key: str) -> tuple[Event, ...]:
    """The events recorded under a key, in order; empty if there are none."""
    found = await session.scalars(
        select(EventRow.payload).where(EventRow.batch_key == batch_key).order_by(EventRow.batch_index)
    )
    return tuple(EVENT.validate_python(payload) for payload in found)


async def lock_stream(session: AsyncSession, stream: str) -> None:
    """Wait until nobody else appends to a stream, and keep others waiting until the commit.

    On SQLite the whole file is locked since the transaction began.
    """
    if session.get_bind().dialect.name == "postgresql":
        # First the shared lock that readers of the feed wait for, then the stream's: in this order, nobody who holds a
        # stream ever waits behind a reader.
        await session.execute(select(func.pg_advisory_xact_lock_shared(FEED_LOCK)))
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(stream, 0))))


_EVENTS = table_of(EventRow)
_FACTS = table_of(FactRow)
_POSITION = select(
    select(func.coalesce(func.max(_EVENTS.c.seq), 0))
    .where(_EVENTS.c.stream == bindparam("of_stream"))
    .scalar_subquery(),
    exists().where(_EVENTS.c.batch_key == bindparam("of_batch")),
)


async def _position(session: AsyncSession, stream: str, batch_key: str) -> tuple[int, bool]:
    """The stream's last number, and whether the key is known."""
    row = (await session.execute(_POSITION, {"of_stream": stream, "of_batch": batch_key})).one()
    return row[0], row[1]


async def follow(session: AsyncSession, stream: str, writer: Writer) -> None:
    """Move the head of a workflow to what it records now.

    Raises:
        OutOfStep: the newest number on record is not one that it knows of.
    """
    head = await session.get(HeadRow, writer.id)
    revision = head.revision if head is not None else 0
    if writer.follows and revision not in writer.follows:
        raise OutOfStep("records.overtaken", stream=stream)
    if head is None:
        session.add(HeadRow(writer=writer.id, stream=stream, revision=writer.number))
    else:
        head.revision = max(revision, writer.number)


async def _once(session: AsyncSession, stream: str, events: Sequence[Event], round: int) -> None:
    """Claim the facts that can be recorded only once; a rung of a step that was closed is no fact any more."""
    prefix = f"r{round}/" if round else ""
    closed = [f"{prefix}step_closed:{event.step_id}" for event in events if isinstance(event, RungFired)]
    if closed:
        past = exists().where(_FACTS.c.stream == stream, _FACTS.c.fact.in_(closed))
        if await session.scalar(select(past)):
            raise OutOfStep("records.overtaken", stream=stream)
    facts = [{"stream": stream, "fact": f"{prefix}{event.fact}"} for event in events if event.fact is not None]
    if not facts:
        return
    try:
        await session.execute(insert(_FACTS), facts)
    except IntegrityError:
        raise OutOfStep("records.overtaken", stream=stream) from None


def _row(stream: str, seq: int, batch_key: str, index: int, event: Event) -> dict[str, Any]:
    return {
        "stream": stream,
        "seq": seq,
        "batch_key": batch_key,
        "batch_index": index,
        "kind": event.kind,
        "at": event.at,
        "actor_id": event.actor.id,
        "actor_role": event.actor.role,
        "actor_institution": event.actor.institution,
        "note_id": event.note_id,
        "payload": event.model_dump(mode="json"),
    }


def _missing(stored: Iterable[Event], events: Iterable[Event]) -> tuple[Event, ...]:
    """The events that say something that is not stored yet."""
    known = Counter(_fact(event) for event in stored)
    missing: list[Event] = []
    for event in events:
        fact = _fact(event)
        if known[fact]:
            known[fact] -= 1
        else:
            missing.append(event)
    return tuple(missing)


def _fact(event: Event) -> str:
    return json.dumps(event.model_dump(mode="json", exclude=set(FROM_THE_ATTEMPT)), sort_keys=True)
