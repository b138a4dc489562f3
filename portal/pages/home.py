"""The start page, the language switch, live updates, and what operators ask of the process."""

from contextlib import suppress

from fastapi import Request
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from fastapi.sse import EventSourceResponse

from models.errors import SojournError
from models.views import ExchangeFilter
from models.vocabulary import LANGUAGES, Role
from portal.context import context_of
from portal.forms import own_path, sent
from portal.language import keep_language
from portal.policy import ANYBODY, FIRST_PLACES, SIGNED_IN, Pages
from portal.render import page
from portal.visitor import LANGUAGE, YEAR, Visitor, set_cookie, visitor_of

pages = Pages("start")


@pages.get("/", ANYBODY)
async def start(request: Request) -> Response:
    """Where a person begins: students with their exchange, partner offices with the board, others with the worklist."""
    visitor = await visitor_of(request)
    if not visitor.signed_in:
        return await page(request, "start.html")
    return RedirectResponse(await _first_place(request, visitor), status_code=303)


async def _first_place(request: Request, visitor: Visitor) -> str:
    if visitor.actor.role is Role.STUDENT:
        rows = await context_of(request).services.reading.exchanges(ExchangeFilter(limit=2), visitor.actor)
        return f"/exchanges/{rows[0].exchange_id}" if len(rows) == 1 else "/exchanges"
    return FIRST_PLACES.get(visitor.actor.role, "/worklist")


@pages.post("/language", ANYBODY)
async def language(request: Request) -> Response:
    """Choose a language: in this browser, and for whoever is signed in the language of their mails too."""
    form = await sent(request, ("language",))
    answer = RedirectResponse(own_path(form.text("next")), status_code=303)
    if (wanted := form.text("language")) in LANGUAGES:
        visitor = await visitor_of(request)
        if visitor.identity is not None:
            with suppress(SojournError):  # the page speaks it all the same
                await keep_language(request, visitor.identity, wanted)
        set_cookie(context_of(request), answer, LANGUAGE, wanted, seconds=YEAR)
    return answer


@pages.get("/live", SIGNED_IN)
async def live(request: Request) -> Response:
    """Server-sent events: something is new on record."""
    return _stream(request, await visitor_of(request), None)


@pages.get("/exchanges/{exchange_id}/live", SIGNED_IN)
async def live_exchange(request: Request, exchange_id: str) -> Response:
    """Server-sent events: something happened to an exchange that the reader may know of."""
    visitor = await visitor_of(request)
    context = context_of(request)
    for actor in visitor.capacities:
        if await context.services.reading.exchanges(ExchangeFilter(only=exchange_id, limit=1), actor):
            return _stream(request, visitor, exchange_id)
    return Response(status_code=404)


def _stream(request: Request, visitor: Visitor, exchange_id: str | None) -> Response:
    watch, person = context_of(request).watch, visitor.identity_actor.id
    if watch.full(person):
        return Response(status_code=204)  # tells the browser not to come back
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventSourceResponse(watch.changes(exchange_id, person), headers=headers)


@pages.get("/health", ANYBODY)
async def health(request: Request) -> Response:
    """Whether this process and what it needs are there; 503 while the records are away."""
    context = context_of(request)
    try:
        await context.services.reading.changed_since(None)
        records = True
    except SojournError:
        records = False
    state = {"records": records, "temporal": context.temporal_away_since is None}
    return JSONResponse(state, status_code=200 if records else 503)


@pages.get("/robots.txt", ANYBODY)
async def robots(request: Request) -> Response:
    """Search engines have no business here, except with the programme itself."""
    return PlainTextResponse("User-agent: *\nAllow: /options\nDisallow: /\n")
