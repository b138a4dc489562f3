"""Consent to sending papers abroad: the notice in the reader's language, the answers, and the ledger (D46)."""

from contextlib import suppress

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models.errors import SojournError, Unknown
from models.people.authorization import Actor
from models.people.consents import ConsentTo
from models.views.consents import ConsentView
from models.vocabulary import Role
from portal.answer_forms import Refusal, day_of, refusal_of
from portal.context import RequestContext, context_of
from portal.forms import Sent, sent
from portal.policy import ACTING, SIGNED_IN, Pages
from portal.render import page, tell
from portal.seeing import see
from portal.visitor import Visitor, visitor_of
from texts.consents import notice_paragraphs

pages = Pages("consent")
YES, NO = "yes", "no"


@pages.get("/exchanges/{exchange_id}/consent", SIGNED_IN)
async def consent(request: Request, exchange_id: str) -> Response:
    """The notice with its questions for the student, on record as shown; what was answered, for offices."""
    return await _show(request, exchange_id)


@pages.post("/exchanges/{exchange_id}/consent", ACTING)
async def answer(request: Request, exchange_id: str) -> Response:
    """Answer the notice, each question apart; an office enters what was signed on paper."""
    form = await sent(request, (*ConsentTo, "notice", "on", "reference"))
    _, actor = await _found(request, exchange_id)
    said = {about: form.text(about) == YES for about in ConsentTo if form.text(about) in (YES, NO)}
    consents, language = context_of(request).services.gateway.consents, (await visitor_of(request)).language
    try:
        if actor.role is Role.STUDENT:
            notice = form.text("notice", longest=120)
            await consents.answer(exchange_id, said, actor, notice=notice, language=language, key=form.key)
        else:
            on, reference = day_of(form.text("on"), "on"), form.text("reference", longest=2000)
            await consents.record_paper(
                exchange_id, said, actor, on=on, reference=reference, language=language, key=form.key
            )
    except SojournError as error:
        refusal = refusal_of(error)
        if refusal.status == 404:
            raise
        return await _show(request, exchange_id, refusal, form)
    done = RedirectResponse(f"/exchanges/{exchange_id}/consent", status_code=303)
    tell(context_of(request), done, "saved")
    return done


async def consent_of(context: RequestContext, visitor: Visitor, exchange_id: str) -> ConsentView | None:
    """How an exchange stands with consents, for the first of the visitor's roles that may know it."""
    for actor in visitor.capacities:
        with suppress(Unknown):
            return await context.services.gateway.consents.look(exchange_id, actor)
    return None


async def _found(request: Request, exchange_id: str) -> tuple[ConsentView, Actor]:
    """How it stands, and the role of the visitor that answers, or else the first that may know it.

    Raises:
        Unknown: nothing is asked here, or it is not for them to know (D44).
    """
    context, visitor = context_of(request), await visitor_of(request)
    known: list[tuple[ConsentView, Actor]] = []
    for actor in visitor.capacities:
        with suppress(Unknown):
            found = await context.services.gateway.consents.show(exchange_id, actor, visitor.language)
            if found is not None:
                known.append((found, actor))
    known.sort(key=lambda one: not (one[0].may_answer or one[0].may_record))
    if not known:
        raise Unknown("page.unknown")
    return known[0]


async def _show(
    request: Request, exchange_id: str, refusal: Refusal | None = None, form: Sent | None = None
) -> Response:
    context, visitor = context_of(request), await visitor_of(request)
    view = await see(context, visitor, exchange_id)
    found, _ = await _found(request, exchange_id)
    programme, notice = context.services.programme, found.notice
    return await page(
        request,
        "consent.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        typed=form,
        view=view,
        found=found,
        questions=tuple(ConsentTo),
        paragraphs=notice_paragraphs(notice, programme, found.sending, found.host, visitor.language),
    )
