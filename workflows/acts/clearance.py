"""Occupational health takes a clearance for the clinic back."""

from temporalio import workflow

from models.clearances import ClearanceEnds
from models.errors import BadInput, NotOpen
from models.events import ClearanceEnded
from models.messages.clearance import RevokeClearance
from models.people.authorization import may_revoke_clearance, require
from models.rules.clearance import cleared_days
from models.rules.stay import required_documents
from models.vocabulary import StepKind
from workflows.case import Case
from workflows.stages.health import end_clearance, tell_clinic


def check_revoke(case: Case, revocation: RevokeClearance) -> None:
    """Whether there is a clearance that this person may take back."""
    if case.seen(revocation.decision_id, revocation):
        return
    require(may_revoke_clearance(revocation.actor, case.parties), "not_allowed.revoke_clearance")
    if case.revoked is None or case.revoked.done():
        raise NotOpen("clearance.none")
    asked = {one.kind for one in required_documents(case.policy, case.plan, StepKind.SUBMIT_HEALTH_RECORDS)}
    for kind in revocation.documents:
        if kind not in asked:
            raise BadInput("document.not_of_health", "documents", document=kind)


async def revoke(case: Case, revocation: RevokeClearance) -> None:
    """Clinical work stops with this day; what is owed for a new clearance is asked for."""
    assert case.revoked is not None
    days = cleared_days(case.clearances, case.zone)
    ended = ClearanceEnded(
        at=workflow.now(),
        actor=revocation.actor,
        number=len(days),
        last_day=min(case.today(), days[-1].last),
        reason=ClearanceEnds.REVOKED,
        documents=revocation.documents,
    )
    end_clearance(case, ended)
    case.revoked.set_result(ended)
    await case.engine.recorder.settled()
    await tell_clinic(case)
