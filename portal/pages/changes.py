"""Further acts on an exchange: deadlines, reassignment, withdrawal, an early end, a certificate anew."""

from collections.abc import Awaitable
from datetime import datetime, time
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models.catalogue.policy import Policy
from models.errors import BadInput, SojournError, Unknown
from models.messages.exchange import EndEarly, ExtendDeadline, ReassignStep, SnoozeStep
from models.people.authorization import (
    Actor,
    Parties,
    may_act_for_host,
    may_change_deadline,
    may_decide,
    may_withdraw,
    reassignable_to,
)
from models.views import ExchangeView, StepLine
from models.vocabulary import Role, StepStatus
from portal.answer_forms import day_of, refusal_of
from portal.context import context_of
from portal.forms import Sent, made, sent
from portal.policy import ACTING, MANAGING, Pages
from portal.render import page, tell
from portal.seeing import see
from portal.visitor import Visitor, visitor_of

pages = Pages("acts")
CHANGES = ("extend", "snooze", "reassign")
END_OF_DAY = time(23, 59, 59)


@pages.get("/exchanges/{exchange_id}/change/{step_id}/{change}", ACTING)
async def change_form(request: Request, exchange_id: str, step_id: str, change: str) -> Response:
    """Extend, put off the reminders, or give the step to somebody else."""
    view, step, _ = await _step(request, exchange_id, step_id, change)
    roles = _offices(request, step)
    return await page(
        request, "change.html", view=view, step=step, change=change, refusal=None, typed=None, roles=roles
    )


def changes_of(visitor: Visitor, step: StepLine, policy: Policy) -> tuple[str, ...]:
    """The changes to an open step that this visitor may make: what would be refused is not offered."""
    fixed = policy.step(step.kind).legal  # no deadline of the law is moved or put off; who sees to it may change
    moves = any(may_change_deadline(actor, step.owner) for actor in visitor.capacities)
    snoozes = any(may_decide(actor, step.owner) for actor in visitor.capacities)
    may = {
        "extend": moves and not fixed,
        "snooze": snoozes and not fixed,
        "reassign": moves and bool(reassignable_to(step.owner, policy.step(step.kind).role)),
    }
    return tuple(change for change in CHANGES if may[change])


def _offices(request: Request, step: StepLine) -> tuple[Role, ...]:
    """To whom a step may be given."""
    policy = context_of(request).services.programme.policy
    return reassignable_to(step.owner, policy.step(step.kind).role)


async def _step(request: Request, exchange_id: str, step_id: str, change: str) -> tuple[ExchangeView, StepLine, Actor]:
    context, visitor = context_of(request), await visitor_of(request)
    view = await see(context, visitor, exchange_id)
    step = next((s for s in view.steps if s.step_id == step_id and s.status is StepStatus.OPEN), None)
    if step is None or change not in changes_of(visitor, step, context.services.programme.policy):
        raise Unknown("step.unknown")
    allowed = may_decide if change == "snooze" else may_change_deadline
    actor = next((one for one in visitor.capacities if allowed(one, step.owner)), None)
    if actor is None:
        raise Unknown("step.unknown")
    return view, step, actor


@pages.post("/exchanges/{exchange_id}/change/{step_id}/{change}", ACTING)
async def change(request: Request, exchange_id: str, step_id: str, change: str) -> Response:
    """Change a deadline, with its reason."""
    form = await sent(request, ("day", "role", "note"))
    view, step, actor = await _step(request, exchange_id, step_id, change)
    try:
        await _change(request, form, step, actor, change)
    except SojournError as error:
        refusal = refusal_of(error)
        content = {"view": view, "step": step, "change": change, "roles": _offices(request, step)}
        return await page(request, "change.html", status=refusal.status, refusal=refusal, typed=form, **content)
    return _done(request, exchange_id, "changed")


async def _change(request: Request, form: Sent, step: StepLine, actor: Actor, change: str) -> None:
    gateway = context_of(request).services.gateway
    note = form.text("note", longest=10_000)
    if change != "snooze" and not note:
        raise BadInput("note.needed", "note")
    values: dict[str, object] = {"decision_id": form.key, "step_id": step.step_id, "actor": actor}
    if change == "reassign":
        await gateway.reassign_step(made(ReassignStep, values | {"role": form.text("role")}), note=note)
        return
    at = datetime.combine(day_of(form.text("day"), "day"), END_OF_DAY, ZoneInfo(step.zone))
    if change == "extend":
        if at <= step.due_at:
            raise BadInput("due_time.nearer", "day", moment=step.due_at)
        await gateway.extend_deadline(made(ExtendDeadline, values | {"due_at": at}), note=note)
    else:
        await gateway.snooze_step(made(SnoozeStep, values | {"until": at}), note=note or None)


