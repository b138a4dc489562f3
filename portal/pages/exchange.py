"""The page of one exchange, the list of exchanges, and the papers that belong to them."""

from contextlib import suppress
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models.catalogue.policy import DocumentPolicy, Policy
from models.errors import BadInput, SojournError, Unknown
from models.facts import FACTS_OF
from models.identifiers import exchange_workflow_id
from models.messages.exchange import DocumentAnswer
from models.messages.reviews import OverrideDocument
from models.people.authorization import (
    Actor,
    Parties,
    may_decide,
    may_read_messages,
    owner_for,
)
from models.people.broadcasts import may_write_to_many
from models.rules.reviews import review_step
from models.views import ExchangeFilter, ExchangeView, MessageFilter, StepLine
from models.views.clearances import ClearancesView
from models.vocabulary import DocumentStatus, Outcome, Role, Severity, Stage, StepStatus
from portal.answer_forms import Refusal, awaited_documents, day_of, refusal_of, taken_documents
from portal.bounds import LARGE, takes
from portal.context import context_of
from portal.forms import Forged, Sent, made, sent
from portal.pages.changes import changes_of
from portal.pages.consent import consent_of
from portal.pages.conversation import thread_of
from portal.pages.further_acts import further_acts
from portal.pages.reminders import remindable
from portal.pages.steps import choices
from portal.pictures import strip_of
from portal.policy import ACTING, SIGNED_IN, Pages
from portal.render import page, tell
from portal.seeing import see, see_as
from portal.uploads import most_bytes, pieces
from portal.visitor import Visitor, visitor_of

pages = Pages("exchange")
LIST = 50
DOCUMENT_FIELDS = ("kind", "file", "issued_on", "expires_on")


@pages.get("/exchanges", SIGNED_IN)
async def exchanges(request: Request) -> Response:
    """The exchanges that a person may see; every filter is in the address."""
    context, visitor = context_of(request), await visitor_of(request)
    asked = request.query_params
    stage, outcome = asked.get("stage", ""), asked.get("outcome", "")
    wanted = ExchangeFilter(
        now=context.now(),
        search=asked.get("q", "")[:100],
        cohort_id=asked.get("cohort") or None,
        stage=Stage(stage) if stage in set(Stage) else None,
        outcome=Outcome(outcome) if outcome in set(Outcome) else None,
        closed={"no": False, "yes": True}.get(asked.get("closed", "")),
        limit=LIST + 1,
        after=asked.get("after") or None,
    )
    rows = await context.services.reading.exchanges(wanted, visitor.actor)
    if len(rows) == 1 and wanted.search.strip().upper() == rows[0].exchange_id:
        return RedirectResponse(f"/exchanges/{rows[0].exchange_id}", status_code=303)
    more = rows[LIST - 1].cursor if len(rows) > LIST else None
    cohorts = await context.services.reading.cohort_ids(visitor.actor)
    asked_for = {name: asked.get(name, "") for name in ("q", "cohort", "stage", "outcome", "closed")}
    writes = may_write_to_many(visitor.actor)
    return await page(
        request, "exchanges.html", rows=rows[:LIST], more=more, asked=asked_for, cohorts=cohorts, writes=writes
    )


@pages.get("/exchanges/{exchange_id}", SIGNED_IN)
async def exchange(request: Request, exchange_id: str) -> Response:
    """What happens next and who owes it; then everything else on record."""
    return await show(request, exchange_id)


