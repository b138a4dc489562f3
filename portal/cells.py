"""Words for the cells of nominations: what a column is called, what belongs into it, what is wrong."""

from datetime import date

from babel import Locale

from gateway.nomination_files import RefusedRow
from models.errors import Message
from models.rules.nomination_columns import Column
from models.rules.stay import Fault
from texts.dates import day_words
from texts.forms import CHOICES, COLUMNS, MEANINGS, OF_A_BLOCK
from texts.i18n import _
from texts.names import Names
from texts.punctuation import phrases_in_a_row
from texts.refusals import refusal


class CellWords(Names):
    """Says things about nominations to one reader."""

    def refusal(self, error: Message) -> str:
        """Why something was refused."""
        return refusal(error, self.language, self.programme)

    def column(self, name: str) -> str:
        """What a column of a nomination file is called."""
        return self.label(COLUMNS, name)

    def meaning(self, column: Column) -> str:
        """What belongs into a column."""
        if column.name in MEANINGS:
            return self.gettext(MEANINGS[column.name])
        return self.gettext(_("Like %s")) % self._example(column.example) if column.example else ""

    def block_meaning(self, name: str) -> str:
        """What belongs into a field of one block; a form has fields for each."""
        return self.gettext(OF_A_BLOCK[name]) if name in OF_A_BLOCK else ""

    def _example(self, example: str) -> str:
        """An example; a unit by its name in this language, which may be typed as well."""
        units = (unit for institution in self.programme.institutions.values() for unit in institution.units)
        return next((self.name(unit) for unit in units if unit.name == example), example)

    def fault(self, fault: Fault) -> str:
        """What is wrong with a cell, and by which rule."""
        rule = self.aside("", fault.rule) if fault.rule else ""
        return f"{self.refusal(fault)}{rule}"

    def faults(self, row: RefusedRow) -> dict[str, str]:
        """What is wrong with the cells of a row, by column; what is about no column together."""
        found: dict[str, list[str]] = {}
        for fault in row.faults:
            found.setdefault(fault.field if fault.field in COLUMNS else "", []).append(self.fault(fault))
        return {name: phrases_in_a_row(texts, self.language) for name, texts in found.items()}

    def choices(self, column: Column) -> list[tuple[str, str]]:
        """The choices of a column."""
        return [(value, self.label(CHOICES, value)) for value in column.choices]

    def cell(self, column: str, value: str) -> str:
        """What a cell of a nomination says, in words; empty ones as a dash."""
        if not value:
            return "–"
        match column:
            case "birth_date" | "start" | "end":
                return day_words(date.fromisoformat(value), self.language)
            case "discipline":
                return self.discipline(value)
            case "laboratories" | "specialties":
                return self.listed(self.unit(one) for one in value.split("; "))
            case "nationality":
                return self.aside(value, Locale.parse(self.language).territories.get(value, ""))
            case "gender" | "level" | "language":
                return self.label(CHOICES, value)
            case _:
                return value
