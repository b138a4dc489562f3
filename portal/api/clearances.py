"""The clearances of a stay in the API: as they are, and as they would be on other days."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from models.people.access import ApiScope
from models.views.clearances import ClearancesView
from portal.api.caller import ApiCaller, Scoped
from portal.api.problems import PREFIX
from portal.api.shapes import problems
from portal.bounds import BoundedRoute
from portal.context import context_of
from portal.policy import TOKEN, Allow

router = APIRouter(prefix=PREFIX, tags=["documents"], route_class=BoundedRoute)
GUARD = [Depends(Allow(TOKEN))]
Reader = Annotated[ApiCaller, Depends(Scoped(ApiScope.EXCHANGES_READ))]
Short = Annotated[str, Path(max_length=120)]
FirstDay = Annotated[date | None, Query(alias="from", description="Another first day of the stay, only asked about.")]
LastDay = Annotated[date | None, Query(alias="until", description="Another last day of the stay, only asked about.")]


@router.get("/exchanges/{exchange_id}/clearances", dependencies=GUARD, responses=problems(404))
async def get_clearances(
    request: Request, exchange_id: Short, caller: Reader, start: FirstDay = None, end: LastDay = None
) -> ClearancesView:
    """Every clearance that a stay needs: whether it holds, through which day, what it covers, and why not.

    With other days it says what would fail then; nothing is asked or taken. A day that is left out is that of the plan.
    """
    statements = context_of(request).services.gateway.statements
    return await statements.clearances(exchange_id, caller.actor, start, end)
