"""Sessions of a host: its office plans, moves and cancels them; students see their own."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models.catalogue.programme import Programme
from models.errors import BadInput, SojournError, Unknown
from models.messages.broadcasts import Audience, AudienceKind
from models.messages.host_sessions import PlanSession, SessionAnswer, SessionTerms
from models.people.authorization import Actor
from models.people.host_sessions import may_keep_sessions
from models.views.host_sessions import HostSessionView, OwnSession
from models.views.shared import Paged
from models.vocabulary import PROGRAMME_CONTENTS, Role
from portal.answer_forms import Refusal, day_of, refusal_of
from portal.context import context_of
from portal.forms import Sent, made, sent
from portal.policy import MANAGING, SESSIONS, Pages
from portal.render import page, tell
from portal.visitor import Visitor, visitor_of

pages = Pages("sessions")
SHOWN = 50
WORDS = ("content", "title", "title_zh", "place", "capacity")
TIMES = ("day", "begins", "ends")
WHO = ("cohort", "unit", "exchanges")
FIELDS = ("host", *WORDS, *TIMES, *WHO, "objective")


@pages.get("/sessions", SESSIONS)
async def sessions(request: Request) -> Response:
    """The sessions of one's host, the latest first; a student's own in the order of time."""
    context, visitor = context_of(request), await visitor_of(request)
    reading, after = context.services.reading, request.query_params.get("after", "")[:120] or None
    if visitor.has(Role.STUDENT):
        return await page(request, "sessions_own.html", own=await reading.own_sessions(visitor.actor))
    rows = await reading.host_sessions(visitor.actor, Paged(limit=SHOWN + 1, after=after))
    more = rows[SHOWN - 1].session_id if len(rows) > SHOWN else ""
    keeps = any(may_keep_sessions(visitor.actor, host) for host in _hosts(context.services.programme, visitor.actor))
    return await page(request, "sessions.html", rows=rows[:SHOWN], more=more, keeps=keeps)


def _hosts(programme: Programme, actor: Actor) -> list[str]:
    """The hosts whose sessions somebody keeps."""
    return [one.id for one in programme.institutions.values() if one.hosts and may_keep_sessions(actor, one.id)]


@pages.get("/sessions/plan", MANAGING)
async def form(request: Request) -> Response:
    """What a session is, and for whom."""
    return await _form(request)


async def _form(request: Request, refusal: Refusal | None = None, typed: Sent | None = None) -> Response:
    context, visitor = context_of(request), await visitor_of(request)
    programme = context.services.programme
    hosts = _hosts(programme, visitor.actor)
    return await page(
        request,
        "session_plan.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        typed=typed,
        hosts=hosts,
        contents=list(PROGRAMME_CONTENTS),
        cohorts=await context.services.reading.cohort_ids(visitor.actor),
        units=[unit.id for host in hosts for unit in programme.institutions[host].units],
        view=None,
    )


@pages.post("/sessions/plan", MANAGING)
async def plan(request: Request) -> Response:
    """Plan it and invite."""
    context, form = context_of(request), await sent(request, FIELDS)
    actor = (await visitor_of(request)).actor
    try:
        host = form.text("host")
        values = {"host": host, "terms": _terms(request, form, host), "audience": _audience(form)}
        asked = made(PlanSession, values)
        answer = await context.services.gateway.host_sessions.plan(asked, actor, context.now(), form.key)
    except SojournError as error:
        return await _form(request, refusal_of(error), form)
    return _done(request, answer)


def _done(request: Request, answer: SessionAnswer) -> Response:
    done = RedirectResponse(f"/sessions/{answer.session_id}", status_code=303)
    tell(context_of(request), done, "repeated" if answer.repeated else "changed")
    return done


def _terms(request: Request, form: Sent, host: str) -> SessionTerms:
    """What was typed of a session, by the clock of its host.

    Raises:
        BadInput: a field cannot be.
    """
    zone = ZoneInfo(context_of(request).services.programme.zone_of(host) or "UTC")
    day = day_of(form.text("day"), "day")
    values: dict[str, Any] = {name: form.text(name) for name in WORDS}
    for name, field in (("begins", "starts_at"), ("ends", "ends_at")):
        values[field] = datetime.combine(day, _clock(form.text(name), name), zone)
    return made(SessionTerms, values | {"objectives": tuple(form.all("objective"))})


def _clock(text: str, field: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise BadInput("time.not_a_time", field) from None


def _audience(form: Sent) -> Audience:
    """Whom it is for: a cohort, a unit's students, or exchanges one by one.

    Raises:
        BadInput: none of them, or several.
    """
    given = {name: form.text(name, longest=20_000) for name in WHO if form.text(name, longest=20_000)}
    if len(given) != 1:
        raise BadInput("session.for_whom", "cohort")
    (name, value) = given.popitem()
    if name == "exchanges":
        codes = tuple(value.upper().replace(",", " ").replace("，", " ").split())
        return made(Audience, {"kind": AudienceKind.CHOSEN, "exchanges": codes})
    return made(Audience, {"kind": AudienceKind(name), name: value})


@pages.get("/sessions/{session_id}", SESSIONS)
async def session(request: Request, session_id: str) -> Response:
    """One session: its list for the office, for a student whether they were there."""
    return await show(request, session_id)


async def show(
    request: Request, session_id: str, refusal: Refusal | None = None, typed: Sent | None = None
) -> Response:
    """The page of a session, with why something was refused."""
    visitor = await visitor_of(request)
    status = refusal.status if refusal else 200
    shown: dict[str, Any] = {"status": status, "refusal": refusal, "typed": typed, "now": context_of(request).now()}
    if visitor.has(Role.STUDENT):
        own = await own_session(request, visitor, session_id)
        return await page(request, "session_own.html", own=own, code="", **shown)
    view = await kept_session(request, visitor, session_id)
    keeps = may_keep_sessions(visitor.actor, view.line.institution)
    return await page(request, "session.html", view=view, line=view.line, keeps=keeps, **shown)


async def kept_session(request: Request, visitor: Visitor, session_id: str) -> HostSessionView:
    """A session that the visitor reads.

    Raises:
        Unknown: there is none, or it is not for them.
    """
    found = await context_of(request).services.reading.host_session(session_id[:120], visitor.actor)
    if found is None:
        raise Unknown("session.not_yours")
    return found


async def own_session(request: Request, visitor: Visitor, session_id: str) -> OwnSession:
    """A session that the student is invited to.

    Raises:
        Unknown: there is none, or they are not.
    """
    found = await context_of(request).services.reading.own_sessions(visitor.actor, session_id[:120])
    if not found:
        raise Unknown("session.not_yours")
    return found[0]


@pages.post("/sessions/{session_id}/change", MANAGING)
async def change(request: Request, session_id: str) -> Response:
    """Move it, or change what it is; more may be invited."""
    form, visitor, context = await sent(request, FIELDS), await visitor_of(request), context_of(request)
    view = await kept_session(request, visitor, session_id)
    try:
        more = _audience(form) if any(form.text(name, longest=20_000) for name in WHO) else None
        answer = await context.services.gateway.host_sessions.change(
            view.line.session_id,
            _terms(request, form, view.line.institution),
            more,
            visitor.actor,
            context.now(),
            form.key,
        )
    except SojournError as error:
        return await show(request, session_id, refusal_of(error), form)
    return _done(request, answer)


@pages.post("/sessions/{session_id}/cancel", MANAGING)
async def cancel(request: Request, session_id: str) -> Response:
    """Cancel it; those invited are told."""
    form, visitor, context = await sent(request, ()), await visitor_of(request), context_of(request)
    view = await kept_session(request, visitor, session_id)
    try:
        answer = await context.services.gateway.host_sessions.cancel(
            view.line.session_id, visitor.actor, context.now(), form.key
        )
    except SojournError as error:
        return await show(request, session_id, refusal_of(error), form)
    return _done(request, answer)
