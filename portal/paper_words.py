"""Words for what stands on documents: what was read of them, and what an authority's form says."""

from collections.abc import Sequence
from datetime import date
from itertools import zip_longest

from markupsafe import Markup, escape

from models.proposed import ProposedFact, ProposedKind
from portal.cells import CellWords
from texts import labels
from texts.dates import day_words
from texts.i18n import _
from texts.punctuation import phrases_in_a_row


class PaperWords(CellWords):
    """Says what stands on documents to one reader."""

    def compared(self, line: str, other: str) -> Markup:
        """A line of a zone, with the characters marked that another reader saw otherwise."""
        pairs = zip_longest(line, other[: len(line)])
        return Markup("").join(
            escape(own) if own == its else Markup("<mark>{}</mark>").format(own) for own, its in pairs
        )

    def value(self, fact: ProposedFact) -> str:
        """A value that was found on a document; of a day that can be read in two ways, both."""
        if fact.kind is not ProposedKind.DATE:
            return fact.value
        days = [self._day(date.fromisoformat(one)) for one in (fact.value, fact.or_else) if one]
        return self.gettext(_(" or ")).join(days)

    def found(self, values: Sequence[str], kind: str, stated: object) -> str:
        """What stands on a document and may belong into a field; it is filled in where nothing was stated yet."""
        if not values:
            return ""
        if len(values) == 1 and not stated:
            return self.gettext(_("Filled in from what was read: compare it with the page."))
        said = [self._day(date.fromisoformat(one)) if kind == "date" else one for one in values]
        return self.gettext(_("Found on it: %s")) % phrases_in_a_row(said, self.language)

    def on_form(self, what: str, value: str) -> str:
        """What stands on an authority's form, by what it says."""
        match what:
            case "birth_date" | "start" | "end":
                return self._day(date.fromisoformat(value))
            case "host":
                return self.institution(value)
            case "nationality":
                return labels.country(value, self.language)
            case _:
                return value

    def _day(self, day: date) -> str:
        return day_words(day, self.language)
