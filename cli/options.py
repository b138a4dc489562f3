"""Options that many commands share, and how days, moments and ids are read."""

import re
from datetime import date, datetime, time
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

import typer
from pydantic import BaseModel, ValidationError

from cli.misuse import Misread, Misused
from models.catalogue.policy import END_OF_DAY
from models.identifiers import is_alert, is_exchange_code
from models.typed import day_typed, moment_typed

M = TypeVar("M", bound=BaseModel)

_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,89}$")


def read_day(text: str) -> date:
    """A day as people type it: year-month-day.

    Raises:
        Misused: it is none.
    """
    try:
        return day_typed(text.strip())
    except ValueError:
        raise Misused("typed.day", typed=text) from None


def read_moment(text: str, zone: str, *, end_of_day: bool = False) -> datetime:
    """A moment as people type it; without an offset it is meant in the given zone.

    A day alone is its first moment, or its last with `end_of_day` (D15).

    Raises:
        Misused: it is none.
    """
    text = text.strip()
    try:
        if len(text) == len("2027-03-01"):
            return datetime.combine(day_typed(text), END_OF_DAY if end_of_day else time(0), ZoneInfo(zone))
        moment = moment_typed(text)
    except ValueError:
        raise Misused("typed.time", typed=text) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))


def read_id(text: str) -> str:
    """An id chosen for an act.

    Raises:
        Misused: it has other characters than an id.
    """
    if not _ID.match(text):
        raise Misused("typed.id")
    return text


def read_exchange(text: str) -> str:
    """An exchange code, in capitals.

    Raises:
        Misused: it is none.
    """
    code = text.strip().upper()
    if not is_exchange_code(code):
        raise Misused("typed.exchange", typed=text)
    return code


def read_step(text: str) -> str:
    """The id of a step, as `worklist` prints it.

    Raises:
        Misused: it is none.
    """
    exchange, dot, rest = text.strip().partition(".")
    if is_alert(exchange) and dot and _ID.match(rest):
        return text.strip()
    if not dot or not is_exchange_code(exchange.upper()) or not _ID.match(rest):
        raise Misused("typed.step", typed=text)
    return f"{exchange.upper()}.{rest}"


def made(model: type[M], **fields: Any) -> M:
    """A request made of what was typed.

    Raises:
        Misread: a field cannot be; the text names it and never repeats the value.
    """
    try:
        return model(**fields)
    except ValidationError as error:
        raise Misread(error) from None


As = Annotated[
    str | None,
    typer.Option(
        "--as", envvar="SOJOURN_AS", metavar="WHO", help="ROLE@INSTITUTION, ROLE@INSTITUTION/UNIT or student:ID."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Note = Annotated[
    str | None, typer.Option("--note", help="Why; kept in the records, shown to those who may see the exchange.")
]
ActId = Annotated[
    str | None,
    typer.Option("--id", parser=read_id, metavar="ID", help="Id of this act; the same id again changes nothing."),
]
Exchange = Annotated[str, typer.Argument(parser=read_exchange, metavar="EXCHANGE", help="Like EX-2027-DAR-007.")]
Step = Annotated[str, typer.Argument(parser=read_step, metavar="STEP", help="As `sojourn worklist` prints it.")]
