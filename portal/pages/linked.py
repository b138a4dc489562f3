"""For whom the link of a mail was made, and for which step."""

from fastapi import Request
from fastapi.responses import Response

from models.errors import NotOpen, Unknown
from models.identifiers import exchange_of
from models.views import ExchangeView, StepLine
from models.vocabulary import StepStatus
from portal.answer_forms import owner_actor
from portal.context import context_of
from portal.render import page
from portal.seeing import see
from portal.visitor import Visitor, as_person, visitor_of


async def linked(request: Request, token: str) -> tuple[Visitor, ExchangeView, StepLine] | Response:
    """For whom the link was made and what it is for; a page that says so where it holds no more."""
    context = context_of(request)
    access = context.services.gateway.access
    try:
        wanted = await context.services.gateway.addresses.action(token, context.now())
        identity = await access.identity(wanted.person)
        if identity is None or not identity.capacities:
            raise NotOpen("link.role_gone")
        person = as_person(await visitor_of(request), identity)
        view = await see(context, person, exchange_of(wanted.step_id))
        step = next((one for one in view.steps if one.step_id == wanted.step_id), None)
        if step is None:
            raise Unknown("step.unknown")
        if step.status is StepStatus.OPEN:
            owner_actor(person, step.owner)
    except (NotOpen, Unknown) as error:
        return await page(request, "act_done.html", status=410, step=None, why=error)
    return person, view, step
