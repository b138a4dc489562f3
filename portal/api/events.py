"""Events out, by cursor, for those who poll; and in, from other systems."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from gateway.webhooks import Connections, is_batch
from models.errors import Unavailable
from models.messages.webhooks import Received
from models.people.access import ApiScope
from portal.api.caller import ApiCaller, Scoped
from portal.api.problems import PREFIX, said
from portal.api.shapes import EventFeed, ReceivedBatch, ReceivedEvent, problems
from portal.context import RequestContext, context_of
from portal.policy import TOKEN, Allow

router = APIRouter(prefix=PREFIX, tags=["events"], dependencies=[])
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
    events, position = await _outward(context).feed.after(caller.actor, after, limit)
    return EventFeed(events=events, next=position)


@router.post("/events", dependencies=GUARD, responses=problems(409, 413), status_code=202, openapi_extra=BODY)
async def receive(
    request: Request, caller: Annotated[ApiCaller, Depends(Scoped(ApiScope.EVENTS_WRITE))]
) -> ReceivedEvent | ReceivedBatch:
    """Take CloudEvents of a dormitory, a badge reader, an airline or a registry, each once for its source and id.

    One event, structured or binary, or a batch of up to 50. Of a batch each event is answered for itself, in order.
    """
    headers = request.headers
    body = await request.body()
    received = await _outward(context_of(request)).receive(headers.items(), body, caller.actor)
    answers = [_told(request, one) for one in received]
    return ReceivedBatch(results=answers) if is_batch(headers.get("content-type", "")) else answers[0]


def _told(request: Request, received: Received) -> ReceivedEvent:
    return ReceivedEvent(
        source=received.source,
        id=received.event_id,
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
