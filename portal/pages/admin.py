"""Administration: people and roles, absences, suspensions with their preview, mail, operator's tasks."""

from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from gateway.composition import retry_message
from models.errors import SojournError, Unknown
from models.messages.suspensions import Coverage, SuspensionReason
from models.people.absences import Absence
from models.people.access import Member, may_manage
from models.people.authorization import Actor
from models.typed import number_typed
from models.views import MessageFilter
from models.vocabulary import Role, Scope
from portal.answer_forms import refusal_of
from portal.context import context_of
from portal.forms import Sent, made, sent
from portal.policy import COORDINATION, MANAGING, OPERATING, PROGRAMME, Pages
from portal.render import page, tell
from portal.visitor import visitor_of

pages = Pages("administration")
PERSON = ("person", "role", "institution", "unit", "name", "email", "language", "deputies")
ABSENCE = ("person", "first_day", "last_day", "deputy")
SUSPENSION = ("scope", "target", "reason", "words", "exempt", "until")
ROLES = tuple(role for role in Role if role not in (Role.STUDENT, Role.CLOCK))


@pages.get("/admin", COORDINATION)
async def admin(request: Request) -> Response:
    """What can be managed, and what wants attention."""
    context, visitor = context_of(request), await visitor_of(request)
    tasks = await context.services.reading.operator_tasks() if visitor.has(Role.PROGRAMME_OFFICE, Role.OPERATOR) else []
    proposals = await context.services.gateway.members.proposals(visitor.actor)
    return await page(request, "admin.html", tasks=tasks, proposals=proposals, ui=context.settings.temporal_ui_url)


def _back(request: Request, where: str, said: str = "saved") -> Response:
    answer = RedirectResponse(where, status_code=303)
    tell(context_of(request), answer, said)
    return answer


@pages.get("/admin/people", MANAGING)
async def people(request: Request) -> Response:
    """Who holds which role."""
    context, visitor = context_of(request), await visitor_of(request)
    members = await context.services.gateway.members.members(visitor.actor)
    unread = await context.services.gateway.members.unread(visitor.actor)
    proposals = await context.services.gateway.members.proposals(visitor.actor)
    return await page(request, "people.html", members=members, unread=unread, proposals=proposals)


@pages.get("/admin/people/{person}", MANAGING)
async def person(request: Request, person: str) -> Response:
    """The form of somebody; `new` for somebody new."""
    return await _person(request, person)


async def _person(request: Request, person: str, **content: object) -> Response:
    context, visitor = context_of(request), await visitor_of(request)
    members = await context.services.gateway.members.members(visitor.actor)
    found = next((one for one in members if one.person == person), None)
    unread = person if person in await context.services.gateway.members.unread(visitor.actor) else ""
    if found is None and person != "new" and not unread:
        raise Unknown("person.unknown")
    programme = context.services.programme
    roles = [role for role in ROLES if any(may_manage(visitor.actor, role, i) for i in programme.institutions)]
    institutions = [
        i.id for i in programme.institutions.values() if any(may_manage(visitor.actor, r, i.id) for r in roles)
    ]
    units = [u.id for i in institutions for u in programme.institutions[i].units]
    shown: dict[str, Any] = {"member": found, "roles": roles, "institutions": institutions, "units": units}
    shown["unread"] = unread
    shown["made"] = await context.services.gateway.members.connections(person, visitor.actor, context.now())
    shown |= {"refusal": None, "typed": None} | content
    refusal = shown["refusal"]
    return await page(request, "person.html", status=getattr(refusal, "status", 200), **shown)


@pages.post("/admin/people/{person}", MANAGING)
async def save_person(request: Request, person: str) -> Response:
    """Enter or change somebody."""
    form = await sent(request, PERSON)
    context, visitor = context_of(request), await visitor_of(request)
    try:
        values: dict[str, object] = {name: form.text(name) for name in PERSON}
        values["deputies"] = tuple(one for one in form.text("deputies").replace(",", " ").split() if one)
        if person != "new":
            values["person"] = person
        member = made(Member, values)
        waits = await context.services.gateway.members.save(
            member, visitor.actor, context.now(), form.key, new=person == "new"
        )
    except SojournError as error:
        return await _person(request, person, refusal=refusal_of(error), typed=form)
    return _back(request, "/admin/people", "proposed" if waits else "saved")


