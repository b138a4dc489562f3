"""One's own profile: language, zone, digest, the role to act in, absences, sessions."""

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models.errors import SojournError, Unknown
from models.people.absences import Absence, Preferences
from models.vocabulary import Role
from portal.answer_forms import refusal_of
from portal.calendar_choices import calendar_choices
from portal.context import context_of
from portal.forms import made, sent
from portal.policy import SIGNED_IN, Pages
from portal.render import page, tell
from portal.visitor import ACTING, LANGUAGE, YEAR, capacity_key, drop_cookie, set_cookie, visitor_of

pages = Pages("profile")


@pages.get("/profile", SIGNED_IN)
async def profile(request: Request) -> Response:
    """How one is written to, and where one is signed in."""
    return await profile_page(request)


async def profile_page(request: Request, **content: object) -> Response:
    """The profile, with what a form of it said."""
    context, visitor = context_of(request), await visitor_of(request)
    gateway = context.services.gateway
    assert visitor.identity is not None
    person = visitor.identity.person
    staff = visitor.actor.role is not Role.STUDENT
    absences = await gateway.people.absences(visitor.actor, context.now()) if staff else []
    shown = {
        "preferences": await gateway.people.preferences(person),
        "sessions": await gateway.access.sessions(person, context.now()),
        "absences": [one for one in absences if one.person == person],
        "own": [(capacity_key(actor), actor) for actor in visitor.identity.capacities],
        "staff": staff,
        "calendars": await gateway.calendars.feeds(person),
        "choices": calendar_choices(context, visitor),
        "address": "",
        "calendar": request.query_params.get("exchange", "")[:40],
        "refusal": None,
    } | content
    return await page(request, "profile.html", status=getattr(shown["refusal"], "status", 200), **shown)


@pages.post("/profile", SIGNED_IN)
async def save(request: Request) -> Response:
    """Set language, zone and digest."""
    form = await sent(request, ("language", "zone", "digest"))
    context, visitor = context_of(request), await visitor_of(request)
    assert visitor.identity is not None
    try:
        values = {"person": visitor.identity.person, "language": form.text("language"), "zone": form.text("zone")}
        preferences = made(Preferences, values | {"digest": form.text("digest") or "daily"})
        await context.services.gateway.set_preferences(preferences, visitor.actor, form.key)
    except SojournError as error:
        return await profile_page(request, refusal=refusal_of(error))
    answer = RedirectResponse("/profile", status_code=303)
    drop_cookie(context, answer, LANGUAGE)
    tell(context, answer, "saved")
    return answer


@pages.post("/profile/acting", SIGNED_IN)
async def acting(request: Request) -> Response:
    """Choose the role to act in, where one holds several."""
    form = await sent(request, ("capacity",))
    context, visitor = context_of(request), await visitor_of(request)
    wanted = form.text("capacity")
    if wanted not in {capacity_key(actor) for actor in visitor.capacities}:
        raise Unknown("role.not_held")
    answer = RedirectResponse("/profile", status_code=303)
    set_cookie(context, answer, ACTING, wanted, seconds=YEAR)
    return answer


@pages.post("/profile/absence", SIGNED_IN)
async def absence(request: Request) -> Response:
    """Say when one is away."""
    form = await sent(request, ("first_day", "last_day", "deputy"))
    context, visitor = context_of(request), await visitor_of(request)
    assert visitor.identity is not None
    try:
        values = {name: form.text(name) for name in ("first_day", "last_day", "deputy")}
        planned = made(Absence, {"absence_id": form.key, "person": visitor.identity.person} | values)
        await context.services.gateway.people.plan_absence(planned, visitor.actor, context.now())
    except SojournError as error:
        return await profile_page(request, refusal=refusal_of(error))
    answer = RedirectResponse("/profile", status_code=303)
    tell(context, answer, "saved")
    return answer


@pages.post("/profile/sessions/end", SIGNED_IN)
async def end(request: Request) -> Response:
    """End one of one's other sessions, or all of them."""
    form = await sent(request, ("session",))
    context, visitor = context_of(request), await visitor_of(request)
    access, which = context.services.gateway.access, form.text("session")
    assert visitor.session is not None
    if which == "others":
        await access.end_others(visitor.session.session_id, visitor.identity_actor, context.now())
    else:
        await access.end_session(which, visitor.identity_actor, context.now())
    answer = RedirectResponse("/profile", status_code=303)
    tell(context, answer, "ended")
    return answer
