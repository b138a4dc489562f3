"""Messages to many by the API: previewed, sent once for each idempotency key, and who got them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from models.errors import Unknown
from models.messages.broadcasts import Broadcast, BroadcastAnswer
from models.people.access import ApiScope
from models.views import Paged
from models.views.broadcasts import BroadcastPreview, BroadcastSummary, BroadcastView
from portal.api.caller import ApiCaller, Scoped
from portal.api.idempotency import Once
from portal.api.lists import After, Limit, Reader
from portal.api.problems import PREFIX
from portal.api.shapes import PageOf, problems
from portal.bounds import BoundedRoute
from portal.context import context_of
from portal.policy import TOKEN, Allow

router = APIRouter(prefix=PREFIX, tags=["messages"], route_class=BoundedRoute)
GUARD = [Depends(Allow(TOKEN))]
Writer = Annotated[ApiCaller, Depends(Scoped(ApiScope.MESSAGES_WRITE))]


@router.post("/messages/preview", dependencies=GUARD, responses=problems(404))
async def preview_message(request: Request, caller: Writer, body: Broadcast) -> BroadcastPreview:
    """To whom a message to many would go and how it reads for the first of them; nothing is written."""
    context = context_of(request)
    broadcasts = context.services.gateway.broadcasts
    return await broadcasts.preview(body.audience, body.wording, caller.actor, context.now())


@router.post("/messages", dependencies=GUARD, status_code=201, responses=problems(404, 409))
async def send_message(request: Request, caller: Writer, body: Broadcast, asked: Once) -> BroadcastAnswer:
    """Write to many students. With `seen` of a preview, only what was previewed is sent."""
    context = context_of(request)
    async with asked.once(caller, body) as act:
        return await context.services.gateway.broadcasts.send(body, caller.actor, context.now(), act.id)


@router.get("/messages", dependencies=GUARD, responses=problems(404))
async def list_messages(
    request: Request, caller: Reader, after: After = None, limit: Limit = 100
) -> PageOf[BroadcastSummary]:
    """What the institution's office wrote to many, the newest first."""
    rows = await context_of(request).services.reading.broadcasts(caller.actor, Paged(limit=limit + 1, after=after))
    return PageOf[BroadcastSummary](items=rows[:limit], next=rows[limit - 1].cursor if len(rows) > limit else None)


@router.get("/messages/{broadcast_id}", dependencies=GUARD, responses=problems(404))
async def get_message(request: Request, broadcast_id: str, caller: Reader) -> BroadcastView:
    """A message to many, and who got it."""
    found = await context_of(request).services.reading.broadcast(broadcast_id[:120], caller.actor)
    if found is None:
        raise Unknown("broadcast.unknown")
    return found
