"""The register of what the authority wrote, in the API."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from models.authority import PaperKind
from models.messages.authority import RecordPaper
from models.people.access import ApiScope
from models.views.authority import PaperLine
from portal.api.caller import ApiCaller, Scoped
from portal.api.housing import GUARD, Short, Writer, known
from portal.api.idempotency import Once
from portal.api.problems import PREFIX
from portal.api.shapes import Taken, kept_or, problems
from portal.bounds import BoundedRoute
from portal.context import context_of
from portal.forms import made

router = APIRouter(prefix=PREFIX, tags=["papers"], route_class=BoundedRoute)
Reader = Annotated[ApiCaller, Depends(Scoped(ApiScope.EXCHANGES_READ))]


class PaperEntry(BaseModel):
    """What the authority wrote. Number and type stay in the records; no event has them."""

    model_config = ConfigDict(extra="forbid")

    paper: PaperKind
    number: str = Field(default="", max_length=60)
    visa_type: str = Field(default="", max_length=60)
    valid_from: date | None = None
    valid_until: date | None = None
    single_entry: bool | None = None
    corrects: str | None = Field(default=None, max_length=120)


@router.get("/exchanges/{exchange_id}/papers", dependencies=GUARD, responses=problems(404))
async def list_papers(request: Request, exchange_id: Short, caller: Reader) -> list[PaperLine]:
    """What the authority wrote, oldest first, corrected entries included."""
    await known(request, caller, exchange_id)
    return list(await context_of(request).services.reading.papers(exchange_id, caller.actor))


@router.post("/exchanges/{exchange_id}/papers", dependencies=GUARD, responses=kept_or(404, 409))
async def add_paper(request: Request, exchange_id: Short, caller: Writer, body: PaperEntry, asked: Once) -> Taken:
    """Enter what the authority wrote, or correct an entry; the clocks of the stay follow at once."""
    await known(request, caller, exchange_id)
    async with asked.once(caller, body) as act:
        named = body.model_dump(exclude={"number", "visa_type"}) | {"decision_id": act.id, "actor": caller.actor}
        gateway = context_of(request).services.gateway
        entry = made(RecordPaper, named)
        reply = await gateway.record_paper(exchange_id, entry, number=body.number, visa_type=body.visa_type)
    return Taken(exchange_id=reply.exchange_id, stage=reply.stage, repeated=reply.repeated)
