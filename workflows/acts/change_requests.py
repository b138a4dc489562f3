"""A change of a verified exchange: asked for, and taken back before it is decided (D39)."""

from models.errors import BadInput, Conflict, NotOpen
from models.messages.changes import ChangeStatus, HousingChange, RequestChange, WithdrawChange
from models.people.authorization import may_request_change, may_take_back, require
from models.rules.changes import change_faults, changed_plan
from workflows.acts import housing
from workflows.case import Case
from workflows.stages import changing


def check_request(case: Case, request: RequestChange) -> None:
    """Whether this person may ask for this change now, and whether the rules allow it (D1, D11, D39)."""
    if case.seen(request.decision_id, request):
        return
    require(may_request_change(request.actor, case.parties), "not_allowed.request_change")
    if why := changing.unchangeable(case):
        raise why
    if isinstance(request.change, HousingChange):
        housing.require_housed(case)
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
    case.note(changing.requested(case, request), subject=request.change.kind)
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