async def show(request: Request, exchange_id: str, *, refusal: Refusal | None = None) -> Response:
    """The page of an exchange, after a refused act too."""
    context, visitor = context_of(request), await visitor_of(request)
    view, actor = await see_as(context, visitor, exchange_id)
    open_steps = [step for step in view.steps if step.status is StepStatus.OPEN]
    open_steps.sort(key=lambda step: (step.held_since is not None, step.due_at, step.step_id))
    mine = [step for step in open_steps if visitor.for_owner(step.owner)]
    policy, messages = context.services.programme.policy, []
    replaceable, looked_at = _replaceable(view, policy, visitor), _looked_at(view)
    if may_read_messages(actor):
        messages = await context.services.reading.messages(MessageFilter(exchange_id=exchange_id))
    return await page(
        request,
        "exchange.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        view=view,
        newest_letters=list({one.letter: one for one in reversed(view.letters)}.values())[::-1],
        mine=[(step, choices(request, step)) for step in mine],
        others=[step for step in open_steps if step not in mine],
        remindable=remindable(visitor, (step for step in open_steps if step not in mine), context.now()),
        awaited=awaited_documents(view, policy, visitor),
        overridable=_overridable(view, policy, visitor),
        replaceable=replaceable,
        looked_at=set(looked_at.values()),
        waiting=looked_at if replaceable else {},
        stated_kinds=FACTS_OF,
        may=further_acts(visitor, view),
        changeable=[(step, found) for step in open_steps if (found := changes_of(visitor, step, policy))],
        messages=messages,
        stages=[stage for stage in Stage if stage is not Stage.CLOSED],
        workflow=_workflow(context.settings.temporal_ui_url, exchange_id, visitor),
        card_shown=await context.services.gateway.particulars.may_open_card(exchange_id, actor),
        card_asked=await _card_asked(request, visitor, view),
        suspended=await context.services.reading.suspended(exchange_id),
        cleared=await _cleared(request, view, actor),
        consent=await consent_of(context, visitor, exchange_id),
        strip=await strip_of(context, visitor, view, actor),
        thread=await thread_of(request, visitor, exchange_id, newest=3),
    )


async def _cleared(request: Request, view: ExchangeView, actor: Actor) -> ClearancesView | None:
    """The clearances of a stay that is not over."""
    if view.closed_at is not None:
        return None
    return await context_of(request).services.gateway.statements.clearances(view.exchange_id, actor)


def _replaceable(view: ExchangeView, policy: Policy, visitor: Visitor) -> list[tuple[StepLine, DocumentPolicy]]:
    """What was accepted and may still be replaced by a better one."""
    owed = awaited_documents(view, policy, visitor)
    return [one for one in taken_documents(view, policy, visitor) if one not in owed]


def _looked_at(view: ExchangeView) -> dict[str, str]:
    """The documents that somebody is asked to look at, with their kinds."""
    return {one.document_id: one.kind for one in view.documents if one.status is DocumentStatus.REVIEW}


def _workflow(base: str | None, exchange_id: str, visitor: Visitor) -> str:
    """Where Temporal's own pages show the workflow, for those who run the service."""
    if base is None or not visitor.has(Role.PROGRAMME_OFFICE, Role.OPERATOR):
        return ""
    return f"{base}/namespaces/default/workflows/{quote(exchange_workflow_id(exchange_id), safe='')}"


async def _card_asked(request: Request, visitor: Visitor, view: ExchangeView) -> bool:
    """Whether the student who looks is asked for the emergency card: once the offer is accepted, and when it is old."""
    mine = visitor.actor.role is Role.STUDENT and visitor.actor.id == view.student.id
    if not mine or list(Stage).index(view.stage) < list(Stage).index(Stage.ACCEPTANCE):
        return False
    return await context_of(request).services.gateway.particulars.card_is_asked_for(view.exchange_id)


@pages.post("/exchanges/{exchange_id}/documents", ACTING)
@takes(LARGE)
async def hand_in(request: Request, exchange_id: str) -> Response:
    """Hand in a document; the answer says what the checks found."""
    context, visitor = context_of(request), await visitor_of(request)
    view = await see(context, visitor, exchange_id)  # whoever may not see it is refused before anything is read
    try:
        form = await sent(request, DOCUMENT_FIELDS, largest_file=most_bytes(context.services.programme.policy))
        try:
            reply = await _hand_in(request, view, form)
        finally:
            await form.values.close()
    except Forged:
        raise
    except SojournError as error:
        refusal = refusal_of(error)
        if refusal.status == 404:
            raise
        return await show(request, exchange_id, refusal=refusal)
    answer = RedirectResponse(f"/exchanges/{exchange_id}#documents", status_code=303)
    tell(context, answer, _came(reply))
    return answer


def _came(reply: DocumentAnswer) -> str:
    """What whoever handed it in is told."""
    if reply.review:
        return "looked_at"
    if not reply.accepted:
        return "rejected_file"
    return "read_file" if reply.read else "filed"


async def _hand_in(request: Request, view: ExchangeView, form: Sent) -> DocumentAnswer:
    context, visitor = context_of(request), await visitor_of(request)
    kind, file = form.text("kind", longest=60), form.file("file")
    if file is None:
        raise BadInput("file.choose", "file")
    taken = taken_documents(view, context.services.programme.policy, visitor)
    step = next((step for step, document in taken if document.kind == kind), None)
    actor = (visitor.for_owner(step.owner) if step else None) or visitor.actor
    issued, expires = form.text("issued_on"), form.text("expires_on")
    return await context.services.gateway.add_document(
        view.exchange_id,
        kind,
        file.filename or "document",
        pieces(file),
        actor,
        issued_on=day_of(issued, "issued_on") if issued else None,
        expires_on=day_of(expires, "expires_on") if expires else None,
        submission_id=form.key,
    )