@pages.post("/admin/people/{person}/remove", MANAGING)
async def remove_person(request: Request, person: str) -> Response:
    """Take somebody's role away; the tokens and endpoints they made end, but those that are ticked."""
    form = await sent(request, ("keep",))
    context, visitor = context_of(request), await visitor_of(request)
    try:
        waits = await context.services.gateway.members.remove(
            person, visitor.actor, context.now(), form.key, form.all("keep")
        )
    except SojournError as error:
        return await _person(request, person, refusal=refusal_of(error))
    return _back(request, "/admin/people", "proposed" if waits else "saved")


@pages.post("/admin/proposals/{proposal_id}/{word}", MANAGING)
async def settle(request: Request, proposal_id: str, word: str) -> Response:
    """Agree to what somebody else proposed, or decline it; one's own proposal is taken back."""
    await sent(request, ())
    context, visitor = context_of(request), await visitor_of(request)
    if word not in ("agree", "decline"):
        raise Unknown("page.unknown")
    agree = word == "agree"
    await context.services.gateway.members.settle(proposal_id, visitor.actor, context.now(), agree=agree)
    return _back(request, "/admin/people")


@pages.get("/admin/absences", MANAGING)
async def absences(request: Request) -> Response:
    """Who is away, and who stands in."""
    return await _absences(request)


async def _absences(request: Request, **content: object) -> Response:
    context, visitor = context_of(request), await visitor_of(request)
    found = await context.services.gateway.people.absences(visitor.actor, context.now())
    members = await context.services.gateway.members.members(visitor.actor)
    shown = {"absences": found, "members": members, "refusal": None, "typed": None} | content
    return await page(request, "absences.html", status=getattr(shown["refusal"], "status", 200), **shown)


@pages.post("/admin/absences", MANAGING)
async def plan_absence(request: Request) -> Response:
    """Plan an absence."""
    form = await sent(request, ABSENCE)
    context, visitor = context_of(request), await visitor_of(request)
    try:
        absence = made(Absence, {"absence_id": form.key} | {name: form.text(name) for name in ABSENCE})
        await context.services.gateway.people.plan_absence(absence, visitor.actor, context.now())
    except SojournError as error:
        return await _absences(request, refusal=refusal_of(error), typed=form)
    return _back(request, "/admin/absences")


@pages.post("/admin/absences/{absence_id}/cancel", MANAGING)
async def cancel_absence(request: Request, absence_id: str) -> Response:
    """They will be there after all."""
    await sent(request, ())
    context, visitor = context_of(request), await visitor_of(request)
    await context.services.gateway.people.cancel_absence(absence_id, visitor.actor, context.now())
    return _back(request, "/admin/absences")


@pages.get("/admin/suspensions", PROGRAMME)
async def suspensions(request: Request) -> Response:
    """The suspensions on record, and the form of another one."""
    return await _suspensions(request)


async def _suspensions(request: Request, **content: object) -> Response:
    context = context_of(request)
    found = await context.services.reading.suspensions()
    shown = {"suspensions": found, "preview": None, "coverage": None, "refusal": None, "typed": None} | content
    shown |= {"reasons": list(SuspensionReason), "scopes": list(Scope)}
    return await page(request, "suspensions.html", status=getattr(shown["refusal"], "status", 200), **shown)


def _coverage(form: Sent) -> Coverage:
    exempt = tuple(form.text("exempt", longest=5000).replace(",", " ").split())
    return made(Coverage, {"scope": form.text("scope"), "target": form.text("target"), "exempt": exempt})


