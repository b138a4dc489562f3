"""What is kept about a student in an exchange: counted on a page, and given out as one archive."""

from contextlib import suppress

from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from models.errors import SojournError, Unknown
from models.people.authorization import Actor
from models.views.own_data import OwnDataView
from portal.answer_forms import Refusal, refusal_of
from portal.context import context_of
from portal.forms import sent
from portal.policy import OWN_DATA, Pages
from portal.render import page
from portal.seeing import see
from portal.visitor import visitor_of

pages = Pages("privacy")


@pages.get("/exchanges/{exchange_id}/data", OWN_DATA)
async def own_data(request: Request, exchange_id: str) -> Response:
    """How much is kept, and until when."""
    return await _show(request, exchange_id)


async def _show(request: Request, exchange_id: str, refusal: Refusal | None = None) -> Response:
    context, visitor = context_of(request), await visitor_of(request)
    view = await see(context, visitor, exchange_id)
    held, actor = await _held(request, exchange_id)
    return await page(
        request,
        "own_data.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        view=view,
        held=held,
        own=actor.id == view.student.id,
    )


async def _held(request: Request, exchange_id: str) -> tuple[OwnDataView, Actor]:
    """What is kept, and the first of the visitor's roles that may be told.

    Raises:
        Unknown: none may (D44).
    """
    context, visitor = context_of(request), await visitor_of(request)
    for actor in visitor.capacities:
        with suppress(Unknown):
            return await context.services.gateway.own_data.held(exchange_id, actor), actor
    raise Unknown("page.unknown")


@pages.post("/exchanges/{exchange_id}/data", OWN_DATA)
async def download(request: Request, exchange_id: str) -> Response:
    """Everything kept, as one archive; that it was given out is on record before its first byte."""
    context = context_of(request)
    _, actor = await _held(request, exchange_id)
    form = await sent(request, ())
    try:
        given = await context.services.gateway.own_data.export(exchange_id, actor, key=form.key)
    except SojournError as error:
        refusal = refusal_of(error)
        if refusal.status == 404:
            raise
        return await _show(request, exchange_id, refusal)
    headers = {
        "Content-Disposition": f'attachment; filename="{given.name}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return StreamingResponse(given.pieces, media_type="application/zip", headers=headers)
