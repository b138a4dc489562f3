"""Pages for everybody: the programme as the public would read it, and whether a certificate is real."""

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models.catalogue.programme import Institution
from models.errors import Unavailable
from models.vocabulary import Level
from portal.context import context_of
from portal.policy import ANYBODY, Pages
from portal.render import page
from portal.visitor import visitor_of
from texts.names import Names

pages = Pages("public")
LISTS = ("state_key", "esi", "phd", "master")


@pages.get("/options", ANYBODY)
async def options(request: Request) -> Response:
    """What the programme offers: disciplines, laboratories, specialties, contents, housing, fees, documents."""
    programme = context_of(request).services.programme
    by_list = {name: [d for d in programme.disciplines if d.list == name] for name in LISTS}
    names = Names(programme, (await visitor_of(request)).language)
    hosts = [one for one in programme.institutions.values() if not one.sample]
    try:
        edited = await context_of(request).services.reading.unit_terms()
    except Unavailable:
        edited = {}  # what the catalogue says is known without the database
    offered = {u.id: edited.get(u.id) or host.terms(u) for host in hosts for u in host.units}
    return await page(
        request,
        "options.html",
        disciplines=by_list,
        programme=programme,
        levels=list(Level),
        home=programme.home,
        offered=offered,
        served=[(host, served_parts(names, host)) for host in hosts],
    )


def served_parts(names: Names, host: Institution) -> list[tuple[str, list[str]]]:
    """The contents of a host, and its units that name objectives of their own, with the objectives they serve."""
    serving, called = names.programme.policy.serving, names.objectives()
    parts = [(names.content(content), serving.part(host.id, content)) for content in host.hosts]
    own = [unit for unit in host.units if unit.objectives is not None]
    parts += [(names.name(unit), serving.part(host.id, unit.content, unit.id)) for unit in own]
    return [(name, [words for key, words in called.items() if key in served]) for name, served in parts if served]


@pages.get("/verify", ANYBODY)
async def ask(request: Request) -> Response:
    """Type the code of a certificate."""
    code = request.query_params.get("code", "").strip().rpartition("/")[2]
    if code and code.replace("-", "").replace("_", "").isalnum() and len(code) <= 120:
        return RedirectResponse(f"/verify/{code}", status_code=303)
    return await page(request, "verify_ask.html", wrong=bool(request.query_params.get("code")))


@pages.get("/verify/{verification}", ANYBODY)
async def verify(request: Request, verification: str) -> Response:
    """Whether a certificate is real, and whether it still holds."""
    found = await context_of(request).services.reading.certificate(verification[:200])
    return await page(request, "verify.html", status=200 if found else 404, certificate=found)
