"""The pages of a document, to be looked at without a program of one's own and without keeping the file."""

from collections.abc import Iterable
from contextlib import suppress

from fastapi import Request
from fastapi.responses import Response

from gateway.page_pictures import MEDIA_TYPE, MOST_PAGES
from models.errors import Broken, NotOpen, Unknown
from models.events import OverrideAsked
from models.facts import FACTS_OF
from models.people.authorization import Actor
from models.rules.reviews import CONFIRMING, REVIEWING
from models.views import DocumentView, ExchangeView, StepLine, WorklistRow
from models.views.readings import ReadingView
from models.vocabulary import DocumentStatus
from portal.context import context_of
from portal.policy import SIGNED_IN, Pages
from portal.render import page
from portal.seeing import see
from portal.visitor import visitor_of

pages = Pages("documents")


@pages.get("/exchanges/{exchange_id}/look/{document_id:path}", SIGNED_IN)
async def look(request: Request, exchange_id: str, document_id: str) -> Response:
    """All pages of a document, with what was found of it; of one that was erased, when and under which rule."""
    view = await see(context_of(request), await visitor_of(request), exchange_id)
    found = next((one for one in view.documents if one.document_id == document_id), None)
    if found is None or not (found.filename or found.erased_on):
        raise Unknown("document.unknown")
    return await page(
        request,
        "document.html",
        view=view,
        paper=found,
        sheets=sheets_of(found),
        reading=await reading_of(request, exchange_id, found),
        stated_kinds=FACTS_OF,
    )


@pages.get("/exchanges/{exchange_id}/pages/{document_id:path}", SIGNED_IN)
async def picture(request: Request, exchange_id: str, document_id: str) -> Response:
    """One page as a picture, in a role of the visitor that may open it; that they did is on record before."""
    return await drawn(request, exchange_id, document_id, (await visitor_of(request)).capacities)


async def drawn(request: Request, exchange_id: str, document_id: str, capacities: Iterable[Actor]) -> Response:
    """The page that is asked for as a picture, in the first of these roles that may open the document.

    Raises:
        Unknown: none of them may, or there is no such document or page.
    """
    context = context_of(request)
    number = request.query_params.get("page", "1")
    for actor in capacities:
        with suppress(Unknown):
            paper = await context.services.gateway.papers.open(exchange_id, document_id, actor, context.now())
            break
    else:
        raise Unknown("document.unknown")
    large = request.query_params.get("large") == "1"
    asked = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
    made = await context.pictures.draw(paper.data, paper.media_type, asked, large=large)
    if made is None:
        raise Unknown("document.not_drawn")
    headers = {"Content-Disposition": "inline", "Content-Security-Policy": "default-src 'none'; sandbox"}
    return Response(made, media_type=MEDIA_TYPE, headers=headers)


async def reading_of(request: Request, exchange_id: str, paper: DocumentView | None) -> ReadingView | None:
    """What a machine read of a document, in the first role of the visitor that may open it; `None`: nothing."""
    if paper is None or not paper.filename:
        return None
    statements = context_of(request).services.gateway.statements
    for actor in (await visitor_of(request)).capacities:
        with suppress(Unknown, NotOpen, Broken):  # one that cannot be opened is looked at without
            return await statements.read_of(exchange_id, paper.document_id, actor)
    return None


def sheets_of(document: DocumentView) -> int:
    """How many pages of a document are shown."""
    return min(max(document.pages or 1, 1), MOST_PAGES)


def paper_of(view: ExchangeView | None, line: StepLine | WorklistRow) -> DocumentView | None:
    """The document that a step asks somebody to look at, as far as the reader may open it."""
    if view is None or line.kind not in REVIEWING | CONFIRMING:
        return None
    found = [one for one in view.documents if one.kind == line.subject and one.filename]
    if line.kind in REVIEWING:
        return next((one for one in found if one.status is DocumentStatus.REVIEW), None)
    asked = asked_of(view, line)
    return next((one for one in found if asked and one.document_id == asked.document_id), None)


def asked_of(view: ExchangeView, line: StepLine | WorklistRow) -> OverrideAsked | None:
    """What was asked last about the document of a step: that it counts all the same."""
    events = [one.event for one in view.timeline]
    asked = [event for event in events if isinstance(event, OverrideAsked) and event.document == line.subject]
    return asked[-1] if asked else None