@pages.get("/exchanges/{exchange_id}/withdraw", ACTING)
async def withdraw_form(request: Request, exchange_id: str) -> Response:
    """Ask once, and say what follows."""
    view, _ = await _as(request, exchange_id, withdrawing=True)
    return await page(request, "withdraw.html", view=view, refusal=None, typed=None)


@pages.post("/exchanges/{exchange_id}/withdraw", ACTING)
async def withdraw(request: Request, exchange_id: str) -> Response:
    """Withdraw a student before the arrival (D40)."""
    form = await sent(request, ("note", "sure", "declared_on"))
    view, actor = await _as(request, exchange_id, withdrawing=True)

    async def act() -> None:
        if form.text("sure") != "yes":
            raise BadInput("sure.needed", "sure")
        note = form.text("note", longest=10_000) or None
        said_on = day_of(form.text("declared_on"), "declared_on")
        await context_of(request).services.gateway.withdraw(
            exchange_id, actor, decision_id=form.key, note=note, declared_on=said_on
        )

    return await _try(request, act(), "withdraw.html", view, form, "withdrawn")


@pages.get("/exchanges/{exchange_id}/end-early", ACTING)
async def end_early_form(request: Request, exchange_id: str) -> Response:
    """Ask for the last day and whether the end is justified."""
    view, _ = await _as(request, exchange_id, withdrawing=False)
    return await page(request, "end_early.html", view=view, refusal=None, typed=None)


@pages.post("/exchanges/{exchange_id}/end-early", ACTING)
async def end_early(request: Request, exchange_id: str) -> Response:
    """End a stay before its planned end (D40)."""
    form = await sent(request, ("note", "last_day", "justified"))
    view, actor = await _as(request, exchange_id, withdrawing=False)

    async def act() -> None:
        justified = {"yes": True, "no": False}.get(form.text("justified"))
        values = {"decision_id": form.key, "actor": actor, "last_day": form.text("last_day"), "justified": justified}
        end = made(EndEarly, values)
        await context_of(request).services.gateway.end_early(
            exchange_id, end, note=form.text("note", longest=10_000) or None
        )

    return await _try(request, act(), "end_early.html", view, form, "changed")


@pages.post("/exchanges/{exchange_id}/reissue", MANAGING)
async def reissue(request: Request, exchange_id: str) -> Response:
    """Have the certificate issued anew, under the same number; the earlier version no longer holds."""
    form = await sent(request, ())
    context, visitor = context_of(request), await visitor_of(request)
    await see(context, visitor, exchange_id)
    await context.services.gateway.reissue_certificate(exchange_id, visitor.actor, request_id=form.key)
    return _done(request, exchange_id, "changed")


async def _as(request: Request, exchange_id: str, *, withdrawing: bool) -> tuple[ExchangeView, Actor]:
    context, visitor = context_of(request), await visitor_of(request)
    view = await see(context, visitor, exchange_id)
    actor = _entitled(visitor, view, withdrawing=withdrawing)
    if actor is None:
        raise Unknown("page.unknown")
    return view, actor


def _entitled(visitor: Visitor, view: ExchangeView, *, withdrawing: bool) -> Actor | None:
    parties = Parties(sending=view.plan.sending, host=view.plan.host, student=view.student.id)
    allowed = may_withdraw if withdrawing else may_act_for_host
    return next((actor for actor in visitor.capacities if allowed(actor, parties)), None)


async def _try(
    request: Request, act: Awaitable[None], template: str, view: ExchangeView, form: Sent, said: str
) -> Response:
    try:
        await act
    except SojournError as error:
        refusal = refusal_of(error)
        return await page(request, template, status=refusal.status, view=view, refusal=refusal, typed=form)
    return _done(request, view.exchange_id, said)


def _done(request: Request, exchange_id: str, said: str) -> Response:
    answer = RedirectResponse(f"/exchanges/{exchange_id}", status_code=303)
    tell(context_of(request), answer, said)
    return answer
