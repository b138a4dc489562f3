"""Correcting what was reported of a stay: an arrival, a departure, the last movement."""

from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models.errors import SojournError, Unknown
from models.events import MovementReported, ReportCorrected
from models.messages.corrections import CorrectReport, Reported
from models.people.authorization import Actor, Parties, may_act_for_host, may_report_movement
from models.views import ExchangeView
from portal.answer_forms import day_of, refusal_of
from portal.context import context_of
from portal.forms import Sent, made, moment_of, sent
from portal.policy import ACTING, Pages
from portal.render import page, tell
from portal.seeing import see
from portal.visitor import Visitor, visitor_of

pages = Pages("report_corrections")
FIELDS: dict[Reported, tuple[str, ...]] = {
    Reported.ARRIVAL: ("happened_at", "entered_at", "confirmed", "note"),
    Reported.DEPARTURE: ("on", "note"),
    Reported.MOVEMENT: ("happened_at", "note"),
}


@pages.get("/exchanges/{exchange_id}/correct/{what}", ACTING)
async def correction_form(request: Request, exchange_id: str, what: str) -> Response:
    """What is on record, and a field for what is right."""
    view, reported, _ = await _corrector(request, exchange_id, what)
    return await _form(request, view, reported)


@pages.post("/exchanges/{exchange_id}/correct/{what}", ACTING)
async def correct(request: Request, exchange_id: str, what: str) -> Response:
    """Correct; sent again, it is corrected once."""
    view, reported, actor = await _corrector(request, exchange_id, what)
    form = await sent(request, FIELDS[reported])
    try:
        asked = made(CorrectReport, _asked(request, view, reported, actor, form))
        note = form.text("note", longest=10_000)
        await context_of(request).services.gateway.correct_report(exchange_id, asked, note=note)
    except SojournError as error:
        refusal = refusal_of(error)
        return await _form(request, view, reported, refusal=refusal, typed=form, status=refusal.status)
    answer = RedirectResponse(f"/exchanges/{exchange_id}", status_code=303)
    tell(context_of(request), answer, "changed")
    return answer


def _asked(request: Request, view: ExchangeView, reported: Reported, actor: Actor, form: Sent) -> dict[str, object]:
    zone, named = _zone(request, view), {"decision_id": form.key, "actor": actor, "reported": reported}
    if reported is Reported.DEPARTURE:
        return named | {"on": day_of(form.text("on"), "on")}
    named["happened_at"] = moment_of(form, "happened_at", zone)
    if form.text("entered_at"):
        named["entered_at"] = moment_of(form, "entered_at", zone)
    return named | {"confirmed": form.text("confirmed") == "yes"}


async def _form(request: Request, view: ExchangeView, reported: Reported, **content: object) -> Response:
    status = content.pop("status", 200)
    assert isinstance(status, int)
    zone = _zone(request, view)
    known, entered = _known(view, reported)
    here = [moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if moment else "" for moment in (known, entered)]
    shown = {"refusal": None, "typed": None} | content
    return await page(
        request, "correct_report.html", status=status, view=view, what=reported, zone=zone.key, known=here[0],
        entered=here[1], **shown,
    )  # fmt: skip


def _known(view: ExchangeView, reported: Reported) -> tuple[datetime | None, datetime | None]:
    """What is on record of it: when it was, and when the student entered the country."""
    told = [one.event for one in view.timeline]
    again = [one for one in told if isinstance(one, ReportCorrected) and one.reported is reported]
    if reported is Reported.MOVEMENT:
        moved = [one.moved_at for one in told if isinstance(one, MovementReported)]
        later = [one.happened_at for one in again if one.happened_before in moved[-1:]]
        return (later or moved or [None])[-1], None
    if reported is Reported.DEPARTURE:
        return None, None
    return view.arrived_at, again[-1].entered_at if again else None


async def _corrector(request: Request, exchange_id: str, what: str) -> tuple[ExchangeView, Reported, Actor]:
    context, visitor = context_of(request), await visitor_of(request)
    view = await see(context, visitor, exchange_id)
    reported = Reported(what) if what in set(Reported) else None
    actor = _entitled(visitor, view, reported) if reported is not None and view.closed_at is None else None
    if reported is None or actor is None:
        raise Unknown("page.unknown")
    return view, reported, actor


def _entitled(visitor: Visitor, view: ExchangeView, reported: Reported) -> Actor | None:
    parties = Parties(sending=view.plan.sending, host=view.plan.host, student=view.student.id)
    may = may_report_movement if reported is Reported.MOVEMENT else may_act_for_host
    return next((actor for actor in visitor.capacities if may(actor, parties)), None)


def _zone(request: Request, view: ExchangeView) -> ZoneInfo:
    return ZoneInfo(context_of(request).services.programme.zone_of(view.plan.host) or "UTC")
