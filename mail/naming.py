"""What mails call things, in one language; and what a step is about, in words."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from models.messages.suspensions import SuspensionReason
from models.people.authorization import Owner
from models.tables import PlacementRow
from models.vocabulary import About, Outcome, Stage, StepKind
from texts import punctuation
from texts.dates import stay_words
from texts.labels import OUTCOME_SENTENCES, OUTCOMES, STAGES, SUSPENSION_REASONS
from texts.names import Names


class Naming(Names):
    """Names and titles of the catalogue in the reader's language, and how mails put them together."""

    def say(self, message: str, **values: object) -> str:
        """A message of the catalogue of texts, with its values."""
        return self.gettext(message).format(**values)

    def owner(self, owner: Owner) -> str:
        """Who owes a step, as it goes on in a sentence."""
        return self.role(owner.role, owner.institution, owner.unit)

    def bracketed(self, name: str, value: object) -> str:
        """A thing and what explains it: `Pre-arrival (3)`."""
        return self.aside(name, str(value))

    def row(self, things: Iterable[str]) -> str:
        """Several things in a row that may hold commas."""
        return punctuation.phrases_in_a_row(things, self.language)

    def apart(self, *things: str) -> str:
        """Several things in a row that are no kind: a number and a day, a name and an address."""
        return self.comma.join(things)

    def sentences(self, *sentences: str) -> str:
        """Sentences, one after the other; empty ones are left out."""
        return punctuation.sentences(sentences, self.language)

    def stage(self, stage: Stage) -> str:
        """A stage of an exchange."""
        return self.label(STAGES, stage)

    def suspension(self, reason: SuspensionReason) -> str:
        """Why the clocks stand still, as it goes on in a sentence."""
        return _in_sentence(self.label(SUSPENSION_REASONS, reason))

    def outcome(self, outcome: Outcome) -> str:
        """How an exchange ended, as it goes on in a sentence."""
        return _in_sentence(self.label(OUTCOMES, outcome))

    def outcome_sentence(self, outcome: Outcome) -> str:
        """How an exchange ended, in a sentence."""
        return self.label(OUTCOME_SENTENCES, outcome)

    def placement(self, placement: PlacementRow) -> str:
        """A place in a unit with its dates."""
        days = stay_words(placement.start, placement.end, self.language)
        return self.pair(self.content(placement.content), self.apart(self.unit(placement.unit_id), days))

    def terms(self, host_id: str) -> tuple[str, ...]:
        """What a student acknowledges with an offer: who pays what (D6), and the housing terms of this host."""
        host = self.programme.institution(host_id)
        fees = self.in_language(self.programme, "fees")
        if host is None:
            return tuple(fees)
        return (*fees, self.in_language(host.housing, "terms"))


async def items_of(session: AsyncSession, names: Naming, kind: StepKind, subject: str, host_id: str) -> Iterable[str]:
    """What a step is about, by what its subject means for this kind of step: documents, a place, a bed."""
    step = names.programme.policy.steps.get(kind)
    parts = [part for part in subject.split(",") if part]
    match step.about if step else About.DOCUMENTS:
        case About.PLACEMENT:
            placement = await session.get(PlacementRow, subject)
            return [names.placement(placement)] if placement else []
        case About.BED:
            return [names.bed(host_id, subject)]
        case About.CONTENTS:
            return [names.content(content) for content in parts]
        case About.OBJECTIVES:
            called = names.objectives()
            return [called.get(key, key) for key in parts]
        case About.CONDITIONS:
            return dict.fromkeys(names.unmet(code) for code in parts)
        case About.CHANGE:
            return [names.change(subject)]
        case About.SERVICE_LEVEL:
            office, colon, figures = subject.partition(":")
            return [f"{names.office(office)}{colon}{figures}"]
        case About.DUTY:
            return [names.duty(subject)]
        case About.DOCUMENTS:
            return [names.document(kind) for kind in parts]


def _in_sentence(words: str) -> str:
    return words[:1].lower() + words[1:]
