"""Housing in the API: another bed, an address outside, hand-over and inspection, and who is here."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from models.errors import Unknown
from models.messages.housing import MoveBed
from models.people.access import ApiScope
from models.people.particulars import Handover, Inspection, ParticularKind, Residence
from models.views import ExchangeView
from models.views.particulars import DirectoryRow, ParticularsView
from models.wire import Form
from portal.api.caller import ApiCaller, Scoped
from portal.api.idempotency import Once
from portal.api.problems import PREFIX
from portal.api.shapes import Taken, kept_or, problems
from portal.bounds import BoundedRoute
from portal.context import context_of
from portal.forms import made
from portal.policy import TOKEN, Allow

router = APIRouter(prefix=PREFIX, tags=["housing"], route_class=BoundedRoute)
GUARD = [Depends(Allow(TOKEN))]
Writer = Annotated[ApiCaller, Depends(Scoped(ApiScope.DECISIONS_WRITE))]
Reader = Annotated[ApiCaller, Depends(Scoped(ApiScope.EXCHANGES_READ))]
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


class ResidenceForm(Residence):
    """Housing outside the host's beds, as it is sent."""


class HandoverForm(Handover):
    """What is handed over at the check-in, as it is sent."""


class InspectionForm(Inspection):
    """The room as it was left, as it is sent."""


class KeptForm(BaseModel):
    """A version of a form that is on record now."""

    exchange_id: str
    version: int


@router.get("/exchanges/{exchange_id}/housing", dependencies=GUARD, responses=problems(404))
async def get_housing(request: Request, exchange_id: Short, caller: Reader) -> ParticularsView:
    """Where the student lives, what was handed over, and what is not settled."""
    return await context_of(request).services.gateway.particulars.of(exchange_id, caller.actor)


@router.post("/exchanges/{exchange_id}/residence", dependencies=GUARD, responses=kept_or(404, 409))
async def record_residence(
    request: Request, exchange_id: Short, caller: Writer, body: ResidenceForm, asked: Once
) -> KeptForm:
    """Record an address outside the host's beds, as the version that holds."""
    return await _keep(request, exchange_id, caller, ParticularKind.RESIDENCE, body, asked)


@router.post("/exchanges/{exchange_id}/handover", dependencies=GUARD, responses=kept_or(404, 409))
async def record_handover(
    request: Request, exchange_id: Short, caller: Writer, body: HandoverForm, asked: Once
) -> KeptForm:
    """Record what was handed over at the check-in."""
    return await _keep(request, exchange_id, caller, ParticularKind.HANDOVER, body, asked)


@router.post("/exchanges/{exchange_id}/inspection", dependencies=GUARD, responses=kept_or(404, 409))
async def record_inspection(
    request: Request, exchange_id: Short, caller: Writer, body: InspectionForm, asked: Once
) -> KeptForm:
    """Record how the room was found, which keys came back and what became of the deposit."""
    return await _keep(request, exchange_id, caller, ParticularKind.INSPECTION, body, asked)


async def _keep(
    request: Request, exchange_id: str, caller: ApiCaller, kind: ParticularKind, body: Form, asked: Once
) -> KeptForm:
    async with asked.once(caller, body) as act:
        particulars = context_of(request).services.gateway.particulars
        version = await particulars.keep(exchange_id, kind, body, caller.actor, key=act.id)
    return KeptForm(exchange_id=exchange_id, version=version)


@router.get("/directory", dependencies=GUARD, responses=problems(403))
async def list_directory(
    request: Request,
    response: Response,
    caller: Reader,
    unit: Annotated[str, Query(max_length=120)] = "",
    arriving_from: date | None = None,
    arriving_to: date | None = None,
    unsettled: bool = False,
) -> list[DirectoryRow]:
    """Who is here now; with days, who arrives in them; `unsettled`: whose keys or deposit are not settled.

    The first 500 by name; where there are more, the answer carries the header `Sojourn-More: true`.
    """
    particulars = context_of(request).services.gateway.particulars
    found = await particulars.directory(
        caller.actor, unit=unit, arriving_from=arriving_from, arriving_to=arriving_to, open_only=unsettled
    )
    if found.more:
        response.headers["Sojourn-More"] = "true"
    return list(found.rows)


async def known(request: Request, caller: ApiCaller, exchange_id: str) -> ExchangeView:
    """The exchange, if the caller may know of it."""
    context = context_of(request)
    view = await context.services.reading.exchange(exchange_id, caller.actor, now=context.now())
    if view is None:
        raise Unknown("exchange.not_seen")
    return view
