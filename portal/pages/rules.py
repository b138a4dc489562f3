"""The rules an exchange goes by beside those of today, what they find, and moving to them."""

from contextlib import suppress

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models.errors import SojournError, Unknown
from models.people.authorization import Actor, may_move_rules
from models.views import ExchangeView
from portal.answer_forms import Refusal, refusal_of
from portal.context import context_of
from portal.forms import sent
from portal.pages.housing import parties_of
from portal.policy import COORDINATION, MANAGING, Pages
from portal.render import page, tell
from portal.seeing import see
from portal.visitor import Visitor, visitor_of

pages = Pages("rules")


@pages.get("/exchanges/{exchange_id}/rules", COORDINATION)
async def rules(request: Request, exchange_id: str) -> Response:
    """What the rules find now, and what those of today would change."""
    return await _show(request, exchange_id)


@pages.post("/exchanges/{exchange_id}/rules", MANAGING)
async def move(request: Request, exchange_id: str) -> Response:
    """Move the exchange to the rules whose difference was looked at."""
    form = await sent(request, ("version", "note"))
    context, visitor = context_of(request), await visitor_of(request)
    view = await see(context, visitor, exchange_id)
    actor = _mover(visitor, view)
    if actor is None:
        raise Unknown("page.unknown")
    try:
        note = form.text("note", longest=10_000) or None
        operations = context.services.gateway.rules
        await operations.move(exchange_id, actor, form.text("version"), decision_id=form.key, note=note)
    except SojournError as error:
        return await _show(request, exchange_id, refusal_of(error))
    answer = RedirectResponse(f"/exchanges/{exchange_id}/rules", status_code=303)
    tell(context, answer, "changed")
    return answer


async def _show(request: Request, exchange_id: str, refusal: Refusal | None = None) -> Response:
    context, visitor = context_of(request), await visitor_of(request)
    view = await see(context, visitor, exchange_id)
    gateway = context.services.gateway
    for actor in (_mover(visitor, view), *visitor.capacities):
        if actor is None:
            continue
        with suppress(Unknown):
            preview = await gateway.rules.preview(exchange_id, actor)
            found = await gateway.statements.judged(exchange_id, actor)
            return await page(
                request,
                "rules.html",
                status=refusal.status if refusal else 200,
                refusal=refusal,
                view=view,
                preview=preview,
                found=found,
            )
    raise Unknown("page.unknown")


def _mover(visitor: Visitor, view: ExchangeView) -> Actor | None:
    """In which of their roles somebody may move the exchange."""
    return next((actor for actor in visitor.capacities if may_move_rules(actor, parties_of(view))), None)
