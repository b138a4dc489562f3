"""Changes of one exchange: before and after side by side with what follows, every plan that held, and a new request."""

from collections.abc import Iterator
from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models.catalogue.programme import Programme
from models.errors import BadInput, SojournError, Unknown
from models.messages.changes import (
    BlocksChange,
    Change,
    ChangeKind,
    ChangeStatus,
    DatesChange,
    DisciplineChange,
    HousingChange,
    IntakeChange,
    UnitChange,
)
from models.messages.plan import Plan, PlannedContent
from models.people.authorization import Actor, Parties, may_request_change
from models.rules.block_changes import BlockMore, blocks_anew
from models.rules.changes import OVER, DayRange
from models.views import ExchangeView
from models.views.changes import ChangePreview, ChangeView
from models.vocabulary import Content, NominationStatus, Role
from models.wire import Wire
from portal.answer_forms import Refusal, day_of, refusal_of
from portal.context import context_of
from portal.forms import Sent, made, sent
from portal.pages.second_host_form import AT_HOST, OFFERED, RANKED, second_host_of, second_hosts
from portal.policy import ACTING, SIGNED_IN, Pages
from portal.render import page, tell
from portal.seeing import see
from portal.visitor import Visitor, visitor_of
from texts.names import Names

pages = Pages("plan_changes")
OF_BLOCKS = ("block", "first", "last", "more", "more_unit", "more_first", "more_last")
"""Fields that come once for each block: those of the plan, and those it is to have besides."""
PLAIN = ("kind", "start", "end", "placement_id", "unit_id", "supervisor", "from_day", "discipline", *AT_HOST)
FIELDS = (*PLAIN, "version", "note", *OF_BLOCKS, *RANKED)
MORE = 2
"""So many blocks more can be asked for at once."""
OF_KIND = {
    ChangeKind.DATES: ("start", "end"),
    ChangeKind.UNIT: ("placement_id", "unit_id", "from_day", "supervisor"),
    ChangeKind.DISCIPLINE: ("discipline",),
    ChangeKind.INTAKE: ("start", "end"),
    ChangeKind.HOUSING: ("from_day",),
}
"""Kinds that are made of plain fields, and the fields of each."""
OPTIONAL = frozenset({"supervisor"})
KINDS = (*OF_KIND, ChangeKind.BLOCKS, ChangeKind.SECOND_HOST)
"""What the page offers."""
MADE: dict[ChangeKind, type[DatesChange | UnitChange | DisciplineChange | IntakeChange | HousingChange]] = {
    ChangeKind.DATES: DatesChange,
    ChangeKind.UNIT: UnitChange,
    ChangeKind.DISCIPLINE: DisciplineChange,
    ChangeKind.INTAKE: IntakeChange,
    ChangeKind.HOUSING: HousingChange,
}


@pages.get("/exchanges/{exchange_id}/changes", SIGNED_IN)
async def changes(request: Request, exchange_id: str) -> Response:
    """What was changed, what is asked for, and every plan that held."""
    return await _show(request, exchange_id)


async def _show(
    request: Request,
    exchange_id: str,
    *,
    refusal: Refusal | None = None,
    typed: Sent | None = None,
    preview: ChangePreview | None = None,
) -> Response:
    context, visitor = context_of(request), await visitor_of(request)
    view = await see(context, visitor, exchange_id)
    found = await context.services.reading.changes(exchange_id, visitor.actor)
    if found is None:
        raise Unknown("page.unknown")
    programme = context.services.programme
    names = Names(programme, visitor.language)
    open_one = next((one for one in found.changes if one.status is ChangeStatus.OPEN), None)
    asks = _asks(visitor, view) is not None and open_one is None and _may_change(view)
    return await page(
        request,
        "changes.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        typed=typed,
        view=view,
        found=found,
        preview=preview,
        asks=asks,
        why_not=_why_not(view, found.changes) if _asks(visitor, view) is not None else "",
        takes_back=open_one is not None and _asks(visitor, view) is not None,
        units=_units(names, view.plan.host),
        supervisors=_supervisors(names, view.plan.host),
        disciplines=[(one.id, names.name(one)) for one in programme.disciplines if view.plan.level in one.levels],
        rows=_rows(typed, view.plan),
        more=_more(typed),
        contents=_contents(programme, view.plan.host),
        plain=PLAIN,
        of_blocks=(*OF_BLOCKS, *RANKED),
        second_hosts=second_hosts(names, view.plan),
        wishes=_wishes(typed),
        wanted=request.query_params.get("placement", ""),
    )


