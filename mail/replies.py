"""Answers by mail: each taken once into the conversation that it answers, in the name of whom the mail was sent to.

The address names the message; the mail must be from the address that the message was sent to. Nothing is sent to
whoever wrote it: what cannot be taken is told to the person who got the message, once for each reason.
"""

import hashlib
import logging
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from mail.conversation import Conversations
from mail.conversation_letters import ABOVE
from mail.directory import Directory
from mail.incoming import IncomingMail, read_mail
from mail.reply_addresses import ReplyAddresses
from models.addresses import same_mailbox
from models.catalogue.programme import Programme
from models.errors import NotOpen, Refused
from models.messages.conversation import MailResult, WritePost
from models.notifications.conversation_news import PostFacts
from models.notifications.notices import NoticeKind
from models.people.authorization import Actor
from models.tables import ExchangeRow, IdentityRow, MailReplyRow, MessageRow
from models.vocabulary import LANGUAGES
from records.absences import absences_at
from records.store.append import Waker
from records.store.engine import Sessions, transaction
from records.store.messages import MailTo, write_message
from texts.i18n import translated

logger = logging.getLogger(__name__)

GOOD_FOR = timedelta(days=90)
"""How long after its message an address takes answers."""
TAKEN = "taken"


class MailReplies:
    """Takes answers by mail."""

    def __init__(
        self,
        sessions: Sessions,
        programme: Programme,
        conversations: Conversations,
        addresses: ReplyAddresses,
        waker: Waker,
    ) -> None:
        self._sessions = sessions
        self._programme = programme
        self._conversations = conversations
        self._addresses = addresses
        self._directory = Directory(programme)
        self._waker = waker
        self._above = tuple(translated(ABOVE, language) for language in LANGUAGES)

    async def take(self, data: bytes, to: str, at: datetime) -> MailResult:
        """Take one mail as the mail host has it; `to` is the address it came to, if the host says so.

        Raises:
            Unavailable: the database does not answer: the mail is to be handed in again.
            Broken: the settings lack the key that words are sealed with.
        """
        mail = read_mail(data, self._above)
        if mail is None:
            return MailResult.NOBODY
        number = self._addresses.message_of((to, *mail.addressed))
        if number is None:
            return MailResult.NOBODY
        if mail.automatic:
            return MailResult.DROPPED
        reply_id = hashlib.sha256(mail.message_id.encode() or data).hexdigest()[:40]
        try:
            async with transaction(self._sessions) as session:
                result = await self._take(session, number, mail, reply_id, at)
        except Refused as refused:
            async with transaction(self._sessions) as session:
                result = await self._turn_down(session, number, reply_id, refused, at)
        if result is not MailResult.REPEATED:
            logger.info("answer by mail to message %d: %s", number, result)
            self._waker.wake()
        return result

    async def _take(
        self, session: AsyncSession, number: int, mail: IncomingMail, reply_id: str, at: datetime
    ) -> MailResult:
        message = await session.get(MessageRow, number)
        if message is None or message.kind != NoticeKind.CONVERSATION or message.exchange_id is None:
            return MailResult.NOBODY
        key = f"{number}:{reply_id}"
        if await session.get(MailReplyRow, key) is not None:
            return MailResult.REPEATED
        if message.sent_to and not same_mailbox(message.sent_to, mail.sender):
            raise NotOpen("reply.other_address")
        if at > message.created_at + GOOD_FOR:
            raise NotOpen("reply.too_old")
        facts = PostFacts.model_validate(message.params["facts"])
        actor = await self._actor(session, message, mail.sender, at)
        post = WritePost(text=mail.text[:40_000], answers=facts.post_id)
        answer = await self._conversations.write_in(
            session, message.exchange_id, post, actor, at, f"mail:{key}", by_mail=True
        )
        session.add(MailReplyRow(id=key, message_id=number, result=TAKEN, post_id=answer.post_id, at=at))
        return MailResult.REPEATED if answer.repeated else MailResult.TAKEN

    async def _actor(self, session: AsyncSession, message: MessageRow, sender: str, at: datetime) -> Actor:
        """Whoever got the message, in the capacity in which they got it, if they hold it still under this address.

        Raises:
            NotOpen: they do not any more.
        """
        identity = await self._identity(session, message)
        reader = await self._directory.find(session, message.recipient_id, message.recipient_role, identity)
        if reader is None or not same_mailbox(reader.email, sender):
            raise NotOpen("link.role_gone")
        actor = Actor(id=reader.id, role=reader.role, institution=reader.institution, unit=reader.unit)
        if not message.on_behalf_of:
            return actor
        acting = (await absences_at(session, self._programme, at)).acting(actor)
        found = next((one for one in acting if one.on_behalf_of == message.on_behalf_of), None)
        if found is None:
            raise NotOpen("link.role_gone")
        return found

    @staticmethod
    async def _identity(session: AsyncSession, message: MessageRow) -> IdentityRow | None:
        exchange = await session.get(ExchangeRow, message.exchange_id)
        return await session.get(IdentityRow, (exchange.id, exchange.nomination_version)) if exchange else None

    async def _turn_down(
        self, session: AsyncSession, number: int, reply_id: str, why: Refused, at: datetime
    ) -> MailResult:
        """Note that an answer was not taken, and tell who got the message, once for each reason."""
        message = await session.get_one(MessageRow, number)
        key = f"{number}:{reply_id}"
        if await session.get(MailReplyRow, key) is not None:
            return MailResult.REPEATED
        session.add(MailReplyRow(id=key, message_id=number, result=why.message, post_id=None, at=at))
        facts = PostFacts.model_validate(message.params["facts"]).model_copy(
            update={"message": why.message, "params": why.params}
        )
        to = MailTo(person=message.recipient_id, role=message.recipient_role, language=message.language)
        told, about = f"reply:{number}:{why.message}", message.exchange_id
        await write_message(
            session, told, NoticeKind.CONVERSATION, to, facts, at, stream=message.stream, exchange_id=about
        )
        return MailResult.REFUSED
