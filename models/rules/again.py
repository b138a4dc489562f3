"""A nomination beside what is on record: which cells differ, and what the nominator answers when asked about it."""

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from models.comparing import address_key, number_key, same_name
from models.errors import Difference
from models.messages.plan import UNRANKED
from models.rules.nomination import Nomination
from models.rules.nomination_blocks import cells_of
from models.rules.nomination_columns import COLUMNS
from models.vocabulary import ROTATION_CONTENTS
from models.wire import Form

PERSONAL = (
    "family_name",
    "given_name",
    "native_name",
    "email",
    "birth_date",
    "gender",
    "nationality",
    "passport_number",
    "language",
)
"""What a nomination says of the person; university and number stay (D9)."""
_COMPARED = {"student_number": number_key, "email": address_key}
LONGEST_REASON = 2000


class Answers(Form):
    """What a nominator says when a nomination meets another; empty where nobody was asked yet."""

    known: Literal["", "correct"] = ""
    """The student has an exchange there with other cells: correct it."""
    person: Literal["", "keep", "correct"] = ""
    """The number is known with other personal cells: those on record are right, or the new ones for this exchange."""
    same: Literal["", "yes", "no"] = ""
    """Somebody like this is nominated there: the same person, or another one."""
    reason: str = Field(default="", max_length=LONGEST_REASON)
    """Why it is another person."""


UNANSWERED = Answers()


def typed(nomination: Nomination) -> dict[str, str]:
    """A nomination as the cells of its row."""
    cells: dict[str, str] = {}
    for column in COLUMNS:
        value = getattr(nomination, column.name, "")
        if isinstance(value, bool):
            cells[column.name] = "yes" if value else "no"
        elif isinstance(value, tuple):
            cells[column.name] = "; ".join(value)
        elif column.name == "rank" and value == UNRANKED:
            cells[column.name] = ""
        else:
            cells[column.name] = "" if value is None else str(value)
    for content in ROTATION_CONTENTS:
        if blocks := nomination.blocks(content):
            cells |= cells_of(content, blocks)
    return cells


def differences(on_record: Nomination, told: Nomination, columns: Iterable[str] = ()) -> tuple[Difference, ...]:
    """The cells that differ, in the order of a file's columns; of some columns, or of all."""
    before, after = typed(on_record), typed(told)
    only = set(columns) or set(before) - {"late_reason"}  # says why, not what
    return tuple(
        Difference(column, before[column], after[column])
        for column in before
        if column in only and _compared(column, before[column]) != _compared(column, after[column])
    )


def another_person(on_record: Nomination, told: Nomination) -> bool:
    """Whether name, day of birth and address are all another's: then it is no slip of the pen (D9)."""
    same_address = address_key(on_record.email) == address_key(told.email)
    return not (same_address or on_record.birth_date == told.birth_date or same_name(on_record, told))


def one_tells(on_record: Nomination, told: Nomination) -> Nomination:
    """What was told, with a passport's number that only the record has: not to tell it is to say nothing of it."""
    number = told.passport_number or on_record.passport_number
    return told.model_copy(update={"passport_number": number})


def _compared(column: str, cell: str) -> str:
    compare = _COMPARED.get(column)
    return compare(cell) if compare else cell
