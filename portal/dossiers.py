"""What a page shows beside the answers of a step: its facts, its papers, and what was said before it."""

from typing import Any

from fastapi import Request

from models.people.authorization import Actor
from models.views import DocumentView, ExchangeView, StepLine, WorklistRow
from models.views.dossiers import PAPERS, Dossier, SaidBefore
from models.vocabulary import DocumentStatus
from portal.answer_forms import policy_of
from portal.context import context_of
from portal.pages.documents import paper_of, reading_of, sheets_of

ASIDE = frozenset({DocumentStatus.FILED, DocumentStatus.REPLACED})
"""States of documents that nobody decides on: not handed in yet, or replaced by another."""


async def beside(
    request: Request, view: ExchangeView | None, line: StepLine | WorklistRow, actor: Actor
) -> dict[str, Any]:
    """What stands beside the answers of a step: the facts it is decided on, and one of its papers, page by page.

    Which paper is shown is in the address (`look`); it is the first that the reader may open, else.
    """
    if view is None:
        return {"dossier": None, "paper": None, "sheets": 0, "reading": None, "papers": ()}
    found = await _dossier(request, view, line, actor)
    papers = tuple(one for one in found.papers if one.filename)
    asked = request.query_params.get("look", "")
    shown = next((one for one in papers if one.document_id == asked), papers[0] if papers else None)
    paper = paper_of(view, line) or shown
    reading = await reading_of(request, view.exchange_id, paper)
    return {
        "dossier": found,
        "paper": paper,
        "sheets": sheets_of(paper) if paper else 0,
        "reading": reading,
        "papers": papers,
    }


async def _dossier(request: Request, view: ExchangeView, line: StepLine | WorklistRow, actor: Actor) -> Dossier:
    context = context_of(request)
    found = await context.services.reading.dossier(line.step_id, actor) or Dossier()
    policy = context.services.programme.policy
    purposes = PAPERS.get(line.kind, frozenset())
    papers = [one for one in view.documents if one.status not in ASIDE and policy.purpose(one.kind) in purposes]
    said = _said(request, view, line)
    return found.model_copy(update={"papers": _newest(papers), "said": said})


def _newest(papers: list[DocumentView]) -> tuple[DocumentView, ...]:
    """The newest of each kind, in the order in which kinds came."""
    found: dict[str, DocumentView] = {}
    for one in sorted(papers, key=lambda paper: paper.filed_at):
        found[one.kind] = one
    return tuple(found.values())


def _said(request: Request, view: ExchangeView, line: StepLine | WorklistRow) -> SaidBefore | None:
    """What was written with the last answer that may lead to such a step, before it was opened."""
    policy = context_of(request).services.programme.policy
    before = [one for one in view.steps if one.decided_at and one.outcome and one.decided_at <= line.opened_at]
    for one in sorted(before, key=lambda step: step.decided_at or step.opened_at, reverse=True):
        answer = policy_of(one, policy).answer(one.outcome or "")
        if answer is None or line.kind not in answer.opens:
            continue
        told = next((h for h in reversed(view.timeline) if h.step_id == one.step_id and h.note), None)
        if told is None:
            return None
        return SaidBefore(kind=one.kind, outcome=one.outcome or "", who=told.who, at=told.at, note=told.note)
    return None
