"""Events out, by cursor, for those who poll; and in, from other systems."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from gateway.webhooks import BATCH, Connections, is_batch
from models.errors import Unavailable
from models.messages.webhooks import Received
from models.people.access import ApiScope
from portal.api.caller import ApiCaller, Scoped
from portal.api.event_shapes import FEED, MANY, ONE
from portal.api.problems import PREFIX, said
from portal.api.shapes import ReceivedBatch, ReceivedEvent, problems
from portal.bounds import BoundedRoute
from portal.context import RequestContext, context_of
from portal.policy import TOKEN, Allow

router = APIRouter(prefix=PREFIX, tags=["events"], route_class=BoundedRoute)
GUARD = [Depends(Allow(TOKEN))]
Sender = Annotated[ApiCaller, Depends(Scoped(ApiScope.EVENTS_WRITE))]


@router.get("/events", dependencies=GUARD, responses=problems(), response_model=FEED)
async def list_events(
    request: Request,
    caller: Annotated[ApiCaller, Depends(Scoped(ApiScope.EVENTS_READ))],
    after: Annotated[int, Query(ge=0, le=2**62)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """What happened in the institution's exchanges, the same as webhooks deliver, in order."""
    context = context_of(request)
    events, position = await _outward(context).feed.after(caller.actor, after, limit)
    return JSONResponse({"events": events, "next": position})


@router.post("/events", dependencies=GUARD, responses=problems(413), status_code=202, openapi_extra=ONE)
async def receive_event(request: Request, caller: Sender) -> ReceivedEvent | ReceivedBatch:
    """Take a CloudEvent of a dormitory, a badge reader, an airline or a registry, once for its source and id.

    In structured mode, or in binary mode (`ce-…` headers, with the data as body). A batch may be sent here too.
    """
    headers = request.headers.items()
    received = await _receive(request, caller, headers)
    return ReceivedBatch(results=received) if is_batch(headers) else received[0]


@router.post("/events/batch", dependencies=GUARD, responses=problems(413), status_code=202, openapi_extra=MANY)
async def receive_event_batch(request: Request, caller: Sender) -> ReceivedBatch:
    """Take up to 50 CloudEvents. Each is answered for itself, in order; with one that is none, nothing is taken."""
    return ReceivedBatch(results=await _receive(request, caller, [("content-type", BATCH)]))


async def _receive(request: Request, caller: ApiCaller, headers: list[tuple[str, str]]) -> list[ReceivedEvent]:
    received = await _outward(context_of(request)).receive(headers, await request.body(), caller.actor)
    return [_told(request, one) for one in received]


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
