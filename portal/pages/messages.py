"""Messages to many: written, previewed and sent by an office, and who got them."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models.catalogue.programme import MessageTemplate, Programme
from models.errors import SojournError, Unknown
from models.messages.broadcasts import Audience, AudienceKind, Broadcast, BroadcastWording
from models.people.authorization import Actor
from models.people.broadcasts import may_write_to_many
from models.views import ExchangeFilter, Paged
from models.views.broadcasts import BroadcastPreview
from models.vocabulary import LANGUAGES, Role, Side, Stage
from portal.answer_forms import refusal_of
from portal.context import context_of
from portal.forms import Sent, made, sent
from portal.policy import BOARD, NOMINATING, Pages
from portal.render import page, tell
from portal.visitor import Visitor, visitor_of

pages = Pages("messages")
WORDS = ("subject", "text", "subject_zh", "text_zh")
FIELDS = ("kind", "cohort", "unit", "first_day", "last_day", "side", "exchange", *WORDS, "seen", "go")
LIST, SHOWN = 50, 200
WEEK = timedelta(days=6)


@pages.get("/messages", BOARD)
async def messages(request: Request) -> Response:
    """What the reader's office wrote to many, the newest first."""
    context, visitor = context_of(request), await visitor_of(request)
    wanted = Paged(limit=LIST + 1, after=request.query_params.get("after", "")[:120] or None)
    rows = await context.services.reading.broadcasts(visitor.actor, wanted)
    more = rows[LIST - 1].cursor if len(rows) > LIST else None
    writes = may_write_to_many(visitor.actor)
    return await page(request, "messages.html", rows=rows[:LIST], more=more, writes=writes)


@pages.get("/messages/write", NOMINATING)
async def write_form(request: Request) -> Response:
    """Write one: to whom, and what; a template, a cohort or a unit may be named in the address."""
    context, asked = context_of(request), request.query_params
    template = context.services.programme.messages.get(asked.get("template", ""))
    kind = asked.get("kind", "")
    chosen = AudienceKind(kind) if kind in set(AudienceKind) else AudienceKind.COHORT
    return await _form(request, chosen, template=template)


@pages.post("/messages/write", NOMINATING)
async def write(request: Request) -> Response:
    """Preview it, or send what was previewed; sent again, it is sent once."""
    context, form = context_of(request), await sent(request, FIELDS)
    actor, broadcasts = _writer(await visitor_of(request)), context.services.gateway.broadcasts
    kind = form.text("kind")
    shown = AudienceKind(kind) if kind in set(AudienceKind) else AudienceKind.COHORT
    preview: BroadcastPreview | None = None
    try:
        message = _message(form)
        if form.text("go") == "send":
            answer = await broadcasts.send(message, actor, context.now(), form.key)
            done = RedirectResponse(f"/messages/{answer.broadcast_id}", status_code=303)
            tell(context, done, "sent")
            return done
        preview = await broadcasts.preview(message.audience, message.wording, actor, context.now())
    except SojournError as error:
        refusal = refusal_of(error)
        return await _form(request, shown, status=refusal.status, refusal=refusal, typed=form)
    return await _form(request, shown, typed=form, preview=preview)


@pages.get("/messages/{broadcast_id}", BOARD)
async def message(request: Request, broadcast_id: str) -> Response:
    """What was written, and who got it."""
    context, visitor = context_of(request), await visitor_of(request)
    for actor in visitor.capacities:
        found = await context.services.reading.broadcast(broadcast_id[:120], actor)
        if found is not None:
            return await page(request, "message.html", found=found, one=found.summary)
    raise Unknown("broadcast.unknown")


def _writer(visitor: Visitor) -> Actor:
    """The capacity in which somebody writes."""
    return next((actor for actor in visitor.capacities if may_write_to_many(actor)), visitor.actor)


def _message(form: Sent) -> Broadcast:
    """What was typed.

    Raises:
        BadInput: a field cannot be.
    """
    audience: dict[str, Any] = {name: form.text(name) for name in ("kind", "cohort", "unit")}
    audience |= {name: form.text(name) or None for name in ("first_day", "last_day", "side")}
    audience["exchanges"] = tuple(form.all("exchange"))
    words = {name: form.text(name, longest=20_000) for name in WORDS}
    return Broadcast(audience=made(Audience, audience), wording=made(BroadcastWording, words), seen=form.text("seen"))


async def _form(
    request: Request,
    kind: AudienceKind,
    *,
    status: int = 200,
    refusal: object = None,
    typed: Sent | None = None,
    preview: BroadcastPreview | None = None,
    template: MessageTemplate | None = None,
) -> Response:
    context, visitor = context_of(request), await visitor_of(request)
    programme, actor = context.services.programme, _writer(visitor)
    return await page(
        request,
        "message_write.html",
        status=status,
        kind=kind,
        kinds=list(AudienceKind),
        given=_given(request, typed, template, visitor.place),
        chosen=set(typed.all("exchange")) if typed else set(request.query_params.getlist("exchange")),
        cohorts=await context.services.reading.cohort_ids(actor),
        units=_units(programme, actor),
        rows=await _choice(request, actor) if kind is AudienceKind.CHOSEN else [],
        templates=programme.messages.values(),
        sides=[Side.HOST, Side.SENDING] if actor.role in (Role.COORDINATOR, Role.HEAD_OF_OFFICE) else [],
        refusal=refusal,
        typed=typed,
        preview=preview,
        tongues=LANGUAGES,
    )


def _given(request: Request, typed: Sent | None, template: MessageTemplate | None, place: ZoneInfo) -> dict[str, str]:
    """What the form already says: what was typed, else the address and the template."""
    if typed is not None:
        return {name: str(typed.values.get(name, "")) for name in FIELDS if name != "exchange"}
    asked = {name: request.query_params.get(name, "")[:120] for name in ("cohort", "unit")}
    words = {name: getattr(template, name).strip() if template else "" for name in WORDS}
    first = context_of(request).now().astimezone(place).date()
    return asked | words | {"side": "", "first_day": first.isoformat(), "last_day": (first + WEEK).isoformat()}


def _units(programme: Programme, actor: Actor) -> list[str]:
    """The units whose students somebody may have: of their own university and its partners."""
    own = programme.institution(actor.institution)
    near = {actor.institution, *(one.partner for one in own.agreements)} if own else set()
    wide = actor.role is Role.PROGRAMME_OFFICE
    return [unit.id for i in programme.institutions.values() if wide or i.id in near for unit in i.units]


async def _choice(request: Request, actor: Actor) -> Any:
    """The exchanges to choose from, narrowed as the list of exchanges is."""
    context, asked = context_of(request), request.query_params
    stage = asked.get("stage", "")
    wanted = ExchangeFilter(
        now=context.now(),
        search=asked.get("q", "")[:100],
        cohort_id=asked.get("cohort", "")[:120] or None,
        stage=Stage(stage) if stage in set(Stage) else None,
        closed={"yes": True, "both": None}.get(asked.get("closed", ""), False),
        limit=SHOWN,
    )
    return await context.services.reading.exchanges(wanted, actor)
