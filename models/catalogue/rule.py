"""A rule of the programme or of a country: its values, and where they are written."""

from datetime import date

from pydantic import Field

from models.wire import Wire

RuleValue = int | float | str | bool
"""What a rule may set."""


class Rule(Wire):
    """One rule value with its jurisdiction, the day it takes effect and where it is written."""

    id: str
    jurisdiction: str
    effective_from: date
    source: str
    text: str
    values: dict[str, RuleValue] = Field(default_factory=dict)
