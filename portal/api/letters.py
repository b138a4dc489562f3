"""Letters in the API: listed, written and read, as in the portal."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict

from models.errors import Unknown
from models.messages.contracts import WrittenLetter
from models.people.access import ApiScope
from models.people.letters import LetterKind
from models.views.letters import LettersView
from portal.api.caller import ApiCaller, Scoped
from portal.api.idempotency import Once
from portal.api.problems import PREFIX
from portal.api.shapes import kept_or, problems
from portal.bounds import BoundedRoute
from portal.context import context_of
from portal.pages.exchange import download
from portal.pages.letters import MOST_VERSIONS
from portal.policy import TOKEN, Allow

router = APIRouter(prefix=PREFIX, tags=["letters"], route_class=BoundedRoute)
GUARD = [Depends(Allow(TOKEN))]
Reader = Annotated[ApiCaller, Depends(Scoped(ApiScope.EXCHANGES_READ))]
Writer = Annotated[ApiCaller, Depends(Scoped(ApiScope.DECISIONS_WRITE))]
Short = Annotated[str, Path(max_length=120)]
Version = Annotated[int, Path(ge=1, le=MOST_VERSIONS)]
OCTETS = "application/octet-stream"
"""What clients ask for whose generator knows no PDF."""
PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("application/pdf", OCTETS)}}
}


class LetterRequest(BaseModel):
    """Which letter is to be written."""

    model_config = ConfigDict(extra="forbid")

    letter: LetterKind


@router.get("/exchanges/{exchange_id}/letters", dependencies=GUARD, responses=problems(404))
async def list_letters(request: Request, exchange_id: Short, caller: Reader) -> LettersView:
    """Every kind of letter: its versions, and what is still missing for those that the caller may have written."""
    return await _known(request, caller, exchange_id)


async def _known(request: Request, caller: ApiCaller, exchange_id: str) -> LettersView:
    found = await context_of(request).services.reading.letters(exchange_id, caller.actor)
    if found is None:
        raise Unknown("exchange.not_seen")
    return found


@router.post("/exchanges/{exchange_id}/letters", dependencies=GUARD, responses=kept_or(404, 409))
async def write_letter(
    request: Request, exchange_id: Short, caller: Writer, body: LetterRequest, asked: Once
) -> WrittenLetter:
    """Have a letter written from the records of now; where nothing has changed, it is the one that is there."""
    await _known(request, caller, exchange_id)
    async with asked.once(caller, body) as act:
        letters = context_of(request).services.gateway.letters
        return await letters.write(exchange_id, body.letter, caller.actor, request_id=act.id)


@router.get(
    "/exchanges/{exchange_id}/letters/{number}/{version}/{language}",
    dependencies=GUARD,
    responses=problems(404) | PDF,
    response_class=Response,
)
async def get_letter(
    request: Request, exchange_id: Short, number: Short, version: Version, language: Short, caller: Reader
) -> Response:
    """A letter as PDF, `en` or `zh`; as plain bytes for who accepts these only."""
    papers = context_of(request).services.gateway.papers
    found = await papers.letter(exchange_id, number, version, language, caller.actor)
    kind = OCTETS if OCTETS in request.headers.get("accept", "") else found.media_type
    return download(found.data, found.filename, kind)
