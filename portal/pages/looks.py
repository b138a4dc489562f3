"""Serves the colours of a university."""

from fastapi import Request
from fastapi.responses import Response

from models.errors import Unknown
from portal.assets import FOR_A_YEAR, FOR_AN_HOUR
from portal.context import context_of
from portal.looks import PLACE, looks_address, stylesheet_of
from portal.policy import ANYBODY, Pages

pages = Pages("looks")


@pages.get(f"{PLACE}/{{name}}", ANYBODY)
async def stylesheet(request: Request, name: str) -> Response:
    """The stylesheet of a university; under the name of another content it is kept for an hour alone."""
    programme, institution_id = context_of(request).services.programme, name.partition(".")[0]
    address = looks_address(programme, institution_id)
    looks = programme.institutions[institution_id].looks if address else None
    if looks is None or not name.endswith(".css"):
        raise Unknown("page.unknown")
    kept = FOR_A_YEAR if address == f"{PLACE}/{name}" else FOR_AN_HOUR
    return Response(stylesheet_of(looks), media_type="text/css", headers={"Cache-Control": kept})
