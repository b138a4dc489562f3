"""The fields in which people type what a document says, by its kind; and what they typed, as facts."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import NoneType
from typing import Any, NamedTuple, get_args

from models.errors import BadInput
from models.facts import FACTS_OF
from models.facts.health import ImmunizationFacts, TestResult, TuberculosisFacts, Vaccine
from models.facts.lines import ANTIBODIES, CELLS, LINES, FormLine, facts_of_lines, lines_of
from portal.forms import Sent
from texts.facts import FACT_CHOICES, FACT_FIELDS, RESULTS, line_words
from texts.i18n import translated
from texts.names import Names

YES, NO = "true", "false"


class FactField(NamedTuple):
    """A field of a form: its name, label, how it is typed, and what there is to choose from."""

    name: str
    label: str
    kind: str
    """`date`, `number`, `text` or `choice`."""
    value: str
    required: bool
    options: tuple[tuple[str, str], ...] = ()


class FactLine(NamedTuple):
    """A line of a form with a cell for the day, the result and the quantity."""

    label: str
    cells: FormLine
    takes: tuple[str, ...]
    """The cells that say something of it: of a dose the day alone."""


def takes_lines(kind: str) -> bool:
    """Whether what a kind of document says is typed line by line."""
    return kind in LINES


def fields_of(kind: str, said: Mapping[str, Any], names: Names) -> list[FactField]:
    """The fields of a kind, filled in with what is known."""
    found = []
    for name, field in FACTS_OF[kind].model_fields.items():
        options: tuple[tuple[str, str], ...] = ()
        of = next((one for one in get_args(field.annotation) if one is not NoneType), field.annotation)
        typed = {date: "date", int: "number", float: "number"}.get(of, "text") if isinstance(of, type) else "text"
        if of is bool:
            typed, options = "choice", ((YES, names.gettext(FACT_CHOICES[YES])), (NO, names.gettext(FACT_CHOICES[NO])))
        elif isinstance(of, type) and issubclass(of, StrEnum):
            typed = "choice"
            options = tuple((str(one), names.gettext(FACT_CHOICES.get(one, one))) for one in of)
        default = None if field.is_required() else field.default
        value = said.get(name, default)
        shown = "" if value is None else str(value).lower() if of is bool else str(value)
        found.append(FactField(name, names.gettext(FACT_FIELDS[name]), typed, shown, field.is_required(), options))
    return found


def lines_with(kind: str, said: Mapping[str, Any], language: str) -> list[FactLine]:
    """The lines of a kind, filled in with what is known."""
    known = FACTS_OF[kind].model_validate(said) if said else None
    assert known is None or isinstance(known, ImmunizationFacts | TuberculosisFacts)
    return [FactLine(line_words(one.line, language), one, _takes(one.line)) for one in lines_of(kind, known)]


def _takes(line: str) -> tuple[str, ...]:
    what = line.partition(".")[0]
    if what in set(Vaccine):
        return CELLS[:1]
    return CELLS if what == ANTIBODIES else CELLS[:2]


def results(language: str) -> list[tuple[str, str]]:
    """What may be chosen for a result."""
    return [(str(one), translated(RESULTS[one], language)) for one in TestResult]


def names_of(kind: str, form: Sent) -> set[str]:
    """The fields that a form of a kind may carry: of one with lines, as many more doses as somebody adds."""
    if not takes_lines(kind):
        return set(FACTS_OF[kind].model_fields)
    return {name for name in form.values if name.rpartition(".")[2] in CELLS}


def typed_facts(kind: str, form: Sent) -> dict[str, Any]:
    """What somebody typed, as facts of a kind; what was left empty is left out.

    Raises:
        BadInput: a field was not asked for, or a cell cannot be read; `field` names it.
    """
    form.only(names_of(kind, form))
    if not takes_lines(kind):
        typed = {name: form.text(name) for name in FACTS_OF[kind].model_fields}
        return {name: value for name, value in typed.items() if value}
    lines = dict.fromkeys(name.rpartition(".")[0] for name in form.values if name.rpartition(".")[2] in CELLS)
    written = [FormLine(one, *(form.text(f"{one}.{cell}", longest=40) for cell in CELLS)) for one in lines]
    facts, faults = facts_of_lines(kind, written)
    for fault in faults:
        raise BadInput(fault.error.message, f"{fault.line}.{fault.column}", **fault.error.params)
    return facts.model_dump(mode="json")
