"""Words for the cells of nominations: what a column is called, what belongs into it, what is wrong."""

from gateway.nomination_files import RefusedRow
from models.errors import Message
from models.rules.nomination_columns import Column
from models.rules.stay import Fault
from portal.visitor import Visitor
from texts import words


class CellWords:
    """Says things about nominations to one reader."""

    visitor: Visitor

    def text(self, message: str) -> str:
        """A message of the catalogue."""
        raise NotImplementedError

    def refusal(self, error: Message) -> str:
        """What is said of a message."""
        raise NotImplementedError

    def column(self, name: str) -> str:
        """What a column of a nomination file is called."""
        return self.text(words.COLUMNS.get(name, name.replace("_", " ")))

    def meaning(self, column: Column) -> str:
        """What belongs into a column."""
        if self.visitor.zh:
            return f"例如：{column.example}" if column.example else ""
        return column.meaning.replace("Year-month-day.", "").strip() or f"Like {column.example}"

    def fault(self, fault: Fault) -> str:
        """What is wrong with a cell, and by which rule."""
        rule = (f"（{fault.rule}）" if self.visitor.zh else f" ({fault.rule})") if fault.rule else ""
        return f"{self.refusal(fault)}{rule}"

    def faults(self, row: RefusedRow) -> dict[str, str]:
        """What is wrong with the cells of a row, by column; what is about no column together."""
        found: dict[str, list[str]] = {}
        for fault in row.faults:
            found.setdefault(fault.field if fault.field in words.COLUMNS else "", []).append(self.fault(fault))
        return {name: ("；" if self.visitor.zh else "; ").join(texts) for name, texts in found.items()}

    def choices(self, column: Column) -> list[tuple[str, str]]:
        """The choices of a column."""
        return [(value, self.text(words.CHOICES.get(value, value))) for value in column.choices]
