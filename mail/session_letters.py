"""Mails about a session of the host: invited, moved, cancelled; by the clock of the place where it is."""

from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from mail.reading import MailReading, NothingToSay
from mail.render import Body, Para
from models.catalogue.programme import Programme
from models.notifications.session_news import SessionFacts, SessionNews
from models.tables import HostSessionRow
from texts.dates import moment_words
from texts.i18n import _

HEADS = {
    SessionNews.INVITED: _("You are invited: {title}"),
    SessionNews.MOVED: _("Moved: {title}"),
    SessionNews.CANCELLED: _("Cancelled: {title}"),
}
INVITES = _("{content}: it begins on {starts} and lasts until {ends}.")
MOVED = _("It now begins on {starts} and lasts until {ends}; it was to begin on {before}.")
IS_CANCELLED = _("What was to begin on {starts} does not take place for you. You need do nothing.")
PLACE = _("Place: {place}.")
COMES = _("Sign in on the spot, by the code that is shown there. If you cannot come, say so beforehand under Sessions.")


async def session_letter(
    session: AsyncSession, reading: MailReading, facts: SessionFacts, programme: Programme
) -> Body:
    """What a student is told of a session.

    Raises:
        NothingToSay: it is not there any more.
    """
    row = await session.get(HostSessionRow, facts.session_id)
    if row is None:
        raise NothingToSay
    zone = programme.zone_of(row.institution_id) or "UTC"
    ends = facts.ends_at.astimezone(ZoneInfo(zone)).strftime("%H:%M")
    when = {"starts": moment_words(facts.starts_at, zone, reading.language), "ends": ends}
    title = reading.names.in_language(row, "title")
    match facts.news:
        case SessionNews.CANCELLED:
            said = [reading.say(IS_CANCELLED, **when)]
        case SessionNews.MOVED:
            before = moment_words(facts.starts_before or facts.starts_at, zone, reading.language)
            said = [reading.say(MOVED, before=before, **when)]
        case _:
            said = [reading.say(INVITES, content=reading.names.content(row.content), **when)]
    if facts.news is not SessionNews.CANCELLED:
        said += [reading.say(PLACE, place=row.place), reading.say(COMES)]
    head = reading.say(HEADS[facts.news], title=title)
    return Body(
        subject=reading.names.pair(reading.row.stream, head),
        headline=head,
        blocks=(Para(reading.names.sentences(*said)),),
    )
