"""The clearances of a stay on a page of their own, as they are and as they would be on other days."""

from fastapi import Request
from fastapi.responses import Response

from models.errors import SojournError
from portal.answer_forms import Refusal, day_of, refusal_of
from portal.context import context_of
from portal.policy import SIGNED_IN, Pages
from portal.render import page
from portal.seeing import see_as
from portal.visitor import visitor_of

pages = Pages("clearances")


@pages.get("/exchanges/{exchange_id}/clearances", SIGNED_IN)
async def clearances(request: Request, exchange_id: str) -> Response:
    """What a stay is cleared for; with other days in the address, what would fail then. Nothing is asked or taken."""
    context, visitor = context_of(request), await visitor_of(request)
    view, actor = await see_as(context, visitor, exchange_id)
    statements = context.services.gateway.statements
    typed = {name: request.query_params.get(name, "")[:20] for name in ("from", "until")}
    refusal: Refusal | None = None
    try:
        start, end = (day_of(typed[name], name) if typed[name] else None for name in ("from", "until"))
        cleared = await statements.clearances(exchange_id, actor, start, end)
    except SojournError as error:
        refusal = refusal_of(error)
        if refusal.status == 404:
            raise
        cleared = await statements.clearances(exchange_id, actor)
    return await page(
        request,
        "clearances.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        view=view,
        cleared=cleared,
        typed=typed,
    )
