"""Taking back: an exchange that ended by mistake is reopened, and personal data of a verified nomination corrected."""

from collections.abc import Callable, Mapping

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models.errors import SojournError, Unknown
from models.people.authorization import REOPENED, Actor, Parties, may_correct_person, may_reopen
from models.rules.again import PERSONAL, Answers, typed
from models.rules.nomination import Nomination
from models.rules.nomination_columns import COLUMNS
from models.views import ExchangeView
from models.vocabulary import NominationStatus
from portal.answer_forms import Refusal, refusal_of
from portal.context import context_of
from portal.forms import Sent, made, sent
from portal.policy import MANAGING, Pages
from portal.render import page, tell
from portal.seeing import see
from portal.visitor import Visitor, visitor_of

pages = Pages("corrections")


def may_be_reopened(actor: Actor, view: ExchangeView) -> bool:
    """Whether reopening is offered; the records look again."""
    parties = Parties(sending=view.plan.sending, host=view.plan.host, student=view.student.id)
    lived = view.arrived_at is not None or bool(view.certificates)
    return view.outcome in REOPENED and not lived and may_reopen(actor, parties, view.outcome)


def may_be_corrected(actor: Actor, view: ExchangeView) -> bool:
    """Whether correcting personal data is offered; until the verification the nomination itself is corrected."""
    return view.nomination is not NominationStatus.PENDING and may_correct_person(actor, view.plan.host)


async def _as(
    request: Request, exchange_id: str, allowed: Callable[[Actor, ExchangeView], bool]
) -> tuple[ExchangeView, Actor]:
    visitor: Visitor = await visitor_of(request)
    view = await see(context_of(request), visitor, exchange_id)
    actor = next((one for one in visitor.capacities if allowed(one, view)), None)
    if actor is None:
        raise Unknown("page.unknown")
    return view, actor


def _done(request: Request, exchange_id: str) -> Response:
    answer = RedirectResponse(f"/exchanges/{exchange_id}", status_code=303)
    tell(context_of(request), answer, "changed")
    return answer


@pages.get("/exchanges/{exchange_id}/reopen", MANAGING)
async def reopen_form(request: Request, exchange_id: str) -> Response:
    """Ask why, and say what follows."""
    view, _ = await _as(request, exchange_id, may_be_reopened)
    return await page(request, "reopen.html", view=view, refusal=None, typed=None)


@pages.post("/exchanges/{exchange_id}/reopen", MANAGING)
async def reopen(request: Request, exchange_id: str) -> Response:
    """Reopen an exchange that ended by mistake (D10)."""
    form = await sent(request, ("note",))
    view, actor = await _as(request, exchange_id, may_be_reopened)
    note = form.text("note", longest=2000)
    try:
        await context_of(request).services.gateway.reopen(exchange_id, actor, decision_id=form.key, note=note)
    except SojournError as error:
        refusal = refusal_of(error)
        return await page(request, "reopen.html", status=refusal.status, view=view, refusal=refusal, typed=form)
    return _done(request, exchange_id)


@pages.get("/exchanges/{exchange_id}/person", MANAGING)
async def person_form(request: Request, exchange_id: str) -> Response:
    """Personal data as they hold for this exchange."""
    view, _ = await _as(request, exchange_id, may_be_corrected)
    form = await context_of(request).services.reading.nomination(exchange_id)
    values = typed(Nomination.model_validate(form)) if form else {}
    return await _personal(request, view, values)


@pages.post("/exchanges/{exchange_id}/person", MANAGING)
async def person(request: Request, exchange_id: str) -> Response:
    """Correct personal data, in this exchange alone."""
    form = await sent(request, (*PERSONAL, "reason"))
    view, actor = await _as(request, exchange_id, may_be_corrected)
    try:
        await _correct(request, view, actor, form)
    except SojournError as error:
        values = {name: form.text(name) for name in PERSONAL}
        return await _personal(request, view, values, refusal=refusal_of(error), form=form)
    return _done(request, exchange_id)


async def _personal(
    request: Request,
    view: ExchangeView,
    values: Mapping[str, str],
    *,
    refusal: Refusal | None = None,
    form: Sent | None = None,
) -> Response:
    status = refusal.status if refusal else 200
    columns = [column for column in COLUMNS if column.name in PERSONAL]
    content = {"view": view, "refusal": refusal, "typed": form, "values": values, "columns": columns}
    return await page(request, "personal.html", status=status, **content)


async def _correct(request: Request, view: ExchangeView, actor: Actor, form: Sent) -> None:
    answers = made(Answers, {"reason": form.text("reason", longest=2000)})
    cells = {name: form.text(name) for name in PERSONAL}
    gateway = context_of(request).services.gateway
    await gateway.correct_person(view.exchange_id, cells, actor, decision_id=form.key, answers=answers)
