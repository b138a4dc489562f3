"""Serves the colours and the logo of a university."""

from fastapi import Request
from fastapi.responses import Response

from models.errors import Unknown
from portal.assets import FOR_A_YEAR, FOR_AN_HOUR
from portal.context import context_of
from portal.looks import PLACE, logo_of, looks_address, stylesheet_of
from portal.policy import ANYBODY, Pages

pages = Pages("looks")


@pages.get(f"{PLACE}/{{name}}", ANYBODY)
async def looks(request: Request, name: str) -> Response:
    """Stylesheet or logo of a university; under the name of another content it is kept for an hour alone."""
    programme, (institution_id, _, ending) = context_of(request).services.programme, _parted(name)
    found = programme.institution(institution_id)
    if ending == "css" and found is not None and found.looks is not None:
        address = looks_address(programme, institution_id)
        return Response(stylesheet_of(found.looks), media_type="text/css", headers=_kept(address, name))
    logo, shown = programme.logos.get(institution_id), logo_of(programme, institution_id)
    if ending == "png" and logo is not None and shown is not None:
        return Response(logo.png, media_type="image/png", headers=_kept(shown.address, name))
    raise Unknown("page.unknown")


def _parted(name: str) -> tuple[str, str, str]:
    """University, content and kind of a file."""
    institution_id, _, rest = name.partition(".")
    content, _, ending = rest.rpartition(".")
    return institution_id, content, ending


def _kept(address: str, name: str) -> dict[str, str]:
    return {"Cache-Control": FOR_A_YEAR if address == f"{PLACE}/{name}" else FOR_AN_HOUR}
