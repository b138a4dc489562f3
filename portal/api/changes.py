"""Changes of a verified exchange in the API: listed, looked at before anybody is asked, asked for, taken back."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from models.errors import Unknown
from models.messages.changes import Change
from models.people.access import ApiScope
from models.views.changes import ChangePreview, ChangesView
from portal.api.caller import ApiCaller, Scoped
from portal.api.idempotency import Once
from portal.api.problems import PREFIX
from portal.api.shapes import Taken, kept_or, problems, taken_of
from portal.bounds import BoundedRoute
from portal.context import context_of
from portal.policy import TOKEN, Allow

router = APIRouter(prefix=PREFIX, tags=["changes"], route_class=BoundedRoute)
GUARD = [Depends(Allow(TOKEN))]
Reader = Annotated[ApiCaller, Depends(Scoped(ApiScope.EXCHANGES_READ))]
Writer = Annotated[ApiCaller, Depends(Scoped(ApiScope.DECISIONS_WRITE))]
Short = Annotated[str, Path(max_length=120)]


class ChangeWanted(BaseModel):
    """What of an exchange is to be changed."""

    model_config = ConfigDict(extra="forbid")

    change: Change


class ChangeAsked(ChangeWanted):
    """A change that is asked for, with its reason."""

    version: int | None = Field(default=None, ge=1)
    """Of the plan that was looked at; unset: the one that holds."""
    note: str | None = Field(default=None, max_length=10_000)


class ChangeTakenBack(BaseModel):
    """Why a change is taken back."""

    model_config = ConfigDict(extra="forbid")

    note: str | None = Field(default=None, max_length=10_000)


@router.get("/exchanges/{exchange_id}/changes", dependencies=GUARD, responses=problems(404))
async def list_changes(request: Request, exchange_id: Short, caller: Reader) -> ChangesView:
    """Every change with before and after and what follows from it, and every plan that held."""
    found = await context_of(request).services.reading.changes(exchange_id, caller.actor)
    if found is None:
        raise Unknown("exchange.not_seen")
    return found


@router.post("/exchanges/{exchange_id}/changes/preview", dependencies=GUARD, responses=problems(404))
async def preview_change(request: Request, exchange_id: Short, caller: Reader, body: ChangeWanted) -> ChangePreview:
    """What a change would bring about; nothing is asked or taken."""
    return await context_of(request).services.gateway.changes.preview(exchange_id, body.change, caller.actor)


@router.post("/exchanges/{exchange_id}/changes", dependencies=GUARD, responses=kept_or(404, 409))
async def request_change(request: Request, exchange_id: Short, caller: Writer, body: ChangeAsked, asked: Once) -> Taken:
    """Ask for a change; those who signed the exchange are asked to sign it."""
    async with asked.once(caller, body) as act:
        return taken_of(
            await context_of(request).services.gateway.changes.request(
                exchange_id, body.change, caller.actor, decision_id=act.id, version=body.version, note=body.note
            )
        )


@router.post("/exchanges/{exchange_id}/changes/{change_id}/withdrawal", dependencies=GUARD, responses=kept_or(404, 409))
async def withdraw_change(
    request: Request, exchange_id: Short, change_id: Short, caller: Writer, body: ChangeTakenBack, asked: Once
) -> Taken:
    """Take a change back that is not decided yet."""
    async with asked.once(caller, body) as act:
        return taken_of(
            await context_of(request).services.gateway.changes.withdraw(
                exchange_id, change_id, caller.actor, decision_id=act.id, note=body.note
            )
        )
