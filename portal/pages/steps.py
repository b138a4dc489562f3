"""Answering one step: its page, the form of an answer, and what became of it."""

from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models.catalogue.answers import AnswerPolicy, GivenBy, Need
from models.errors import Closed, Conflict, KeyReused, NotOpen, SojournError, Unknown
from models.identifiers import exchange_of, is_alert
from models.messages.exchange import Decided, Evaluate
from models.people.authorization import Actor
from models.rules.objectives import asked_of
from models.rules.stay import required_documents
from models.views import ExchangeView, StepLine, WorklistFilter, WorklistRow
from models.vocabulary import Content, StepKind, StepStatus
from portal.answer_forms import (
    AnswerChoice,
    Refusal,
    answers_of,
    beds_of,
    decision_of,
    owner_actor,
    refusal_of,
    units_of,
)
from portal.context import context_of
from portal.dossiers import beside
from portal.forms import Sent, made, sent
from portal.pages.conversation import thread_of
from portal.pictures import ladder_of
from portal.policy import ACTING, Pages
from portal.render import page, tell
from portal.seeing import see
from portal.visitor import Visitor, visitor_of
from texts.names import Names

pages = Pages("steps")
SKILLS = ("knowledge", "skills", "diligence", "teamwork", "language")
"""What a supervisor rates."""


@pages.get("/steps/{step_id}", ACTING)
async def step(request: Request, step_id: str) -> Response:
    """What is asked, why, by when, and the answers to choose from."""
    visitor = await visitor_of(request)
    view, line = await _find(request, visitor, step_id)
    if isinstance(line, StepLine) and line.status is not StepStatus.OPEN:
        return await _taken(request, view, line, None, 200)
    actor = owner_actor(visitor, line.owner)
    answers, shown = choices(request, line), await beside(request, view, line, actor)
    shown["ladder"] = await ladder_of(context_of(request), visitor, line, actor)
    shown["thread"] = await thread_of(request, visitor, view.exchange_id, step_id=step_id) if view else None
    return await page(request, "step.html", view=view, step=line, answers=answers, problem=None, **shown)


def choices(request: Request, line: StepLine | WorklistRow) -> tuple[AnswerChoice, ...]:
    """The answers that a step offers today."""
    context = context_of(request)
    return answers_of(line, context.services.programme.policy, context.now())


def chosen(request: Request, line: StepLine | WorklistRow, outcome: str, *, by_link: bool = False) -> AnswerPolicy:
    """One of the answers that a step offers.

    Raises:
        Unknown: it offers no such answer, or not by the link of a mail.
    """
    found = next((one.policy for one in choices(request, line) if one.outcome == outcome), None)
    if found is None or (by_link and not found.link):
        raise Unknown("answer.unknown")
    return found


async def _find(request: Request, visitor: Visitor, step_id: str) -> tuple[ExchangeView | None, StepLine | WorklistRow]:
    """A step that the visitor may see, with its exchange where it has one.

    Raises:
        Unknown: there is none, or it is not for them.
    """
    context = context_of(request)
    if is_alert(exchange_of(step_id)):
        wanted = WorklistFilter(now=context.now(), these=(step_id,))
        rows = await context.services.reading.worklist(visitor.actor, wanted)
        if not rows:
            raise Unknown("step.unknown")
        return None, rows[0]
    view = await see(context, visitor, exchange_of(step_id))
    line = next((one for one in view.steps if one.step_id == step_id), None)
    if line is None:
        raise Unknown("step.unknown")
    return view, line


@pages.get("/steps/{step_id}/{outcome}", ACTING)
async def answer(request: Request, step_id: str, outcome: str) -> Response:
    """The form of an answer: what else it needs, and what follows from it."""
    visitor = await visitor_of(request)
    view, line = await _find(request, visitor, step_id)
    if isinstance(line, StepLine) and line.status is not StepStatus.OPEN:
        return await _taken(request, view, line, None, 200)
    return await _form(request, view, line, outcome, owner_actor(visitor, line.owner))


async def _form(
    request: Request,
    view: ExchangeView | None,
    line: StepLine | WorklistRow,
    outcome: str,
    actor: Actor,
    *,
    refusal: Refusal | None = None,
    form: Sent | None = None,
) -> Response:
    content = await form_content(request, view, line, outcome, actor)
    status = refusal.status if refusal else 200
    key = form.key if form else None
    return await page(
        request, "answer.html", status=status, refusal=refusal, typed=form, key=key, action=None, **content
    )