def _units(names: Names, host: str) -> list[tuple[str, str]]:
    """The units of a host to choose from; what the block's content is, the rules say."""
    institution = names.programme.institution(host)
    units = institution.units if institution else ()
    return [(unit.id, _apart(names.name(unit), names.status(unit))) for unit in units]


def _supervisors(names: Names, host: str) -> list[tuple[str, str]]:
    """Who supervises at a host, with their unit, to choose from."""
    people = names.programme.contacts(host, Role.SUPERVISOR)
    return [(one.id, names.pair(one.name, names.unit(one.unit))) for one in people]


def _apart(name: str, status: str) -> str:
    """Two units of one name are told apart by their level."""
    return f"{name} · {status}" if status else name


def _contents(programme: Programme, host: str) -> tuple[Content, ...]:
    """What a host offers."""
    institution = programme.institution(host)
    return tuple(institution.hosts) if institution else ()


def _rows(typed: Sent | None, plan: Plan) -> list[tuple[PlannedContent, str, str]]:
    """The blocks of the plan with the days that were typed, or those they have."""
    days = _pairs(typed, "block", "first", "last") if typed and typed.text("kind") == ChangeKind.BLOCKS else {}
    return [(block, *days.get(block.key, (block.start.isoformat(), block.end.isoformat()))) for block in plan.contents]


def _more(typed: Sent | None) -> list[tuple[str, str, str, str]]:
    """Content, unit and days of the blocks more that were typed, or empty ones."""
    given = list(_besides(typed)) if typed and typed.text("kind") == ChangeKind.BLOCKS else []
    return (given + [("", "", "", "")] * MORE)[:MORE]


def _wishes(typed: Sent | None) -> dict[str, list[str]]:
    """The units wished at a second host as they were typed, or empty ones."""
    given = typed if typed and typed.text("kind") == ChangeKind.SECOND_HOST else None
    return {name: ([*(given.each(name) if given else ())] + [""] * OFFERED)[:OFFERED] for name in RANKED}


def _besides(form: Sent) -> Iterator[tuple[str, str, str, str]]:
    fields = (form.each(name) for name in ("more", "more_unit", "more_first", "more_last"))
    return zip(*fields, strict=False)


def _pairs(form: Sent, key: str, first: str, last: str) -> dict[str, tuple[str, str]]:
    rows = zip(form.each(key), form.each(first), form.each(last), strict=False)
    return {name: (begins, ends) for name, begins, ends in rows}


def _may_change(view: ExchangeView) -> bool:
    return view.nomination is NominationStatus.VERIFIED and view.stage not in OVER


def _why_not(view: ExchangeView, changes: tuple[ChangeView, ...]) -> str:
    """Why somebody who may ask for changes can ask for none now."""
    if any(one.status is ChangeStatus.OPEN for one in changes):
        return "open"
    if view.stage in OVER or view.closed_at is not None:
        return "over"
    return "" if view.nomination is NominationStatus.VERIFIED else "unverified"


@pages.post("/exchanges/{exchange_id}/changes/preview", ACTING)
async def preview(request: Request, exchange_id: str) -> Response:
    """What a change would bring about, before anybody is asked."""
    form = await sent(request, FIELDS)
    actor = await _actor(request, exchange_id)
    try:
        seen = await context_of(request).services.gateway.changes.preview(
            exchange_id, await _change_of(request, exchange_id, form), actor
        )
    except SojournError as error:
        return await _show(request, exchange_id, refusal=_told(error), typed=form)
    return await _show(request, exchange_id, typed=form, preview=seen)


