"""Units: whom each takes, places that must be moved, changes with what they break, and the whole as a spreadsheet."""

import asyncio
import tempfile
from pathlib import Path

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from gateway.unit_sheets import RowFault, read_units, write_units
from models.catalogue.units import MOST_BLOCKED, BlockReason, UnitTerms
from models.errors import BadInput, Conflict, NotAuthorised, SojournError, Unknown
from models.messages.units import UnitEdit, UnitEdits
from models.people.authorization import Actor
from models.people.roles import OF_THE_PROGRAMME
from models.people.units import may_break_places, may_keep_unit
from models.rules.unit_cells import terms_typed, weeks_typed
from models.typed import number_typed
from models.views.units import UnitHistory, UnitsPreview, UnitView
from models.vocabulary import LANGUAGES, Level
from portal.answer_forms import refusal_of
from portal.bounds import TABLES, takes
from portal.context import context_of
from portal.file_reading import SUFFIXES, packed, unpacked
from portal.forms import Sent, sent
from portal.pages.exchange import download
from portal.pages.tables import XLSX
from portal.policy import PLACES, Pages
from portal.render import page, tell
from portal.visitor import Visitor, visitor_of

pages = Pages("units")
BLANK_WEEKS = 3
"""Empty lines for blocked weeks that a form offers."""
WEEKS = tuple(f"{part}-{n}" for n in range(MOST_BLOCKED + BLANK_WEEKS) for part in ("first", "last", "reason"))
BREAKS = ("unit.breaks_places", "not_allowed.break_places")
"""Refusals that are told with the places they are about."""
PEOPLE = tuple(f"{part}-{n}" for n in range(40) for part in ("person", "limit"))
FIELDS = ("version", "capacity", "language", "level", "discipline", "seen", *WEEKS, *PEOPLE)


@pages.get("/units", PLACES)
async def units(request: Request) -> Response:
    """The units of a host with what holds for each, and the places that must be moved."""
    return await _list(request)


async def _list(request: Request, *, status: int = 200, **content: object) -> Response:
    context, visitor = context_of(request), await visitor_of(request)
    host, actor = _host(request, visitor)
    found = await context.services.reading.units(actor, host, context.now())
    wide = visitor.has(*OF_THE_PROGRAMME)
    hosts = [i.id for i in context.services.programme.institutions.values()] if wide else []
    shown = {"refusal": None, "faults": (), "preview": None, "again": "", "key": None} | content
    may_break = may_break_places(actor)
    return await page(
        request, "units.html", status=status, at=host, hosts=hosts, found=found, may_break=may_break, **shown
    )


def _host(request: Request, visitor: Visitor) -> tuple[str, Actor]:
    """Whose units are asked for, and in which capacity: those of the programme may ask for any host's."""
    programme, asked = context_of(request).services.programme, request.query_params.get("at", "")
    if visitor.has(*OF_THE_PROGRAMME):
        actor = next(one for one in visitor.capacities if one.role in OF_THE_PROGRAMME)
        return (asked if programme.institution(asked) else actor.institution or programme.home), actor
    return visitor.actor.institution, visitor.actor


@pages.get("/units.xlsx", PLACES)
async def export(request: Request) -> Response:
    """The units as a spreadsheet, to be changed there and read back."""
    context, visitor = context_of(request), await visitor_of(request)
    host, actor = _host(request, visitor)
    found = await context.services.reading.units(actor, host, context.now())
    return download(await asyncio.to_thread(_written, found), f"units-{host}.xlsx", XLSX)


