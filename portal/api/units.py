"""Units by the API: whom each takes, which places must be moved, and changing it with what it breaks shown first."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from models.errors import Unknown
from models.messages.units import UnitEdits, UnitsSaved
from models.people.access import ApiScope
from models.people.roles import OF_THE_PROGRAMME
from models.views.units import UnitHistory, UnitsPreview, UnitView
from portal.api.caller import ApiCaller, Scoped
from portal.api.idempotency import Once
from portal.api.lists import Reader
from portal.api.problems import PREFIX
from portal.api.shapes import problems
from portal.bounds import BoundedRoute
from portal.context import context_of
from portal.policy import TOKEN, Allow

router = APIRouter(prefix=PREFIX, tags=["units"], route_class=BoundedRoute)
GUARD = [Depends(Allow(TOKEN))]
Keeper = Annotated[ApiCaller, Depends(Scoped(ApiScope.DECISIONS_WRITE))]
Short = Annotated[str, Path(max_length=120)]
Host = Annotated[str, Query(max_length=120, description="Whose units; unset: those of the caller's institution.")]


def _may_look(caller: ApiCaller, host: str) -> bool:
    return caller.actor.role in OF_THE_PROGRAMME or caller.actor.institution == host


@router.get("/units", dependencies=GUARD, responses=problems(404))
async def list_units(request: Request, caller: Reader, host: Host = "") -> list[UnitView]:
    """The units of a host, in the order of its catalogue, with the places that must be moved."""
    context, at = context_of(request), host or caller.actor.institution
    if not _may_look(caller, at):
        raise Unknown("institution.unknown")
    return await context.services.reading.units(caller.actor, at, context.now())


@router.get("/units/{unit_id}", dependencies=GUARD, responses=problems(404))
async def get_unit(request: Request, unit_id: Short, caller: Reader) -> UnitHistory:
    """One unit and every change of it, the newest first."""
    context = context_of(request)
    found = await context.services.reading.unit(caller.actor, unit_id, context.now())
    if found is None or not _may_look(caller, found.unit.institution):
        raise Unknown("unit.unknown", unit=unit_id)
    return found


@router.post("/units/preview", dependencies=GUARD, responses=problems(404, 409))
async def preview_units(request: Request, caller: Keeper, body: UnitEdits) -> UnitsPreview:
    """What edits would change and which places they would break; nothing is written."""
    context = context_of(request)
    return await context.services.gateway.units.preview(body, caller.actor, context.now())


@router.post("/units", dependencies=GUARD, responses=problems(404, 409))
async def change_units(request: Request, caller: Keeper, body: UnitEdits, asked: Once) -> UnitsSaved:
    """Change units, all of them or none; places break only with `seen` of a preview that showed them."""
    context = context_of(request)
    async with asked.once(caller, body) as act:
        return await context.services.gateway.units.save(body, caller.actor, context.now(), act.id)
