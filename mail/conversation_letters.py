"""Mails about a conversation: what somebody wrote, and that an answer by mail could not be taken."""

from sqlalchemy.ext.asyncio import AsyncSession

from mail.reading import MailReading, NothingToSay
from mail.render import Body, Para, Quote
from mail.reply_addresses import ReplyAddresses
from models.catalogue.programme import Programme
from models.errors import NotOpen
from models.identifiers import kind_of
from models.notifications.conversation_news import PostFacts
from models.notifications.notices import NoticeKind
from models.people.authorization import Actor
from models.people.conversation import is_meant
from models.tables import MessageRow, PostRow
from models.vocabulary import Role
from records.conversation.scopes import CONVERSATION, asked_of
from records.fact_seals import WRITTEN, NothingSealed, Sealing
from texts.i18n import _
from texts.refusals import refusal

ASKS, ANSWERS, WRITES = _("{who} asks you"), _("{who} answered"), _("{who} wrote")
ABOUT = _("About the step “{step}”.")
NOT_IN_MAIL = _("It is about somebody's health, so it is not in this mail. You read it on the page.")
BY_MAIL = _("You may answer this mail: your answer comes to the same readers. Files are not taken along.")
ON_THE_PAGE = _("You answer on the page.")
NOT_TAKEN = _("Your answer by mail was not taken")
WRITE_IT = _("Please write it on the page. What you wrote by mail is not kept.")
ABOVE = _("--- Please write your answer above this line ---")
"""By which an answer is told from the mail that it quotes, in whichever language that was."""


class PostLetters:
    """Writes mails about conversations, and says where they are answered to."""

    def __init__(self, programme: Programme, sealing: Sealing | None, replies: ReplyAddresses) -> None:
        """Without `sealing` no words can be opened, and such mails are not sent."""
        self._programme = programme
        self._sealing = (sealing or NothingSealed()).beside(WRITTEN)
        self._replies = replies

    def answered_to(self, row: MessageRow) -> str:
        """The address that a mail is answered to; empty where it is answered on the page only."""
        if row.kind != NoticeKind.CONVERSATION:
            return ""
        facts = PostFacts.model_validate(row.params["facts"])
        return "" if facts.message or facts.about_health else self._replies.of(row.id)

    async def write(self, session: AsyncSession, reading: MailReading, facts: PostFacts) -> Body:
        """What a mail says; words about health stay on the page (D46).

        Raises:
            NothingToSay: the post is not there any more, or nobody can read it.
        """
        row = await session.get(PostRow, facts.post_id)
        if row is None:
            raise NothingToSay
        if facts.message:
            why = refusal(facts, reading.language, self._programme)
            paras = (Para(why), Para(reading.say(WRITE_IT)))
            return Body(subject=reading.coded(NOT_TAKEN), headline=reading.say(NOT_TAKEN), blocks=paras)
        names = reading.names
        who = reading.student if row.author_role is Role.STUDENT else names.person(row.author_id)
        verb = ASKS if _is_asked(row, reading) else ANSWERS if row.answers_id else WRITES
        blocks: list[Para | Quote] = []
        if row.step_id:
            blocks.append(Para(reading.say(ABOUT, step=names.step(kind_of(row.step_id)))))
        if facts.about_health:
            blocks.append(Para(reading.say(NOT_IN_MAIL)))
        else:
            role = names.role_name(row.author_role)
            where = names.institution(row.institution_id) if row.institution_id else ""
            blocks.append(Quote(label=names.aside(role, where), text=await self._words(session, row)))
        blocks.append(Para(reading.say(BY_MAIL if self.answered_to(reading.row) else ON_THE_PAGE)))
        return Body(subject=reading.coded(verb, who=who), headline=reading.say(verb, who=who), blocks=tuple(blocks))

    async def _words(self, session: AsyncSession, row: PostRow) -> str:
        try:
            plain = await self._sealing.open(session, row.exchange_id, CONVERSATION, row.id, row.sealed)
        except NotOpen:
            raise NothingToSay from None
        return plain.decode()


def _is_asked(row: PostRow, reading: MailReading) -> bool:
    asked, reader = asked_of(row), reading.reader
    if asked is None:
        return False
    unit = reader.unit
    actor = Actor(id=reader.id, role=reader.role, institution=reader.institution, unit=unit)
    return is_meant(actor, asked) or bool(reader.on_behalf_of or reading.row.on_behalf_of)
