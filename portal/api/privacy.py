"""What is kept about a student in the API: counted, given out as one archive, and erased once that was looked at.

Tokens of the programme office alone do so; a student is given the archive on the page of the exchange.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from models.errors import Conflict
from models.people.access import ApiScope
from models.views.own_data import ErasureView, OwnDataView
from portal.api.caller import ApiCaller, Scoped
from portal.api.idempotency import Once
from portal.api.problems import PREFIX
from portal.api.shapes import problems
from portal.bounds import BoundedRoute
from portal.context import context_of
from portal.policy import TOKEN, Allow

router = APIRouter(prefix=PREFIX, tags=["privacy"], route_class=BoundedRoute)
GUARD = [Depends(Allow(TOKEN))]
Office = Annotated[ApiCaller, Depends(Scoped(ApiScope.PRIVACY))]
Short = Annotated[str, Path(max_length=120)]
ZIP, OCTETS = "application/zip", "application/octet-stream"
ARCHIVE: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in (ZIP, OCTETS)}}
}


class ErasureForm(BaseModel):
    """What is to be erased, as it was looked at before."""

    model_config = ConfigDict(extra="forbid")

    purposes: list[str] = Field(max_length=50, description="`due`, as the look at the erasure told it.")
    reason: str = Field(default="", max_length=500)


class ArchiveForm(BaseModel):
    """Nothing is chosen: the archive has everything that may be given out."""

    model_config = ConfigDict(extra="forbid")


class ErasedNow(BaseModel):
    """The purposes whose papers nobody can read any more; none where they had been erased before."""

    exchange_id: str
    purposes: list[str]


@router.get("/exchanges/{exchange_id}/data", dependencies=GUARD, responses=problems(404))
async def get_data(request: Request, exchange_id: Short, caller: Office) -> OwnDataView:
    """How much is kept about the student of an exchange, and until when."""
    return await context_of(request).services.gateway.own_data.held(exchange_id, caller.actor)


@router.post(
    "/exchanges/{exchange_id}/data/archive",
    dependencies=GUARD,
    responses=problems(404, 409) | ARCHIVE,
    response_class=StreamingResponse,
)
async def request_archive(
    request: Request, exchange_id: Short, caller: Office, body: ArchiveForm, asked: Once
) -> StreamingResponse:
    """Everything that may be given out, as one ZIP archive, whole at its end alone; or as plain bytes.

    That it was given out is on record before its first byte.
    """
    async with asked.once(caller, body) as act:
        own_data = context_of(request).services.gateway.own_data
        given = await own_data.export(exchange_id, caller.actor, key=act.id)
    headers = {"Content-Disposition": f'attachment; filename="{given.name}"'}
    kind = OCTETS if OCTETS in request.headers.get("accept", "") else ZIP
    return StreamingResponse(given.pieces, media_type=kind, headers=headers)


@router.get("/exchanges/{exchange_id}/erasure", dependencies=GUARD, responses=problems(404))
async def get_erasure(request: Request, exchange_id: Short, caller: Office) -> ErasureView:
    """What would be erased now, what is kept still, and what forbids to erase anything. It erases nothing."""
    return await context_of(request).services.gateway.erasures.look(exchange_id, caller.actor)


@router.post("/exchanges/{exchange_id}/erasure", dependencies=GUARD, responses=problems(404, 409))
async def request_erasure(
    request: Request, exchange_id: Short, caller: Office, body: ErasureForm, asked: Once
) -> ErasedNow:
    """Erase for good the papers for the purposes that were looked at; where those are others by now, nothing."""
    erasures = context_of(request).services.gateway.erasures
    async with asked.once(caller, body) as act:
        if not act.replayed:
            due = (await erasures.look(exchange_id, caller.actor)).due
            if set(body.purposes) != set(due):
                raise Conflict("erasure.others_by_now", "purposes")
        purposes = await erasures.erase(exchange_id, caller.actor, reason=body.reason, key=act.id)
    return ErasedNow(exchange_id=exchange_id, purposes=list(purposes))
