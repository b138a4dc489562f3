"""What the API answers when something is wrong: Problem Details (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import JSONResponse

from models.errors import Kept, Message, SojournError
from models.messages.acts import ActStatus
from portal.context import context_of
from texts.i18n import accepted as accepted_language
from texts.refusals import refusal

PREFIX = "/api/v1"
CONTENT_TYPE = "application/problem+json"


def problem(status: int, code: str, detail: str, headers: dict[str, str] | None = None, **more: object) -> JSONResponse:
    """A refusal; `code` is for programs, `detail` for people."""
    body = {
        "type": f"urn:sojourn:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    } | more
    return JSONResponse(body, status_code=status, headers=headers, media_type=CONTENT_TYPE)


def refused(request: Request, status: int, error: SojournError, **more: object) -> JSONResponse:
    """A refusal of the house: `detail` in the caller's language, and what programs need to say it themselves."""
    return problem_of(request, status, error.code, error, field=error.field, also=more)


def problem_of(
    request: Request,
    status: int,
    code: str,
    message: Message,
    *,
    field: str = "",
    headers: Mapping[str, str] | None = None,
    also: Mapping[str, object] | None = None,
) -> JSONResponse:
    """A refusal by its message: said in the caller's language, with its parts for programs."""
    language = {"Content-Language": accepted_language(request.headers.get("accept-language", ""))}
    told = {"message": message.message, "field": field, "params": dict(message.params)}
    return problem(status, code, said(request, message), {**(headers or {}), **language}, **told | dict(also or {}))


def accepted(request: Request, error: Kept) -> JSONResponse:
    """What is kept and not yet taken: under which key, and where to look what becomes of it."""
    language = accepted_language(request.headers.get("accept-language", ""))
    look = f"{PREFIX}/acts/{error.params['key']}"
    body = {"key": error.params["key"], "status": ActStatus.ASKED, "look": look, "detail": said(request, error)}
    return JSONResponse(body, status_code=202, headers={"Location": look, "Content-Language": language})


def said(request: Request, message: Message) -> str:
    """The sentence of a message in the language that the caller asks for."""
    language = accepted_language(request.headers.get("accept-language", ""))
    return refusal(message, language, context_of(request).services.programme)
