"""What pydantic says of a value, as a message of ours: an id and its limits, and never the value."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.errors import Param, Plain, plain

_QUOTED = re.compile(r"'([^']*)'")
_LIMITS = {
    "ge": ("value.too_small", "least"),
    "le": ("value.too_great", "most"),
    "gt": ("value.not_above", "bound"),
    "lt": ("value.not_below", "bound"),
    "min_length": ("value.too_short", "least"),
    "max_length": ("value.too_long", "most"),
}
"""The message of each limit, and what its sentence calls it."""
_KINDS = {
    "missing": "value.missing",
    "extra_forbidden": "value.unknown",
    "string_pattern_mismatch": "value.pattern",
}
_STEMS = {
    "string": "value.not_text",
    "int": "value.not_whole",
    "float": "value.not_number",
    "finite": "value.not_number",
    "decimal": "value.not_number",
    "bool": "value.not_bool",
    "datetime": "value.not_time",
    "timezone": "value.not_time",
    "date": "value.not_day",
    "time": "value.not_time",
    "tuple": "value.not_list",
    "list": "value.not_list",
    "set": "value.not_list",
    "frozen": "value.not_list",
    "dict": "value.not_table",
    "mapping": "value.not_table",
    "model": "value.not_table",
}
"""The message by the first word of pydantic's type of error."""


class Unfit(ValueError):
    """What a validator of ours says of a value: a message id and its parameters; the value is not repeated."""

    def __init__(self, message: str, **params: Param) -> None:
        super().__init__(message)
        self.message = message
        self.params = {name: plain(given) for name, given in params.items()}


@dataclass(frozen=True)
class Invalid:
    """What is wrong with a value: a phrase that goes on after its name."""

    message: str
    params: Mapping[str, Plain] = field(default_factory=dict)


def invalid(details: Mapping[str, Any]) -> Invalid:
    """What is wrong, from one of the details of a `ValidationError`."""
    kind, context = str(details["type"]), details.get("ctx") or {}
    ours = context.get("error")
    if isinstance(ours, Unfit):
        return Invalid(ours.message, ours.params)
    if kind in _KINDS:
        return Invalid(_KINDS[kind])
    if kind in ("enum", "literal_error"):
        return Invalid("value.not_one_of", {"choices": tuple(_QUOTED.findall(str(context.get("expected", ""))))})
    for limit, (message, name) in _LIMITS.items():
        if limit in context:
            return Invalid(message, {name: context[limit]})
    return Invalid(_STEMS.get(kind.partition("_")[0], "value.invalid"))