async def form_content(
    request: Request, view: ExchangeView | None, line: StepLine | WorklistRow, outcome: str, actor: Actor
) -> dict[str, Any]:
    """What the form of an answer shows and asks for, to whoever answers as `actor`."""
    context = context_of(request)
    programme = context.services.programme
    names = Names(programme, (await visitor_of(request)).language)
    answer = chosen(request, line, outcome)
    content: dict[str, Any] = {"view": view, "step": line, "outcome": outcome, "answer": answer}
    content |= {"documents": [], "beds": [], "units": [], "objectives": {}, "terms": []}
    content |= {"supervisor": False, "result": False} | await beside(request, view, line, actor)
    if view is None:
        return content
    if Need.DOCUMENTS in answer.asks:
        content["documents"] = required_documents(programme.policy, view.plan, StepKind.SUBMIT_DOCUMENTS)
    if Need.BED in answer.asks:
        content["beds"] = beds_of(names, view.plan.host)
    if Need.UNIT in answer.asks:
        content["units"] = await units_of(context, names, view, line.subject)
    if Need.TERMS in answer.asks:
        content["terms"] = _terms(names, view, answer)
    if answer.given_by is GivenBy.EVALUATION:
        content["supervisor"] = line.kind in (StepKind.EVALUATE_MIDPOINT, StepKind.EVALUATE_STUDENT)
        content["result"] = line.kind is StepKind.EVALUATE_STUDENT
        content["objectives"] = dict.fromkeys(SKILLS, "") if content["supervisor"] else _objectives(names, line)
    return content


def _objectives(names: Names, line: StepLine | WorklistRow) -> dict[str, str]:
    called = names.objectives()
    return {key: called.get(key, key) for key in asked_of(called, line.subject)}


def _terms(names: Names, view: ExchangeView, answer: AnswerPolicy) -> list[tuple[str, list[str]]]:
    """The terms to acknowledge with what each says."""
    host = names.programme.institution(view.plan.host)
    fees = names.in_language(names.programme, "fees")
    housing = names.in_language(host.housing, "terms") if host else ""
    said = {"fees": list(fees), "housing": [housing]}
    clinical = answer.clinical_terms if view.plan.block(Content.CLINICAL) else ()
    return [(term, said.get(term, [])) for term in (*answer.terms, *clinical)]


@pages.post("/steps/{step_id}/{outcome}", ACTING)
async def decide(request: Request, step_id: str, outcome: str) -> Response:
    """Answer; the page after it shows what the workflow says, not what was hoped for."""
    form = await sent(request)
    visitor = await visitor_of(request)
    view, line = await _find(request, visitor, step_id)
    actor = owner_actor(visitor, line.owner)
    try:
        reply = await act(request, form, line, outcome, actor)
    except SojournError as error:
        refusal = refusal_of(error)
        if refusal.status == 404:
            raise
        if isinstance(error, Closed | NotOpen | Conflict | KeyReused):
            view, line = await _find(request, visitor, step_id)
            if not isinstance(line, StepLine) or line.status is not StepStatus.OPEN:
                return await _taken(request, view, line, error, refusal.status)
        return await _form(request, view, line, outcome, actor, refusal=refusal, form=form)
    context = context_of(request)
    again = form.text("next")
    answer_ = RedirectResponse("/worklist" if view is None or again == "/worklist" else _place(view), status_code=303)
    kind = "repeated" if reply is not None and reply.repeated else "decided"
    tell(context, answer_, kind, step=line.kind, outcome=outcome, exchange=view.exchange_id if view else "")
    return answer_


def _place(view: ExchangeView) -> str:
    return f"/exchanges/{view.exchange_id}"


async def act(request: Request, form: Sent, line: StepLine | WorklistRow, outcome: str, actor: Actor) -> Decided | None:
    """Send an answer to its workflow.

    Raises:
        SojournError: it was refused, or no answer came; nothing was done twice.
    """
    context = context_of(request)
    note = form.text("note", longest=10_000) or None
    answer = chosen(request, line, outcome)
    if answer.given_by is GivenBy.EVALUATION:
        await context.services.gateway.evaluate(_evaluation(form, line, actor), note=note)
        return None
    return await context.services.gateway.decide(decision_of(form, line, outcome, answer, actor), note=note)


def _evaluation(form: Sent, line: StepLine | WorklistRow, actor: Actor) -> Evaluate:
    ratings = {name.removeprefix("r-"): form.text(name) for name in form.values if name.startswith("r-")}
    form.only({*(f"r-{name}" for name in ratings), "passed", "note"})
    values: dict[str, Any] = {
        "decision_id": form.key,
        "step_id": line.step_id,
        "actor": actor,
        "ratings": {name: value for name, value in ratings.items() if value},
    }
    if line.kind is StepKind.EVALUATE_STUDENT:
        values["passed"] = {"yes": True, "no": False}.get(form.text("passed"))
    return made(Evaluate, values)


async def _taken(
    request: Request, view: ExchangeView | None, line: StepLine | WorklistRow, why: SojournError | None, status: int
) -> Response:
    """Somebody else was first, or the step is closed: who, when and what."""
    return await page(request, "taken.html", status=status, view=view, step=line, why=why)
