"""Writing to many students: who they are, how it reads, and the mails, in one transaction with their event."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from mail.broadcast_letters import read_by
from mail.directory import greeting_name, language_of
from models.addresses import reachable
from models.catalogue.programme import Programme
from models.errors import BadInput, Conflict
from models.events import BroadcastWritten
from models.idempotency import hashed
from models.messages.broadcasts import MOST_RECIPIENTS, Audience, Broadcast, BroadcastAnswer, BroadcastWording
from models.notifications.notices import BroadcastFacts, NoticeKind
from models.people.authorization import Actor, require
from models.people.broadcasts import may_write_to_many
from models.rules.broadcasts import require_sound, seen
from models.tables import BroadcastReaderRow, BroadcastRow, ExchangeRow, IdentityRow
from models.views.broadcasts import BroadcastPreview, BroadcastReader
from models.vocabulary import Role
from records.absences import preferences_of
from records.queries.broadcasts import students_of
from records.queries.titles import student_of
from records.store.append import MessageWriter, Waker, append
from records.store.engine import Sessions, transaction
from records.store.messages import MailTo, write_message
from records.store.once import is_asked_again
from texts.names import Names


@dataclass(frozen=True)
class _Addressed:
    exchange: ExchangeRow
    identity: IdentityRow
    language: str
    reachable: bool

    def view(self) -> BroadcastReader:
        return BroadcastReader(exchange_id=self.exchange.id, student=student_of(self.identity), language=self.language)


class Broadcasts:
    """Previews and sends messages to many; sent once for a key, whoever repeats it."""

    def __init__(self, sessions: Sessions, programme: Programme, outbox: MessageWriter, waker: Waker) -> None:
        """`waker` is woken after the commit."""
        self._sessions = sessions
        self._programme = programme
        self._outbox = outbox
        self._waker = waker

    async def preview(
        self, audience: Audience, wording: BroadcastWording, actor: Actor, at: datetime
    ) -> BroadcastPreview:
        """To whom a message would go and how it reads for the first of them; nothing is written.

        Raises:
            NotAuthorised: the person writes to nobody.
            Unknown: an exchange or cohort is not for them (D44).
            BadInput: the message is not whole, or goes to nobody or too many.
        """
        require(may_write_to_many(actor), "not_allowed.write_to_many")
        require_sound(audience, wording)
        async with transaction(self._sessions) as session:
            readers = await self._readers(session, audience, actor, at)
        there = [one for one in readers if one.reachable]
        return BroadcastPreview(
            recipients=tuple(one.view() for one in there),
            unreachable=tuple(one.view() for one in readers if not one.reachable),
            languages=dict(Counter(one.language for one in there)),
            sample=self._sample(wording, there[0], actor) if there else None,
            seen=_seen(readers, wording),
        )

    async def send(self, message: Broadcast, actor: Actor, at: datetime, key: str) -> BroadcastAnswer:
        """Write a message to many into the outbox, one mail to each student.

        Raises:
            NotAuthorised: the person writes to nobody.
            Unknown: an exchange or cohort is not for them (D44).
            BadInput: the message is not whole, or goes to nobody or too many.
            Conflict: it is not what was previewed: the students or the words are others by now.
            KeyReused: another message was sent under the key.
        """
        require(may_write_to_many(actor), "not_allowed.write_to_many")
        require_sound(message.audience, message.wording)
        broadcast_id = f"b-{hashed(chr(0).join((actor.id, key)))[:24]}"
        asked = [actor, message.audience, message.wording]
        async with transaction(self._sessions) as session:
            if await is_asked_again(session, ("broadcast", actor.id, key), asked, at):
                row = await session.get_one(BroadcastRow, broadcast_id)
                return _answer(row, repeated=True)
            readers = await self._readers(session, message.audience, actor, at)
            if message.seen and message.seen != _seen(readers, message.wording):
                raise Conflict("broadcast.changed_since")
            row = await _write(session, broadcast_id, message, readers, actor, at)
            event = BroadcastWritten(
                at=at,
                actor=actor,
                broadcast_id=broadcast_id,
                audience=message.audience.kind,
                recipients=row.recipients,
                unreachable=row.unreachable,
            )
            stream = f"broadcast:{broadcast_id}"
            await append(session, self._outbox, stream, f"broadcast-written:{broadcast_id}", (event,))
            answer = _answer(row)
        self._waker.wake()
        return answer

    async def _readers(self, session: AsyncSession, audience: Audience, actor: Actor, at: datetime) -> list[_Addressed]:
        """The students, one exchange each: who takes part in two is written to about the first."""
        found: dict[str, tuple[ExchangeRow, IdentityRow]] = {}
        for exchange, identity in await students_of(session, self._programme, audience, actor, at):
            found.setdefault(identity.person_id, (exchange, identity))
        if not found:
            raise BadInput("broadcast.nobody", "audience")
        if len(found) > MOST_RECIPIENTS:
            raise BadInput("broadcast.too_many", "audience", count=len(found), most=MOST_RECIPIENTS)
        preferred = await preferences_of(session, found)
        return [
            _Addressed(
                exchange,
                identity,
                (preferred[person].language if person in preferred else "") or language_of(identity.language),
                reachable(identity.email),
            )
            for person, (exchange, identity) in found.items()
        ]

    def _sample(self, wording: BroadcastWording, reader: _Addressed, actor: Actor) -> BroadcastWording:
        names = Names(self._programme, reader.language)
        return read_by(wording, names, reader.exchange, greeting_name(reader.identity), actor.institution)


async def _write(
    session: AsyncSession,
    broadcast_id: str,
    message: Broadcast,
    readers: Sequence[_Addressed],
    actor: Actor,
    at: datetime,
) -> BroadcastRow:
    there = sum(one.reachable for one in readers)
    row = BroadcastRow(
        id=broadcast_id,
        institution_id=actor.institution,
        sender_id=actor.id,
        sender_role=actor.role,
        audience=message.audience.model_dump(mode="json", exclude_defaults=True),
        **message.wording.model_dump(),
        recipients=there,
        unreachable=len(readers) - there,
        at=at,
    )
    session.add(row)
    await session.flush()
    facts = BroadcastFacts(broadcast_id=broadcast_id)
    for one in readers:
        person, exchange = one.identity.person_id, one.exchange.id
        key = f"broadcast:{broadcast_id}:{person}" if one.reachable else None
        session.add(BroadcastReaderRow(broadcast_id=broadcast_id, exchange_id=exchange, message_key=key))
        if key is not None:
            to = MailTo(person=person, role=Role.STUDENT, language=one.language)
            await write_message(
                session, key, NoticeKind.BROADCAST, to, facts, at, stream=exchange, exchange_id=exchange
            )
    return row


def _answer(row: BroadcastRow, *, repeated: bool = False) -> BroadcastAnswer:
    return BroadcastAnswer(
        broadcast_id=row.id, recipients=row.recipients, unreachable=row.unreachable, repeated=repeated
    )


def _seen(readers: Sequence[_Addressed], wording: BroadcastWording) -> str:
    return seen((one.exchange.id for one in readers), wording)
