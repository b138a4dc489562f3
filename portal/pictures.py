"""The pictures of pages: what each is drawn from, read as the person who looks."""

from models.people.authorization import Actor
from models.views import ExchangeView, StepLine, WorklistRow
from portal.context import RequestContext
from portal.visitor import Visitor
from texts.charts.drawing import Picture
from texts.charts.ladder import ladder
from texts.charts.strip import stay_strip
from texts.names import Names


async def strip_of(context: RequestContext, visitor: Visitor, view: ExchangeView, actor: Actor) -> Picture:
    """A stay on one strip."""
    names = Names(context.services.programme, visitor.language)
    sessions = await context.services.reading.sessions_of(view.exchange_id, actor)
    return stay_strip(view, sessions, context.now(), names, visitor.zone)


async def ladder_of(
    context: RequestContext, visitor: Visitor, step: StepLine | WorklistRow, actor: Actor
) -> Picture | None:
    """The ladder of an open step of an exchange; nothing where it has none, or the visitor may not know of it."""
    found = await context.services.reading.ladder(step.step_id, actor) if isinstance(step, StepLine) else ()
    if not found or not isinstance(step, StepLine):
        return None
    return ladder(step, found, context.now(), Names(context.services.programme, visitor.language))
