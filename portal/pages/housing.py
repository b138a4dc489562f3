"""Where a student lives: beds, an address outside, what is handed over and how it is found (D34)."""

from contextlib import suppress
from datetime import date

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models.errors import SojournError, Unknown
from models.messages.housing import HOUSED, MoveBed
from models.people.authorization import Actor, Parties
from models.people.housing import may_house
from models.people.particulars import FORMS, ParticularKind, may_keep
from models.views import ExchangeView
from models.views.particulars import ParticularsView
from models.wire import Form
from portal.answer_forms import Refusal, beds_of, refusal_of
from portal.context import context_of
from portal.forms import Sent, made, sent
from portal.policy import ACTING, SIGNED_IN, Pages
from portal.render import page, tell
from portal.seeing import see
from portal.visitor import Visitor, visitor_of
from texts.names import Names

pages = Pages("housing")
DAYS = (date,)
HERE = (ParticularKind.RESIDENCE, ParticularKind.HANDOVER, ParticularKind.INSPECTION)
"""The forms of this page."""


@pages.get("/exchanges/{exchange_id}/housing", SIGNED_IN)
async def housing(request: Request, exchange_id: str) -> Response:
    """Everything on record of where a student lives, and what may be done about it."""
    return await _show(request, exchange_id)


async def _show(
    request: Request,
    exchange_id: str,
    refusal: Refusal | None = None,
    typed: Sent | None = None,
    sent_kind: str = "",
) -> Response:
    context, visitor = context_of(request), await visitor_of(request)
    view = await see(context, visitor, exchange_id)
    found = await _particulars(request, visitor, exchange_id)
    houses = view.closed_at is None and found.houses
    choose = houses and view.departed_on is None and view.stage in HOUSED
    names = Names(context.services.programme, visitor.language)
    return await page(
        request,
        "housing.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        typed=typed,
        view=view,
        found=found,
        fields={kind.value: fields_of(kind) for kind in HERE},
        sent_kind=sent_kind,
        houses=houses,
        beds=beds_of(names, view.plan.host) if choose else (),
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
        return await _show(request, exchange_id, refusal_of(error), form, "bed")
    answer = RedirectResponse(f"/exchanges/{exchange_id}/housing", status_code=303)
    tell(context, answer, "changed")
    return answer


@pages.post("/exchanges/{exchange_id}/housing/{kind}", ACTING)
async def record(request: Request, exchange_id: str, kind: str) -> Response:
    """Keep a version of a form."""
    if kind not in HERE:
        raise Unknown("page.unknown")
    what = ParticularKind(kind)
    form = await sent(request, tuple(FORMS[what].model_fields))
    context, visitor = context_of(request), await visitor_of(request)
    view = await see(context, visitor, exchange_id)
    actor = next((one for one in visitor.capacities if may_keep(one, what, parties_of(view))), None)
    if actor is None:
        raise Unknown("page.unknown")
    try:
        filled = form_of(what, form)
        await context.services.gateway.particulars.keep(exchange_id, what, filled, actor, key=form.key)
    except SojournError as error:
        return await _show(request, exchange_id, refusal_of(error), form, kind)
    answer = RedirectResponse(f"/exchanges/{exchange_id}/housing", status_code=303)
    tell(context, answer, "saved")
    return answer


async def _particulars(request: Request, visitor: Visitor, exchange_id: str) -> ParticularsView:
    """Housing as the visitor may see it in any of their roles."""
    reading = context_of(request).services.gateway.particulars
    found: list[ParticularsView] = []
    for actor in visitor.capacities:
        with suppress(Unknown):
            found.append(await reading.of(exchange_id, actor))
    if not found:
        raise Unknown("page.unknown")
    widest = {name: any(getattr(one, name) for one in found) for name in ("records", "houses")}
    return found[0].model_copy(update=widest)


def fields_of(kind: ParticularKind) -> list[tuple[str, str, bool]]:
    """The fields of a form that are typed: name, kind of input, whether it must be filled in."""
    return [
        (name, "date" if field.annotation in DAYS else "text", field.is_required())
        for name, field in FORMS[kind].model_fields.items()
    ]


def form_of(kind: ParticularKind, form: Sent) -> Form:
    """What was typed; what was left empty is as the form has it by itself.

    Raises:
        BadInput: with the first field that is wrong.
    """
    typed = {name: form.text(name, longest=2000) for name in FORMS[kind].model_fields}
    return made(FORMS[kind], {name: value for name, value in typed.items() if value})


def parties_of(view: ExchangeView) -> Parties:
    """Between whom an exchange is."""
    return Parties(sending=view.plan.sending, host=view.plan.host, student=view.student.id)


def _housing_actor(visitor: Visitor, view: ExchangeView) -> Actor | None:
    return next((actor for actor in visitor.capacities if may_house(actor, parties_of(view))), None)
