"""Reads one exchange for a person, in whichever of their roles may see it."""

from models.errors import Unknown
from models.people.authorization import Actor
from models.views import ExchangeView
from portal.context import RequestContext
from portal.visitor import Visitor


async def see(context: RequestContext, visitor: Visitor, exchange_id: str) -> ExchangeView:
    """An exchange as far as a visitor may see it.

    Raises:
        Unknown: there is none, or it is not for them to know (D44).
    """
    return (await see_as(context, visitor, exchange_id))[0]


async def see_as(context: RequestContext, visitor: Visitor, exchange_id: str) -> tuple[ExchangeView, Actor]:
    """An exchange, and the capacity in which the visitor sees it; raises as `see`."""
    for actor in visitor.capacities:
        view = await context.services.reading.exchange(exchange_id, actor, now=context.now())
        if view is not None:
            return view, actor
    raise Unknown("exchange.unknown", exchange=exchange_id[:40])
