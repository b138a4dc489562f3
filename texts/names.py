"""What the catalogue calls things and people, in one language; an id that it does not know stays as it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from models.catalogue.policy import DocumentPolicy
from models.catalogue.programme import Bed, Programme, ProgrammeUnit
from models.document_states import DocumentState
from models.events import KINDS
from models.identifiers import block_of, kind_of
from models.people.absences import institution_of
from models.people.authorization import CLOCK
from models.rules.service_levels import By, ServiceLevel
from models.views import DocumentView
from models.vocabulary import Content, Role, StepKind
from texts import punctuation
from texts.answers import answer_done, answer_label
from texts.changes import CHANGE_NAMES
from texts.dates import day_words
from texts.document_words import DOCUMENT_STATES
from texts.i18n import _, _p, in_language, translated
from texts.labels import CONTENTS, ENDINGS, HOLDERS, ROLES, SUPERVISOR_OF, SUPERVISORS, UNMET, label
from texts.particulars import OPEN_POINTS
from texts.words import CAME

RULE_PART = _p("rule", "{rule}.{part}")
"""Which part of a rule is meant is a code; where codes are not read, the rule alone is said."""
ACCEPTED_BY = _("Accepted by {name}")
ERASED = _("erased on {day} under the retention rule {rule}")
BLOCK = _p("block", "{content}, block {number}")
IN_BUILDING = _p("bed", "{building}, {room}")
IN_FOREIGN_BUILDING = _p("bed in a building without a name in this language", "{building}, {room}")


def bed_place(bed: Bed, language: str) -> str:
    """Building and room as people say them: `North House, 204`, `北楼204室`."""
    own = getattr(bed, f"building_{language}", "")
    frame = IN_BUILDING if own else IN_FOREIGN_BUILDING
    return translated(frame, language).format(building=own or bed.building, room=bed.room)


@dataclass(frozen=True)
class Names:
    """Names and titles of the catalogue, and how they are put together, in a language."""

    programme: Programme
    language: str

    def gettext(self, message: str) -> str:
        """A message of the catalogue of texts."""
        return translated(message, self.language)

    def label(self, table: Mapping[str, str], value: object) -> str:
        """What one of a closed set is called."""
        return label(table, value, self.language)

    def title(self, thing: object) -> str:
        """The title of something that has one in both languages."""
        return str(self.in_language(thing, "title"))

    def name(self, thing: object) -> str:
        """The name of something that has one in both languages."""
        return str(self.in_language(thing, "name"))

    def status(self, unit: ProgrammeUnit) -> str:
        """The national or ministry level of a unit; empty where it has none."""
        return str(self.in_language(unit, "status"))

    def rule(self, rule_id: str) -> str:
        """A rule: its number, and in English which part of it, `D17.size`."""
        rule, dot, part = rule_id.partition(".")
        return self.gettext(RULE_PART).format(rule=rule, part=part) if dot else rule

    def in_language(self, thing: object, field: str) -> Any:
        """A field of something that has it in both languages."""
        return in_language(thing, field, self.language)

    @property
    def colon(self) -> str:
        """What stands between a name and its value."""
        return punctuation.colon(self.language)

    @property
    def comma(self) -> str:
        """What stands between parts of a sentence."""
        return punctuation.comma(self.language)

    @property
    def stop(self) -> str:
        """What ends a sentence."""
        return punctuation.stop(self.language)

    def pair(self, name: str, value: object) -> str:
        """Two things that belong together: `Certificate: CQMU-2027-0007`."""
        return f"{name}{self.colon}{value}"

    def listed(self, things: Iterable[str]) -> str:
        """Several things in a row."""
        return punctuation.in_a_row(things, self.language)

    def aside(self, words: str, more: str) -> str:
        """Words with more of them in brackets."""
        return punctuation.aside(words, more, self.language)

    def objectives(self) -> Mapping[str, str]:
        """What is rated, by its name; the policy, which goes into histories, has the English."""
        own = getattr(self.programme, f"objectives_{self.language}", None)
        return own or self.programme.policy.objectives

    def institution(self, institution_id: str) -> str:
        """A university; the home institution where the id is empty."""
        found = self.programme.institution(institution_id or self.programme.home)
        return self.name(found) if found else institution_id

    def short(self, institution_id: str) -> str:
        """An institution in one word: its code in capitals for the home institution, its short name for others."""
        found = self.programme.institution(institution_id)
        if found is None:
            return institution_id
        if in_its_own := getattr(found, f"name_{self.language}", ""):
            return str(in_its_own)
        return "CQMU" if found.id == "cqmu" else found.name.replace(" College", "").replace("University of ", "")

    def unit(self, unit_id: str) -> str:
        """A laboratory or department."""
        found = self._unit(unit_id)
        return self.name(found) if found else unit_id

    def _unit(self, unit_id: str) -> ProgrammeUnit | None:
        units = (institution.unit(unit_id) for institution in self.programme.institutions.values())
        return next((unit for unit in units if unit is not None), None)

    def office(self, office_id: str) -> str:
        """A university, or one of its units."""
        known = self.programme.institution(office_id) is not None
        return self.institution(office_id) if known else self.unit(office_id)

    def discipline(self, discipline_id: str) -> str:
        """A discipline."""
        found = self.programme.discipline(discipline_id)
        return self.name(found) if found else discipline_id

    def role_name(self, role: Role, unit: str = "") -> str:
        """A role; Chinese has two words for a supervisor, by the kind of unit."""
        found = self._unit(unit) if unit else None
        if role is Role.SUPERVISOR and found is not None:
            return self.label(SUPERVISORS, found.content)
        return self.label(ROLES, role)

    def role(self, role: Role, institution: str, unit: str = "") -> str:
        """Who holds a role, as it goes on in a sentence: `the housing officer of …`."""
        found = self._unit(unit) if unit else None
        by_unit = role is Role.SUPERVISOR and found is not None
        words = self.label(SUPERVISOR_OF, found.content) if by_unit and found else self.label(HOLDERS, role)
        return words.format(institution=self.institution(institution), unit=self.unit(unit))

    def person(self, person_id: str) -> str:
        """A person of the catalogue; the service itself for what the clock did."""
        if person_id == CLOCK.id:
            return self.label(ROLES, Role.CLOCK)
        found = institution_of(self.programme, person_id)
        return found[1].name if found else person_id

    def steps_of(self, ids: Iterable[str]) -> str:
        """What steps are called, by their ids, each kind once."""
        return self.listed(dict.fromkeys(self.step(kind_of(one)) for one in ids))

    def step(self, kind: str) -> str:
        """The title of a kind of step."""
        policy = self.programme.policy.steps.get(StepKind(kind)) if kind in set(StepKind) else None
        return self.title(policy) if policy else _words(kind)

    def event(self, kind: str) -> str:
        """What happened, by the kind of event."""
        known = KINDS.get(kind)  # a newer worker may have recorded what is not known here yet
        return self.gettext(known.title) if known else kind.replace("_", " ")

    def answer(self, kind: str, outcome: str) -> str:
        """What a person does by an answer to a kind of step."""
        return answer_label(self.programme.policy, StepKind(kind), outcome, self.language)

    def done(self, kind: str, outcome: str) -> str:
        """What was done by an answer to a kind of step, or came of it otherwise."""
        if outcome in CAME or kind not in set(StepKind):
            return self.label(CAME, outcome)
        return answer_done(self.programme.policy, StepKind(kind), outcome, self.language)

    def duty(self, duty_id: str) -> str:
        """A duty that the law of some country names itself."""
        found = self.programme.duty(duty_id)
        return self.title(found) if found else duty_id

    def law(self, kind: StepKind, host: str = "", subject: str = "") -> str:
        """The law that asks for a kind of step at a host, about its subject; empty where none does."""
        cited = self.programme.duty(subject) or (self.programme.law_at(host).laws.get(kind) if host else None)
        if cited is not None:
            found: str = self.in_language(cited, "law")
            return found
        policy = self.programme.policy.steps.get(kind)
        return self.in_language(policy, "law") if policy else ""

    def document(self, kind: str) -> str:
        """The title of a kind of document."""
        policy = self.programme.policy.document(kind)
        return self.title(policy) if policy else _words(kind)

    def file_rules(self, document: DocumentPolicy) -> str:
        """What a file must be, before it is sent."""
        return self.gettext("%(kinds)s, at most %(size)d MB, %(least)d to %(most)d pages") % {
            "kinds": self.listed(kind.rpartition("/")[2].upper() for kind in document.media_types),
            "size": document.max_bytes // (1024 * 1024),
            "least": document.min_pages,
            "most": document.max_pages,
        }

    def state(self, document: DocumentView) -> str:
        """What became of a document; where somebody accepted it, who."""
        if document.state is DocumentState.ACCEPTED and document.accepted_by:
            return self.gettext(ACCEPTED_BY).format(name=self.person(document.accepted_by))
        return self.label(DOCUMENT_STATES, document.state)

    def erased(self, document: DocumentView) -> str:
        """Since when nobody may open a document any more, and under which rule; empty where somebody may."""
        if document.erased_on is None:
            return ""
        day = day_words(document.erased_on, self.language)
        return self.gettext(ERASED).format(day=day, rule=document.erased_under)

    def content(self, content: str) -> str:
        """A content of the programme, or one of several blocks of it: `laboratory.2`."""
        name, dot, number = content.partition(".")
        if dot and name in set(Content):
            return self.block(name, number)
        return self.label(CONTENTS, content) if content in set(Content) else content

    def block(self, content: str, number: int | str) -> str:
        """One block of a content; the content alone where a plan has one of each."""
        title = self.content(content)
        return self.gettext(BLOCK).format(content=title, number=number) if number else title

    def bed(self, host_id: str, bed_id: str) -> str:
        """A bed with its building and room."""
        host = self.programme.institution(host_id)
        bed = next((b for b in host.beds if b.id == bed_id), None) if host else None
        return self.aside(bed_place(bed, self.language), bed.id) if bed else bed_id

    def level_names(self, levels: Iterable[ServiceLevel]) -> list[str]:
        """What the groups of service levels are called."""
        return [
            self.listed(name for by, value in one.group.items() if (name := self._level(by, value))) or "–"
            for one in levels
        ]

    def _level(self, by: By, value: str) -> str:
        match by:
            case By.KIND:
                return self.step(value)
            case By.INSTITUTION:
                return self.short(value) if value else self.role_name(Role.PROGRAMME_OFFICE)
            case By.UNIT:
                return self.unit(value)

    def ending(self, reason: str | None) -> str:
        """Why an exchange was closed: at which step, or by what; empty where nothing is said."""
        if not reason:
            return ""
        return self.step(reason) if reason in set(StepKind) else self.label(ENDINGS, reason)

    def change(self, subject: str) -> str:
        """What is asked to be changed, by what it is called and its id."""
        return self.label(CHANGE_NAMES, subject.partition(":")[0])

    def unmet(self, code: str) -> str:
        """A condition of the certificate, or what is open of keys and deposit."""
        if code in OPEN_POINTS:
            return self.label(OPEN_POINTS, code)
        stem, _, rest = code.partition(".")
        head, _, detail = rest.partition(".")
        known = f"{stem}.{head}"
        if known not in UNMET:
            return code
        words = self.label(UNMET, known).format(content=self.content(detail))
        block = block_of(detail) if detail.count(".") == 2 else ""
        return self.aside(words, self.content(block)) if "." in block else words


def _words(code: str) -> str:
    return code.replace("_", " ").capitalize()
