"""Sessions of a host by the API: planned, changed, cancelled, marked and closed; and who was at each."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import Field

from models.errors import Unknown
from models.messages.broadcasts import Audience
from models.messages.host_sessions import Mark, MarkedBy, PlanSession, SessionAnswer, SessionTerms
from models.people.access import ApiScope
from models.views.host_sessions import HostSessionView, SessionLine
from models.views.shared import Paged
from models.wire import Wire
from portal.api.caller import ApiCaller, Scoped
from portal.api.idempotency import Once
from portal.api.lists import After, Limit, Reader
from portal.api.problems import PREFIX
from portal.api.shapes import PageOf, problems
from portal.bounds import BoundedRoute
from portal.context import context_of
from portal.policy import TOKEN, Allow

router = APIRouter(prefix=PREFIX, tags=["sessions"], route_class=BoundedRoute)
GUARD = [Depends(Allow(TOKEN))]
Keeper = Annotated[ApiCaller, Depends(Scoped(ApiScope.DECISIONS_WRITE))]


class SessionChange(Wire):
    """What a session is from now on, and who is invited besides."""

    terms: SessionTerms
    more: Audience | None = None


class SessionMarks(Wire):
    """Who was there, and who not."""

    marks: list[Mark] = Field(min_length=1, max_length=500)


@router.get("/sessions", dependencies=GUARD, responses=problems(404))
async def list_sessions(
    request: Request, caller: Reader, after: After = None, limit: Limit = 100
) -> PageOf[SessionLine]:
    """The sessions of the institution as a host, the latest first."""
    rows = await context_of(request).services.reading.host_sessions(caller.actor, Paged(limit=limit + 1, after=after))
    return PageOf[SessionLine](items=rows[:limit], next=rows[limit - 1].session_id if len(rows) > limit else None)


@router.get("/sessions/{session_id}", dependencies=GUARD, responses=problems(404))
async def get_session(request: Request, session_id: str, caller: Reader) -> HostSessionView:
    """A session, who is invited, and who was there."""
    found = await context_of(request).services.reading.host_session(session_id[:120], caller.actor)
    if found is None:
        raise Unknown("session.not_yours")
    return found


@router.post("/sessions", dependencies=GUARD, status_code=201, responses=problems(404, 409))
async def plan_session(request: Request, caller: Keeper, body: PlanSession, asked: Once) -> SessionAnswer:
    """Plan a session and invite students; each gets a mail."""
    context = context_of(request)
    async with asked.once(caller, body) as act:
        return await context.services.gateway.host_sessions.plan(body, caller.actor, context.now(), act.id)


@router.post("/sessions/{session_id}/change", dependencies=GUARD, responses=problems(404, 409))
async def change_session(
    request: Request, session_id: str, caller: Keeper, body: SessionChange, asked: Once
) -> SessionAnswer:
    """Move a session or change what it is; those invited are told of another time or place."""
    context = context_of(request)
    async with asked.once(caller, body) as act:
        return await context.services.gateway.host_sessions.change(
            session_id[:120], body.terms, body.more, caller.actor, context.now(), act.id
        )


@router.post("/sessions/{session_id}/cancellation", dependencies=GUARD, responses=problems(404, 409))
async def cancel_session(request: Request, session_id: str, caller: Keeper, asked: Once) -> SessionAnswer:
    """Cancel a session; those invited are told."""
    context = context_of(request)
    async with asked.once(caller, {}) as act:
        return await context.services.gateway.host_sessions.cancel(
            session_id[:120], caller.actor, context.now(), act.id
        )


@router.post("/sessions/{session_id}/marks", dependencies=GUARD, responses=problems(404, 409))
async def mark_session(
    request: Request, session_id: str, caller: Keeper, body: SessionMarks, asked: Once
) -> SessionAnswer:
    """Record who was there; once the list is closed, the hours are corrected with before and after."""
    context = context_of(request)
    async with asked.once(caller, body) as act:
        return await context.services.gateway.host_sessions.mark(
            session_id[:120], body.marks, MarkedBy.OFFICE, caller.actor, context.now(), act.id
        )


@router.post("/sessions/{session_id}/closing", dependencies=GUARD, responses=problems(404, 409))
async def close_session(request: Request, session_id: str, caller: Keeper, asked: Once) -> SessionAnswer:
    """Close the attendance list: who is not marked was absent, and the hours are told to each exchange."""
    context = context_of(request)
    async with asked.once(caller, {}) as act:
        return await context.services.gateway.host_sessions.close(session_id[:120], caller.actor, context.now(), act.id)
