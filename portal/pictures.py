"""The pictures of pages: what each is drawn from, read as the person who looks."""

from models.people.authorization import Actor
from models.views import ExchangeView
from portal.context import RequestContext
from portal.visitor import Visitor
from texts.charts.drawing import Picture
from texts.charts.strip import stay_strip
from texts.names import Names


async def strip_of(context: RequestContext, visitor: Visitor, view: ExchangeView, actor: Actor) -> Picture:
    """A stay on one strip."""
    names = Names(context.services.programme, visitor.language)
    sessions = await context.services.reading.sessions_of(view.exchange_id, actor)
    return stay_strip(view, sessions, context.now(), names, visitor.zone)
