"""Where a student lives: the beds held, and a move to another one (D34)."""

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models.errors import SojournError, Unknown
from models.messages.housing import MoveBed
from models.people.authorization import Actor, Parties
from models.people.housing import may_house, may_see_housing
from models.views import ExchangeView
from portal.answer_forms import Refusal, beds_of, refusal_of
from portal.context import context_of
from portal.forms import Sent, made, sent
from portal.policy import ACTING, SIGNED_IN, Pages
from portal.render import page, tell
from portal.seeing import see
from portal.visitor import Visitor, visitor_of
from texts.names import Names

pages = Pages("housing")


@pages.get("/exchanges/{exchange_id}/housing", SIGNED_IN)
async def housing(request: Request, exchange_id: str) -> Response:
    """Everything on record of where a student lives, and what may be done about it."""
    return await _show(request, exchange_id)


async def _show(
    request: Request, exchange_id: str, refusal: Refusal | None = None, typed: Sent | None = None
) -> Response:
    context, visitor = context_of(request), await visitor_of(request)
    view = await see(context, visitor, exchange_id)
    parties = parties_of(view)
    if not any(may_see_housing(actor, parties) for actor in visitor.capacities):
        raise Unknown("page.unknown")
    houses = view.closed_at is None and _housing_actor(visitor, view) is not None
    names = Names(context.services.programme, visitor.language)
    return await page(
        request,
        "housing.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        typed=typed,
        view=view,
        beds=beds_of(names, view.plan.host) if houses and view.departed_on is None else (),
    )


@pages.post("/exchanges/{exchange_id}/housing/bed", ACTING)
async def move_bed(request: Request, exchange_id: str) -> Response:
    """Move the student to another bed; where it is not free, nothing changes."""
    form = await sent(request, ("bed_id", "first_night", "note"))
    context, visitor = context_of(request), await visitor_of(request)
    view = await see(context, visitor, exchange_id)
    actor = _housing_actor(visitor, view)
    if actor is None:
        raise Unknown("page.unknown")
    try:
        named = {"decision_id": form.key, "actor": actor}
        move = made(MoveBed, named | {name: form.text(name) for name in ("bed_id", "first_night")})
        await context.services.gateway.move_bed(exchange_id, move, note=form.text("note", longest=10_000) or None)
    except SojournError as error:
        return await _show(request, exchange_id, refusal_of(error), form)
    answer = RedirectResponse(f"/exchanges/{exchange_id}/housing", status_code=303)
    tell(context, answer, "changed")
    return answer


def parties_of(view: ExchangeView) -> Parties:
    """Between whom an exchange is."""
    return Parties(sending=view.plan.sending, host=view.plan.host, student=view.student.id)


def _housing_actor(visitor: Visitor, view: ExchangeView) -> Actor | None:
    return next((actor for actor in visitor.capacities if may_house(actor, parties_of(view))), None)
