"""Writing about an exchange: the words sealed, their event, and mail to whom it concerns, in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from mail.directory import Directory, Recipient
from models.addresses import reachable
from models.catalogue.programme import Programme
from models.errors import BadInput, NotOpen, Unknown
from models.events import PostWritten
from models.idempotency import hashed
from models.messages.conversation import LONGEST_POST, PostAnswer, PostAudience, WritePost, key_of
from models.notifications.conversation_news import PostFacts
from models.notifications.notices import Addressee, NoticeKind
from models.people.authorization import Actor, Owner, require
from models.people.conversation import is_meant, may_read_post, may_write_about, may_write_post, same_office
from models.tables import ExchangeRow, PostRow, StepRow
from models.typed import clean_text
from models.views.conversation import PostForm, ReaderChoice
from models.vocabulary import Role, StepStatus
from records.conversation.scopes import CONVERSATION, asked_of, scope_of
from records.conversation.threads import Threads, office_alone, seen
from records.fact_seals import Sealing
from records.store.append import MessageWriter, Waker, append, lock_stream
from records.store.engine import Sessions, transaction
from records.store.messages import MailTo, write_message
from records.store.once import is_asked_again


@dataclass(frozen=True)
class _Posting:
    exchange: ExchangeRow
    step: StepRow | None
    before: PostRow | None
    """What is replied to."""
    audience: PostAudience
    asked: Owner | None
    mentions: tuple[ReaderChoice, ...]


class Conversations:
    """Keeps what people write to each other, once for a key."""

    def __init__(
        self, sessions: Sessions, programme: Programme, outbox: MessageWriter, sealing: Sealing | None, waker: Waker
    ) -> None:
        """`waker` is woken after the commit."""
        self._sessions = sessions
        self._outbox = outbox
        self._waker = waker
        self._directory = Directory(programme)
        self.threads = Threads(sessions, programme, sealing)

    async def write(
        self, exchange_id: str, post: WritePost, actor: Actor, at: datetime, key: str, *, by_mail: bool = False
    ) -> PostAnswer:
        """Write something about an exchange; who is asked, replied to or mentioned is told by mail.

        Raises:
            Unknown: there is no such exchange, step or post, or it is not for them to know (D44).
            NotAuthorised: they may not write about it, or not about this step (D46).
            NotOpen: the exchange has ended, or the step that is asked about.
            BadInput: there are no words or too many, or somebody is named for whom it is not.
            KeyReused: something else was written under the key.
        """
        async with transaction(self._sessions) as session:
            answer = await self.write_in(session, exchange_id, post, actor, at, key, by_mail=by_mail)
        if answer.told:
            self._waker.wake()
        return answer

    async def write_in(
        self,
        session: AsyncSession,
        exchange_id: str,
        post: WritePost,
        actor: Actor,
        at: datetime,
        key: str,
        *,
        by_mail: bool = False,
    ) -> PostAnswer:
        """As `write`, in the caller's transaction; the caller wakes who sends."""
        text = clean_text(post.text)
        if not text or len(text) > LONGEST_POST:
            raise BadInput("post.length", "text", most=LONGEST_POST)
        post_id = f"post-{hashed(chr(0).join((exchange_id, actor.id, key)))[:24]}"
        exchange, student = await seen(session, exchange_id, actor)
        await lock_stream(session, exchange_id)
        if await is_asked_again(session, ("post", exchange_id, actor.id, key), [actor, post], at):
            row = await session.get_one(PostRow, post_id)
            return PostAnswer(post_id=post_id, exchange_id=exchange_id, told=row.told, repeated=True)
        takes_part = await self.threads.takes_part(session, exchange, actor)
        require(may_write_post(actor, takes_part=takes_part), "not_allowed.post")
        if exchange.closed_at is not None:
            raise NotOpen("exchange.ending")
        before = await self._before(session, exchange, post.answers, actor)
        step = await self.threads.step_of(session, exchange, (before.step_id or "") if before else post.step_id)
        choices = await self.threads.choices(session, exchange, student, step, actor)
        scene = self._scene(exchange, step, before, post, choices, actor)
        to = await self._told(session, scene, actor, at)
        sealed = await self.threads.sealing.seal(session, exchange_id, CONVERSATION, post_id, text.encode())
        last = select(func.max(PostRow.number)).where(PostRow.exchange_id == exchange_id)
        row = PostRow(
            id=post_id,
            exchange_id=exchange_id,
            number=(await session.scalar(last) or 0) + 1,
            step_id=step.id if step else None,
            audience=scene.audience,
            author_id=actor.id,
            author_role=actor.role,
            institution_id=actor.institution,
            sealed=sealed,
            mentions=[one.person for one in scene.mentions],
            asks=scene.asked is not None,
            asked=scene.asked.model_dump(mode="json") if scene.asked else None,
            answers_id=before.id if before else None,
            by_mail=by_mail,
            told=len(to),
            at=at,
        )
        session.add(row)
        if before is not None and before.asks and before.answered_at is None and _answers(actor, before):
            before.answered_at = at
        await session.flush()
        event = PostWritten(
            at=at,
            actor=actor,
            post_id=post_id,
            audience=scene.audience,
            about_step=row.step_id,
            asks=row.asks,
            answers=row.answers_id,
            by_mail=by_mail,
        )
        await append(session, self._outbox, exchange_id, f"post:{post_id}", (event,))
        await _mail(session, row, to, at, about_health=step is not None and step.kind in self.threads.about_health)
        return PostAnswer(post_id=post_id, exchange_id=exchange_id, told=len(to))

    async def _before(self, session: AsyncSession, exchange: ExchangeRow, post_id: str, actor: Actor) -> PostRow | None:
        if not post_id:
            return None
        row = await session.get(PostRow, post_id)
        if row is None or row.exchange_id != exchange.id:
            raise Unknown("post.unknown")
        step = await session.get(StepRow, row.step_id) if row.step_id else None
        if not may_read_post(actor, scope_of(row, step, self.threads.about_health)):
            raise Unknown("post.unknown")
        return row

    def _scene(
        self,
        exchange: ExchangeRow,
        step: StepRow | None,
        before: PostRow | None,
        post: WritePost,
        choices: PostForm,
        actor: Actor,
    ) -> _Posting:
        health = step is not None and step.kind in self.threads.about_health
        require(may_write_about(actor, about_health=health), "not_allowed.post")
        audience = before.audience if before is not None else post.audience
        if before is None and audience not in choices.audiences:
            raise BadInput("post.audience", "audience")
        asked = self._asked(post, step, choices, audience) if post.asks else None
        by_id = {one.person: one for one in choices.people}
        mentions = tuple(by_id[one] for one in dict.fromkeys(post.mentions) if one in by_id)
        outside = len(mentions) < len(set(post.mentions))
        for one in mentions:
            outside |= audience is PostAudience.OFFICE and not office_alone(actor, one)
            outside |= audience is not PostAudience.STUDENT and one.role is Role.STUDENT
        if outside:
            raise BadInput("post.mention", "mentions")
        return _Posting(exchange, step, before, audience, asked, mentions)

    def _asked(self, post: WritePost, step: StepRow | None, choices: PostForm, audience: PostAudience) -> Owner:
        if step is not None and step.status is not StepStatus.OPEN:
            raise NotOpen("post.step_over")
        if audience is PostAudience.OFFICE:
            raise BadInput("post.asks_nobody", "audience")
        asked = next((one for one in choices.askable if post.to in ("", key_of(one))), None)
        if asked is None:
            raise BadInput("post.to", "to")
        if asked.role is Role.STUDENT and audience is not PostAudience.STUDENT:
            raise BadInput("post.student_reads", "audience")
        return asked

    async def _told(self, session: AsyncSession, scene: _Posting, actor: Actor, at: datetime) -> list[Recipient]:
        """Whom it concerns: who is asked, who wrote what it replies to, and who is mentioned; each once."""
        to = [
            Addressee(role=one.role, institution=one.institution, unit=one.unit, person=one.person)
            for one in scene.mentions
        ]
        if scene.asked is not None:
            asked = scene.asked
            to.append(Addressee(role=asked.role, institution=asked.institution, unit=asked.unit, person=asked.person))
        if scene.before is not None:
            row = scene.before
            to.append(Addressee(role=row.author_role, institution=row.institution_id, person=row.author_id))
        found: dict[str, Recipient] = {}
        for one in to:
            for recipient in await self._directory.resolve(session, one, at=at):
                if recipient.id not in (actor.id, actor.on_behalf_of) and reachable(recipient.email):
                    found.setdefault(recipient.id, recipient)
        return list(found.values())


def _answers(actor: Actor, question: PostRow) -> bool:
    """Whether a reply answers a question: of who was asked it does; of who asked, and their office, it adds to it."""
    asked = asked_of(question)
    if asked is not None and is_meant(actor, asked):
        return True
    asking = question.author_id in (actor.id, actor.on_behalf_of)
    return not asking and not same_office(actor, question.author_role, question.institution_id)


async def _mail(
    session: AsyncSession, row: PostRow, to: Iterable[Recipient], at: datetime, *, about_health: bool
) -> None:
    facts = PostFacts(post_id=row.id, about_health=about_health)
    for one in to:
        reader = MailTo(person=one.id, role=one.role, language=one.language, on_behalf_of=one.on_behalf_of)
        key, about = f"post:{row.id}:{one.id}", row.exchange_id
        await write_message(session, key, NoticeKind.CONVERSATION, reader, facts, at, stream=about, exchange_id=about)
