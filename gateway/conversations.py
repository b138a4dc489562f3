"""What people write to each other about an exchange: kept and read in the records alone, each post once."""

from collections.abc import Callable
from datetime import datetime

from gateway.availability import Availability
from gateway.deadlines import AnswerTime, answered
from gateway.updates import Updates, new_id
from mail.conversation import Conversations
from mail.replies import MailReplies
from mail.reply_addresses import ReplyAddresses
from models.catalogue.programme import Programme
from models.messages.conversation import MailResult, PostAnswer, WritePost
from models.people.authorization import Actor
from models.views.conversation import PostForm, QuestionLine, ThreadView
from records.access.signing import Signing
from records.filing import Filing
from records.store.append import MessageWriter, Waker


class ConversationOperations:
    """Writing, reading, and answers by mail."""

    def __init__(
        self,
        filing: Filing,
        programme: Programme,
        outbox: MessageWriter,
        sending: Updates,
        availability: Availability,
        clock: Callable[[], datetime],
        waker: Waker,
        signing: Signing,
        reply_address: str | None,
    ) -> None:
        """Answers by mail come in at `reply_address`, signed by `signing`."""
        self._records = Conversations(filing.sessions, programme, outbox, filing.sealing, waker)
        self._threads = self._records.threads
        addresses = ReplyAddresses(reply_address, signing)
        self._replies = MailReplies(filing.sessions, programme, self._records, addresses, waker)
        self._sending = sending
        self._clock = clock
        self.availability = availability

    @answered(AnswerTime.ACT)
    async def write(self, exchange_id: str, post: WritePost, actor: Actor, *, key: str | None = None) -> PostAnswer:
        """Write something about an exchange; see `Conversations.write`."""
        await self._sending.vouch(actor)
        return await self._records.write(exchange_id, post, actor, self._clock(), key or new_id())

    @answered(AnswerTime.LOOK)
    async def thread(
        self, exchange_id: str, actor: Actor, *, step_id: str = "", newest: int | None = None
    ) -> ThreadView:
        """What somebody reads of an exchange or of one step of it; see `Threads.of`."""
        return await self._threads.of(exchange_id, actor, step_id=step_id, newest=newest)

    @answered(AnswerTime.LOOK)
    async def form(self, exchange_id: str, actor: Actor, step_id: str = "") -> PostForm:
        """What somebody may choose from who writes; see `Threads.form`."""
        return await self._threads.form(exchange_id, actor, step_id)

    @answered(AnswerTime.LOOK)
    async def questions_to(self, actor: Actor) -> list[QuestionLine]:
        """What somebody is asked and has not answered, the oldest first."""
        return await self._threads.questions_to(actor)

    @answered(AnswerTime.ACT)
    async def take_mail(self, data: bytes, to: str = "") -> MailResult:
        """Take one mail that came back, as the mail host has it; see `MailReplies.take`."""
        return await self._replies.take(data, to, self._clock())
