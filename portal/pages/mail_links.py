"""Answering one step from a mail, without signing in. The page asks first: a scanner's click decides nothing."""

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models.errors import NotOpen, SojournError, Unknown
from models.views import StepLine
from models.vocabulary import StepStatus
from portal.answer_forms import AnswerChoice, owner_actor, refusal_of
from portal.context import context_of
from portal.dossiers import beside
from portal.forms import sent
from portal.pages.conversation import thread_of
from portal.pages.documents import drawn
from portal.pages.linked import linked
from portal.pages.steps import act, choices, chosen, form_content
from portal.policy import ANYBODY, Pages
from portal.render import page, tell

pages = Pages("action")


@pages.get("/act/{token}", ANYBODY)
async def action(request: Request, token: str) -> Response:
    """What is asked, and the answers to choose from. Looking changes nothing, however often."""
    found = await linked(request, token)
    if isinstance(found, Response):
        return found
    person, view, step = found
    if step.status is not StepStatus.OPEN:
        return await page(request, "act_done.html", step=step, why=None)
    shown = await beside(request, view, step, owner_actor(person, step.owner))
    shown |= {"answers": _by_link(request, step), "token": token, "pictures_at": _pictures(token)}
    shown["thread"] = await thread_of(request, person, view.exchange_id, step_id=step.step_id)
    return await page(request, "act.html", view=view, step=step, **shown)


def _pictures(token: str) -> str:
    """Where pages are drawn for whoever holds the link."""
    return f"/act/{token}/pages"


@pages.get("/act/{token}/pages/{document_id:path}", ANYBODY)
async def picture(request: Request, token: str, document_id: str) -> Response:
    """One page of a paper that the step rests on, for the person whom the link was sent to; on record as any look."""
    found = await linked(request, token)
    if isinstance(found, Response):
        return found
    person, view, step = found
    actor = owner_actor(person, step.owner)
    shown = await beside(request, view, step, actor)
    if document_id not in {one.document_id for one in shown["papers"]}:
        raise Unknown("document.unknown")
    return await drawn(request, view.exchange_id, document_id, (actor,))


@pages.get("/act/{token}/{outcome}", ANYBODY)
async def confirm(request: Request, token: str, outcome: str) -> Response:
    """The form of one answer."""
    found = await linked(request, token)
    if isinstance(found, Response):
        return found
    person, view, step = found
    if step.status is not StepStatus.OPEN:
        return await page(request, "act_done.html", step=step, why=None)
    chosen(request, step, outcome, by_link=True)
    content = await form_content(request, view, step, outcome, owner_actor(person, step.owner))
    content |= {"action": f"/act/{token}/{outcome}", "pictures_at": _pictures(token)}
    return await page(request, "answer.html", refusal=None, typed=None, key=None, **content)


@pages.post("/act/{token}/{outcome}", ANYBODY)
async def decide(request: Request, token: str, outcome: str) -> Response:
    """Answer in the name of the person whom the link was sent to."""
    form = await sent(request)
    found = await linked(request, token)
    if isinstance(found, Response):
        return found
    person, view, step = found
    try:
        chosen(request, step, outcome, by_link=True)
        await act(request, form, step, outcome, owner_actor(person, step.owner))
    except SojournError as error:
        refusal = refusal_of(error)
        if isinstance(error, NotOpen):
            again = await linked(request, token)
            closed = again[2] if not isinstance(again, Response) else step
            return await page(request, "act_done.html", status=409, step=closed, why=error)
        content = await form_content(request, view, step, outcome, owner_actor(person, step.owner))
        content |= {"refusal": refusal, "typed": form, "key": form.key, "action": f"/act/{token}/{outcome}"}
        content |= {"pictures_at": _pictures(token)}
        return await page(request, "answer.html", status=refusal.status, **content)
    answer = RedirectResponse(f"/act/{token}", status_code=303)
    tell(context_of(request), answer, "decided", step=step.kind, outcome=outcome)
    return answer


def _by_link(request: Request, step: StepLine) -> tuple[AnswerChoice, ...]:
    return tuple(one for one in choices(request, step) if one.policy.link)
