"""Erasing what a student's papers say, and legal holds: what would be erased stands before the button."""

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models.errors import BadInput, SojournError, Unknown
from models.people.authorization import Actor
from models.people.erasing import may_erase
from portal.answer_forms import Refusal, refusal_of
from portal.context import context_of
from portal.forms import Sent, sent
from portal.policy import PROGRAMME, Pages
from portal.render import page, tell
from portal.seeing import see
from portal.visitor import visitor_of

pages = Pages("erasure")
LONGEST = 2000


@pages.get("/exchanges/{exchange_id}/erasure", PROGRAMME)
async def erasure(request: Request, exchange_id: str) -> Response:
    """What would be erased now, what is kept still, and the legal holds that last."""
    return await _show(request, exchange_id)


@pages.post("/exchanges/{exchange_id}/erasure", PROGRAMME)
async def erase(request: Request, exchange_id: str) -> Response:
    """Erase for good what need not be kept any more, once the code of the exchange was typed."""
    form = await sent(request, ("code", "reason"))
    actor = await _office(request, exchange_id)
    try:
        if form.text("code", longest=40).upper() != exchange_id:
            raise BadInput("erasure.code", "code", exchange=exchange_id)
        reason = _reason(form)
        erasures = context_of(request).services.gateway.erasures
        erased = await erasures.erase(exchange_id, actor, reason=reason, key=form.key)
    except SojournError as error:
        return await _refused(request, exchange_id, error, form)
    return _done(request, exchange_id, "erased", count=str(len(erased)))


@pages.post("/exchanges/{exchange_id}/hold", PROGRAMME)
async def hold(request: Request, exchange_id: str) -> Response:
    """Set a legal hold."""
    form = await sent(request, ("reason",))
    actor = await _office(request, exchange_id)
    try:
        await context_of(request).services.gateway.erasures.hold(exchange_id, _reason(form), actor, key=form.key)
    except SojournError as error:
        return await _refused(request, exchange_id, error, form)
    return _done(request, exchange_id, "held")


@pages.post("/exchanges/{exchange_id}/lift", PROGRAMME)
async def lift(request: Request, exchange_id: str) -> Response:
    """Lift a legal hold."""
    form = await sent(request, ("hold_id",))
    actor = await _office(request, exchange_id)
    try:
        await context_of(request).services.gateway.erasures.lift(exchange_id, form.text("hold_id", longest=200), actor)
    except SojournError as error:
        return await _refused(request, exchange_id, error, form)
    return _done(request, exchange_id, "lifted")


def _reason(form: Sent) -> str:
    reason = form.text("reason", longest=LONGEST)
    if not reason:
        raise BadInput("field.missing", "reason")
    return reason


async def _office(request: Request, exchange_id: str) -> Actor:
    """In which role the visitor does it, for an exchange that they may know of."""
    context, visitor = context_of(request), await visitor_of(request)
    await see(context, visitor, exchange_id)
    for actor in visitor.capacities:
        if may_erase(actor):
            return actor
    raise Unknown("page.unknown")


async def _refused(request: Request, exchange_id: str, error: SojournError, form: Sent) -> Response:
    refusal = refusal_of(error)
    if refusal.status == 404:
        raise error
    return await _show(request, exchange_id, refusal, form)


async def _show(
    request: Request, exchange_id: str, refusal: Refusal | None = None, form: Sent | None = None
) -> Response:
    context, visitor = context_of(request), await visitor_of(request)
    actor = await _office(request, exchange_id)
    return await page(
        request,
        "erasure.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        typed=form,
        view=await see(context, visitor, exchange_id),
        held=await context.services.gateway.erasures.look(exchange_id, actor),
    )


def _done(request: Request, exchange_id: str, kind: str, **about: str) -> Response:
    answer = RedirectResponse(f"/exchanges/{exchange_id}/erasure", status_code=303)
    tell(context_of(request), answer, kind, **about)
    return answer
