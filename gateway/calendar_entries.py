"""What stands in a calendar feed, read as the person whose feed it is: nothing that their pages do not show."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from gateway.composition import Services
from models.errors import Unknown
from models.people.authorization import Actor
from models.people.calendar_feeds import CalendarFeed, CalendarKind
from models.views import LARGEST_PAGE, ExchangeView, WorklistFilter
from models.vocabulary import StepStatus
from texts.calendars import ABOUT, ARRIVED, DUE, FEED, FIRST_DAY, HELD, LAST_DAY, LEFT, STAY, calendar_title
from texts.dates import moment_words
from texts.names import Names

BACK, AHEAD = timedelta(days=60), timedelta(days=400)
"""How far a feed of days looks from today."""
ENDED_FOR = timedelta(days=400)
"""How long the calendar of an exchange goes on after its end: as long as its student may still come in."""
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class CalendarEntry:
    """One thing in a calendar: at a moment, or on days, both included."""

    key: str
    """The same for the same thing, whenever it is and whatever it says."""
    stream: str
    """Whose events change it."""
    summary: str
    path: str
    at: datetime | None = None
    first: date | None = None
    last: date | None = None
    description: str = ""
    tentative: bool = False
    sequence: int = 0
    """Grows with everything that happens in its stream."""
    changed_at: datetime = NEVER

    @property
    def day(self) -> date:
        """The day on which it is, or begins."""
        return self.at.date() if self.at else self.first or date.min


@dataclass(frozen=True)
class CalendarContent:
    """A feed as it stands now."""

    title: str
    entries: tuple[CalendarEntry, ...]


class _DueStep(Protocol):
    @property
    def step_id(self) -> str: ...
    @property
    def due_at(self) -> datetime: ...
    @property
    def zone(self) -> str: ...
    @property
    def held_since(self) -> datetime | None: ...


async def calendar_content(services: Services, feed: CalendarFeed, language: str) -> CalendarContent:
    """What a feed tells now, in a language: the owner must still act in the feed's capacity.

    Raises:
        Unknown: what it is about is not theirs to know any more, or there is no such thing.
    """
    found = await _AsOwner(services, feed.owner, Names(services.programme, language)).read(feed)
    changes = await services.reading.last_changes({one.stream for one in found.entries})
    stamped = [
        replace(one, sequence=changes[one.stream][0], changed_at=changes[one.stream][1])
        for one in found.entries
        if one.stream in changes
    ]
    return CalendarContent(found.title, tuple(sorted(stamped, key=lambda one: (one.day, one.key))))


@dataclass(frozen=True)
class _AsOwner:
    services: Services
    actor: Actor
    names: Names

    async def read(self, feed: CalendarFeed) -> CalendarContent:
        match feed.kind:
            case CalendarKind.MINE:
                entries = await self._mine()
            case CalendarKind.EXCHANGE:
                entries = await self._exchange(feed.about)
            case CalendarKind.ARRIVALS:
                entries = await self._arrivals()
            case CalendarKind.UNIT:
                entries = await self._unit(feed.about)
        title = calendar_title(self.names, feed.kind, feed.about)
        return CalendarContent(self.names.gettext(FEED).format(title=title), tuple(entries))

    async def _mine(self) -> list[CalendarEntry]:
        now = self.services.clock()
        wanted = WorklistFilter(now=now, limit=LARGEST_PAGE)
        rows = await self.services.reading.worklist(self.actor, wanted)
        return [self._step(row.exchange_id, row, self.names.title(row)) for row in rows]

    async def _exchange(self, exchange_id: str) -> list[CalendarEntry]:
        now = self.services.clock()
        view = await self.services.reading.exchange(exchange_id, self.actor, now=now)
        if view is None or (view.closed_at is not None and now - view.closed_at > ENDED_FOR):
            raise Unknown("calendar.unknown")
        open_steps = [one for one in view.steps if one.status is StepStatus.OPEN]
        steps = [self._step(exchange_id, one, self.names.title(one)) for one in open_steps]
        return [*self._stay(view), *self._places(view), *steps]

    def _stay(self, view: ExchangeView) -> Iterable[CalendarEntry]:
        exchange = view.exchange_id
        if view.outcome is None or view.arrived_at is not None:
            host = self.names.gettext(STAY).format(host=self.names.institution(view.plan.host))
            first, last = view.plan.start, view.departed_on or view.plan.end
            yield self._days(f"{exchange}.stay", exchange, host, first, last)
        if view.arrived_at is not None:
            on = self._day_at(view.plan.host, view.arrived_at)
            yield self._days(f"{exchange}.arrival", exchange, self.names.gettext(ARRIVED), on, on)
        if view.departed_on is not None:
            title = self.names.gettext(LEFT)
            yield self._days(f"{exchange}.departure", exchange, title, view.departed_on, view.departed_on)

    def _places(self, view: ExchangeView) -> Iterable[CalendarEntry]:
        for place in view.placements:
            given_back = place.released_from
            last = place.end if given_back is None else min(place.end, given_back - timedelta(days=1))
            if last >= place.start:
                title = self.names.unit(place.unit_id)
                yield self._days(place.placement_id, view.exchange_id, title, place.start, last)

    async def _arrivals(self) -> list[CalendarEntry]:
        today = self.services.clock().date()
        directory = self.services.gateway.particulars.directory
        coming = await directory(self.actor, arriving_from=today - BACK, arriving_to=today + AHEAD)
        here = await directory(self.actor)
        entries = []
        for row in (*coming.rows, *here.rows):
            first, title = row.start, FIRST_DAY
            if row.arrived_at is not None:
                first, title = self._day_at(row.host, row.arrived_at), ARRIVED
            key = row.exchange_id
            entries.append(self._days(f"{key}.arrival", key, self.names.gettext(title), first, first))
            entries.append(self._days(f"{key}.departure", key, self.names.gettext(LAST_DAY), row.end, row.end))
        return entries

    async def _unit(self, unit: str) -> list[CalendarEntry]:
        today = self.services.clock().date()
        found = await self.services.reading.places(self.actor, self.actor.institution, today - BACK, today + AHEAD)
        theirs = [one for one in found.blocks if one.row_id == unit and one.exchange_id]
        title = self.names.unit(unit)
        return [self._days(one.placement_id, one.exchange_id, title, one.start, one.end) for one in theirs]

    def _step(self, exchange: str, step: _DueStep, title: str) -> CalendarEntry:
        due = moment_words(step.due_at, step.zone, self.names.language)
        held = step.held_since is not None
        return CalendarEntry(
            key=step.step_id,
            stream=exchange,
            summary=self._about(exchange, title),
            path=f"/steps/{step.step_id}",
            at=step.due_at.astimezone(ZoneInfo(step.zone)),
            description=self.names.gettext(HELD) if held else self.names.gettext(DUE).format(due=due),
            tentative=held,
        )

    def _days(self, key: str, exchange: str, title: str, first: date, last: date) -> CalendarEntry:
        summary, path = self._about(exchange, title), f"/exchanges/{exchange}"
        return CalendarEntry(key=key, stream=exchange, summary=summary, path=path, first=first, last=last)

    def _about(self, exchange: str, title: str) -> str:
        return self.names.gettext(ABOUT).format(exchange=exchange, title=title)

    def _day_at(self, host: str, moment: datetime) -> date:
        """The day of a moment where the host is."""
        return moment.astimezone(ZoneInfo(self.services.programme.zone_of(host) or "UTC")).date()
