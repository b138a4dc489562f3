"""Whom an answer to a mail goes to: the office responsible for what it is about, never the service's own address."""

from sqlalchemy.ext.asyncio import AsyncSession

from mail.directory import Recipient
from models.addresses import same_mailbox
from models.catalogue.programme import Programme
from models.notifications.conversation_news import PostFacts
from models.notifications.notices import BroadcastFacts, NoticeKind
from models.tables import BroadcastRow, ExchangeRow, MessageRow, PostRow, StepRow
from models.vocabulary import Role, Side


async def office_of(session: AsyncSession, programme: Programme, row: MessageRow, reader: Recipient) -> str:
    """The address of the responsible office; empty where there is none besides the reader.

    A step's is the office of its side: the sending university's for its own steps and its student's, the host's for its
    own and its units'. A message to many, and what somebody wrote in a conversation, is answered to the
    office that wrote it. What is about an exchange as a whole
    is the host's, and what is about none is the reader's own office's. Who is that office themself answers to the
    programme office.
    """
    institution = await responsible(session, row, reader)
    for address in (office_address(programme, institution), programme_office_address(programme)):
        if address and not same_mailbox(address, reader.email):
            return address
    return ""


async def responsible(session: AsyncSession, row: MessageRow, reader: Recipient) -> str:
    """The institution of the responsible office; empty for the programme office."""
    if row.kind == NoticeKind.BROADCAST:
        facts = BroadcastFacts.model_validate(row.params["facts"])
        written = await session.get(BroadcastRow, facts.broadcast_id)
        by_office = written is not None and written.sender_role is not Role.PROGRAMME_OFFICE
        return written.institution_id if written is not None and by_office else ""
    if row.kind == NoticeKind.CONVERSATION:
        post = await session.get(PostRow, PostFacts.model_validate(row.params["facts"]).post_id)
        return post.institution_id if post is not None and post.author_role is not Role.PROGRAMME_OFFICE else ""
    step = await session.get(StepRow, row.step_id) if row.step_id else None
    if step is not None:
        return "" if step.side is Side.PROGRAMME else step.institution_id
    exchange = await session.get(ExchangeRow, row.exchange_id) if row.exchange_id else None
    return exchange.host_id if exchange is not None else reader.institution


def office_address(programme: Programme, institution_id: str) -> str:
    """Where an institution's office is written to: its own address, or else its coordinator's as the contact."""
    institution = programme.institution(institution_id)
    if institution is None:
        return ""
    contact = next(iter(programme.contacts(institution_id, Role.COORDINATOR)), None)
    return institution.office_email or (contact.email if contact else "")


def programme_office_address(programme: Programme) -> str:
    """Where the programme office is written to."""
    contact = next(iter(programme.contacts(programme.home, Role.PROGRAMME_OFFICE)), None)
    return contact.email if contact else ""
