"""Other days for a whole cohort in the API: the proposal, the decision, and what became of each stay."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict

from models.messages.replans import Replanning
from models.people.access import ApiScope
from models.views.replans import ReplanPreview, ReplanView
from portal.api.caller import ApiCaller, Scoped
from portal.api.idempotency import Once
from portal.api.problems import PREFIX
from portal.api.shapes import PageOf, kept_or, problems
from portal.bounds import BoundedRoute
from portal.context import context_of
from portal.policy import TOKEN, Allow

router = APIRouter(prefix=PREFIX, tags=["changes"], route_class=BoundedRoute)
GUARD = [Depends(Allow(TOKEN))]
Reader = Annotated[ApiCaller, Depends(Scoped(ApiScope.EXCHANGES_READ))]
Writer = Annotated[ApiCaller, Depends(Scoped(ApiScope.DECISIONS_WRITE))]
Short = Annotated[str, Path(max_length=120)]


class ReplanDecided(BaseModel):
    """A decision that is on record; what becomes of each stay follows in the list."""

    replan_id: str
    cohort_id: str
    repeated: bool = False


class ReplanWanted(BaseModel):
    """Which days the stays of the cohort are to have."""

    model_config = ConfigDict(extra="forbid")

    replanning: Replanning


@router.get("/cohorts/{cohort_id}/replans", dependencies=GUARD, responses=problems(404))
async def list_replans(request: Request, cohort_id: Short, caller: Reader) -> PageOf[ReplanView]:
    """Every decision on other days for the cohort, with who was moved, who was not, and why."""
    found = await context_of(request).services.gateway.replans.report(cohort_id, caller.actor)
    return PageOf[ReplanView](items=found)


@router.post("/cohorts/{cohort_id}/replans/preview", dependencies=GUARD, responses=problems(403, 404))
async def preview_replan(request: Request, cohort_id: Short, caller: Reader, body: ReplanWanted) -> ReplanPreview:
    """What each stay would get and what hinders it; nothing is changed. For the programme office."""
    return await context_of(request).services.gateway.replans.preview(cohort_id, body.replanning, caller.actor)


@router.post("/cohorts/{cohort_id}/replans", dependencies=GUARD, responses=kept_or(403, 404, 409))
async def decide_replan(
    request: Request, cohort_id: Short, caller: Writer, body: ReplanWanted, asked: Once
) -> ReplanDecided:
    """Move the stays of the cohort, each as a whole or not at all. For the programme office."""
    async with asked.once(caller, body) as act:
        reply = await context_of(request).services.gateway.replans.decide(
            cohort_id, body.replanning, caller.actor, decision_id=act.id
        )
        return ReplanDecided(replan_id=act.id, cohort_id=cohort_id, repeated=reply.repeated)
