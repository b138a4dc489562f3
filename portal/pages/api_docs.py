"""The reference of the API, made from its own description: a page for each group of operations and for each shape."""

import json
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from models.errors import Unknown
from portal.api.description import described
from portal.api.problems import PREFIX
from portal.api_reference import Reference
from portal.policy import ANYBODY, Pages
from portal.render import page

pages = Pages("reference")
DOCS = f"{PREFIX}/docs"


@pages.get(DOCS, ANYBODY)
async def index(request: Request) -> Response:
    """How the API is used, and its operations by group."""
    found = described(request.app)
    groups = _reference(request).groups()
    about = found["info"]["description"].strip().split("\n\n")
    return await page(request, "api_docs.html", docs=DOCS, groups=groups, about=about)


@pages.get(f"{DOCS}/{{tag}}", ANYBODY)
async def group(request: Request, tag: str) -> Response:
    """The operations of a group, each with what goes in, what comes out and an example."""
    operations = _reference(request).groups().get(tag)
    if operations is None:
        raise Unknown("page.unknown")
    return await page(request, "api_group.html", docs=DOCS, tag=tag, operations=operations, as_json=_as_json)


@pages.get(f"{DOCS}/shapes/{{shape}}", ANYBODY)
async def shape(request: Request, shape: str) -> Response:
    """The fields of one shape."""
    reference = _reference(request)
    found = reference.shape(shape)
    if found is None:
        raise Unknown("page.unknown")
    shown: dict[str, Any] = {
        "docs": DOCS,
        "name": shape,
        "about": found.get("description", ""),
        "type_": () if found.get("properties") else reference.type(found),
        "fields": reference.fields(found),
        "example": _as_json(reference.example(found)),
    }
    return await page(request, "api_shape.html", **shown)


def _reference(request: Request) -> Reference:
    return Reference(described(request.app))


def _as_json(example: Any) -> str:
    return json.dumps(example, ensure_ascii=False, indent=2)
