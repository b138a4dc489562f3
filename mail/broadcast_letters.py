"""A message that an office wrote to many students, as one of them reads it."""

from sqlalchemy.ext.asyncio import AsyncSession

from mail.reading import MailReading, NothingToSay
from mail.render import Body, Quote
from models.messages.broadcasts import BroadcastWording
from models.notifications.notices import BroadcastFacts
from models.rules.broadcasts import filled
from models.tables import BroadcastRow, ExchangeRow
from records.queries.broadcasts import wording_of
from texts.dates import day_words
from texts.i18n import _
from texts.names import Names


async def broadcast_letter(session: AsyncSession, reading: MailReading, facts: BroadcastFacts) -> Body:
    """The words of the office in the reader's language, or in the one there is, filled in for this student.

    Raises:
        NothingToSay: the message is not there any more.
    """
    row, exchange, names = await session.get(BroadcastRow, facts.broadcast_id), reading.exchange, reading.names
    if row is None or exchange is None:
        raise NothingToSay
    words = read_by(wording_of(row), names, exchange, reading.reader.name, row.institution_id)
    office = names.institution(row.institution_id)
    return Body(
        subject=names.pair(reading.row.stream, words.subject),
        headline=words.subject,
        blocks=(Quote(label=reading.say(_("{office} writes:"), office=office), text=words.text),),
    )


def read_by(wording: BroadcastWording, names: Names, exchange: ExchangeRow, name: str, office: str) -> BroadcastWording:
    """The wording as one student reads it, in their language where it is there; `office` is the writer's university."""
    values = {
        "name": name,
        "exchange": exchange.id,
        "start": day_words(exchange.start, names.language),
        "end": day_words(exchange.end, names.language),
        "host": names.institution(exchange.host_id),
        "sending": names.institution(exchange.sending_id),
        "office": names.institution(office),
    }
    # A name may be longer than a subject is typed: what is filled in is not measured again.
    return BroadcastWording.model_construct(
        subject=filled(names.in_language(wording, "subject"), values),
        text=filled(names.in_language(wording, "text"), values),
    )
