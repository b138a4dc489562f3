"""The letters of one exchange: what was written, what can be, and what each still lacks."""

from contextlib import suppress
from typing import Annotated

from fastapi import Path, Request
from fastapi.responses import RedirectResponse, Response

from models.errors import BadInput, SojournError, Unknown
from models.people.authorization import Actor
from models.people.letters import LetterKind
from models.views.letters import LetterState, LettersView
from portal.answer_forms import Refusal, refusal_of
from portal.context import context_of
from portal.forms import sent
from portal.pages.exchange import download
from portal.policy import ACTING, SIGNED_IN, Pages
from portal.render import page, tell
from portal.seeing import see
from portal.visitor import visitor_of

pages = Pages("letters")
MOST_VERSIONS = 9999
"""Of a letter: more than anybody writes, and a number that every database takes."""


@pages.get("/exchanges/{exchange_id}/letters", SIGNED_IN)
async def letters(request: Request, exchange_id: str) -> Response:
    """Every kind of letter: its versions, and for those who may write it what is still to be filled in, and where."""
    return await _show(request, exchange_id)


async def _show(request: Request, exchange_id: str, refusal: Refusal | None = None) -> Response:
    context, visitor = context_of(request), await visitor_of(request)
    view = await see(context, visitor, exchange_id)
    found = [await context.services.reading.letters(exchange_id, actor) for actor in visitor.capacities]
    views = [one for one in found if one is not None]
    return await page(
        request,
        "letters.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        view=view,
        letters=[state for kind in LetterKind if _concerns(state := _widest(views, kind))],
        forms=next((one.forms for one in views if one.forms), ()),
    )


def _widest(views: list[LettersView], kind: LetterKind) -> LetterState:
    """A kind of letter as the visitor may see it in any of their roles."""
    states = [state for view in views for state in view.letters if state.letter is kind]
    writable = next((state for state in states if state.writable), states[0])
    rows = [state.versions for state in states]
    versions = tuple(
        one.model_copy(update={"readable": any(row[n].readable for row in rows)}) for n, one in enumerate(rows[0])
    )
    return writable.model_copy(update={"versions": versions})


def _concerns(state: LetterState) -> bool:
    return state.writable or bool(state.versions)


@pages.post("/exchanges/{exchange_id}/letters", ACTING)
async def write(request: Request, exchange_id: str) -> Response:
    """Have a letter written from the records of now."""
    form = await sent(request, ("letter",))
    context, visitor = context_of(request), await visitor_of(request)
    await see(context, visitor, exchange_id)
    try:
        kind = kind_of(form.text("letter", longest=40))
        actor = await _writer(request, exchange_id, kind)
        written = await context.services.gateway.letters.write(exchange_id, kind, actor, request_id=form.key)
    except SojournError as error:
        refusal = refusal_of(error)
        if refusal.status == 404:
            raise
        return await _show(request, exchange_id, refusal)
    answer = RedirectResponse(f"/exchanges/{exchange_id}/letters", status_code=303)
    tell(context, answer, "letter_same" if written.repeated else "letter_written", number=written.number)
    return answer


def kind_of(name: str) -> LetterKind:
    """A kind of letter by its name.

    Raises:
        BadInput: there is none.
    """
    if name not in set(LetterKind):
        raise BadInput("letter.kind", "letter")
    return LetterKind(name)


async def _writer(request: Request, exchange_id: str, kind: LetterKind) -> Actor:
    """The visitor's role that may write it; the first where none may, so that the refusal is said."""
    context, visitor = context_of(request), await visitor_of(request)
    for actor in visitor.capacities:
        found = await context.services.reading.letters(exchange_id, actor)
        if found and any(state.writable for state in found.letters if state.letter is kind):
            return actor
    return visitor.actor


@pages.get("/exchanges/{exchange_id}/letters/{number}/{version}/{language}", SIGNED_IN)
async def letter(
    request: Request,
    exchange_id: str,
    number: str,
    version: Annotated[int, Path(ge=1, le=MOST_VERSIONS)],
    language: str,
) -> Response:
    """A letter as PDF, in the first of the visitor's roles that may open it."""
    context, visitor = context_of(request), await visitor_of(request)
    for actor in visitor.capacities:
        with suppress(Unknown):
            found = await context.services.gateway.papers.letter(exchange_id, number, version, language, actor)
            return download(found.data, found.filename, found.media_type)
    raise Unknown("letter.unknown")
