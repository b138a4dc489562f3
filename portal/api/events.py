"""Events out, by cursor, for those who poll; and in, from other systems."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from gateway.webhooks import Connections
from models.errors import Unavailable
from models.people.access import ApiScope
from models.vocabulary import Role
from portal.api.caller import ApiCaller, Scoped
from portal.api.problems import PREFIX, said
from portal.api.shapes import EventFeed, ReceivedEvent, problems
from portal.bounds import BoundedRoute
from portal.context import RequestContext, context_of
from portal.policy import TOKEN, Allow

router = APIRouter(prefix=PREFIX, tags=["events"], route_class=BoundedRoute)
GUARD = [Depends(Allow(TOKEN))]
EVENT = {
    "type": "object",
    "required": ["specversion", "id", "source", "type"],
    "properties": {
        "specversion": {"type": "string", "enum": ["1.0"]},
        "id": {"type": "string", "minLength": 1, "maxLength": 120},
        "source": {"type": "string", "minLength": 1, "maxLength": 120},
        "type": {"type": "string", "minLength": 1, "maxLength": 120},
        "time": {"type": "string", "format": "date-time"},
        "data": {"type": "object"},
    },
}
BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/cloudevents+json": {"schema": EVENT}, "application/json": {"schema": EVENT}},
    }
}


@router.get("/events", dependencies=GUARD, responses=problems())
async def feed(
    request: Request,
    caller: Annotated[ApiCaller, Depends(Scoped(ApiScope.EVENTS_READ))],
    after: Annotated[int, Query(ge=0, le=2**62)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> EventFeed:
    """What happened in the institution's exchanges, the same as webhooks deliver, in order."""
    context = context_of(request)
    home = caller.actor.role is Role.COORDINATOR and caller.institution == context.services.programme.home
    events, position = await _outward(context).feed.after(None if home else caller.institution, after, limit)
    return EventFeed(events=events, next=position)


@router.post("/events", dependencies=GUARD, responses=problems(409, 413), status_code=202, openapi_extra=BODY)
async def receive(
    request: Request, caller: Annotated[ApiCaller, Depends(Scoped(ApiScope.EVENTS_WRITE))]
) -> ReceivedEvent:
    """Take a CloudEvent from a dormitory, a badge reader, a flight or a registry; once for each source and id."""
    received = await _outward(context_of(request)).receive(await request.body(), caller.actor)
    return ReceivedEvent(
        status=received.status,
        why=said(request, received) if received.message else received.why,
        message=received.message,
        params=received.params,
        exchange_id=received.exchange_id,
        repeated=received.repeated,
    )


def _outward(context: RequestContext) -> Connections:
    if context.services.outward is None:
        raise Unavailable("connections.closed")
    return context.services.outward
