"""Acts of the API: the same operations as in the portal, once for each idempotency key."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import Response

from gateway.nomination_files import names_of, told_of
from models.errors import BadInput, Differs, Said, Unknown
from models.identifiers import exchange_of, is_exchange_code
from models.messages.clearance import RevokeClearance
from models.messages.corrections import CorrectReport
from models.messages.exchange import (
    Decide,
    DocumentAnswer,
    ReportArrival,
    ReportAttendance,
    ReportDeparture,
    ReportMovement,
)
from models.messages.reviews import OverrideDocument
from models.people.access import ApiScope
from models.rules.again import Answers
from models.rules.nomination import parse_row
from models.rules.stay import Fault
from models.views import ExchangeView
from portal.answer_forms import day_of
from portal.api.caller import ApiCaller, Scoped
from portal.api.idempotency import Once
from portal.api.lists import etag
from portal.api.problems import PREFIX, refused, said
from portal.api.shapes import (
    ActAnswer,
    Arrival,
    Attendance,
    ClearanceRevocation,
    Decision,
    Departure,
    DocumentOverride,
    MovementReport,
    NominationAnswer,
    NominationCorrection,
    NominationFields,
    NominationNote,
    PersonCorrection,
    Reopened,
    ReportCorrection,
    Taken,
    Withdrawal,
    kept_or,
    problems,
    taken_of,
)
from portal.bounds import LARGE, BoundedRoute, takes
from portal.context import context_of
from portal.forms import Sent, made
from portal.http_refusals import HttpRefusal
from portal.policy import TOKEN, Allow
from portal.uploads import digest, most_bytes, pieces, upload_form
from texts.fonts import CertificateFonts

router = APIRouter(prefix=PREFIX, tags=["acts"], route_class=BoundedRoute)
GUARD = [Depends(Allow(TOKEN))]
Nominator = Annotated[ApiCaller, Depends(Scoped(ApiScope.NOMINATIONS_WRITE))]
Decider = Annotated[ApiCaller, Depends(Scoped(ApiScope.DECISIONS_WRITE))]
Filer = Annotated[ApiCaller, Depends(Scoped(ApiScope.DOCUMENTS_WRITE))]
WRITES = (ApiScope.NOMINATIONS_WRITE, ApiScope.DECISIONS_WRITE, ApiScope.DOCUMENTS_WRITE, ApiScope.EVENTS_WRITE)
Asker = Annotated[ApiCaller, Depends(Scoped(*WRITES))]
Match = Annotated[str | None, Header(max_length=200)]


@router.post(
    "/nominations",
    dependencies=GUARD,
    status_code=201,
    responses=kept_or(409) | {200: {"description": "Known already", "model": NominationAnswer}},
    response_model=NominationAnswer,
)
async def nominate_student(
    request: Request, response: Response, caller: Nominator, body: NominationFields, asked: Once
) -> NominationAnswer | Response:
    """Nominate a student; what is wrong with the row is told cell by cell. A known one answers with their exchange.

    Where it is not as on record, or looks like somebody nominated already, nothing starts: the problem says what
    differs, and the same row with `answers` goes on.
    """
    context = context_of(request)
    parsed = parse_row(body.row, context.services.programme)
    if isinstance(parsed, tuple):
        return _at_fault(request, parsed)
    gateway = context.services.gateway
    try:
        async with asked.once(caller, body) as act:
            reply = await gateway.nominate(parsed, caller.actor, request_id=act.id, answers=body.answers)
    except Differs as told:
        differences = [one._asdict() for one in told.differences]
        return refused(request, 409, told, differences=differences)
    fonts = CertificateFonts(context.settings.fonts_dir)
    unprintable = await asyncio.to_thread(fonts.unprintable, names_of(parsed).values())
    if reply.already_known:
        response.status_code = 200
    return NominationAnswer(
        exchange_id=reply.exchange_id,
        already_known=reply.already_known,
        stage=reply.stage,
        told=[
            NominationNote(field=f.field, message=f.message, reason=said(request, f))
            for f in told_of(body.row, parsed, unprintable)
        ],
    )


def _at_fault(request: Request, faults: Sequence[Fault]) -> Response:
    told = [
        {"field": f.field, "reason": said(request, f), "rule": f.rule, "message": f.message, "params": f.params}
        for f in faults
    ]
    return refused(request, 422, BadInput("row.not_taken"), faults=told)


@router.post(
    "/exchanges/{exchange_id}/nomination", dependencies=GUARD, responses=kept_or(404, 409, 412), response_model=Taken
)
async def correct_nomination(
    request: Request,
    exchange_id: str,
    caller: Nominator,
    body: NominationCorrection,
    asked: Once,
    if_match: Match = None,
) -> Taken | Response:
    """Correct a nomination until it is verified (D11)."""
    view, context = await _known(request, caller, exchange_id), context_of(request)
    parsed = parse_row(body.row, context.services.programme, now=context.now())
    if isinstance(parsed, tuple):
        return _at_fault(request, parsed)
    async with asked.once(caller, body) as act:
        _require_unchanged(view, None if act.replayed else if_match)
        reply = await context.services.gateway.correct_nomination(
            exchange_id, parsed, caller.actor, decision_id=act.id, note=body.note
        )
    return taken_of(reply)


@router.post("/exchanges/{exchange_id}/person", dependencies=GUARD, responses=problems(404, 409, 412))
async def correct_person(
    request: Request, exchange_id: str, caller: Decider, body: PersonCorrection, asked: Once, if_match: Match = None
) -> Taken:
    """Correct personal data of a verified nomination, in this exchange alone."""
    view, answers = await _known(request, caller, exchange_id), Answers(reason=body.reason)
    async with asked.once(caller, body) as act:
        _require_unchanged(view, None if act.replayed else if_match)
        repeated = await context_of(request).services.gateway.correct_person(
            exchange_id, body.cells, caller.actor, decision_id=act.id, answers=answers
        )
    return Taken(exchange_id=exchange_id, stage=view.stage, repeated=repeated)


@router.post("/exchanges/{exchange_id}/reopening", dependencies=GUARD, responses=kept_or(404, 409, 412))
async def reopen_exchange(
    request: Request, exchange_id: str, caller: Decider, body: Reopened, asked: Once, if_match: Match = None
) -> Taken:
    """Reopen an exchange that was rejected or withdrawn by mistake (D10)."""
    view, gateway = await _known(request, caller, exchange_id), context_of(request).services.gateway
    async with asked.once(caller, body) as act:
        _require_unchanged(view, None if act.replayed else if_match)
        return taken_of(await gateway.reopen(exchange_id, caller.actor, decision_id=act.id, note=body.note))


@router.post("/steps/{step_id}/decision", dependencies=GUARD, responses=kept_or(404, 409, 412))
async def decide_step(
    request: Request, step_id: str, caller: Decider, body: Decision, asked: Once, if_match: Match = None
) -> Taken:
    """Answer a step. With `If-Match`, only if the exchange has not changed since."""
    step_id = step_id[:250]
    view = await _known(request, caller, exchange_of(step_id))
    async with asked.once(caller, body) as act:
        _require_unchanged(view, None if act.replayed else if_match)
        named = {"decision_id": act.id, "step_id": step_id, "outcome": body.outcome, "actor": caller.actor}
        named |= {"documents": tuple(body.documents), "bed_id": body.bed_id, "unit_id": body.unit_id}
        named |= {"valid_through": body.valid_through, "justified": body.justified}
        reply = await context_of(request).services.gateway.decide(made(Decide, named), note=body.note)
    return Taken(exchange_id=exchange_of(step_id), stage=reply.stage, repeated=reply.repeated)


async def _known(request: Request, caller: ApiCaller, exchange_id: str) -> ExchangeView:
    """The exchange, if the caller may know of it."""
    if not is_exchange_code(exchange_id):
        raise Unknown("exchange.not_seen")
    context = context_of(request)
    view = await context.services.reading.exchange(exchange_id, caller.actor, now=context.now())
    if view is None:
        raise Unknown("exchange.not_seen")
    return view


def _require_unchanged(view: ExchangeView, if_match: str | None) -> None:
    """That the exchange is as the caller saw it; a repeated act changed it itself."""
    if if_match is not None and if_match.strip() not in ("*", etag(view)):
        raise HttpRefusal(412, Said("exchange.changed_since", {}), {"ETag": etag(view)})


DOCUMENT = {
    "title": "DocumentUpload",
    "type": "object",
    "required": ["kind", "file"],
    "properties": {
        "kind": {"type": "string", "maxLength": 60, "pattern": "^[a-z][a-z0-9_]*$", "title": "Kind"},
        "file": {"type": "string", "contentMediaType": "application/octet-stream", "title": "File"},
        "issued_on": {"type": "string", "format": "date", "title": "Issued on"},
        "expires_on": {"type": "string", "format": "date", "title": "Expires on"},
    },
}
"""What a document comes with: read by hand, so that nothing is read of who may not hand it in."""


@router.post(
    "/exchanges/{exchange_id}/documents",
    dependencies=GUARD,
    responses=kept_or(404, 409),
    openapi_extra={"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": DOCUMENT}}}},
)
@takes(LARGE)
async def add_document(request: Request, exchange_id: str, caller: Filer, asked: Once) -> DocumentAnswer:
    """Hand in a document; the answer says what the checks found."""
    await _known(request, caller, exchange_id)
    gateway = context_of(request).services.gateway
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise BadInput("form.not_a_form", "form")
    form = Sent(await upload_form(request, most_bytes(context_of(request).services.programme.policy)))
    try:
        form.only(("kind", "file", "issued_on", "expires_on"))
        file, kind = form.file("file"), form.text("kind", longest=60)
        issued_on, expires_on = form.text("issued_on"), form.text("expires_on")
        if file is None:
            raise BadInput("file.choose", "file")
        content = {"kind": kind, "file": await digest(file), "issued_on": issued_on, "expires_on": expires_on}
        async with asked.once(caller, content) as act:
            return await gateway.add_document(
                exchange_id,
                kind,
                file.filename or "document",
                pieces(file),
                caller.actor,
                issued_on=day_of(issued_on, "issued_on") if issued_on else None,
                expires_on=day_of(expires_on, "expires_on") if expires_on else None,
                submission_id=act.id,
            )
    finally:
        await form.values.close()


@router.post("/exchanges/{exchange_id}/arrival", dependencies=GUARD, responses=kept_or(404, 409))
async def report_arrival(request: Request, exchange_id: str, caller: Decider, body: Arrival, asked: Once) -> Taken:
    """Report the arrival at the residence."""
    await _known(request, caller, exchange_id)
    async with asked.once(caller, body) as act:
        report = made(ReportArrival, body.model_dump() | {"report_id": act.id, "actor": caller.actor})
        return taken_of(await context_of(request).services.gateway.report_arrival(exchange_id, report))


@router.post("/exchanges/{exchange_id}/departure", dependencies=GUARD, responses=kept_or(404, 409))
async def report_departure(request: Request, exchange_id: str, caller: Decider, body: Departure, asked: Once) -> Taken:
    """Report the departure from the residence."""
    await _known(request, caller, exchange_id)
    async with asked.once(caller, body) as act:
        report = made(ReportDeparture, body.model_dump() | {"report_id": act.id, "actor": caller.actor})
        return taken_of(await context_of(request).services.gateway.report_departure(exchange_id, report))


@router.post("/exchanges/{exchange_id}/movement", dependencies=GUARD, responses=kept_or(404, 409))
async def report_movement(
    request: Request, exchange_id: str, caller: Decider, body: MovementReport, asked: Once
) -> Taken:
    """Report a move or a journey."""
    await _known(request, caller, exchange_id)
    async with asked.once(caller, body) as act:
        report = made(ReportMovement, body.model_dump() | {"report_id": act.id, "actor": caller.actor})
        return taken_of(await context_of(request).services.gateway.report_movement(exchange_id, report))


@router.post(
    "/exchanges/{exchange_id}/documents/{document_id}/override", dependencies=GUARD, responses=kept_or(404, 409)
)
async def request_document_override(
    request: Request, exchange_id: str, document_id: str, caller: Decider, body: DocumentOverride, asked: Once
) -> Taken:
    """Ask that a document counts against what the checks say; it does once a second person confirms it."""
    await _known(request, caller, exchange_id)
    async with asked.once(caller, body) as act:
        named = {"decision_id": act.id, "actor": caller.actor, "document_id": document_id, "kind": body.kind}
        gateway = context_of(request).services.gateway
        return taken_of(await gateway.override_document(exchange_id, made(OverrideDocument, named), note=body.note))


@router.post("/exchanges/{exchange_id}/clearance/revocation", dependencies=GUARD, responses=kept_or(404, 409))
async def request_clearance_revocation(
    request: Request, exchange_id: str, caller: Decider, body: ClearanceRevocation, asked: Once
) -> Taken:
    """Take the clearance for the clinic back."""
    await _known(request, caller, exchange_id)
    async with asked.once(caller, body) as act:
        revocation = made(RevokeClearance, body.model_dump() | {"decision_id": act.id, "actor": caller.actor})
        return taken_of(await context_of(request).services.gateway.revoke_clearance(exchange_id, revocation))


@router.post("/exchanges/{exchange_id}/attendance", dependencies=GUARD, responses=kept_or(404, 409))
async def report_attendance(
    request: Request, exchange_id: str, caller: Decider, body: Attendance, asked: Once
) -> Taken:
    """Report hours."""
    await _known(request, caller, exchange_id)
    async with asked.once(caller, body) as act:
        report = made(ReportAttendance, body.model_dump() | {"report_id": act.id, "actor": caller.actor})
        return taken_of(await context_of(request).services.gateway.report_attendance(exchange_id, report))


@router.post("/exchanges/{exchange_id}/report-corrections", dependencies=GUARD, responses=kept_or(404, 409))
async def correct_report(
    request: Request, exchange_id: str, caller: Decider, body: ReportCorrection, asked: Once
) -> Taken:
    """Correct an arrival, a departure or the last movement."""
    await _known(request, caller, exchange_id)
    async with asked.once(caller, body) as act:
        named = body.model_dump(exclude={"note"}) | {"decision_id": act.id, "actor": caller.actor}
        gateway = context_of(request).services.gateway
        return taken_of(await gateway.correct_report(exchange_id, made(CorrectReport, named), note=body.note))


@router.post("/exchanges/{exchange_id}/withdrawal", dependencies=GUARD, responses=kept_or(404, 409, 412))
async def withdraw_student(
    request: Request, exchange_id: str, caller: Decider, body: Withdrawal, asked: Once, if_match: Match = None
) -> Taken:
    """Withdraw a student before the arrival."""
    view, gateway = await _known(request, caller, exchange_id), context_of(request).services.gateway
    async with asked.once(caller, body) as act:
        _require_unchanged(view, None if act.replayed else if_match)
        said, on = body.note, body.declared_on
        answer = await gateway.withdraw(exchange_id, caller.actor, decision_id=act.id, note=said, declared_on=on)
        return taken_of(answer)


@router.get("/acts/{key}", dependencies=GUARD, responses=problems(404))
async def get_act(request: Request, key: str, caller: Asker) -> ActAnswer:
    """What became of an act of this token that was kept."""
    found = await context_of(request).services.gateway.act(key[:120], caller.actor)
    told = said(request, found) if found.message else ""
    return ActAnswer(detail=told, **found.model_dump())