def _overridable(view: ExchangeView, policy: Policy, visitor: Visitor) -> dict[str, Actor]:
    """The documents that the checks did not accept and this visitor may have counted all the same, and as whom."""
    parties = Parties(sending=view.plan.sending, host=view.plan.host, student=view.student.id)
    open_ones = {one.kind for one in view.steps if one.status is StepStatus.OPEN}
    found: dict[str, Actor] = {}
    for document in view.documents:
        asked, step = policy.document(document.kind), policy.step(review_step(policy.purpose(document.kind)))
        if document.status is not DocumentStatus.REJECTED or asked is None or asked.step not in open_ones:
            continue
        if not any(finding.severity is Severity.BLOCKING for finding in document.findings):
            continue
        owner = owner_for(step.side, step.role, parties)
        actor = next((actor for actor in visitor.capacities if may_decide(actor, owner)), None)
        if actor is not None:
            found[document.document_id] = actor
    return found


@pages.post("/exchanges/{exchange_id}/override", ACTING)
async def override(request: Request, exchange_id: str) -> Response:
    """Ask a second person that a document counts against what the checks say."""
    context, visitor = context_of(request), await visitor_of(request)
    form = await sent(request, ("document_id", "note"))
    view = await see(context, visitor, exchange_id)
    document_id, note = form.text("document_id", longest=120), form.text("note", longest=10_000)
    actor = _overridable(view, context.services.programme.policy, visitor).get(document_id)
    document = next((one for one in view.documents if one.document_id == document_id), None)
    if actor is None or document is None:
        raise Unknown("document.unknown")
    asked = {"decision_id": form.key, "document_id": document_id, "kind": document.kind, "actor": actor}
    try:
        if not note:
            raise BadInput("field.missing", "note")
        await context.services.gateway.override_document(exchange_id, made(OverrideDocument, asked), note=note)
    except SojournError as error:
        return await show(request, exchange_id, refusal=refusal_of(error))
    answer = RedirectResponse(f"/exchanges/{exchange_id}#documents", status_code=303)
    tell(context, answer, "override_asked")
    return answer


@pages.get("/exchanges/{exchange_id}/documents/{document_id:path}", SIGNED_IN)
async def paper(request: Request, exchange_id: str, document_id: str) -> Response:
    """A document itself, in the first of the visitor's roles that may open it; that they did is on record before."""
    context, visitor = context_of(request), await visitor_of(request)
    for actor in visitor.capacities:
        with suppress(Unknown):
            found = await context.services.gateway.papers.open(exchange_id, document_id, actor, context.now())
            return download(found.data, found.filename, found.media_type)
    raise Unknown("document.unknown")


@pages.get("/exchanges/{exchange_id}/certificate/{version}", SIGNED_IN)
async def certificate(request: Request, exchange_id: str, version: int) -> Response:
    """A version of the certificate, as PDF."""
    context, visitor = context_of(request), await visitor_of(request)
    view = await see(context, visitor, exchange_id)
    found = next((one for one in view.certificates if one.version == version), None)
    if found is None:
        raise Unknown("certificate.unknown")
    name = f"{found.number.replace('/', '-')}-v{version}.pdf"
    return download(
        await context.services.gateway.papers.certificate(exchange_id, found.file_hash), name, "application/pdf"
    )


ENDINGS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/heic": "heic",
    "text/csv": "csv",
    "text/calendar": "ics",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}
"""Types that are given out as what they are, with the end of their names; anything else is bytes of no type."""


def download(data: bytes, filename: str, media_type: str) -> Response:
    """A file to keep: named and typed by what it is, never shown by the browser as a page of ours."""
    name = f"{_stem(filename)}.{ENDINGS.get(media_type, 'bin')}"
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"Content-Disposition": disposition, "Content-Security-Policy": "default-src 'none'; sandbox"}
    kind = media_type if media_type in ENDINGS else "application/octet-stream"
    return Response(data, media_type=kind, headers=headers)


def _stem(filename: str) -> str:
    """A name without its ending, whatever the ending says."""
    stem, dot, ending = filename.rpartition(".")
    named = stem if dot and stem and len(ending) <= 10 else filename
    return named[:150].strip(" .") or "file"
