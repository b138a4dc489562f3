"""What documents say in the API: stated with a document, in versions, and what the rules make of it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict

from models.people.access import ApiScope
from models.views.facts import FactsView, RulesView
from portal.api.caller import ApiCaller, Scoped
from portal.api.idempotency import Once
from portal.api.problems import PREFIX
from portal.api.shapes import kept_or, problems
from portal.bounds import BoundedRoute
from portal.context import context_of
from portal.policy import TOKEN, Allow

router = APIRouter(prefix=PREFIX, tags=["documents"], route_class=BoundedRoute)
GUARD = [Depends(Allow(TOKEN))]
Writer = Annotated[ApiCaller, Depends(Scoped(ApiScope.DOCUMENTS_WRITE))]
Reader = Annotated[ApiCaller, Depends(Scoped(ApiScope.EXCHANGES_READ))]
Short = Annotated[str, Path(max_length=120)]


class FactsForm(BaseModel):
    """What a document says, by the fields of its kind."""

    model_config = ConfigDict(extra="forbid")

    facts: dict[str, Any]


class StatedVersion(BaseModel):
    """The version of a document's facts that counts now."""

    exchange_id: str
    document_id: str
    version: int


@router.get("/exchanges/{exchange_id}/documents/{document_id}/facts", dependencies=GUARD, responses=problems(404))
async def get_facts(request: Request, exchange_id: Short, document_id: Short, caller: Reader) -> FactsView:
    """Every version of what a document says, for those who may open it; the newest counts."""
    return await context_of(request).services.gateway.statements.of(exchange_id, document_id, caller.actor)


@router.post("/exchanges/{exchange_id}/documents/{document_id}/facts", dependencies=GUARD, responses=kept_or(404, 409))
async def record_facts(
    request: Request, exchange_id: Short, document_id: Short, caller: Writer, body: FactsForm, asked: Once
) -> StatedVersion:
    """State what a document says, as the version that counts."""
    async with asked.once(caller, body) as act:
        statements = context_of(request).services.gateway.statements
        version = await statements.state(exchange_id, document_id, body.facts, caller.actor, key=act.id)
    return StatedVersion(exchange_id=exchange_id, document_id=document_id, version=version)


@router.get("/exchanges/{exchange_id}/rules", dependencies=GUARD, responses=problems(404))
async def get_rules(request: Request, exchange_id: Short, caller: Reader) -> RulesView:
    """What the rules of an exchange say of everything that was stated, and until when it holds; no value is told."""
    return await context_of(request).services.gateway.statements.judged(exchange_id, caller.actor)
