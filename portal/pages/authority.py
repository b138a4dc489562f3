"""The register of what the authority wrote about a student's stay: its entries, and the form of a new one."""

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models.authority import PaperKind
from models.errors import SojournError, Unknown
from models.messages.authority import RecordPaper
from models.people.authority import may_record_paper, may_see_papers
from models.people.authorization import Actor
from models.views import ExchangeView
from models.views.authority import PaperLine
from portal.answer_forms import Refusal, refusal_of
from portal.context import context_of
from portal.forms import Sent, made, sent
from portal.pages.housing import parties_of
from portal.policy import ACTING, SIGNED_IN, Pages
from portal.render import page, tell
from portal.seeing import see
from portal.visitor import Visitor, visitor_of

pages = Pages("authority")
DAYS = ("valid_from", "valid_until")
FIELDS = ("paper", *DAYS, "entries", "corrects", "number", "visa_type")


@pages.get("/exchanges/{exchange_id}/papers", SIGNED_IN)
async def papers(request: Request, exchange_id: str) -> Response:
    """What the authority wrote, corrected entries included."""
    return await _show(request, exchange_id)


@pages.post("/exchanges/{exchange_id}/papers", ACTING)
async def record(request: Request, exchange_id: str) -> Response:
    """Enter a paper, or correct an entry; the clocks of the stay follow at once."""
    form = await sent(request, FIELDS)
    context, visitor = context_of(request), await visitor_of(request)
    view = await see(context, visitor, exchange_id)
    actor = _recorder(visitor, view)
    if actor is None:
        raise Unknown("page.unknown")
    named: dict[str, object] = {"decision_id": form.key, "actor": actor, "paper": form.text("paper")}
    named |= {name: form.text(name) or None for name in (*DAYS, "corrects")}
    named["single_entry"] = {"single": True, "multiple": False}.get(form.text("entries"))
    try:
        entry = made(RecordPaper, named)
        written = {"number": form.text("number"), "visa_type": form.text("visa_type")}
        await context.services.gateway.record_paper(exchange_id, entry, **written)
    except SojournError as error:
        return await _show(request, exchange_id, refusal_of(error), form)
    answer = RedirectResponse(f"/exchanges/{exchange_id}/papers", status_code=303)
    tell(context, answer, "reported")
    return answer


async def _show(
    request: Request, exchange_id: str, refusal: Refusal | None = None, typed: Sent | None = None
) -> Response:
    context, visitor = context_of(request), await visitor_of(request)
    view = await see(context, visitor, exchange_id)
    reader = _reader(visitor, view)
    if reader is None:
        raise Unknown("page.unknown")
    found = await context.services.reading.papers(exchange_id, reader)
    wanted = request.query_params.get("corrects", "")
    before: PaperLine | None = next((one for one in found if one.paper_id == wanted), None)
    return await page(
        request,
        "authority.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        typed=typed,
        view=view,
        papers=found,
        before=before,
        kinds=PaperKind,
        records=_recorder(visitor, view) is not None and view.closed_at is None and view.departed_on is None,
    )


def _reader(visitor: Visitor, view: ExchangeView) -> Actor | None:
    return next((actor for actor in visitor.capacities if may_see_papers(actor, parties_of(view))), None)


def _recorder(visitor: Visitor, view: ExchangeView) -> Actor | None:
    return next((actor for actor in visitor.capacities if may_record_paper(actor, parties_of(view))), None)
