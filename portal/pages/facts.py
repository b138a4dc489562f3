"""What a document says, typed beside its pages: in versions, with what the rules make of it."""

import tempfile
from contextlib import suppress
from pathlib import Path

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from gateway.fact_forms import write_form
from models.errors import SojournError, Unknown
from models.facts import FACTS_OF
from models.facts.lines import LINES
from models.people.authorization import Actor
from models.views.facts import FactsView
from portal.answer_forms import Refusal, refusal_of
from portal.context import context_of
from portal.fact_fields import fields_of, lines_with, results, takes_lines, typed_facts
from portal.forms import sent
from portal.pages.documents import reading_of, sheets_of
from portal.policy import ACTING, SIGNED_IN, Pages
from portal.render import page, tell
from portal.seeing import see
from portal.visitor import visitor_of
from texts.names import Names

pages = Pages("facts")
FORMS = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pdf": "application/pdf",
}


@pages.get("/exchanges/{exchange_id}/facts/{document_id:path}", SIGNED_IN)
async def facts(request: Request, exchange_id: str, document_id: str) -> Response:
    """What a document says, for those who may open it, and the form for those who may state it."""
    return await _show(request, exchange_id, document_id)


@pages.post("/exchanges/{exchange_id}/facts/{document_id:path}", ACTING)
async def state(request: Request, exchange_id: str, document_id: str) -> Response:
    """Keep a version of what a document says; it counts at once."""
    context, form = context_of(request), await sent(request)
    found, actor = await _found(request, exchange_id, document_id)
    if not found.may_state:
        raise Unknown("page.unknown")
    try:
        said = typed_facts(found.document, form)
        await context.services.gateway.statements.state(exchange_id, document_id, said, actor, key=form.key)
    except SojournError as error:
        return await _show(request, exchange_id, document_id, refusal_of(error), dict(form.values))
    answer = RedirectResponse(f"/exchanges/{exchange_id}/facts/{document_id}", status_code=303)
    tell(context, answer, "stated")
    return answer


@pages.get("/exchanges/{exchange_id}/fact-forms/{name}", SIGNED_IN)
async def empty_form(request: Request, exchange_id: str, name: str) -> Response:
    """An empty form for a record with many lines, to be filled in elsewhere: XLSX or PDF."""
    context, visitor = context_of(request), await visitor_of(request)
    await see(context, visitor, exchange_id)
    kind, suffix = Path(name).stem, Path(name).suffix
    if kind not in LINES or suffix not in FORMS:
        raise Unknown("page.unknown")
    data = await run_in_threadpool(_written, kind, suffix, visitor.language)
    headers = {"Content-Disposition": f'attachment; filename="{kind}{suffix}"'}
    return Response(data, media_type=FORMS[suffix], headers=headers)


def _written(kind: str, suffix: str, language: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"form{suffix}"
        write_form(path, kind, language)
        return path.read_bytes()


async def _found(request: Request, exchange_id: str, document_id: str) -> tuple[FactsView, Actor]:
    """What it says, to the role of the visitor that may do most.

    Raises:
        Unknown: none may open it, or nothing is stated of such documents (D44).
    """
    context, visitor = context_of(request), await visitor_of(request)
    found: list[tuple[FactsView, Actor]] = []
    for actor in visitor.capacities:
        with suppress(Unknown):
            found.append((await context.services.gateway.statements.of(exchange_id, document_id, actor), actor))
    if not found or found[0][0].document not in FACTS_OF:
        raise Unknown("document.unknown")
    return next((one for one in found if one[0].may_state), found[0])


async def _show(
    request: Request,
    exchange_id: str,
    document_id: str,
    refusal: Refusal | None = None,
    typed: dict[str, object] | None = None,
) -> Response:
    context, visitor = context_of(request), await visitor_of(request)
    view = await see(context, visitor, exchange_id)
    said, _ = await _found(request, exchange_id, document_id)
    paper = next((one for one in view.documents if one.document_id == document_id), None)
    if paper is None:
        raise Unknown("document.unknown")
    reading = await reading_of(request, exchange_id, paper)
    found = reading.suggested if reading else {}
    newest = (
        said.versions[0].facts if said.versions else {name: one for name, (one, *more) in found.items() if not more}
    )
    lines = takes_lines(said.document)
    return await page(
        request,
        "facts.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        view=view,
        paper=paper,
        sheets=sheets_of(paper),
        reading=reading,
        found=found,
        said=said,
        typed=typed,
        fields=[] if lines else fields_of(said.document, newest, Names(context.services.programme, visitor.language)),
        lines=lines_with(said.document, newest, visitor.language) if lines else [],
        results=results(visitor.language) if lines else [],
    )
