"""A change of a verified exchange: asked for, and taken back before it is decided (D39)."""

from temporalio import workflow

from models.errors import BadInput, Conflict, NotOpen
from models.events import ChangeRequested
from models.messages.changes import ChangeStatus, IntakeChange, RequestChange, WithdrawChange
from models.people.authorization import may_request_change, may_take_back, require
from models.rules.changes import OVER, change_faults, changed_plan
from models.vocabulary import NominationStatus, Stage, StepKind
from workflows.case import Case
from workflows.stages import changing


def check_request(case: Case, request: RequestChange) -> None:
    """Whether this person may ask for this change now, and whether the rules allow it (D1, D11, D39)."""
    if case.seen(request.decision_id, request):
        return
    require(may_request_change(request.actor, case.parties), "not_allowed.request_change")
    if case.interrupt.done() or case.outcome is not None:
        raise NotOpen("exchange.ending")
    if StepKind.DECIDE_CHANGE not in case.policy.steps:
        raise NotOpen("change.earlier_rules")
    if case.nomination is not NominationStatus.VERIFIED:
        raise NotOpen("change.not_verified")
    if case.stage in OVER or case.departed_on is not None:
        raise NotOpen("change.stay_over")
    if isinstance(request.change, IntakeChange) and case.stage is Stage.SEAT:
        raise NotOpen("change.seat_awaited")
    if case.amendments.open is not None:
        raise Conflict("change.open", "change")
    if request.version != case.amendments.version:
        raise Conflict("exchange.changed_since", "version")
    _require_allowed(case, request)


def _require_allowed(case: Case, request: RequestChange) -> None:
    arrived = case.arrived_at is not None
    faults = change_faults(
        case.plan,
        request.change,
        case.policy,
        today=case.today(),
        arrived=arrived,
        places=changing.places_of(case),
    )
    for fault in faults:
        raise BadInput(fault.message, fault.field, **fault.params)
    if request.plan != changed_plan(case.plan, request.change, case.policy, arrived=arrived):
        raise Conflict("exchange.changed_since", "plan")


async def request_change(case: Case, request: RequestChange) -> None:
    """Put the request on record and ask those who signed the exchange to sign it."""
    case.note(
        ChangeRequested(
            at=workflow.now(),
            actor=request.actor,
            note_id=request.note_id,
            change_id=request.decision_id,
            change=request.change,
            version=request.version,
            before=case.plan,
            after=request.plan,
            effects=request.effects,
        ),
        subject=request.change.kind,
    )
    changing.begin(case, request)
    await case.engine.recorder.settled()


def check_withdraw(case: Case, withdrawal: WithdrawChange) -> None:
    """Whether this change is still undecided, and this person may take it back."""
    if case.seen(withdrawal.decision_id, withdrawal):
        return
    change = case.amendments.open
    if change is None or change.decision_id != withdrawal.change_id or case.amendments.applying:
        raise NotOpen("change.not_open")
    require(may_take_back(withdrawal.actor, change.actor), "not_allowed.withdraw_change")


async def withdraw_change(case: Case, withdrawal: WithdrawChange) -> None:
    """Close the request; nobody is asked any more."""
    if case.amendments.open is not None and not case.amendments.applying:
        await changing.stop(case, ChangeStatus.WITHDRAWN, "withdrawn", withdrawal.actor, withdrawal.note_id)
    await case.engine.recorder.settled()
