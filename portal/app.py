"""The portal as an application: its pages, its API, and what is answered when something is wrong."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from traceback import extract_tb
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect
from starlette.routing import Mount
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from gateway.composition import Clock, utc_now
from models.errors import (
    BadInput,
    Broken,
    Closed,
    Conflict,
    Kept,
    NotAuthorised,
    NotOpen,
    Said,
    SojournError,
    TooMany,
    Unavailable,
    Unknown,
)
from models.identifiers import is_exchange_code
from portal.api import api
from portal.api.problems import accepted, problem_of, refused
from portal.assets import FILES, Assets
from portal.callers import addresses_of
from portal.compression import Compressed
from portal.context import open_portal
from portal.http_refusals import told
from portal.middleware import SecurityHeaders
from portal.pages import ALL
from portal.policy import require_policies
from portal.render import plain_page
from portal.visitor import SignInNeeded
from settings import Settings

logger = logging.getLogger(__name__)

LOOPBACK = ("127.0.0.1", "localhost")
STATUS: dict[type[SojournError], int] = {
    NotAuthorised: 403,
    Closed: 409,
    NotOpen: 409,
    Conflict: 409,
    TooMany: 429,
    BadInput: 422,
    Unknown: 404,
    Unavailable: 503,
    Broken: 500,
}


def create_app(settings: Settings, clock: Clock = utc_now) -> FastAPI:
    """The portal of one process.

    Raises:
        Broken: a route names no policy.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_portal(settings, clock) as context:
            app.state.context = context
            yield

    app = FastAPI(title="Sojourn", lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    for pages in ALL:
        app.include_router(pages.router)
    app.include_router(api)
    app.state.api_routes = api.routes
    app.mount(FILES, Assets(), name="static")
    require_policies(app.router.routes)
    secure = settings.public_url.startswith("https://")
    host = urlsplit(settings.public_url).hostname or LOOPBACK[0]
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[host, *LOOPBACK], www_redirect=False)
    app.add_middleware(Compressed)
    app.add_middleware(SecurityHeaders, secure=secure)
    # Outermost: everything within sees who calls, and not the proxy between.
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=addresses_of(settings.proxies))
    _answers(app)
    return app


def _answers(app: FastAPI) -> None:
    app.add_exception_handler(SignInNeeded, _sign_in)
    app.add_exception_handler(SojournError, _refused)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _fault)


def _is_api(request: Request) -> bool:
    return request.url.path.startswith("/api/")


async def _sign_in(request: Request, _: Exception) -> Response:
    """To the sign-in page, and from there back to where they wanted to go."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    where = f"/sign-in?next={quote(wanted, safe='')}" if request.method == "GET" and wanted != "/" else "/sign-in"
    return RedirectResponse(where, status_code=303)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, SojournError)
    if isinstance(error, Kept):
        return _kept(request, error)
    status = next(code for kind, code in STATUS.items() if isinstance(error, kind)) if _known(error) else 500
    if status == 500:
        logger.error("%s %s: %s", request.method, _template(request), error)
    if _is_api(request):
        return refused(request, status, error)
    return plain_page(request, "refused.html", status=status, code=error.code, error=error, http=status)


def _kept(request: Request, error: Kept) -> Response:
    """What was asked is on record and not yet taken: nobody need ask again."""
    if _is_api(request):
        return accepted(request, error)
    about = str(error.params.get("about", ""))
    exchange = about if is_exchange_code(about) else ""
    return plain_page(request, "kept.html", status=202, error=error, exchange=exchange)


def _known(error: SojournError) -> bool:
    return any(isinstance(error, kind) for kind in STATUS)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if _is_api(request):
        return problem_of(request, error.status_code, _code_of(error.status_code), told(error), headers=error.headers)
    response = plain_page(
        request,
        "refused.html",
        status=error.status_code,
        code=_code_of(error.status_code),
        error=None,
        http=error.status_code,
    )
    response.headers.update(error.headers or {})
    return response


async def _invalid(request: Request, error: Exception) -> Response:
    """A value of the address, the headers or the body that cannot be; what was sent is not repeated."""
    assert isinstance(error, RequestValidationError)
    if _is_api(request):
        found = error.errors()
        if any(one["type"] == "json_invalid" for one in found):
            return problem_of(request, 400, "bad_input", Said("request.not_json", {}))
        fields = tuple(".".join(str(part) for part in one["loc"][1:] or one["loc"])[:80] for one in found[:10])
        wrong = Said("request.invalid", {"fields": fields})
        return problem_of(request, 422, "bad_input", wrong, field=fields[0])
    return plain_page(request, "refused.html", status=404, code="unknown", error=None, http=404)


def _code_of(status: int) -> str:
    named = {
        401: "not_signed_in",
        403: "not_authorised",
        404: "unknown",
        405: "not_allowed",
        412: "conflict",
        413: "too_large",
        429: "too_many",
        503: "unavailable",
    }
    return named.get(status, "bad_input")


async def _gone(request: Request, _: Exception) -> Response:
    return Response(status_code=400)


async def _fault(request: Request, error: Exception) -> Response:
    """A fault of our own: an operator reads of it in the log, which names the route and never what was sent."""
    # Class and places only: the texts of other libraries' errors may hold what was sent.
    where = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(extract_tb(error.__traceback__)[-6:]))
    logger.error("%s %s failed: %s at %s", request.method, _template(request), type(error).__name__, where)
    if _is_api(request):
        return problem_of(request, 500, "broken", Said("service.failed", {}))
    return plain_page(request, "refused.html", status=500, code="broken", error=None, http=500)


def _template(request: Request) -> str:
    """The route, without the ids and tokens of its address."""
    route = request.scope.get("route")
    return route.path if isinstance(route, APIRoute | Mount) else "(no route)"
