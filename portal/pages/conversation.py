"""Conversation about an exchange: read, written and answered, on its page and behind the link of a mail."""

from contextlib import suppress
from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models.errors import SojournError, Unknown
from models.identifiers import kind_of
from models.messages.conversation import LONGEST_POST, PostAudience, WritePost, key_of
from models.people.authorization import Actor
from models.views import ExchangeView
from models.views.conversation import PostForm, PostView, QuestionLine, ThreadView
from portal.answer_forms import Refusal, owner_actor, refusal_of
from portal.context import context_of
from portal.forms import Sent, made, sent
from portal.pages.linked import linked
from portal.policy import ACTING, ANYBODY, Pages
from portal.render import page, tell
from portal.seeing import see
from portal.visitor import Visitor, visitor_of

pages = Pages("conversation")
FIELDS = ("text", "audience", "to", "step", "answers", "mention")


async def thread_of(
    request: Request, visitor: Visitor, exchange_id: str, *, step_id: str = "", newest: int | None = None
) -> ThreadView:
    """What a visitor reads of an exchange, or of one step of it, in the first of their roles that reads anything."""
    return (await _read(request, visitor, exchange_id, step_id, newest))[0]


async def questions_to(request: Request, visitor: Visitor) -> list[QuestionLine]:
    """What a visitor is asked, in all their roles."""
    conversations, found = context_of(request).services.gateway.conversations, dict[str, QuestionLine]()
    for actor in visitor.capacities:
        found |= {one.post_id: one for one in await conversations.questions_to(actor)}
    return sorted(found.values(), key=lambda one: (one.at, one.post_id))


async def _read(
    request: Request, visitor: Visitor, exchange_id: str, step_id: str = "", newest: int | None = None
) -> tuple[ThreadView, Actor]:
    """The thread, and the role in which the visitor reads it: one that may write goes first."""
    conversations = context_of(request).services.gateway.conversations
    found: list[tuple[ThreadView, Actor]] = []
    for actor in visitor.capacities:
        with suppress(Unknown):
            thread = await conversations.thread(exchange_id, actor, step_id=step_id, newest=newest)
            found.append((thread, actor))
            if thread.may_write:
                break
    found.sort(key=lambda one: (not one[0].may_write, not one[0].posts))
    if not found:
        raise Unknown("exchange.unknown", exchange=exchange_id[:40])
    return found[0]


@pages.get("/exchanges/{exchange_id}/conversation", ACTING)
async def conversation(request: Request, exchange_id: str) -> Response:
    """Everything that was written and is for the reader; step and post that are answered are in the address."""
    asked, visitor = request.query_params, await visitor_of(request)
    view = await see(context_of(request), visitor, exchange_id)
    return await _show(request, visitor, view, step_id=asked.get("step", "")[:120], answers=asked.get("answers", ""))


@pages.post("/exchanges/{exchange_id}/conversation", ACTING)
async def write(request: Request, exchange_id: str) -> Response:
    """Write or ask; who is asked, replied to or mentioned is told by mail."""
    form, visitor = await sent(request, FIELDS), await visitor_of(request)
    view = await see(context_of(request), visitor, exchange_id)
    step_id = form.text("step", longest=120)
    try:
        _, actor = await _read(request, visitor, exchange_id, step_id)
        post_id = await _write(request, form, view, actor, step_id)
    except SojournError as error:
        return await _refused(request, visitor, view, error, form, step_id=step_id)
    about = f"?step={step_id}" if step_id else ""
    answer = RedirectResponse(f"/exchanges/{exchange_id}/conversation{about}#{post_id}", status_code=303)
    tell(context_of(request), answer, "posted")
    return answer


@pages.get("/act/{token}/conversation", ANYBODY)
async def ask_by_link(request: Request, token: str) -> Response:
    """Ask about the one step of a link, without signing in."""
    found = await linked(request, token)
    if isinstance(found, Response):
        return found
    person, view, step = found
    answers = request.query_params.get("answers", "")
    return await _show(request, person, view, step_id=step.step_id, answers=answers, token=token)


@pages.post("/act/{token}/conversation", ANYBODY)
async def write_by_link(request: Request, token: str) -> Response:
    """Write or ask in the name of the person whom the link was sent to."""
    form = await sent(request, FIELDS)
    found = await linked(request, token)
    if isinstance(found, Response):
        return found
    person, view, step = found
    try:
        await _write(request, form, view, owner_actor(person, step.owner), step.step_id)
    except SojournError as error:
        return await _refused(request, person, view, error, form, step_id=step.step_id, token=token)
    answer = RedirectResponse(f"/act/{token}", status_code=303)
    tell(context_of(request), answer, "posted")
    return answer


async def _write(request: Request, form: Sent, view: ExchangeView, actor: Actor, step_id: str) -> str:
    to = form.text("to", longest=250)
    asked = {
        "text": form.text("text", longest=4 * LONGEST_POST),
        "audience": form.text("audience") or PostAudience.SIDES,
        "step_id": step_id,
        "asks": bool(to),
        "to": to,
        "answers": form.text("answers", longest=120),
        "mentions": tuple(form.all("mention")),
    }
    conversations = context_of(request).services.gateway.conversations
    return (await conversations.write(view.exchange_id, made(WritePost, asked), actor, key=form.key)).post_id


async def _refused(
    request: Request, visitor: Visitor, view: ExchangeView, error: SojournError, form: Sent, **about: Any
) -> Response:
    refusal = refusal_of(error)
    if refusal.status == 404:
        raise error
    return await _show(request, visitor, view, answers=form.text("answers"), refusal=refusal, typed=form, **about)


async def _show(
    request: Request,
    visitor: Visitor,
    view: ExchangeView,
    *,
    step_id: str,
    answers: str,
    token: str = "",
    refusal: Refusal | None = None,
    typed: Sent | None = None,
) -> Response:
    thread, actor = await _read(request, visitor, view.exchange_id, step_id if token else "")
    replied = _replied(thread, answers)
    about = (replied.step_id if replied else step_id) or ""
    conversations, form = context_of(request).services.gateway.conversations, PostForm()
    if thread.may_write:
        form = await conversations.form(view.exchange_id, actor, about)
    path = f"/exchanges/{view.exchange_id}"
    return await page(
        request,
        "conversation.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        typed=typed,
        view=view,
        thread=thread,
        form=form,
        key_of=key_of,
        replied=replied,
        step_id=about,
        kind=kind_of(about),
        by_link=bool(token),
        place=f"/act/{token}/conversation" if token else f"{path}/conversation",
        back=f"/act/{token}" if token else path,
    )


def _replied(thread: ThreadView, answers: str) -> PostView | None:
    return next((one for one in thread.posts if one.post_id == answers), None)
