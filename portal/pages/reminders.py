"""Having somebody reminded of a step that one waits for."""

from collections.abc import Iterable
from datetime import datetime

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models.identifiers import exchange_of
from models.people.reminding import MOST, again_at, may_remind
from models.views import StepLine, WorklistRow
from portal.context import context_of
from portal.forms import sent
from portal.policy import ACTING, Pages
from portal.render import tell
from portal.visitor import Visitor, visitor_of

pages = Pages("reminders")


def remindable(visitor: Visitor, steps: Iterable[StepLine | WorklistRow], now: datetime) -> set[str]:
    """The steps of which the reader may have somebody reminded now, by their ids."""
    return {
        step.step_id
        for step in steps
        if step.held_since is None
        and step.reminded < MOST
        and (again_at(step.reminded, step.reminded_at) or now) <= now
        and any(may_remind(actor, step.owner) for actor in visitor.capacities)
    }


@pages.post("/remind/{step_id}", ACTING)
async def remind(request: Request, step_id: str) -> Response:
    """Write to whoever owes it, now; sent again, once."""
    form = await sent(request, ("next",))
    context, visitor = context_of(request), await visitor_of(request)
    back = "/worklist?tab=others" if form.text("next") == "worklist" else f"/exchanges/{exchange_of(step_id)}"
    await context.services.gateway.reminders.remind(step_id, visitor.actor, key=form.key)
    answer = RedirectResponse(back, status_code=303)
    tell(context, answer, "reminded")
    return answer
