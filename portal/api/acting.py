"""Acts of the API: the same operations as in the portal, once for each idempotency key."""

import hashlib
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Header, Request, UploadFile
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from models.errors import BadInput, Unknown
from models.identifiers import exchange_of, is_exchange_code
from models.messages.exchange import (
    Acknowledged,
    Decide,
    DocumentAnswer,
    ReportArrival,
    ReportAttendance,
    ReportDeparture,
    ReportMovement,
)
from models.people.access import ApiScope
from models.rules.nomination import parse_row
from models.views import ExchangeView
from portal.answer_forms import day_of
from portal.api.caller import ApiCaller, Scoped
from portal.api.idempotency import Once
from portal.api.lists import etag
from portal.api.problems import PREFIX, refused, said
from portal.api.shapes import (
    Arrival,
    Attendance,
    Decision,
    Departure,
    MovementReport,
    NominationAnswer,
    NominationFields,
    Taken,
    Withdrawal,
    problems,
)
from portal.bounds import LARGE, BoundedRoute, takes
from portal.context import context_of
from portal.forms import made
from portal.policy import TOKEN, Allow

router = APIRouter(prefix=PREFIX, tags=["acts"], route_class=BoundedRoute)
GUARD = [Depends(Allow(TOKEN))]
Nominator = Annotated[ApiCaller, Depends(Scoped(ApiScope.NOMINATIONS_WRITE))]
Decider = Annotated[ApiCaller, Depends(Scoped(ApiScope.DECISIONS_WRITE))]
Filer = Annotated[ApiCaller, Depends(Scoped(ApiScope.DOCUMENTS_WRITE))]
Match = Annotated[str | None, Header(max_length=200)]


@router.post(
    "/nominations", dependencies=GUARD, status_code=201, responses=problems(409), response_model=NominationAnswer
)
async def nominate(request: Request, caller: Nominator, body: NominationFields, asked: Once) -> Response:
    """Nominate a student; what is wrong with the row is told cell by cell. A known one answers with their exchange."""
    context = context_of(request)
    parsed = parse_row(body.row, context.services.programme)
    if isinstance(parsed, tuple):
        faults = [
            {"field": f.field, "reason": said(request, f), "rule": f.rule, "message": f.message, "params": f.params}
            for f in parsed
        ]
        return refused(request, 422, BadInput("row.not_taken"), faults=faults)
    async with asked.once(caller, body) as act:
        reply = await context.services.gateway.nominate(parsed, caller.actor, request_id=act.id)
    content = NominationAnswer(exchange_id=reply.exchange_id, already_known=reply.already_known, stage=reply.stage)
    return JSONResponse(content.model_dump(), status_code=200 if reply.already_known else 201)


@router.post("/steps/{step_id}/decision", dependencies=GUARD, responses=problems(404, 409, 412))
async def decide(
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
        raise HTTPException(412, "The exchange has changed since; look at it again.", {"ETag": etag(view)})


@router.post("/exchanges/{exchange_id}/documents", dependencies=GUARD, responses=problems(404, 409, 413))
@takes(LARGE)
async def add_document(
    request: Request,
    exchange_id: str,
    caller: Filer,
    asked: Once,
    kind: Annotated[str, Form(max_length=60, pattern=r"^[a-z][a-z0-9_]*$")],
    file: Annotated[UploadFile, File()],
    issued_on: Annotated[str | None, Form(max_length=10)] = None,
    expires_on: Annotated[str | None, Form(max_length=10)] = None,
) -> DocumentAnswer:
    """Hand in a document; the answer says what the checks found."""
    await _known(request, caller, exchange_id)
    data = await file.read()
    if not data:
        raise BadInput("upload.empty", "file")
    content = {"kind": kind, "file": hashlib.sha256(data).hexdigest(), "issued": issued_on, "expires": expires_on}
    async with asked.once(caller, content) as act:
        return await context_of(request).services.gateway.add_document(
            exchange_id,
            kind,
            file.filename or "document",
            data,
            caller.actor,
            issued_on=day_of(issued_on, "issued_on") if issued_on else None,
            expires_on=day_of(expires_on, "expires_on") if expires_on else None,
            submission_id=act.id,
        )


@router.post("/exchanges/{exchange_id}/arrival", dependencies=GUARD, responses=problems(404, 409))
async def arrival(request: Request, exchange_id: str, caller: Decider, body: Arrival, asked: Once) -> Taken:
    """Report the arrival at the residence."""
    await _known(request, caller, exchange_id)
    async with asked.once(caller, body) as act:
        report = made(ReportArrival, body.model_dump() | {"report_id": act.id, "actor": caller.actor})
        return _taken(await context_of(request).services.gateway.report_arrival(exchange_id, report))


@router.post("/exchanges/{exchange_id}/departure", dependencies=GUARD, responses=problems(404, 409))
async def departure(request: Request, exchange_id: str, caller: Decider, body: Departure, asked: Once) -> Taken:
    """Report the departure from the residence."""
    await _known(request, caller, exchange_id)
    async with asked.once(caller, body) as act:
        report = made(ReportDeparture, body.model_dump() | {"report_id": act.id, "actor": caller.actor})
        return _taken(await context_of(request).services.gateway.report_departure(exchange_id, report))


@router.post("/exchanges/{exchange_id}/movement", dependencies=GUARD, responses=problems(404, 409))
async def movement(request: Request, exchange_id: str, caller: Decider, body: MovementReport, asked: Once) -> Taken:
    """Report a move or a journey."""
    await _known(request, caller, exchange_id)
    async with asked.once(caller, body) as act:
        report = made(ReportMovement, body.model_dump() | {"report_id": act.id, "actor": caller.actor})
        return _taken(await context_of(request).services.gateway.report_movement(exchange_id, report))


@router.post("/exchanges/{exchange_id}/attendance", dependencies=GUARD, responses=problems(404, 409))
async def attendance(request: Request, exchange_id: str, caller: Decider, body: Attendance, asked: Once) -> Taken:
    """Report hours."""
    await _known(request, caller, exchange_id)
    async with asked.once(caller, body) as act:
        report = made(ReportAttendance, body.model_dump() | {"report_id": act.id, "actor": caller.actor})
        return _taken(await context_of(request).services.gateway.report_attendance(exchange_id, report))


@router.post("/exchanges/{exchange_id}/withdrawal", dependencies=GUARD, responses=problems(404, 409, 412))
async def withdraw(
    request: Request, exchange_id: str, caller: Decider, body: Withdrawal, asked: Once, if_match: Match = None
) -> Taken:
    """Withdraw a student before the arrival."""
    view, gateway = await _known(request, caller, exchange_id), context_of(request).services.gateway
    async with asked.once(caller, body) as act:
        _require_unchanged(view, None if act.replayed else if_match)
        return _taken(await gateway.withdraw(exchange_id, caller.actor, decision_id=act.id, note=body.note))


def _taken(reply: Acknowledged) -> Taken:
    return Taken(exchange_id=reply.exchange_id, stage=reply.stage, repeated=reply.repeated)
