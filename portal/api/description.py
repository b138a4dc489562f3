"""The description of the API (OpenAPI 3.1), made once from its routes and the shapes of events."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from portal.api.event_shapes import inbound_schemas, told_webhook

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


def described(app: FastAPI) -> dict[str, Any]:
    """The description of the API of an application."""
    if (known := getattr(app.state, "api_described", None)) is None:
        known = get_openapi(title="Sojourn", version="1", description=ABOUT, routes=app.state.api_routes)
        schemas = known.setdefault("components", {}).setdefault("schemas", {})
        schemas.update(inbound_schemas(), Problem=PROBLEM)
        known["webhooks"] = told_webhook(schemas)
        _name_files(known)
        app.state.api_described = known
    found: dict[str, Any] = known
    return found


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
