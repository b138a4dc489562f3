"""An exchange as the records show it, for tests of commands that look something up first."""

from datetime import UTC, date, datetime, timedelta

from models.document_states import DocumentState
from models.messages.exchange import Plan, PlannedContent
from models.people.authorization import Owner
from models.views import DocumentView, ExchangeView, Finding, PlacementView, StepLine, Student
from models.vocabulary import (
    Content,
    Direction,
    DocumentStatus,
    Level,
    MobilityStatus,
    NominationStatus,
    Role,
    Severity,
    Side,
    Stage,
    StepKind,
    StepStatus,
)
from tests.cli.services import EXCHANGE, NOW, STEP

LAB = f"{EXCHANGE}.laboratory.1"


def plan() -> Plan:
    """Twelve weeks in a laboratory."""
    start, end = date(2027, 3, 1), date(2027, 5, 28)
    return Plan(
        direction=Direction.INCOMING,
        sending="dartmouth",
        host="cqmu",
        year=2027,
        level=Level.PHD,
        discipline="state-neurology",
        start=start,
        end=end,
        contents=(PlannedContent(content=Content.LABORATORY, start=start, end=end),),
    )


def step() -> StepLine:
    """The host's approval, open."""
    return StepLine(
        step_id=STEP,
        kind=StepKind.HOST_APPROVAL,
        title="Approve the student",
        title_zh="批准",
        stage=Stage.HOST_APPROVAL,
        owner=Owner(side=Side.HOST, role=Role.COORDINATOR, institution="cqmu"),
        subject="",
        status=StepStatus.OPEN,
        outcomes=("approve", "reject"),
        opened_at=NOW - timedelta(days=9),
        due_at=NOW - timedelta(days=2),
        zone="Asia/Shanghai",
        overdue=True,
        rungs_fired=(0, 1),
        rungs=4,
        escalated=True,
        ends_at=None,
        unknown_years=(),
        outcome=None,
        decided_at=None,
        decided_by=None,
        decision_id=None,
    )


def passport() -> DocumentView:
    """A passport that expires too soon."""
    return DocumentView(
        document_id="doc-1",
        kind="passport",
        title="Passport",
        title_zh="护照",
        filename="pass.pdf",
        media_type="application/pdf",
        size=2048,
        pages=1,
        status=DocumentStatus.REJECTED,
        state=DocumentState.REJECTED,
        accepted_by=None,
        filed_at=NOW,
        uploaded_by="p-1",
        submitted_at=NOW,
        issued_on=None,
        expires_on=date(2027, 3, 31),
        findings=(
            Finding(
                rule_id="D18",
                field="expires_on",
                severity=Severity.BLOCKING,
                reason="must be valid until 2027-11-28",
            ),
        ),
    )


def exchange_view() -> ExchangeView:
    """An exchange that waits for the host's approval."""
    return ExchangeView(
        exchange_id=EXCHANGE,
        student=Student(id="p-1", name="RIVERA Ana Lucia", native_name="安娜"),
        cohort_id="2027-incoming-dartmouth-cqmu",
        plan=plan(),
        nomination_version=1,
        policy_version="test",
        stage=Stage.HOST_APPROVAL,
        mobility=MobilityStatus.NOMINATION,
        nomination=NominationStatus.PENDING,
        outcome=None,
        reason=None,
        waitlist_position=None,
        seat=None,
        bed=None,
        clearance_through=None,
        arrived_at=None,
        departed_on=None,
        opened_at=datetime(2027, 1, 4, tzinfo=UTC),
        closed_at=None,
        revision=7,
        steps=(step(),),
        documents=(passport(),),
        placements=(
            PlacementView(
                placement_id=LAB,
                content=Content.LABORATORY,
                unit_id="cqmu-lipid",
                unit="Lab for Lipid Research",
                unit_zh="脂质研究实验室",
                start=date(2027, 3, 1),
                end=date(2027, 5, 28),
                status="assigned",
                released_from=None,
            ),
        ),
        attendance=(),
        evaluations=(),
        certificates=(),
        timeline=(),
    )
