"""The facts of one exchange in the words of one language, as letters use them."""

from collections.abc import Iterable
from datetime import date

from models.catalogue.programme import Institution
from models.rules.letters import LetterFacts
from texts import letters as said
from texts.dates import stay_words, written
from texts.forms import CHOICES
from texts.i18n import in_language, translated
from texts.labels import LEVELS, country
from texts.names import Names
from texts.punctuation import sentences


class LetterWords:
    """The facts of one exchange in words of one language."""

    def __init__(self, facts: LetterFacts, names: Names) -> None:
        self.facts = facts
        self.names = names

    def say(self, message: str, **values: object) -> str:
        """A message of the catalogue of texts, with its values."""
        return translated(message, self.names.language).format(**values)

    def day(self, day: date | None) -> str:
        """A day written out; empty for none."""
        return written(day, "long date", self.names.language) if day else ""

    def stay(self, first: date, last: date) -> str:
        """Two days, both included."""
        return stay_words(first, last, self.names.language)

    def university(self, institution: Institution) -> str:
        """What a university is called."""
        return self.names.name(institution)

    def unit(self, unit_id: str) -> str:
        """A unit of the host with its level, without which two of them share a name (seed H)."""
        found = self.facts.host.unit(unit_id)
        return self.names.aside(self.names.name(found), self.names.status(found)) if found else unit_id

    @property
    def student(self) -> str:
        """The student in both scripts; Chinese letters name a Chinese student in Chinese first."""
        name, native = self.facts.name, self.facts.native_name
        return self.names.aside(name, native) if native and native != name else name

    def lines(self, *wanted: str) -> tuple[tuple[str, str], ...]:
        """The facts wanted, in this order, with their labels; those that are empty are left out."""
        known = self._known()
        return tuple((self.say(said.LABELS[name]), known[name]) for name in wanted if known[name])

    def _known(self) -> dict[str, str]:
        facts, names, lodging = self.facts, self.names, self.facts.lodging
        held = facts.bed or lodging
        return {
            "exchange": facts.exchange_id,
            "name": facts.name,
            "family": facts.family_name,
            "given": "" if facts.given_name == "-" else facts.given_name,
            "native": facts.native_name,
            "born": self.day(facts.born),
            "gender": names.label(CHOICES, facts.gender),
            "nationality": country(facts.nationality, names.language),
            "student_number": facts.student_number,
            "email": facts.email,
            "level": names.label(LEVELS, facts.level),
            "discipline": names.discipline(facts.discipline),
            "stay": self.stay(facts.start, facts.end),
            "days": self.say(said.DAYS, days=facts.days),
            "contents": names.listed(self._contents()),
            "wishes": names.listed(self.unit(unit) for unit in facts.wishes),
            "home": self.university(facts.sending),
            "host": self.university(facts.host),
            "housing": in_language(facts.host.housing, "terms", names.language),
            "bed": names.bed(facts.host.id, facts.bed.id) if facts.bed else "",
            "address": names.listed(filter(None, (lodging.address, lodging.address_local))) if lodging else "",
            "nights": self.stay(held.first, held.last) if held else "",
            "form": "DS-2019" if facts.visa_form == "DS2019" else facts.visa_form,
            "visa": facts.visa_class,
            "passport_until": self.day(facts.passport_until),
            "passport_number": facts.passport_number or self.say(said.FROM_PASSPORT),
            "contact": self._contact(),
            "first_day": self.day(facts.arrived_on),
            "last_day": self.day(facts.departed_on or facts.last_day),
            "planned_end": self.day(facts.end),
        }

    def _contents(self) -> Iterable[str]:
        """What is planned; with its days where a content has several blocks."""
        contents = [content for content, _, _ in self.facts.contents]
        for content, first, last in self.facts.contents:
            title = self.names.content(content)
            yield title if contents.count(content) == 1 else self.names.aside(title, self.stay(first, last))

    def _contact(self) -> str:
        found = self.facts.host.letterhead
        return self.names.listed((in_language(found, "office", self.names.language), found.phone)) if found else ""

    def fees(self) -> str:
        """What is waived and what the student pays (D6)."""
        programme = self.names.programme
        lines = getattr(programme, f"fees_{self.names.language}", None) or programme.fees
        return self.say(said.OWED, fees=sentences(lines, self.names.language))

    def heads(self, *wanted: str) -> tuple[str, ...]:
        """Headings of a table."""
        return tuple(self.say(said.HEADS[name]) for name in wanted)
