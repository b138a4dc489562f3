"""Mails about an arrival: that the student is there, and what a late one means for the certificate."""

from sqlalchemy.ext.asyncio import AsyncSession

from mail.reading import MailReading
from mail.render import Body, Para
from models.catalogue.programme import Programme
from models.notifications.notices import ArrivalFacts
from models.rules.local import day_at
from records.queries.arrivals import latest_arrival_of
from texts.dates import day_words, moment_words
from texts.i18n import _


async def arrived(session: AsyncSession, reading: MailReading, facts: ArrivalFacts, programme: Programme) -> Body:
    """To the sending office, on the clock of the host; of a late arrival also to the student and both coordinators."""
    zone = programme.zone_of(reading.exchange.host_id) if reading.exchange else ""
    when = moment_words(facts.arrived_at, zone or "UTC", reading.language)
    told = (
        _("You reached the residence on {when}.")
        if reading.by_student
        else _("{student} reached the residence on {when}.")
    )
    said = [reading.say(told, student=reading.student, when=when)]
    if facts.days_late:
        said += await _late(session, reading, facts, zone)
    else:
        said.append(reading.say(_("You need do nothing.")))
    return Body(
        subject=reading.coded(_("arrived on {when}"), when=when),
        headline=reading.say(_("You have arrived") if reading.by_student else _("Your student has arrived")),
        blocks=(Para(reading.names.sentences(*said)),),
    )


async def _late(session: AsyncSession, reading: MailReading, facts: ArrivalFacts, zone: str) -> list[str]:
    """How late it was, and whether the stay is still long enough (D1)."""
    said = [reading.say(_("Days after the planned first day: {days}."), days=facts.days_late)]
    latest = await latest_arrival_of(session, reading.exchange) if reading.exchange else None
    if latest is not None:
        still = _(
            "A certificate asks for an arrival by {day}: the stay is still long enough, unless it ends before its "
            "planned last day."
        )
        lost = _(
            "A certificate asks for an arrival by {day}: this stay is now too short for one. Please talk with both "
            "coordinators."
        )
        counts = day_at(zone, facts.arrived_at) <= latest
        said.append(reading.say(still if counts else lost, day=day_words(latest, reading.language)))
    return said
