"""The emergency card: filled in by the student, shown to those the student agreed to; and the list of who is here."""

from contextlib import suppress
from datetime import date

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models.errors import SojournError, Unknown
from models.people.authorization import Actor
from models.people.particulars import CardReader, EmergencyCard, ParticularKind, may_keep, may_see_directory
from models.views import ExchangeView
from models.views.particulars import CardView, DirectoryRow
from models.vocabulary import LANGUAGES
from portal.answer_forms import Refusal, day_of, refusal_of
from portal.context import RequestContext, context_of
from portal.forms import Sent, made, sent
from portal.pages.exchange import download
from portal.pages.housing import fields_of, parties_of
from portal.policy import ACTING, LOOKING_AFTER, SIGNED_IN, Pages
from portal.render import page, tell
from portal.seeing import see
from portal.visitor import Visitor, visitor_of
from texts.fonts import CertificateFonts

pages = Pages("emergency")
CARD = ParticularKind.EMERGENCY_CARD
TYPED = tuple(field for field in fields_of(CARD) if field[0] != "shown_to")
FILTERS = ("unit", "from", "to", "open")


@pages.get("/exchanges/{exchange_id}/card", SIGNED_IN)
async def card(request: Request, exchange_id: str) -> Response:
    """The card; the student of the exchange fills it in."""
    return await _show(request, exchange_id)


async def _show(
    request: Request, exchange_id: str, refusal: Refusal | None = None, typed: Sent | None = None
) -> Response:
    context, visitor = context_of(request), await visitor_of(request)
    view = await see(context, visitor, exchange_id)
    found, mine = await _card(context, visitor, exchange_id), _student(visitor, view) is not None
    if found is None and not mine:
        raise Unknown("card.unknown")
    return await page(
        request,
        "card.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        typed=typed,
        view=view,
        found=found,
        mine=mine and view.closed_at is None,
        asked=mine and await context.services.gateway.particulars.card_is_asked_for(exchange_id),
        fields=TYPED,
        lives=await _lives(context, visitor, exchange_id) if mine and found is None else {},
        agreed=_agreed(typed, found),
    )


async def _lives(context: RequestContext, visitor: Visitor, exchange_id: str) -> dict[str, str]:
    """The address on record, in both scripts: what a card that is filled in for the first time begins with."""
    with suppress(Unknown):
        kept = (await context.services.gateway.particulars.of(exchange_id, visitor.actor)).residences
        if kept:
            return {"address": kept[0].residence.address, "address_local": kept[0].residence.address_local}
    return {}


def _agreed(typed: Sent | None, found: CardView | None) -> list[str]:
    if typed is not None:
        return typed.all("shown_to")
    return sorted(found.card.shown_to) if found else [CardReader.HOST]


@pages.post("/exchanges/{exchange_id}/card", ACTING)
async def keep(request: Request, exchange_id: str) -> Response:
    """Keep the card, or take it back: then its words are erased."""
    form = await sent(request, (*EmergencyCard.model_fields, "erase"))
    context, visitor = context_of(request), await visitor_of(request)
    view = await see(context, visitor, exchange_id)
    actor = _student(visitor, view)
    if actor is None:
        raise Unknown("page.unknown")
    try:
        filled = None if form.text("erase") == "yes" else _filled(form)
        await context.services.gateway.particulars.keep(exchange_id, CARD, filled, actor, key=form.key)
    except SojournError as error:
        return await _show(request, exchange_id, refusal_of(error), form)
    answer = RedirectResponse(f"/exchanges/{exchange_id}/card", status_code=303)
    tell(context, answer, "saved")
    return answer


def _filled(form: Sent) -> EmergencyCard:
    typed = {name: form.text(name) for name, *_ in TYPED}
    return made(EmergencyCard, {k: v for k, v in typed.items() if v} | {"shown_to": form.all("shown_to")})


@pages.get("/exchanges/{exchange_id}/card/{language}", SIGNED_IN)
async def printed(request: Request, exchange_id: str, language: str) -> Response:
    """The card as PDF."""
    if language not in LANGUAGES:
        raise Unknown("card.unknown")
    context, visitor = context_of(request), await visitor_of(request)
    fonts = CertificateFonts(context.settings.fonts_dir).folders
    for actor in visitor.capacities:
        with suppress(Unknown):
            pdf = await context.services.gateway.particulars.card_pdf(exchange_id, actor, language, fonts)
            return download(pdf, f"card-{exchange_id}-{language}.pdf", "application/pdf")
    raise Unknown("card.unknown")


@pages.get("/directory", LOOKING_AFTER)
async def directory(request: Request) -> Response:
    """Who is here now, or arrives in some days; every filter is in the address."""
    context, visitor = context_of(request), await visitor_of(request)
    actors = [actor for actor in visitor.capacities if may_see_directory(actor.role)]
    if not actors:
        raise Unknown("page.unknown")
    asked = {name: request.query_params.get(name, "")[:120] for name in FILTERS}
    rows: dict[str, DirectoryRow] = {}
    more = False
    for actor in actors:
        found = await context.services.gateway.particulars.directory(
            actor,
            unit=asked["unit"],
            arriving_from=_day(asked["from"], "from"),
            arriving_to=_day(asked["to"], "to"),
            open_only=asked["open"] == "yes",
        )
        rows |= {one.exchange_id: one for one in found.rows}
        more = more or found.more
    units = sorted({unit for one in rows.values() for unit in one.units} | {asked["unit"]} - {""})
    return await page(request, "directory.html", rows=list(rows.values()), more=more, asked=asked, units=units)


def _day(text: str, field: str) -> date | None:
    return day_of(text, field) if text else None


async def _card(context: RequestContext, visitor: Visitor, exchange_id: str) -> CardView | None:
    """The card in the first of the visitor's roles that is shown it."""
    for actor in visitor.capacities:
        with suppress(Unknown):
            if (found := await context.services.gateway.particulars.card(exchange_id, actor)) is not None:
                return found
    return None


def _student(visitor: Visitor, view: ExchangeView) -> Actor | None:
    return next((one for one in visitor.capacities if may_keep(one, CARD, parties_of(view))), None)
