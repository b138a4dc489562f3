"""What the catalogue calls things, in one language; and what a step is about, in words."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.messages.suspensions import SuspensionReason
from models.people.absences import institution_of
from models.people.authorization import Owner
from models.tables import PlacementRow
from models.vocabulary import Content, Outcome, Role, Stage, StepKind
from texts.dates import stay_words
from texts.i18n import translated
from texts.labels import CONTENTS, OUTCOMES, ROLES, UNMET
from texts.overviews import STAGES, SUSPENSION_REASONS


class Naming:
    """Names and titles of the catalogue in the reader's language; an id that it does not know stays as it is."""

    def __init__(self, programme: Programme, language: str) -> None:
        self._programme = programme
        self.language = language

    @property
    def zh(self) -> bool:
        """Whether the reader reads Chinese."""
        return self.language == "zh"

    def say(self, message: str, **values: object) -> str:
        """A message of the catalogue of texts, with its values."""
        return translated(message, self.language).format(**values)

    def institution(self, institution_id: str) -> str:
        """A university; the home institution where the id is empty."""
        found = self._programme.institution(institution_id or self._programme.home)
        if found is None:
            return institution_id
        return found.name_zh if self.zh else found.name

    def unit(self, unit_id: str) -> str:
        """A laboratory or department."""
        for institution in self._programme.institutions.values():
            unit = institution.unit(unit_id)
            if unit is not None:
                return unit.name_zh if self.zh else unit.name
        return unit_id

    def office(self, office_id: str) -> str:
        """A university, or one of its units."""
        known = self._programme.institution(office_id) is not None
        return self.institution(office_id) if known else self.unit(office_id)

    def role(self, role: Role, institution: str, unit: str = "") -> str:
        """Who holds a role: `the housing officer of …`."""
        return ROLES[self.language][role].format(institution=self.institution(institution), unit=self.unit(unit))

    def owner(self, owner: Owner) -> str:
        """Who owes a step."""
        return self.role(owner.role, owner.institution, owner.unit)

    def pair(self, name: str, value: object) -> str:
        """Two things that belong together: `Certificate: CQMU-2027-0007`."""
        return f"{name}：{value}" if self.zh else f"{name}: {value}"

    def bracketed(self, name: str, value: object) -> str:
        """A thing and what explains it: `Pre-arrival (3)`."""
        return f"{name}（{value}）" if self.zh else f"{name} ({value})"

    def listed(self, things: Iterable[str]) -> str:
        """Several things of a kind in a row."""
        return ("、" if self.zh else ", ").join(things)

    def row(self, things: Iterable[str]) -> str:
        """Several things in a row that may hold commas."""
        return ("；" if self.zh else "; ").join(things)

    def apart(self, *things: str) -> str:
        """Several things in a row that are no kind: a number and a day, a name and an address."""
        return ("，" if self.zh else ", ").join(things)

    def sentences(self, *sentences: str) -> str:
        """Sentences, one after the other; empty ones are left out."""
        return ("" if self.zh else " ").join(filter(None, sentences))

    def person(self, contact_id: str) -> str:
        """A contact of the catalogue."""
        found = institution_of(self._programme, contact_id)
        return found[1].name if found else contact_id

    def step(self, kind: StepKind) -> str:
        """The title of a kind of step."""
        policy = self._programme.policy.steps.get(kind)
        if policy is None:
            return _words(kind)
        return policy.title_zh if self.zh else policy.title

    def law(self, kind: StepKind) -> str:
        """The law that asks for a kind of step; empty where none does."""
        policy = self._programme.policy.steps.get(kind)
        if policy is None:
            return ""
        return policy.law_zh if self.zh else policy.law

    def document(self, kind: str) -> str:
        """The title of a kind of document."""
        policy = self._programme.policy.document(kind)
        if policy is None:
            return _words(kind)
        return policy.title_zh if self.zh else policy.title

    def content(self, content: str) -> str:
        """A content of the programme."""
        return CONTENTS[self.language][Content(content)] if content in set(Content) else content

    def stage(self, stage: Stage) -> str:
        """A stage of an exchange."""
        return STAGES[self.language][stage]

    def suspension(self, reason: SuspensionReason) -> str:
        """Why the clocks stand still."""
        return SUSPENSION_REASONS[self.language][reason]

    def outcome(self, outcome: Outcome) -> str:
        """How an exchange ended."""
        return OUTCOMES[self.language][outcome][0]

    def outcome_sentence(self, outcome: Outcome) -> str:
        """How an exchange ended, in a sentence."""
        return OUTCOMES[self.language][outcome][1]

    def placement(self, placement: PlacementRow) -> str:
        """A place in a unit with its dates."""
        days = stay_words(placement.start, placement.end, self.language)
        return self.pair(self.content(placement.content), self.apart(self.unit(placement.unit_id), days))

    def bed(self, host_id: str, bed_id: str) -> str:
        """A bed with its building and room."""
        host = self._programme.institution(host_id)
        bed = next((b for b in host.beds if b.id == bed_id), None) if host else None
        return self.bracketed(self.apart(bed.building, bed.room), bed.id) if bed else bed_id

    def terms(self, host_id: str) -> tuple[str, ...]:
        """What a student acknowledges with an offer: who pays what (D6), and the housing terms of this host."""
        host = self._programme.institution(host_id)
        fees = self._programme.fees_zh if self.zh and self._programme.fees_zh else self._programme.fees
        if host is None:
            return fees
        return (*fees, host.housing.terms_zh if self.zh else host.housing.terms)

    def unmet(self, code: str) -> str:
        """A condition of the certificate."""
        stem, _, rest = code.partition(".")
        head, _, detail = rest.partition(".")
        content = self.content(detail) if detail in set(Content) else ""
        return UNMET[self.language].get(f"{stem}.{head}", code).format(content=content)


async def items_of(session: AsyncSession, names: Naming, kind: StepKind, subject: str, host_id: str) -> Iterable[str]:
    """What a step is about, by what its subject means for this kind of step: documents, a place, a bed."""
    match kind:
        case StepKind.ACCEPT_STUDENT | StepKind.EVALUATE_STUDENT:
            placement = await session.get(PlacementRow, subject)
            return [names.placement(placement)] if placement else []
        case StepKind.CONFIRM_BED:
            return [names.bed(host_id, subject)]
        case StepKind.FIND_PLACE | StepKind.RECORD_ATTENDANCE:
            return [names.content(content) for content in subject.split(",") if content]
        case StepKind.SETTLE_CERTIFICATE:
            return dict.fromkeys(names.unmet(code) for code in subject.split(",") if code)
        case StepKind.REVIEW_SERVICE_LEVEL:
            office, colon, figures = subject.partition(":")
            return [f"{names.office(office)}{colon}{figures}"]
        case _:
            return [names.document(kind) for kind in subject.split(",") if kind]


def _words(code: str) -> str:
    return code.replace("_", " ").capitalize()