def _written(found: list[UnitView]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "units.xlsx"
        write_units(path, found)
        return path.read_bytes()


@pages.post("/units.xlsx", PLACES)
@takes(TABLES)
async def read_back(request: Request) -> Response:
    """Read a spreadsheet and show what it changes and breaks; sent again with that, all of it is saved."""
    form = await sent(request, ("file", "again", "seen", "name"))
    context, visitor = context_of(request), await visitor_of(request)
    upload, keeper = form.file("file"), context.services.gateway.units
    _, actor = _host(request, visitor)
    faults: tuple[RowFault, ...] = ()
    preview, again = None, ""
    try:
        data = await upload.read() if upload else unpacked(form.text("again", longest=64 * 1024))
        name = (upload.filename or "") if upload else form.text("name")
        edits, faults = await asyncio.to_thread(_read, name, data)
        if not faults:
            asked = UnitEdits(edits=edits, seen=form.text("seen"))
            preview = await keeper.preview(asked, actor, context.now())
            if asked.seen and preview.seen == asked.seen:
                await keeper.save(asked, actor, context.now(), form.key)
                return _done(request, "/units")
            again = packed(data)
    except SojournError as error:
        refusal = refusal_of(error)
        return await _list(request, status=refusal.status, refusal=refusal)
    status = 422 if faults else 200
    return await _list(request, status=status, faults=faults, preview=preview, again=again, key=form.key, name=name)


def _read(name: str, data: bytes) -> tuple[tuple[UnitEdit, ...], tuple[RowFault, ...]]:
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise BadInput("sheet.other_format", "file")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"units{suffix}"
        path.write_bytes(data)
        return read_units(path)


def _done(request: Request, where: str) -> Response:
    answer = RedirectResponse(where, status_code=303)
    tell(context_of(request), answer, "saved")
    return answer


@pages.get("/units/{unit_id}", PLACES)
async def unit(request: Request, unit_id: str) -> Response:
    """One unit: its form for whoever keeps it, the places to move, and every change."""
    return await _unit(request, await _known(request, unit_id))


async def _known(request: Request, unit_id: str) -> UnitHistory:
    context, visitor = context_of(request), await visitor_of(request)
    for actor in visitor.capacities:
        found = await context.services.reading.unit(actor, unit_id[:120], context.now())
        if found is not None and _may_look(actor, found.unit.institution):
            return found
    raise Unknown("page.unknown")


def _may_look(actor: Actor, institution: str) -> bool:
    return actor.role in OF_THE_PROGRAMME or actor.institution == institution


@pages.post("/units/{unit_id}", PLACES)
async def change(request: Request, unit_id: str) -> Response:
    """Save what was typed; where places would break, show them first and save what was shown."""
    form = await sent(request, FIELDS)
    context, visitor = context_of(request), await visitor_of(request)
    known = await _known(request, unit_id)
    terms: UnitTerms | None = None
    try:
        version, terms = _typed_number(form, "version"), _terms(form)
        edit = UnitEdit(unit_id=known.unit.unit_id, version=version, terms=terms)
        asked = UnitEdits(edits=(edit,), seen=form.text("seen"))
        actor = _keeper(visitor, known.unit)
        keeper = context.services.gateway.units
        try:
            await keeper.save(asked, actor, context.now(), form.key)
        except (Conflict, NotAuthorised) as error:
            if error.message not in BREAKS:
                raise
            refusal = refusal_of(error)
            preview = await keeper.preview(asked, actor, context.now())
            return await _unit(
                request, known, status=refusal.status, refusal=refusal, preview=preview, terms=terms, key=form.key
            )
    except SojournError as error:
        refusal = refusal_of(error)
        return await _unit(request, known, status=refusal.status, refusal=refusal, terms=terms, key=form.key)
    return _done(request, f"/units/{known.unit.unit_id}")


def _keeper(visitor: Visitor, unit: UnitView) -> Actor:
    """The capacity in which somebody keeps a unit; the records refuse where there is none."""
    capacities = (one for one in visitor.capacities if may_keep_unit(one, unit.institution, unit.unit_id))
    return next(capacities, visitor.actor)


def _terms(form: Sent) -> UnitTerms:
    """What was typed.

    Raises:
        BadInput: a field cannot be.
    """
    blocked = tuple(
        weeks_typed(form.text(f"first-{n}"), form.text(f"last-{n}"), form.text(f"reason-{n}"))
        for n in range(MOST_BLOCKED + BLANK_WEEKS)
        if form.text(f"first-{n}") or form.text(f"last-{n}")
    )
    limits = {
        form.text(f"person-{n}"): _typed_number(form, f"limit-{n}")
        for n in range(len(PEOPLE) // 2)
        if form.text(f"person-{n}") and form.text(f"limit-{n}")
    }
    values = {"languages": "language", "levels": "level", "disciplines": "discipline"}
    lists = {name: tuple(form.all(field)) for name, field in values.items()}
    return terms_typed({"capacity": _typed_number(form, "capacity"), "blocked": blocked, "supervisors": limits} | lists)


def _typed_number(form: Sent, name: str) -> int:
    try:
        return number_typed(form.text(name))
    except ValueError:
        raise BadInput("field.not_a_number", name) from None


async def _unit(
    request: Request,
    known: UnitHistory,
    *,
    status: int = 200,
    refusal: object = None,
    preview: UnitsPreview | None = None,
    terms: UnitTerms | None = None,
    key: str | None = None,
) -> Response:
    shown = terms or known.unit.terms
    return await page(
        request,
        "unit.html",
        status=status,
        one=known.unit,
        versions=known.versions,
        terms=shown,
        weeks=[*shown.blocked, *[None] * BLANK_WEEKS],
        people=dict.fromkeys((*known.unit.supervisors, *shown.supervisors)),
        disciplines=context_of(request).services.programme.disciplines,
        levels=list(Level),
        tongues=LANGUAGES,
        reasons=list(BlockReason),
        refusal=refusal,
        preview=preview,
        may_break=any(may_break_places(one) for one in (await visitor_of(request)).capacities),
        key=key,
    )
