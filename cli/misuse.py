"""What is said of a command that was typed wrongly, in the language of the terminal."""

import typer
from pydantic import ValidationError

from models.errors import Param, Said, plain
from models.invalid import invalid
from texts.i18n import _
from texts.punctuation import phrases_in_a_row
from texts.refusals import refusal
from texts.terminal import language, phrase


class Misuse(typer.BadParameter):
    """What was typed cannot be; said in the language of the terminal. Exit code 2."""

    def format_message(self) -> str:
        """The option or argument it is about, and what is wrong; typer's own words for it are English alone."""
        hint = str(self.param_hint or (self.param.get_error_hint() if self.param else ""))
        return phrase(_("{field}: {reason}"), field=hint, reason=self.message) if hint else self.message


class Misused(Misuse):
    """One thing that was typed, by the message of what is wrong with it."""

    def __init__(self, message: str, *, hint: str = "", **params: Param) -> None:
        said = Said(message, {name: plain(value) for name, value in params.items()})
        super().__init__(refusal(said, language()), param_hint=hint or None)


class Misread(Misuse):
    """Fields that cannot be: each is named with what is wrong, never with its value."""

    def __init__(self, error: ValidationError, *, hint: str = "", prefix: str = "") -> None:
        spoken = language()
        faults = []
        for details in error.errors(include_input=False, include_url=False):
            name = ".".join(str(part) for part in details["loc"])
            name = f"{prefix}{name.upper()}" if prefix else name
            told = refusal(invalid(details), spoken)
            faults.append(phrase(_("{field}: {reason}"), field=name, reason=told) if name else told)
        super().__init__(phrases_in_a_row(faults, spoken), param_hint=hint or None)
