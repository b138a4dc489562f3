"""Words of a page for one reader: titles, names, days and times in their language and their zone."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from models.catalogue.answers import AnswerPolicy
from models.catalogue.policy import DocumentPolicy
from models.catalogue.programme import Programme
from models.errors import Message
from models.people.absences import institution_of
from models.people.access import Member
from models.people.authorization import Actor, Owner
from models.rules.service_levels import By, ServiceLevel
from models.views import ExchangeView, Happening, StepLine, Student, WorklistRow
from models.vocabulary import Role, StepKind
from portal.cells import CellWords
from portal.visitor import Visitor
from texts import words
from texts.answers import Ask, answer_done, answer_label, ask_of, follows
from texts.dates import day_words, distance_words, moment_words, same_clock, stay_words
from texts.i18n import translations
from texts.labels import UNMET
from texts.refusals import refusal

SOON = timedelta(hours=48)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?[+-]\d\d:\d\d")


@dataclass(frozen=True)
class Presenter(CellWords):
    """Says things to one reader."""

    visitor: Visitor
    programme: Programme
    now: datetime

    def text(self, message: str) -> str:
        """A message of the catalogue."""
        return translations(self.visitor.language).gettext(message)

    @property
    def zh(self) -> bool:
        """Whether the reader reads Chinese."""
        return self.visitor.zh

    def title(self, step: object) -> str:
        """The title of something that has one in both languages."""
        return (getattr(step, "title_zh", "") if self.zh else "") or str(getattr(step, "title", ""))

    def name(self, thing: object) -> str:
        """The name of something that has one in both languages."""
        return (getattr(thing, "name_zh", "") if self.zh else "") or str(getattr(thing, "name", ""))

    def word(self, group: str, value: object) -> str:
        """What one of a closed set is called, e.g. `word("STAGES", stage)`."""
        found = getattr(words, group).get(str(value))
        return self.text(found) if found else str(value).replace("_", " ")

    def outcome(self, outcome: object) -> str:
        """How an exchange ended."""
        return self.word("OUTCOMES", outcome)

    def label(self, kind: str, outcome: str) -> str:
        """What a person does by an answer to a kind of step."""
        return answer_label(self.programme.policy, StepKind(kind), outcome, self.visitor.language)

    def done(self, kind: str, outcome: str) -> str:
        """What was done by an answer to a kind of step."""
        return answer_done(self.programme.policy, StepKind(kind), outcome, self.visitor.language)

    def follows(self, answer: AnswerPolicy) -> tuple[str, ...]:
        """What follows from an answer, a sentence each."""
        return follows(answer, self.programme.policy, self.visitor.language)

    def ask(self, kind: StepKind) -> Ask | None:
        """What a step asks for, and why."""
        return ask_of(self.programme.policy, kind, self.visitor.language)

    def kind(self, kind: str) -> str:
        """The title of a kind of step."""
        policy = self.programme.policy.steps.get(StepKind(kind)) if kind in set(StepKind) else None
        return self.title(policy) if policy else kind.replace("_", " ")

    def institution(self, institution_id: str) -> str:
        """The name of an institution."""
        found = self.programme.institution(institution_id)
        return self.name(found) if found else institution_id

    def short(self, institution_id: str) -> str:
        """An institution in one word: its code in capitals for the home institution, its short name for others."""
        found = self.programme.institution(institution_id)
        if found is None:
            return institution_id
        if self.zh:
            return found.name_zh
        return "CQMU" if found.id == "cqmu" else found.name.replace(" College", "").replace("University of ", "")

    def unit(self, unit_id: str) -> str:
        """The name of a unit."""
        for institution in self.programme.institutions.values():
            found = institution.unit(unit_id)
            if found:
                return self.name(found)
        return unit_id

    def discipline(self, discipline_id: str) -> str:
        """The name of a discipline."""
        found = self.programme.discipline(discipline_id)
        return self.name(found) if found else discipline_id

    def owner(self, owner: Owner, student: Student | None = None) -> str:
        """Who owes something: `Dartmouth, coordinator`, the student's name, or `you`."""
        if owner.role is Role.STUDENT:
            if self.visitor.identity is not None and owner.person == self.visitor.identity.person:
                return self.text("You")
            return student.name if student else self.word("ROLES", owner.role)
        role = self.word("ROLES", owner.role)
        where = self.unit(owner.unit) if owner.unit else self.short(owner.institution) if owner.institution else ""
        return f"{where} · {role}" if where else role

    def capacity(self, actor: Actor) -> str:
        """A capacity in which somebody acts."""
        role = self.word("ROLES", actor.role)
        where = self.unit(actor.unit) if actor.unit else self.short(actor.institution) if actor.institution else ""
        words_ = f"{role}, {where}" if where else role
        if actor.on_behalf_of:
            return self.text("%s, for %s") % (words_, self.person(actor.on_behalf_of))
        return words_

    def person(self, person_id: str) -> str:
        """The name of a person of the catalogue; the id of anybody else."""
        found = institution_of(self.programme, person_id)
        return found[1].name if found else person_id

    def day(self, day: date, *, year: bool = True) -> str:
        """A day with its weekday."""
        return day_words(day, self.visitor.language, year=year)

    def stay(self, start: date, end: date) -> str:
        """The dates of a stay or block."""
        return stay_words(start, end, self.visitor.language)

    def at(self, at: datetime) -> str:
        """A moment on the reader's clock, with its zone."""
        return moment_words(at, self.visitor.zone, self.visitor.language)

    def far(self, at: datetime, zone: str) -> str:
        """How far a moment is from now."""
        return distance_words(at, zone, self.now, self.visitor.language)

    def due(self, at: datetime, zone: str) -> str:
        """A due time in the zone it was set in."""
        return moment_words(at, zone, self.visitor.language)

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

    def next(self, stage: object) -> str:
        """What follows when a stage is through."""
        found = words.NEXT.get(str(stage))
        return self.text(found) if found else ""

    def refusal(self, error: Message) -> str:
        """Why something was refused."""
        return refusal(error, self.visitor.language, self.programme)

    def kept(self, message: Message, words: str) -> str:
        """What was kept of a refusal or finding; of before there were message ids as it was written."""
        return self.refusal(message) if message.message else words

    def about(self, step: StepLine | WorklistRow, view: ExchangeView | None) -> str:
        """What a step is about: documents, contents, a place, a bed."""
        place = next((p for p in (view.placements if view else ()) if p.placement_id == step.subject), None)
        if place is not None:
            unit = place.unit_zh if self.zh and place.unit_zh else place.unit
            return f"{self.word('CONTENTS', place.content)}: {unit}, {self.stay(place.start, place.end)}"
        if view is not None and view.bed is not None and view.bed.bed_id == step.subject:
            return f"{view.bed.building}, {view.bed.room}"
        return ", ".join(self._part(part) for part in step.subject.split(",") if part)

    def _part(self, part: str) -> str:
        if part in words.CONTENTS:
            return self.word("CONTENTS", part)
        document = self.programme.policy.document(part)
        return (
            self.title(document) if document else UNMET[self.visitor.language].get(".".join(part.split(".")[:2]), part)
        )

    def file_rules(self, document: DocumentPolicy) -> str:
        """What a file must be, before it is sent."""
        kinds = ", ".join(kind.rpartition("/")[2].upper() for kind in document.media_types)
        size = document.max_bytes // (1024 * 1024)
        return self.text("%(kinds)s, at most %(size)d MB, %(least)d to %(most)d pages") % {
            "kinds": kinds,
            "size": size,
            "least": document.min_pages,
            "most": document.max_pages,
        }

    def notice(self, kind: str) -> str:
        """What a kind of message is called."""
        found = words.NOTICES.get(kind)
        return self.text(found) if found else kind.replace("_", " ")

    def report(self, what: str) -> str:
        """What a report is called."""
        return self.text(words.REPORTS[what])

    def skill(self, name: str) -> str:
        """What a supervisor rates."""
        return self.text(words.SKILLS[name])

    def by(self, happening: Happening) -> str:
        """Who did something, in which role, for whom."""
        role = self.word("ROLES", happening.role)
        if happening.role is Role.CLOCK:
            return role
        where = f", {self.short(happening.institution)}" if happening.institution else ""
        return f"{happening.who} ({role}{where})"

    def options(self, group: str) -> list[tuple[str, str]]:
        """A closed set to choose from."""
        return [(str(value), self.text(title)) for value, title in getattr(words, group).items()]

    def roles(self, roles: Iterable[Role]) -> list[tuple[str, str]]:
        """Roles to choose from."""
        return [(str(role), self.word("ROLES", role)) for role in roles]

    def contents_of(self, view: ExchangeView) -> list[tuple[str, str]]:
        """The contents of a stay to report hours of; those of a rotation with its unit."""
        found = []
        for content in view.plan.contents:
            places = [p for p in view.placements if p.content is content.content and p.status != "released"]
            title = self.word("CONTENTS", content.content)
            found += [
                (f"{content.content}@{place.placement_id}", f"{title}: {place.unit_zh if self.zh else place.unit}")
                for place in places
            ] or [(str(content.content), title)]
        return found

    def institutions(self, ids: Iterable[str]) -> list[tuple[str, str]]:
        """Institutions to choose from."""
        return [(one, self.institution(one)) for one in ids]

    def query(self, asked: dict[str, str]) -> str:
        """Filters as part of an address."""
        given = {name: value for name, value in asked.items() if value}
        return f"?{urlencode(given)}" if given else ""

    def hours(self, hours: float | None) -> str:
        """A duration: hours, or days from two days on."""
        if hours is None:
            return "–"
        if hours >= 48:
            return self.text("%.1f days") % (hours / 24)
        return self.text("%.1f h") % hours

    def by_word(self, by: By) -> str:
        """What service levels are told apart by."""
        return self.text({By.KIND: "step", By.INSTITUTION: "institution", By.UNIT: "unit"}[by])

    def level_names(self, rows: Iterable[ServiceLevel]) -> list[str]:
        """What the groups of service levels are called."""
        return [", ".join(self._level(by, value) for by, value in row.group.items() if value) or "–" for row in rows]

    def _level(self, by: By, value: str) -> str:
        match by:
            case By.KIND:
                return self.kind(value)
            case By.INSTITUTION:
                return self.short(value)
            case By.UNIT:
                return self.unit(value)

    def members(self, members: Iterable[Member]) -> list[tuple[str, str]]:
        """People to choose from."""
        return [(m.person, f"{m.name}, {self.word('ROLES', m.role)}, {self.short(m.institution)}") for m in members]

    def capacities(self, own: Iterable[tuple[str, Actor]]) -> list[tuple[str, str]]:
        """One's own roles to choose from."""
        return [(key, self.capacity(actor)) for key, actor in own]

    def zones(self, zones: Iterable[str]) -> list[tuple[str, str]]:
        """Time zones to choose from."""
        return [(zone, zone.replace("_", " ")) for zone in zones]

    def linked(self, text: str) -> Markup:
        """A plain text as it is, its addresses of this portal as links."""
        return Markup(
            re.sub(r"(https?://[^\s<>&]+)", r'<a href="\1">\1</a>', str(escape(text))).replace("\n", "<br>\n")
        )

    def local(self, at: datetime, zone: str | None = None) -> datetime:
        """A moment on a clock, the reader's own if none is named."""
        return at.astimezone(ZoneInfo(zone or self.visitor.zone))

    def happened(self, happening: Happening) -> tuple[str, str]:
        """What an event of a timeline was about and what came of it."""
        about = happening.subject
        if about in set(StepKind):
            about = self.kind(about)
        elif about in words.STAGES:
            about = self.word("STAGES", about)
        elif about in words.CONTENTS:
            about = self.word("CONTENTS", about)
        else:
            document = self.programme.policy.document(about)
            about = self.title(document) if document else about.replace("_", " ")
        return about, self._came(happening)

    def _came(self, happening: Happening) -> str:
        """What came of it: an answer, documents, moments, or words as they are."""
        outcome = happening.outcome
        if happening.kind.startswith("document_") and outcome in words.DOCUMENT_STATES:
            return self.word("DOCUMENT_STATES", outcome)
        if happening.kind == "step_closed" and happening.subject in set(StepKind) and outcome not in words.CAME:
            return self.done(happening.subject, outcome)
        if outcome in words.CAME:
            return self.word("CAME", outcome)
        if outcome in words.OUTCOMES:
            return self.outcome(outcome)
        if outcome in words.SUSPENSION_REASONS:
            return self.word("SUSPENSION_REASONS", outcome)
        if outcome == "its clock stands still":
            return self.text("its clock stands still")
        parts = outcome.split(",")
        if any(self.programme.policy.document(part) or part in words.CONTENTS for part in parts):
            return ", ".join(self._part(part) for part in parts)
        return MOMENT.sub(lambda found: self.at(datetime.fromisoformat(found[0])), outcome)
