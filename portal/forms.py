"""What people send: read with limits, checked against forgery, and nothing taken that a form did not ask for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, UploadFile

from models.errors import BadInput, NotAuthorised
from models.typed import moment_typed, require_meant_days
from portal.context import context_of
from portal.uploads import upload_form
from portal.visitor import visitor_of

T = TypeVar("T", bound=BaseModel)
MOST_FIELDS = 6000
LONGEST_FIELD = 64 * 1024
LONGEST_OF_EACH = 2000
"""Characters of all fields of one name together."""
OURS = frozenset({"csrf", "key", "next"})
"""Fields that every form may carry."""


class Forged(NotAuthorised):
    """The form did not come from a page of this session."""


@dataclass(frozen=True)
class Sent:
    """A form as it came."""

    values: FormData

    def text(self, name: str, *, longest: int = 500) -> str:
        """A field; empty where it is missing.

        Raises:
            BadInput: it is too long, or a file.
        """
        value = self.values.get(name, "")
        if not isinstance(value, str):
            raise BadInput("field.not_text", name)
        value = value.replace("\r\n", "\n").replace("\x00", "").strip()
        if len(value) > longest:
            raise BadInput("field.too_long", name, length=len(value), most=longest)
        return value

    def all(self, name: str) -> list[str]:
        """A field that may come several times."""
        return [value for value in self.values.getlist(name) if isinstance(value, str) and value]

    def each(self, name: str) -> list[str]:
        """A field that a form has several times, in order; one that is left empty is empty.

        Raises:
            BadInput: all together are too long, or one is a file.
        """
        found = self.values.getlist(name)
        if not all(isinstance(value, str) for value in found):
            raise BadInput("field.not_text", name)
        texts = [str(value).replace("\x00", "").strip() for value in found]
        if (length := sum(map(len, texts))) > LONGEST_OF_EACH:
            raise BadInput("field.too_long", name, length=length, most=LONGEST_OF_EACH)
        return texts

    def file(self, name: str) -> UploadFile | None:
        """An uploaded file, if there is one."""
        value = self.values.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

    @property
    def key(self) -> str:
        """The key of the act: sent again, the same act is done once.

        Raises:
            BadInput: the form has none.
        """
        key = self.text("key", longest=64)
        if not (key.isalnum() and key.isascii() and len(key) >= 16):
            raise BadInput("form.incomplete", "key")
        return key

    def only(self, fields: Collection[str]) -> None:
        """That the form has no field that was not asked for.

        Raises:
            BadInput: it has; `field` names it.
        """
        strange = sorted(set(self.values.keys()) - set(fields) - OURS)
        if strange:
            raise BadInput("field.unknown", strange[0][:60])


def made(form: type[T], values: Mapping[str, object]) -> T:
    """A value from what was typed.

    Raises:
        BadInput: with the first field that is wrong and what is wrong with it.
    """
    try:
        value = form.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "form"
        raise _refusal(field, first["type"], first.get("ctx", {})) from None
    require_meant_days(value)
    return value


def _refusal(field: str, kind: str, limits: Mapping[str, Any]) -> BadInput:
    """What pydantic says of a field, as a message of ours."""
    if kind in ("missing", "string_too_short"):
        return BadInput("field.missing", field)
    if kind.startswith("date_"):
        return BadInput("day.not_a_day", field)
    if kind.startswith(("datetime_", "timezone_")):
        return BadInput("time.not_a_time", field)
    if kind.startswith(("int_", "float_")):
        return BadInput("field.not_a_number", field)
    if "ge" in limits:
        return BadInput("field.too_small", field, least=limits["ge"])
    if "le" in limits:
        return BadInput("field.too_great", field, most=limits["le"])
    if "max_length" in limits:
        return BadInput("field.too_many_characters", field, most=limits["max_length"])
    return BadInput("field.invalid", field)


async def sent(request: Request, fields: Collection[str] | None = None, *, largest_file: int | None = None) -> Sent:
    """The form of a request; with `largest_file` one that brings a file of at most so many bytes.

    Raises:
        Forged: it did not come from a page of this session.
        BadInput: it has fields that were not asked for, or its file is too large.
    """
    _require_own_origin(request)
    visitor = await visitor_of(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        raise BadInput("form.not_a_form", "form")
    if largest_file is None:
        form = Sent(await request.form(max_files=50, max_fields=MOST_FIELDS, max_part_size=LONGEST_FIELD))
    else:
        form = Sent(await upload_form(request, largest_file))
    if visitor.fresh or not visitor.has_token(form.text("csrf")):
        raise Forged("form.stale")
    if fields is not None:
        form.only(fields)
    return form


def _require_own_origin(request: Request) -> None:
    """That a browser says the form came from our own page; what says nothing still needs the token."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Forged("form.elsewhere")
    origin = request.headers.get("origin")
    # Browsers send "null" after redirects and from pages without referrer; the token decides then.
    if origin not in (None, "null") and origin != context_of(request).origin:
        raise Forged("form.elsewhere")


def own_path(path: str, otherwise: str = "/") -> str:
    """A place on this portal to go on to: anything else is replaced, so that no link leads elsewhere."""
    parts = urlsplit(path)
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return path if safe and "\\" not in path and path.isprintable() and len(path) < 500 else otherwise


def moment_of(form: Sent, field: str, zone: ZoneInfo) -> datetime:
    """A moment as browsers send it, on a clock.

    Raises:
        BadInput: it is none.
    """
    try:
        moment = moment_typed(form.text(field))
    except ValueError:
        raise BadInput("time.not_a_time", field) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
