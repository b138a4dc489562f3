"""Words of a page for one reader: titles, names, days and times in their language and their zone."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from models.addresses import shown
from models.catalogue.answers import AnswerPolicy
from models.catalogue.policy import DocumentPolicy
from models.catalogue.units import UnitTerms
from models.clearances import ClearanceReason
from models.errors import Message
from models.messages.broadcasts import Audience
from models.messages.plan import Plan, PlannedContent
from models.people.access import Member
from models.people.authorization import Actor, Owner
from models.people.calendar_feeds import CalendarFeed
from models.rules.changes import differing
from models.rules.service_levels import ServiceLevel
from models.rules.units import PlaceToMove, Unmet
from models.views import AttendanceView, ExchangeView, Happening, StepLine, Student, WorklistRow
from models.views.host_sessions import SessionLine
from models.vocabulary import Role, StepKind, Target
from portal.calendar_choices import CalendarChoice
from portal.paper_words import PaperWords
from portal.visitor import Visitor
from portal.word_tables import table
from texts import broadcasts, units, words
from texts.answers import Ask, ask_of, follows
from texts.calendars import calendar_title
from texts.charts.drawing import Picture
from texts.charts.levels import level_picture
from texts.clearance_reasons import because
from texts.dates import day_words, distance_words, moment_words, same_clock, stay_words
from texts.happenings import Telling, Words
from texts.i18n import TAGS
from texts.operating import TRIED
from texts.zones import ZoneGroup, city_of, zones_by_continent

SOON = timedelta(hours=48)


@dataclass(frozen=True)
class Presenter(PaperWords):
    """Says things to one reader."""

    visitor: Visitor
    now: datetime

    @property
    def tag(self) -> str:
        """The language as HTML names it."""
        return TAGS[self.language]

    def word(self, group: str, value: object) -> str:
        """What one of a closed set is called, e.g. `word("STAGES", stage)`."""
        return self.label(table(group), value)

    def answered(self, answer: str | None) -> str:
        """What an endpoint answered: its status, the class of what failed, or why it was not reached."""
        return self.gettext(TRIED[answer]) if answer in TRIED else answer or ""

    def options(self, group: str) -> list[tuple[str, str]]:
        """A closed set to choose from."""
        return [(str(value), self.gettext(title)) for value, title in table(group).items()]

    def next(self, stage: object) -> str:
        """What follows when a stage is through."""
        found = words.NEXT.get(str(stage))
        return self.gettext(found) if found else ""

    def because(self, reason: ClearanceReason) -> str:
        """Why a clearance does not hold, and what to do."""
        return because(self, reason)

    def outcome(self, outcome: object) -> str:
        """How an exchange ended."""
        return self.word("OUTCOMES", outcome)

    def follows(self, kind: StepKind, answer: AnswerPolicy) -> tuple[str, ...]:
        """What follows from an answer, a sentence each."""
        return follows(kind, answer, self.programme.policy, self.language)

    def owner(self, owner: Owner, student: Student | None = None) -> str:
        """Who owes something: `Dartmouth, coordinator`, the student's name, or `you`."""
        if owner.role is Role.STUDENT:
            if self.visitor.identity is not None and owner.person == self.visitor.identity.person:
                return self.gettext("You")
            return student.name if student else self.role_name(owner.role)
        role, where = self.role_name(owner.role, owner.unit), self._where(owner)
        return f"{where} · {role}" if where else role

    def _where(self, who: Owner | Actor) -> str:
        return self.unit(who.unit) if who.unit else self.short(who.institution) if who.institution else ""

    def capacity(self, actor: Actor) -> str:
        """A capacity in which somebody acts."""
        words_ = self.listed(part for part in (self.role_name(actor.role, actor.unit), self._where(actor)) if part)
        if actor.on_behalf_of:
            return self.gettext("%s, for %s") % (words_, self.person(actor.on_behalf_of))
        return words_

    def telling(self, view: ExchangeView) -> Telling:
        """Tells what happened in an exchange."""
        units = {place.placement_id: place.unit_id for place in view.placements}
        return Telling(self, self.visitor.zone, view.plan.host, units)

    def happened(self, happening: Happening, view: ExchangeView) -> Words:
        """What an event of a timeline was about and what came of it."""
        return self.telling(view).words(happening.event)

    def about(self, step: StepLine | WorklistRow, view: ExchangeView | None) -> str:
        """What a step is about: documents, contents, a place, a bed."""
        place = next((p for p in (view.placements if view else ()) if p.placement_id == step.subject), None)
        if place is not None:
            block = self.listed((self.unit(place.unit_id), self.stay(place.start, place.end)))
            return self.pair(self.content(place.content), block)
        if view is not None:
            return self.telling(view).about(step.kind, step.subject)
        return Telling(self, self.visitor.zone, "", {}).about(step.kind, step.subject)

    def units_of(self, ids: Iterable[str]) -> str:
        """Several units."""
        return self.listed(self.unit(one) for one in ids)

    def persons(self, people: Iterable[str]) -> str:
        """Several people of the catalogue."""
        return self.listed(self.person(one) for one in people)

    def by(self, happening: Happening, student: Student) -> str:
        """Who did something, in which role, for whom."""
        if happening.role is Role.CLOCK:
            return self.role_name(happening.role)
        who = student.name if happening.actor_id == student.id else self.person(happening.actor_id)
        if happening.on_behalf_of:
            who = self.gettext("%s, for %s") % (who, self.person(happening.on_behalf_of))
        where = self.short(happening.institution) if happening.institution else ""
        return self.aside(who, self.listed(part for part in (self.role_name(happening.role), where) if part))

    def members(self, members: Iterable[Member]) -> list[tuple[str, str]]:
        """People to choose from."""
        return [
            (m.person, self.listed((m.name, self.role_name(m.role, m.unit), self.short(m.institution))))
            for m in members
        ]

    def zones(self, chosen: str) -> list[ZoneGroup]:
        """Time zones to choose from, by continent; one chosen under another name stands first."""
        groups = zones_by_continent(self.language)
        known = not chosen or any(chosen == zone for _, zones in groups for zone, _ in zones)
        return [*([] if known else [(chosen, ((chosen, city_of(chosen, self.language)),))]), *groups]

    def ask(self, kind: StepKind) -> Ask:
        """What a step asks for, and why."""
        return ask_of(self.programme.policy, kind, self.language)

    def day(self, day: date, *, year: bool = True) -> str:
        """A day with its weekday."""
        return day_words(day, self.language, year=year)

    def stay(self, start: date, end: date) -> str:
        """The dates of a stay or block."""
        return stay_words(start, end, self.language)

    def blocks_compared(self, before: Plan, after: Plan) -> list[tuple[str, str, str]]:
        """The blocks that two plans do not have alike: what it is, and its days in each."""
        return [
            (self.content(block.content), self._days(was), self._days(now))
            for block, was, now in differing(before, after)
        ]

    def _days(self, block: PlannedContent | None) -> str:
        return self.stay(block.start, block.end) if block is not None else "–"

    def at(self, at: datetime) -> str:
        """A moment on the reader's clock, with its zone."""
        return moment_words(at, self.visitor.zone, self.language)

    def there(self, at: datetime, zone: str, form: str) -> str:
        """A moment by the clock of a zone, as a field of a form takes it."""
        return at.astimezone(ZoneInfo(zone)).strftime(form)

    def session_time(self, line: SessionLine) -> str:
        """When a session begins, by the clock of its host, and until when it lasts."""
        return f"{self.session_moment(line, line.starts_at)} – {self.there(line.ends_at, line.zone, '%H:%M')}"

    def session_moment(self, line: SessionLine, at: datetime) -> str:
        """A moment by the clock of the host of a session."""
        return moment_words(at, line.zone, self.language)

    def contents(self, contents: Iterable[str]) -> list[tuple[str, str]]:
        """Contents to choose from."""
        return [(one, self.content(one)) for one in contents]

    def address(self, address: str) -> str:
        """An e-mail address as people write it."""
        return shown(address)

    def far(self, at: datetime, zone: str) -> str:
        """How far a moment is from now."""
        return distance_words(at, zone, self.now, self.language)

    def due(self, at: datetime, zone: str) -> str:
        """A due time in the zone it was set in."""
        return moment_words(at, zone, self.language)

    def due_here(self, at: datetime, zone: str) -> str:
        """What the reader's clock says at a due time of another zone; empty where it is the same."""
        return "" if same_clock(at, zone, self.visitor.zone) else self.at(at)

    def urgency(self, at: datetime, *, overdue: bool, held: bool = False) -> str:
        """`held`, `late`, `today`, `soon` or `later`: what a due time looks like."""
        if held:
            return "held"
        if overdue or at < self.now:
            return "late"
        if at - self.now < timedelta(hours=24):
            return "today"
        return "soon" if at - self.now < SOON * 2 else "later"

    def kept(self, message: Message, words: str) -> str:
        """What was kept of a refusal or finding; of before there were message ids as it was written."""
        return self.refusal(message) if message.message else words

    def asked_of(self, document: DocumentPolicy) -> str:
        """Whom a document is asked of: one direction or both, and whether only with a clinical part."""
        one = len(document.directions) == 1
        whom = self.word("DIRECTIONS", document.directions[0]) if one else self.gettext("both directions")
        return self.listed([whom, *([self.gettext("with a clinical part")] if document.clinical_only else [])])

    def roles(self, roles: Iterable[Role]) -> list[tuple[str, str]]:
        """Roles to choose from."""
        return [(str(role), self.word("ROLES", role)) for role in roles]

    def contents_of(self, view: ExchangeView) -> list[tuple[str, str]]:
        """The contents of a stay to report hours of; those of a rotation with its unit."""
        found = []
        for content in view.plan.kinds():
            places = [p for p in view.placements if p.content is content and p.status != "released"]
            title = self.word("CONTENTS", content)
            several = len(view.plan.blocks(content)) > 1
            for place in places:
                words = self.pair(title, self.unit(place.unit_id))
                words = self.aside(words, self.stay(place.start, place.end)) if several else words
                found.append((f"{content}@{place.placement_id}", words))
            if not places:
                found.append((str(content), title))
        return found

    def attended(self, view: ExchangeView, hours: AttendanceView) -> str:
        """What hours were reported of: a content, and the unit where it was worked."""
        title = self.word("CONTENTS", hours.content)
        place = next((one for one in view.placements if one.placement_id == hours.placement_id), None)
        return self.pair(title, self.unit(place.unit_id)) if place else title

    def audience(self, audience: Audience) -> str:
        """For whom a message was."""
        return broadcasts.audience_words(audience, self)

    def same(self, values: Iterable[str]) -> list[tuple[str, str]]:
        """Things to choose from that are called by their ids."""
        return [(one, one) for one in values]

    def sides(self, sides: Iterable[str]) -> list[tuple[str, str]]:
        """Whose students to choose from."""
        return [(str(side), self.word("AUDIENCE_SIDES", side)) for side in sides]

    def institutions(self, ids: Iterable[str]) -> list[tuple[str, str]]:
        """Institutions to choose from."""
        return [(one, self.institution(one)) for one in ids]

    def units(self, ids: Iterable[str]) -> list[tuple[str, str]]:
        """Units to choose from."""
        return [(one, self.unit(one)) for one in ids]

    def unit_status(self, unit_id: str) -> str:
        """The national or ministry level of a unit, which tells two of one name apart; empty where it has none."""
        found = self._unit(unit_id)
        return self.status(found) if found else ""

    def unit_terms(self, terms: UnitTerms) -> list[str]:
        """Whom a unit takes, and when not, a line each."""
        return units.terms_words(terms, self)

    def unit_offer(self, terms: UnitTerms) -> list[str]:
        """Whom a unit takes, and when not, as everybody may know it: nothing of people."""
        return units.terms_words(terms.model_copy(update={"supervisors": {}}), self)

    def unit_why(self, one: Unmet | PlaceToMove) -> str:
        """Why a unit does not take a student."""
        return units.why_words(one, self)

    def beds(self, beds: Iterable[tuple[str, str]], host: str) -> list[tuple[str, str]]:
        """Beds of a host to choose from."""
        return [(bed, self.bed(host, bed)) for bed, _ in beds]

    def targets(self, targets: Iterable[Target]) -> str:
        """Whom a notice addressed."""
        return self.listed(self.word("TARGETS", target) for target in targets)

    def query(self, asked: dict[str, str]) -> str:
        """Filters as part of an address."""
        given = {name: value for name, value in asked.items() if value}
        return f"?{urlencode(given)}" if given else ""

    def hours(self, hours: float | None) -> str:
        """A duration: hours, or days from two days on."""
        if hours is None:
            return "–"
        if hours >= 48:
            return self.gettext("%.1f days") % (hours / 24)
        return self.gettext("%.1f h") % hours

    def levels(self, rows: Sequence[ServiceLevel], key: str, title: str) -> Picture:
        """A picture of service levels; several on a page have keys of their own."""
        return level_picture(rows, self.level_names(rows), self.language, key, title)

    def calendar(self, feed: CalendarFeed | CalendarChoice) -> str:
        """A calendar, and in which capacity it looks."""
        actor = feed.owner if isinstance(feed, CalendarFeed) else feed.actor
        return self.aside(calendar_title(self, feed.kind, feed.about), self.capacity(actor))

    def calendars(self, choices: Iterable[CalendarChoice]) -> list[tuple[str, str]]:
        """Calendars to choose from."""
        return [(one.value, self.calendar(one)) for one in choices]

    def capacities(self, own: Iterable[tuple[str, Actor]]) -> list[tuple[str, str]]:
        """One's own roles to choose from."""
        return [(key, self.capacity(actor)) for key, actor in own]

    def linked(self, text: str) -> Markup:
        """A plain text as it is, its addresses of this portal as links."""
        return Markup(
            re.sub(r"(https?://[^\s<>&]+)", r'<a href="\1">\1</a>', str(escape(text))).replace("\n", "<br>\n")
        )

    def local(self, at: datetime, zone: str | None = None) -> datetime:
        """A moment on a clock, the reader's own if none is named."""
        return at.astimezone(ZoneInfo(zone or self.visitor.zone))
