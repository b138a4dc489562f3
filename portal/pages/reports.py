"""Reports of what happened at the host: arrival, attendance, movements, departure."""

from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models.errors import SojournError, Unknown
from models.messages.clearance import RevokeClearance
from models.messages.exchange import ReportArrival, ReportAttendance, ReportDeparture, ReportMovement
from models.people.authorization import (
    Actor,
    Parties,
    may_act_for_host,
    may_decide,
    may_report_movement,
    may_revoke_clearance,
)
from models.rules.stay import required_documents
from models.views import ExchangeView
from models.vocabulary import Movement, StepKind, StepStatus
from portal.answer_forms import refusal_of
from portal.context import context_of
from portal.forms import Sent, made, moment_of, sent
from portal.policy import ACTING, Pages
from portal.render import page, tell
from portal.seeing import see
from portal.visitor import Visitor, visitor_of

pages = Pages("reports")
HOURS = ("content", "first_day", "last_day", "hours_planned", "hours_attended")
FIELDS: dict[str, tuple[str, ...]] = {
    "arrival": ("arrived_at", "entered_at", "permitted_until", "multiple_entry", "rural", "confirmed"),
    "attendance": (*HOURS, "corrects", "confirmed"),
    "movement": ("movement", "moved_at", "permitted_until", "multiple_entry", "rural"),
    "departure": ("departed_on",),
    "revocation": ("documents",),
}


@pages.get("/exchanges/{exchange_id}/report/{what}", ACTING)
async def report_form(request: Request, exchange_id: str, what: str) -> Response:
    """The form of a report."""
    view, _ = await _reporter(request, exchange_id, what)
    wanted = request.query_params.get("corrects", "") if what == "attendance" else ""
    before = next((one for one in view.attendance if one.report_id == wanted), None)
    if wanted and before is None:
        raise Unknown("page.unknown")
    return await _form(request, view, what, before=before)


@pages.post("/exchanges/{exchange_id}/report/{what}", ACTING)
async def report(request: Request, exchange_id: str, what: str) -> Response:
    """Report; sent again, it is reported once."""
    view, actor = await _reporter(request, exchange_id, what)
    form = await sent(request, FIELDS[what])
    try:
        await _send(request, view, actor, what, form)
    except SojournError as error:
        refusal = refusal_of(error)
        return await _form(request, view, what, refusal=refusal, typed=form, status=refusal.status)
    answer = RedirectResponse(f"/exchanges/{exchange_id}", status_code=303)
    tell(context_of(request), answer, "reported")
    return answer


async def _form(request: Request, view: ExchangeView, what: str, **content: object) -> Response:
    zone = _zone(request, view)
    here = context_of(request).now().astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
    status = content.pop("status", 200)
    assert isinstance(status, int)
    shown = {"refusal": None, "typed": None, "before": None} | content
    policy = context_of(request).services.programme.policy
    shown["health"] = required_documents(policy, view.plan, StepKind.SUBMIT_HEALTH_RECORDS)
    return await page(
        request, "report.html", status=status, view=view, what=what, zone=zone, here=here, movements=Movement, **shown
    )


def _zone(request: Request, view: ExchangeView) -> str:
    host = context_of(request).services.programme.institution(view.plan.host)
    return host.zone if host else "UTC"


async def _reporter(request: Request, exchange_id: str, what: str) -> tuple[ExchangeView, Actor]:
    context, visitor = context_of(request), await visitor_of(request)
    view = await see(context, visitor, exchange_id)
    actor = _entitled(visitor, view, what) if what in FIELDS else None
    if actor is None:
        raise Unknown("page.unknown")
    return view, actor


def _entitled(visitor: Visitor, view: ExchangeView, what: str) -> Actor | None:
    parties = Parties(sending=view.plan.sending, host=view.plan.host, student=view.student.id)
    if what == "revocation":
        return next((actor for actor in visitor.capacities if may_revoke_clearance(actor, parties)), None)
    for actor in visitor.capacities:
        if may_act_for_host(actor, parties) or (what == "movement" and may_report_movement(actor, parties)):
            return actor
        kinds = {"arrival": StepKind.CHECK_IN, "departure": StepKind.DEPART, "attendance": StepKind.RECORD_ATTENDANCE}
        owed = [s for s in view.steps if s.status is StepStatus.OPEN and s.kind is kinds.get(what)]
        if any(may_decide(actor, step.owner) for step in owed):
            return actor
    return None


async def _send(request: Request, view: ExchangeView, actor: Actor, what: str, form: Sent) -> None:
    gateway, zone = context_of(request).services.gateway, ZoneInfo(_zone(request, view))
    named: dict[str, object] = {"report_id": form.key, "actor": actor}
    match what:
        case "arrival":
            named |= {"arrived_at": moment_of(form, "arrived_at", zone), **_permitted(form), **_confirmed(form)}
            if form.text("entered_at"):
                named["entered_at"] = moment_of(form, "entered_at", zone)
            await gateway.report_arrival(view.exchange_id, made(ReportArrival, named))
        case "movement":
            named |= {
                "movement": form.text("movement"),
                "moved_at": moment_of(form, "moved_at", zone),
                **_permitted(form),
            }
            await gateway.report_movement(view.exchange_id, made(ReportMovement, named))
        case "revocation":
            asked = {"decision_id": form.key, "actor": actor, "documents": tuple(form.all("documents"))}
            await gateway.revoke_clearance(view.exchange_id, made(RevokeClearance, asked))
        case "departure":
            named["departed_on"] = form.text("departed_on")
            await gateway.report_departure(view.exchange_id, made(ReportDeparture, named))
        case _:
            content, _, placement = form.text("content").partition("@")
            named |= {name: form.text(name) for name in HOURS} | {"content": content} | _confirmed(form)
            named |= {"placement_id": placement or None, "corrects": form.text("corrects") or None}
            await gateway.report_attendance(view.exchange_id, made(ReportAttendance, named))


def _permitted(form: Sent) -> dict[str, object]:
    until = form.text("permitted_until")
    said = {"single_entry": form.text("multiple_entry") != "yes", "rural": form.text("rural") == "yes"}
    return said | ({"permitted_until": until} if until else {})


def _confirmed(form: Sent) -> dict[str, object]:
    """Whether the person says that what was asked about is right."""
    return {"confirmed": form.text("confirmed") == "yes"}
