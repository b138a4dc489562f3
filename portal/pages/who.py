"""Who is who for one exchange, with what to do in an emergency and where the student lives."""

from contextlib import suppress

from fastapi import Request
from fastapi.responses import Response

from models.errors import Unknown
from models.people.reached import offices_of
from models.views import ExchangeView
from models.views.particulars import ParticularsView
from models.vocabulary import LANGUAGES, Role
from portal.context import context_of
from portal.policy import SIGNED_IN, Pages
from portal.render import page
from portal.seeing import see_as
from portal.visitor import Visitor, visitor_of
from texts.dates import zone_words
from texts.names import bed_place

pages = Pages("who")


@pages.get("/exchanges/{exchange_id}/people", SIGNED_IN)
async def who(request: Request, exchange_id: str) -> Response:
    """The people of an exchange by role, with telephone, hours and address; printed, it is one sheet."""
    context, visitor = context_of(request), await visitor_of(request)
    view, actor = await see_as(context, visitor, exchange_id)
    programme, cards = context.services.programme, context.services.gateway.particulars
    host = programme.institution(view.plan.host)
    offices = offices_of(programme, view.plan.sending, view.plan.host, _units(view))
    held = {bed.bed_id for bed in view.beds}
    mine = visitor.actor.role is Role.STUDENT and visitor.actor.id == view.student.id
    kept = await cards.may_open_card(exchange_id, actor)
    return await page(
        request,
        "who.html",
        view=view,
        offices=offices,
        ambulance=programme.law_at(view.plan.host).ambulance,
        zones={one.zone: zone_words(one.zone, context.now(), visitor.language) for one in offices},
        beds=[{one: bed_place(bed, one) for one in LANGUAGES} for bed in (host.beds if host else ()) if bed.id in held],
        housing=await _housing(request, visitor, exchange_id),
        card_shown=mine or kept,
        card_kept=kept,
    )


def _units(view: ExchangeView) -> list[str]:
    """The units of the stay, in the order of its days."""
    standing = [place for place in view.placements if place.status != "released"]
    return [place.unit_id for place in sorted(standing, key=lambda place: place.start)]


async def _housing(request: Request, visitor: Visitor, exchange_id: str) -> ParticularsView | None:
    """Where the student lives, for those who may read it; `None` for the others."""
    reading = context_of(request).services.gateway.particulars
    for actor in visitor.capacities:
        with suppress(Unknown):
            return await reading.of(exchange_id, actor)
    return None
