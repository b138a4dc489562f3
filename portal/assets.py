"""Stylesheet, script and icon, named by their content: a browser keeps them for a year and never shows old ones."""

import hashlib
from functools import cache
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"
FILES = "/static"
"""Where they are: for everybody."""
FOR_A_YEAR = "public, max-age=31536000, immutable"
FOR_AN_HOUR = "public, max-age=3600"


def digest_of(content: bytes) -> str:
    """What stands for a content in the name of a file."""
    return hashlib.sha256(content).hexdigest()[:16]


@cache
def address_of(name: str) -> str:
    """Where a page gets a file: `/static/portal.0123456789abcdef.css`."""
    stem, _, ending = name.rpartition(".")
    return f"{FILES}/{stem}.{digest_of((STATIC / name).read_bytes())}.{ending}"


class Assets(StaticFiles):
    """Serves the files under their own names and those of their content.

    What is asked for by another content, by a page of another version, is answered with what there is, for an hour.
    """

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, and how long it may be kept."""
        stem, _, ending = path.rpartition(".")
        name, _, digest = stem.rpartition(".")
        named = f"{name}.{ending}" if name and len(digest) == 16 else path
        response = await super().get_response(named, scope)
        current = named != path and f"{FILES}/{path}" == address_of(named)
        if tag := response.headers.get("ETag"):
            response.headers["ETag"] = f"W/{tag}"  # compressed or not, it is the same file
        response.headers["Cache-Control"] = FOR_A_YEAR if current else FOR_AN_HOUR
        return response
