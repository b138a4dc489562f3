"""Telling the office that mail to one of its people came back: whoever can find the right address."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Contact, Programme
from models.notifications.notices import NoticeKind, ReturnedFacts
from models.people.absences import institution_of
from models.tables import MessageRow, PersonRow
from models.vocabulary import Role
from records.store.messages import MailTo, write_message


async def tell_office(session: AsyncSession, programme: Programme, message: MessageRow, at: datetime) -> None:
    """Write to the office of whoever a message did not reach, at most once a day about one person.

    A coordinator's own mail is told to the programme office; what that one does not get is the operator's alone.
    """
    if message.kind == NoticeKind.MAIL_RETURNED:
        return
    facts = ReturnedFacts(person=message.recipient_id, role=message.recipient_role, notice=NoticeKind(message.kind))
    for one in _office(programme, await _institution(session, programme, message), message.recipient_id):
        key = f"mail-returned:{message.recipient_id}:{at:%Y-%m-%d}:{one.id}"
        to, about = MailTo(person=one.id, role=one.role, language=one.language), message.exchange_id
        await write_message(
            session, key, NoticeKind.MAIL_RETURNED, to, facts, at, stream=message.stream, exchange_id=about
        )


async def _institution(session: AsyncSession, programme: Programme, message: MessageRow) -> str:
    if message.recipient_role is Role.STUDENT:
        student = await session.get(PersonRow, message.recipient_id)
        return student.sending_id if student is not None else ""
    post = institution_of(programme, message.recipient_id)
    return post[0] if post is not None else ""


def _office(programme: Programme, institution: str, person: str) -> Iterable[Contact]:
    for place, role in ((institution, Role.COORDINATOR), (programme.home, Role.PROGRAMME_OFFICE)):
        found = list(programme.contacts(place, role)) if place else []
        if found and person not in {one.id for one in found}:
            return found
    return ()
