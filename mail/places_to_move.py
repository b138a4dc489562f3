"""Places that must be moved, as the digest of whoever keeps the units lists them (D38)."""

from sqlalchemy.ext.asyncio import AsyncSession

from mail.directory import Recipient
from mail.links import Links
from mail.overview_lines import BESIDE, LONGEST, more
from mail.reading import MailReading
from mail.render import Link, Section
from models.catalogue.programme import Programme
from models.notifications.notices import OverviewFacts
from models.people.authorization import Actor
from models.people.roles import LEADING
from models.rules.digests import DigestSpan
from models.views.units import BrokenPlace
from records.queries.titles import Titles
from records.queries.units import broken_once, places_to_move
from texts.dates import stay_words
from texts.i18n import _
from texts.units import why_words

MONDAY = 0
HEADING = _("Places to move")
MOVE = _("Ask for another unit")


async def places_of_reader(
    session: AsyncSession, programme: Programme, reader: Recipient, facts: OverviewFacts
) -> list[BrokenPlace]:
    """The places to move in the units that a reader keeps."""
    actor = Actor(id=reader.id, role=reader.role, institution=reader.institution, unit=reader.unit)
    return await places_to_move(session, Titles(programme), actor, facts.until)


async def are_worth_a_mail(session: AsyncSession, places: list[BrokenPlace], span: DigestSpan) -> bool:
    """Whether they are a reason to write: once a week, and the morning after an edit that broke places."""
    if not places or span.day(span.until).weekday() == MONDAY:
        return bool(places)
    edits = await broken_once(session, {one.place.unit_id for one in places})
    return any(span.holds(at) for at in edits.values())


def section_of(reading: MailReading, places: list[BrokenPlace], links: Links | None) -> Section:
    """Who works where until when, why they cannot stay, and where another unit is asked for."""
    names, say = reading.names, reading.say
    items = tuple(
        say(BESIDE, first="", second="").join(
            (
                names.unit(one.place.unit_id),
                one.student.name,
                stay_words(one.place.start, one.place.end, reading.language),
                why_words(one.place, names),
                one.place.exchange_id,
            )
        )
        for one in places[:LONGEST]
    )
    moves = links if reading.reader.role in LEADING else None  # a supervisor asks the office
    found = (moves.change(one.place.exchange_id) if moves else "" for one in places[:LONGEST])
    asked = tuple(Link(say(MOVE), url) if url else None for url in found)
    return Section(say(HEADING), (*items, *more(reading, len(places) - LONGEST)), asked)
