"""Housing in the API: a move to another bed."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from models.errors import Unknown
from models.messages.housing import MoveBed
from models.people.access import ApiScope
from models.views import ExchangeView
from portal.api.caller import ApiCaller, Scoped
from portal.api.idempotency import Once
from portal.api.problems import PREFIX
from portal.api.shapes import Taken, kept_or
from portal.bounds import BoundedRoute
from portal.context import context_of
from portal.forms import made
from portal.policy import TOKEN, Allow

router = APIRouter(prefix=PREFIX, tags=["housing"], route_class=BoundedRoute)
GUARD = [Depends(Allow(TOKEN))]
Writer = Annotated[ApiCaller, Depends(Scoped(ApiScope.DECISIONS_WRITE))]
Short = Annotated[str, Path(max_length=120)]


class BedMoveRequest(BaseModel):
    """Another bed of the host, from a night on."""

    model_config = ConfigDict(extra="forbid")

    bed_id: str = Field(min_length=1, max_length=120)
    first_night: date
    note: str | None = Field(default=None, max_length=10_000)


@router.post("/exchanges/{exchange_id}/bed", dependencies=GUARD, responses=kept_or(404, 409))
async def move_bed(request: Request, exchange_id: Short, caller: Writer, body: BedMoveRequest, asked: Once) -> Taken:
    """Move the student to another bed; nights before the first one stay where they are."""
    await known(request, caller, exchange_id)
    async with asked.once(caller, body) as act:
        named = body.model_dump(exclude={"note"}) | {"decision_id": act.id, "actor": caller.actor}
        gateway = context_of(request).services.gateway
        reply = await gateway.move_bed(exchange_id, made(MoveBed, named), note=body.note)
    return Taken(exchange_id=reply.exchange_id, stage=reply.stage, repeated=reply.repeated)


async def known(request: Request, caller: ApiCaller, exchange_id: str) -> ExchangeView:
    """The exchange, if the caller may know of it."""
    context = context_of(request)
    view = await context.services.reading.exchange(exchange_id, caller.actor, now=context.now())
    if view is None:
        raise Unknown("exchange.not_seen")
    return view
