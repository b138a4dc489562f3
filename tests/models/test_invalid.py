"""What pydantic says of a value becomes a message of ours with its limits, and never the value."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, AwareDatetime, Field, TypeAdapter, ValidationError

from models.addresses import Email
from models.invalid import Unfit, invalid
from models.wire import Form
from texts.refusals import refusal


class Colour(StrEnum):
    """A closed set."""

    RED = "red"
    BLUE = "blue"


class Nothing(Form):
    """A form without a field."""


def _even(number: int) -> int:
    if number % 2:
        raise Unfit("settings.bounce_address", most=24)
    return number


@pytest.mark.parametrize(
    ("kind", "value", "message", "english"),
    [
        (int, "SECRET", "value.not_whole", "must be a whole number"),
        (float, "SECRET", "value.not_number", "must be a number"),
        (bool, "SECRET", "value.not_bool", "must be true or false"),
        (date, "SECRET", "value.not_day", "must be a day, like 2027-03-01"),
        (datetime, "SECRET", "value.not_time", "must be a time"),
        (AwareDatetime, "2027-03-01T10:00", "value.not_time", "must be a time"),
        (str, 3, "value.not_text", "must be a text"),
        (tuple[str, ...], "SECRET", "value.not_list", "must be a list"),
        (dict[str, int], "SECRET", "value.not_table", "must be a table"),
        (Nothing, "SECRET", "value.not_table", "must be a table"),
        (Nothing, {"SECRET": 1}, "value.unknown", "is not known here"),
        (Colour, "SECRET", "value.not_one_of", "must be one of red, blue"),
        (Literal["none", "tls"], "SECRET", "value.not_one_of", "must be one of none, tls"),
        (Annotated[int, Field(ge=1)], 0, "value.too_small", "must be 1 or more"),
        (Annotated[int, Field(le=9)], 10, "value.too_great", "must be 9 or less"),
        (Annotated[int, Field(gt=1)], 1, "value.not_above", "must be more than 1"),
        (Annotated[int, Field(lt=9)], 9, "value.not_below", "must be less than 9"),
        (Annotated[str, Field(min_length=32)], "SECRET", "value.too_short", "must hold 32 or more"),
        (Annotated[str, Field(max_length=3)], "SECRET", "value.too_long", "must hold 3 or fewer"),
        (Annotated[str, Field(pattern="^[a-z]$")], "SECRET", "value.pattern", "has another form"),
        (Email, "SECRET", "value.not_email", "is no e-mail address"),
        (Email, "é@example.org", "value.email_letters", "has letters before the @"),
        (Annotated[int, AfterValidator(_even)], 3, "settings.bounce_address", "with at most 24 characters"),
        (complex, "SECRET", "value.invalid", "cannot be taken"),
    ],
)
def test_a_value_is_told_by_its_message(kind: Any, value: object, message: str, english: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    told = invalid(caught.value.errors()[0])
    assert told.message == message
    assert english in refusal(told, "en")
    for language in ("en", "zh"):
        assert "SECRET" not in refusal(told, language)
        assert refusal(told, language) != message
