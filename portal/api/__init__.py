"""The HTTP API for the systems of partner offices, under /api/v1."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from portal.api import (
    acting,
    authority,
    changes,
    clearances,
    conversations,
    events,
    facts,
    housing,
    letters,
    lists,
    messages,
    privacy,
    replans,
    sessions,
    units,
)
from portal.api.description import described
from portal.api.problems import PREFIX
from portal.api.shapes import operation_id
from portal.bounds import BoundedRoute
from portal.policy import ANYBODY, TOKEN, Allow

api = APIRouter(route_class=BoundedRoute)
PARTS = (
    lists,
    acting,
    authority,
    changes,
    replans,
    letters,
    facts,
    clearances,
    housing,
    privacy,
    messages,
    conversations,
    units,
    sessions,
    events,
)
for router in (part.router for part in PARTS):
    api.include_router(router, dependencies=[], generate_unique_id_function=operation_id)


@api.get(f"{PREFIX}/openapi.json", include_in_schema=False, dependencies=[Depends(Allow(ANYBODY))])
async def description(request: Request) -> Response:
    """The description of this API."""
    return JSONResponse(described(request.app))


__all__ = ["TOKEN", "api"]