@pages.post("/exchanges/{exchange_id}/changes", ACTING)
async def ask(request: Request, exchange_id: str) -> Response:
    """Ask for a change that was looked at; those who signed the exchange are asked to sign it."""
    form = await sent(request, FIELDS)
    actor = await _actor(request, exchange_id)
    try:
        version = form.text("version", longest=6)
        await context_of(request).services.gateway.changes.request(
            exchange_id,
            await _change_of(request, exchange_id, form),
            actor,
            decision_id=form.key,
            version=int(version) if version.isdecimal() else None,
            note=form.text("note", longest=10_000) or None,
        )
    except SojournError as error:
        return await _show(request, exchange_id, refusal=_told(error), typed=form)
    return _done(request, exchange_id)


@pages.post("/exchanges/{exchange_id}/changes/withdraw", ACTING)
async def withdraw(request: Request, exchange_id: str) -> Response:
    """Take a change back that is not decided yet."""
    form = await sent(request, ("change_id", "note"))
    actor = await _actor(request, exchange_id)
    try:
        await context_of(request).services.gateway.changes.withdraw(
            exchange_id,
            form.text("change_id", longest=120),
            actor,
            decision_id=form.key,
            note=form.text("note", longest=10_000) or None,
        )
    except SojournError as error:
        return await _show(request, exchange_id, refusal=_told(error), typed=form)
    return _done(request, exchange_id)


async def _change_of(request: Request, exchange_id: str, form: Sent) -> Change:
    """The change as it was filled in.

    Raises:
        BadInput: it is of no kind that the page offers, or a field is missing or no day.
    """
    kind = form.text("kind", longest=20)
    if kind not in KINDS:
        raise BadInput("value.not_one_of", "kind", choices=KINDS)
    if kind == ChangeKind.SECOND_HOST:
        return second_host_of(form)
    if kind == ChangeKind.BLOCKS:
        view = await see(context_of(request), await visitor_of(request), exchange_id)
        return _blocks_of(form, view.plan)
    values: dict[str, Any] = {name: form.text(name, longest=120) for name in OF_KIND[ChangeKind(kind)]}
    for name, value in values.items():
        if not value and name not in OPTIONAL:
            raise BadInput("field.missing", name)
    return made(MADE[ChangeKind(kind)], values)


def _blocks_of(form: Sent, plan: Plan) -> BlocksChange:
    """The blocks as they were filled in; one without days is dropped, and a further one has a content.

    Raises:
        BadInput: a day is missing or no day, or nothing is left.
    """
    days = {
        key: _days(first, last) if first or last else None
        for key, (first, last) in _pairs(form, "block", "first", "last").items()
    }
    besides = [
        BlockMore(made(_Wanted, {"content": content}).content, _days(first, last), unit)
        for content, unit, first, last in _besides(form)
        if content
    ]
    return made(BlocksChange, {"contents": blocks_anew(plan, days, besides)})


class _Wanted(Wire):
    content: Content


def _days(first: str, last: str) -> DayRange:
    return DayRange(day_of(first, "first"), day_of(last, "last"))


def _told(error: SojournError) -> Refusal:
    refusal = refusal_of(error)
    if refusal.status == 404:
        raise error
    return refusal


async def _actor(request: Request, exchange_id: str) -> Actor:
    context, visitor = context_of(request), await visitor_of(request)
    actor = _asks(visitor, await see(context, visitor, exchange_id))
    if actor is None:
        raise Unknown("page.unknown")
    return actor


def _asks(visitor: Visitor, view: ExchangeView) -> Actor | None:
    parties = Parties(sending=view.plan.sending, host=view.plan.host, student=view.student.id)
    return next((actor for actor in visitor.capacities if may_request_change(actor, parties)), None)


def _done(request: Request, exchange_id: str) -> Response:
    answer = RedirectResponse(f"/exchanges/{exchange_id}/changes", status_code=303)
    tell(context_of(request), answer, "changed")
    return answer
