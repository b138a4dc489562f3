"""The kinds of acts: what each asks, and what its workflow answers."""

from collections.abc import Mapping
from typing import NamedTuple

from models.messages.acts import Act, WaitingAct
from models.messages.authority import RecordPaper
from models.messages.changes import RequestChange, WithdrawChange
from models.messages.clearance import RevokeClearance
from models.messages.cohorts import SetQuota
from models.messages.contracts import IssuedCertificate, WrittenLetter
from models.messages.corrections import CorrectReport
from models.messages.exchange import (
    Acknowledged,
    CorrectNomination,
    Decide,
    Decided,
    DocumentAnswer,
    EndEarly,
    Evaluate,
    ExtendDeadline,
    Nominate,
    Nominated,
    ReassignStep,
    Reopen,
    ReportArrival,
    ReportAttendance,
    ReportDeparture,
    ReportMovement,
    SnoozeStep,
    SubmitDocument,
    Withdraw,
)
from models.messages.housing import MoveBed
from models.messages.replans import ReplanCohort
from models.messages.reviews import OverrideDocument
from models.messages.rules import MoveRules
from models.messages.suspensions import ExemptExchange, ResumeExchanges, SuspensionProgress, SuspensionStart
from models.people.authorization import Actor
from models.wire import Wire
from workflows.certificate import Reissue
from workflows.letter import AskLetter


class Kind(NamedTuple):
    """What an act of a kind asks, and what it is answered."""

    request: type[Wire]
    answer: type[Wire]


UPDATES: Mapping[str, Kind] = {
    "correct_report": Kind(CorrectReport, Acknowledged),
    "correct_nomination": Kind(CorrectNomination, Acknowledged),
    "decide": Kind(Decide, Decided),
    "end_early": Kind(EndEarly, Acknowledged),
    "evaluate": Kind(Evaluate, Acknowledged),
    "extend_deadline": Kind(ExtendDeadline, Acknowledged),
    "move_rules": Kind(MoveRules, Acknowledged),
    "move_bed": Kind(MoveBed, Acknowledged),
    "replan": Kind(ReplanCohort, Acknowledged),
    "reassign_step": Kind(ReassignStep, Acknowledged),
    "report_arrival": Kind(ReportArrival, Acknowledged),
    "report_attendance": Kind(ReportAttendance, Acknowledged),
    "report_departure": Kind(ReportDeparture, Acknowledged),
    "request_change": Kind(RequestChange, Acknowledged),
    "override_document": Kind(OverrideDocument, Acknowledged),
    "withdraw_change": Kind(WithdrawChange, Acknowledged),
    "report_movement": Kind(ReportMovement, Acknowledged),
    "record_paper": Kind(RecordPaper, Acknowledged),
    "revoke_clearance": Kind(RevokeClearance, Acknowledged),
    "set_quota": Kind(SetQuota, Acknowledged),
    "snooze_step": Kind(SnoozeStep, Acknowledged),
    "submit_document": Kind(SubmitDocument, DocumentAnswer),
    "withdraw": Kind(Withdraw, Acknowledged),
}
"""Updates of exchanges, rotations, cohorts and reviews, by their names."""
OF_SUSPENSIONS: Mapping[str, Kind] = {
    "exempt": Kind(ExemptExchange, SuspensionProgress),
    "resume": Kind(ResumeExchanges, SuspensionProgress),
}
"""Updates of suspensions, by their names."""
NOMINATE, REOPEN, SUSPEND, REISSUE, LETTER = "nominate", "reopen", "suspend", "reissue", "letter"
KINDS: Mapping[str, Kind] = {
    **UPDATES,
    **OF_SUSPENSIONS,
    NOMINATE: Kind(Nominate, Nominated),
    REOPEN: Kind(Reopen, Acknowledged),
    SUSPEND: Kind(SuspensionStart, SuspensionProgress),
    REISSUE: Kind(Reissue, IssuedCertificate),
    LETTER: Kind(AskLetter, WrittenLetter),
}
"""All of them; those of the last five begin a workflow."""


def act_of(kept: WaitingAct) -> Act:
    """An act as it was asked."""
    request = KINDS[kept.kind].request.model_validate(kept.request)
    actor: Actor = getattr(request, "actor")  # noqa: B009  # every request of a person has one
    return Act(
        workflow_id=kept.workflow_id, key=kept.key, kind=kept.kind, actor=actor, request=request, about=kept.about
    )
