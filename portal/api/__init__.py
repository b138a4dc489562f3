"""The HTTP API for the systems of partner offices, under /api/v1."""

from fastapi import APIRouter, Depends, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, Response

from portal.api import (
    acting,
    authority,
    changes,
    clearances,
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
from portal.api.event_shapes import inbound_schemas, told_webhook
from portal.api.problems import PREFIX
from portal.api.shapes import operation_id
from portal.bounds import BoundedRoute
from portal.policy import ANYBODY, TOKEN, Allow

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
    },
}
ABOUT = """The operations and lists of the portal for the systems of partner offices.

A token belongs to one institution; it sees and does what that institution's office may, within its scopes. Lists go on
by cursor: pass `next` of an answer as `after`. Acts carry an `Idempotency-Key`: sent again, they are done once.
Errors are Problem Details (RFC 9457); `code` is for programs.
"""

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
    units,
    sessions,
    events,
)
for router in (part.router for part in PARTS):
    api.include_router(router, dependencies=[], generate_unique_id_function=operation_id)


@api.get(f"{PREFIX}/openapi.json", include_in_schema=False, dependencies=[Depends(Allow(ANYBODY))])
async def description(request: Request) -> Response:
    """The description of this API."""
    described = get_openapi(title="Sojourn", version="1", description=ABOUT, routes=request.app.state.api_routes)
    schemas = described.setdefault("components", {}).setdefault("schemas", {})
    schemas.update(inbound_schemas(), Problem=PROBLEM)
    described["webhooks"] = told_webhook(schemas)
    _name_files(described)
    return JSONResponse(described)


def _name_files(part: object) -> None:
    """Say of each file what generators of clients know it by."""
    if isinstance(part, dict):
        if "contentMediaType" in part:
            part["format"] = "binary"
        for inner in list(part.values()):
            _name_files(inner)
    elif isinstance(part, list):
        for inner in part:
            _name_files(inner)


__all__ = ["TOKEN", "api"]