@pages.post("/admin/suspensions/preview", PROGRAMME)
async def preview(request: Request) -> Response:
    """What a suspension would touch; nothing is changed by looking."""
    form = await sent(request, SUSPENSION)
    context = context_of(request)
    try:
        coverage = _coverage(form)
        seen = await context.services.reading.preview_suspension(coverage, context.now())
    except SojournError as error:
        return await _suspensions(request, refusal=refusal_of(error), typed=form)
    return await _suspensions(request, preview=seen, coverage=coverage, typed=form)


@pages.post("/admin/suspensions", PROGRAMME)
async def suspend(request: Request) -> Response:
    """Start a suspension; it is a workflow of its own and goes on by itself."""
    form = await sent(request, SUSPENSION)
    context, visitor = context_of(request), await visitor_of(request)
    suspension_id = f"SUS-{form.key[:16]}"
    try:
        reason = form.text("reason")
        if reason not in set(SuspensionReason):
            reason = SuspensionReason.OTHER
        await context.services.gateway.suspensions.suspend(
            suspension_id,
            _coverage(form),
            SuspensionReason(reason),
            _programme_actor(visitor.capacities),
            form.text("words", longest=2000),
        )
    except SojournError as error:
        return await _suspensions(request, refusal=refusal_of(error), typed=form)
    return _back(request, f"/admin/suspensions/{suspension_id}")


def _programme_actor(capacities: tuple[Actor, ...]) -> Actor:
    return next(actor for actor in capacities if actor.role is Role.PROGRAMME_OFFICE)


@pages.get("/admin/suspensions/{suspension_id}", PROGRAMME)
async def suspension(request: Request, suspension_id: str) -> Response:
    """How far it has got, and what it did."""
    context = context_of(request)
    found = await context.services.reading.suspensions(suspension_id)
    try:
        after = number_typed(request.query_params.get("after", "0"))
    except ValueError:
        after = 0
    moved, more = await context.services.reading.moved_by(suspension_id, after, 100)
    progress = None
    try:
        progress = await context.services.gateway.suspensions.progress(suspension_id)
    except SojournError:
        if not found:
            raise
    shown: dict[str, Any] = {
        "suspension_id": suspension_id,
        "found": found[0] if found else None,
        "moved": moved,
        "more": more,
    }
    return await page(request, "suspension.html", progress=progress, **shown)


@pages.post("/admin/suspensions/{suspension_id}/resume", PROGRAMME)
async def resume(request: Request, suspension_id: str) -> Response:
    """End a suspension."""
    form = await sent(request, ())
    context, visitor = context_of(request), await visitor_of(request)
    actor = _programme_actor(visitor.capacities)
    await context.services.gateway.suspensions.resume(suspension_id, actor, form.key)
    return _back(request, f"/admin/suspensions/{suspension_id}")


@pages.post("/admin/suspensions/{suspension_id}/exempt", PROGRAMME)
async def exempt(request: Request, suspension_id: str) -> Response:
    """Take one exchange out."""
    form = await sent(request, ("exchange",))
    context, visitor = context_of(request), await visitor_of(request)
    actor, exchange_id = _programme_actor(visitor.capacities), form.text("exchange")
    await context.services.gateway.suspensions.exempt(suspension_id, exchange_id, actor, form.key)
    return _back(request, f"/admin/suspensions/{suspension_id}")


@pages.get("/admin/mail", OPERATING)
async def mail(request: Request) -> Response:
    """Mail that was sent, waits or failed."""
    context = context_of(request)
    status = request.query_params.get("status", "refused")
    status = status if status in ("queued", "sent", "refused", "withdrawn") else "refused"
    after = request.query_params.get("after") or None
    found = await context.services.reading.messages(MessageFilter(status=status, limit=101, after=after))
    more = found[99].cursor if len(found) > 100 else None
    return await page(request, "mail.html", messages=found[:100], state=status, more=more)


@pages.post("/admin/mail/retry", OPERATING)
async def retry(request: Request) -> Response:
    """Queue a refused message again."""
    form = await sent(request, ("message",))
    await retry_message(context_of(request).settings, form.text("message", longest=250))
    return _back(request, "/admin/mail", "sent")
