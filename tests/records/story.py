"""A made-up cohort as events, with every kind of them."""

from datetime import UTC, date, datetime, timedelta

from models.authority import PaperKind
from models.catalogue.policy import DueRule, LadderRule
from models.catalogue.units import BlockedWeeks, BlockReason, UnitTerms
from models.clearances import ClearanceEnds
from models.events import (
    AbsenceAnnounced,
    AbsenceCancelled,
    AbsencePlanned,
    Arrived,
    AttendanceReported,
    BedAssigned,
    BroadcastWritten,
    CardOpened,
    CertificateIssued,
    ChangeApplied,
    ChangeClosed,
    ChangeRequested,
    ClearanceEnded,
    Cleared,
    CohortClosedBelowMinimum,
    CohortOpened,
    CohortReplanned,
    DeadlineExtended,
    Departed,
    DocumentChecked,
    DocumentOpened,
    DocumentReturned,
    DocumentSubmitted,
    Evaluated,
    Event,
    ExchangeClosed,
    ExchangeExempted,
    ExchangeOpened,
    ExchangeReopened,
    ExchangeResumed,
    ExchangeSuspended,
    ExtensionFiledLate,
    FactsStated,
    HoldingsReleased,
    HostSessionCancelled,
    HostSessionChanged,
    HostSessionClosed,
    HostSessionPlanned,
    LeavingBegan,
    LetterWritten,
    MovementReported,
    NominationCorrected,
    PaperRecorded,
    ParticularsKept,
    PersonCorrected,
    PlaceAssigned,
    PlaceReleased,
    PostWritten,
    PreferencesSet,
    PresenceMarked,
    ReportCorrected,
    RotationEnded,
    RulesMoved,
    RungFired,
    SeatAnswered,
    SeatGivenBack,
    SeatTaken,
    StageEntered,
    StatusChanged,
    StayPermitted,
    StepClosed,
    StepHeld,
    StepOpened,
    StepReassigned,
    StepReminded,
    StepReplanned,
    StepResumed,
    StepSnoozed,
    SuspensionBegan,
    SuspensionEnded,
    UnitChanged,
    WaitlistChanged,
)
from models.events.host_sessions import MarkedPresence
from models.events.privacy import DataExported, DocumentErased, HoldLifted, HoldSet, PapersErased
from models.messages.changes import ChangeStatus, DatesChange, DisciplineChange
from models.messages.conversation import PostAudience
from models.messages.corrections import Reported
from models.messages.exchange import Plan, PlannedContent, Reopening, StepPlan
from models.messages.host_sessions import MarkedBy, Presence
from models.messages.recording import StepRules
from models.messages.replans import Replanning
from models.messages.suspensions import Coverage, SuspensionReason
from models.people.authorization import Actor, Owner
from models.people.letters import LetterKind
from models.people.particulars import ParticularKind
from models.rules.deadlines import Hold
from models.vocabulary import (
    Anchor,
    Content,
    Direction,
    HoldCause,
    Level,
    MobilityStatus,
    Movement,
    NominationStatus,
    Outcome,
    Role,
    Scope,
    Side,
    Stage,
    StepKind,
    StepStatus,
    Unit,
)
from tests.records.door import at_the_door
from tests.records.fakes import PlainCalendars
from tests.records.looks import ends_soon, looks

ANN = "EX-2027-DAR-001"
BO = "EX-2027-DAR-002"
COHORT = "2027-incoming-dartmouth-cqmu"
NOON = datetime(2027, 1, 11, 12, 0, tzinfo=UTC)
COORDINATOR = Actor(id="dartmouth.coordinator", role=Role.COORDINATOR, institution="dartmouth")

PLAN = Plan(
    direction=Direction.INCOMING,
    sending="dartmouth",
    host="cqmu",
    year=2027,
    level=Level.MASTER,
    discipline="master.oncology",
    start=date(2027, 3, 1),
    end=date(2027, 4, 30),
    contents=(PlannedContent(content=Content.LABORATORY, start=date(2027, 3, 1), end=date(2027, 3, 31)),),
)


def opened(student: str = "p-1") -> ExchangeOpened:
    """The first event of an exchange."""
    return ExchangeOpened(at=NOON, student=student, plan=PLAN, policy_version="2027.1")


def cohort_opened(cap: int = 5) -> CohortOpened:
    """The first event of a cohort."""
    return CohortOpened(
        at=NOON,
        sending="dartmouth",
        host="cqmu",
        year=2027,
        direction="incoming",
        cap=cap,
        minimum=5,
        closes_at=NOON + timedelta(days=30),
    )


def step_opened(number: int = 1, exchange: str = ANN, at: datetime = NOON) -> StepOpened:
    """A coordinator's step, as the workflow tells it: without its plan."""
    return StepOpened(
        at=at,
        step_id=f"{exchange}.sending_approval.{number}",
        step=StepKind.SENDING_APPROVAL,
        owner=Owner(side=Side.SENDING, role=Role.COORDINATOR, institution="dartmouth"),
        outcomes=("approve", "reject"),
    )


def rules(step_id: str) -> StepRules:
    """Due after seven days, with an empty ladder."""
    return StepRules(
        step_id=step_id,
        due=DueRule(anchor=Anchor.OPENED, offset=7, unit=Unit.DAYS),
        ladder=LadderRule(name="plain", rungs=()),
    )


def at(day: int) -> datetime:
    """Noon, so many days after the first event."""
    return NOON + timedelta(days=day)


CYD = "EX-2027-DAR-003"
DEE = "EX-2027-DAR-004"
LAB = f"{ANN}.laboratory.1"
STEP = f"{ANN}.sending_approval.1"
OTHER_STEP = f"{ANN}.sending_approval.2"


def bed(number: int, first: date = PLAN.start, last: date = PLAN.end) -> BedAssigned:
    return BedAssigned(at=at(3), bed_id=f"cqmu.bed.{number}", first_night=first, last_night=last)


def place(exchange: str, start: date = PLAN.start, end: date = date(2027, 3, 31)) -> PlaceAssigned:
    return PlaceAssigned(
        at=at(4),
        placement_id=f"{exchange}.laboratory.1",
        content=Content.LABORATORY,
        unit_id="cqmu.lab",
        start=start,
        end=end,
    )


def planned() -> list[Event]:
    """Two steps, as the records append them."""
    steps: list[Event] = []
    for number in (1, 2):
        event = step_opened(number)
        rule = rules(event.step_id)
        plan = PlainCalendars().plan(event.step_id, rule.due, rule.ladder, "dartmouth", event.at)
        steps.append(event.model_copy(update={"plan": plan}))
    return steps


def held() -> list[Event]:
    """A suspension, and a step of the other side, stop the clock of the second step."""
    return [
        StepHeld(at=at(1), step_id=OTHER_STEP, because=HoldCause.SUSPENSION, cause="s-1", since=at(1)),
        StepHeld(at=at(1), step_id=OTHER_STEP, because=HoldCause.OTHER_SIDE, cause=STEP, since=at(1)),
    ]


def resumed() -> list[Event]:
    """Both are over, one after the other; the due time moves by a day."""
    rule = rules(OTHER_STEP)
    plan = PlainCalendars().plan(
        OTHER_STEP, rule.due, rule.ladder, "dartmouth", NOON, held=(Hold(since=at(1), until=at(2)),)
    )
    over = StepResumed(
        at=at(2), step_id=OTHER_STEP, because=HoldCause.SUSPENSION, cause="s-1", since=at(1), until=at(2), plan=plan
    )
    return [over, over.model_copy(update={"because": HoldCause.OTHER_SIDE, "cause": STEP})]


def suspension() -> list[Event]:
    """A suspension as a whole."""
    on, why = Coverage(scope=Scope.HOST, target="cqmu", exempt=(BO,)), SuspensionReason.OUTBREAK
    began = SuspensionBegan(at=at(1), suspension_id="s-1", coverage=on, reason=why, since=at(1))
    exempted = ExchangeExempted(at=at(1), suspension_id="s-1", exchange_id=CYD)
    return [began, exempted, SuspensionEnded(at=at(2), suspension_id="s-1", until=at(2))]


def away() -> list[Event]:
    """Absences of a coordinator, one of them cancelled, and how they want to be written to."""
    planned = AbsencePlanned(
        at=at(1),
        absence_id="a-1",
        person="cqmu.coordinator",
        first_day=date(2027, 2, 1),
        last_day=date(2027, 2, 5),
        deputy="cqmu.head_of_office",
    )
    return [
        planned,
        planned.model_copy(update={"absence_id": "a-2", "first_day": date(2027, 2, 6)}),
        AbsenceCancelled(at=at(2), absence_id="a-2", person="cqmu.coordinator"),
        PreferencesSet(at=at(2), person="cqmu.coordinator", zone="Asia/Urumqi"),
        BroadcastWritten(at=at(3), broadcast_id="b-1", audience="cohort", recipients=2, unreachable=1),
        *of_a_session(),
        PreferencesSet(at=at(3), person="cqmu.coordinator", language="zh"),
        *at_the_door(at),
    ]


def of_a_session() -> list[Event]:
    """A session that is moved, held and closed, and another that is cancelled."""
    one, starts, ends = "s-1", at(3), at(3) + timedelta(hours=2)
    mark = MarkedPresence(exchange_id="EX-2027-DAR-001", before=Presence.INVITED, after=Presence.ATTENDED)
    return [
        HostSessionPlanned(
            at=at(3),
            session_id=one,
            institution="cqmu",
            content=Content.ACADEMIC_LECTURES,
            starts_at=starts,
            ends_at=ends,
            invited=("EX-2027-DAR-001",),
        ),
        HostSessionChanged(
            at=at(3),
            session_id=one,
            version=2,
            starts_before=starts,
            ends_before=ends,
            starts_at=starts,
            ends_at=ends,
        ),
        AbsenceAnnounced(at=at(3), session_id=one, exchange_id="EX-2027-DAR-001"),
        PresenceMarked(at=at(3), session_id=one, by=MarkedBy.OFFICE, marks=(mark,)),
        HostSessionClosed(at=at(3), session_id=one, reported=("EX-2027-DAR-001",)),
        HostSessionCancelled(at=at(3), session_id="s-2"),
    ]


def change_declined() -> list[Event]:
    """An extension that somebody did not agree to."""
    asked = ChangeRequested(at=at(2), change_id="c-1", change=LONGER, version=1, before=PLAN, after=PLAN)
    return [asked, ChangeClosed(at=at(2), change_id="c-1", status=ChangeStatus.DECLINED, reason="decide_change")]


def change_applied(plan: Plan) -> list[Event]:
    """Another discipline, and a due time that counts anew."""
    after, change = plan.model_copy(update={"discipline": "phd-oncology"}), DisciplineChange(discipline="phd-oncology")
    due = StepPlan(step_id=OTHER_STEP, due_at=at(72), zone="Asia/Shanghai")
    return [
        ChangeRequested(at=at(2), change_id="c-2", change=change, version=1, before=plan, after=after),
        ChangeApplied(at=at(2), change_id="c-2", change=change, version=2, before=plan, plan=after),
        StepReminded(at=at(2), step_id=OTHER_STEP, number=1),
        StepReplanned(at=at(2), step_id=OTHER_STEP, change_id="c-2", plan=due),
    ]


LONGER = DatesChange(start=PLAN.start, end=PLAN.end)


def unit_changed() -> UnitChanged:
    """A laboratory has a place more, and an inspection."""
    inspected = BlockedWeeks(first=date(2027, 6, 7), last=date(2027, 6, 13), reason=BlockReason.INSPECTION)
    return UnitChanged(
        at=at(3),
        actor=COORDINATOR,
        unit_id="cqmu.lab",
        institution="cqmu",
        version=1,
        before=UnitTerms(capacity=2),
        after=UnitTerms(capacity=3, blocked=(inspected,), supervisors={"cqmu.supervisor": 2}),
    )


def attended() -> AttendanceReported:
    """Forty of forty and a half hours in the laboratory."""
    return AttendanceReported(
        at=at(61),
        report_id="r-2",
        content=Content.LABORATORY,
        placement_id=LAB,
        first_day=PLAN.start,
        last_day=PLAN.end,
        hours_planned=40.5,
        hours_attended=40.0,
    )


def issued(version: int) -> CertificateIssued:
    """A version of the certificate."""
    return CertificateIssued(
        at=at(108 + version),
        number="C-1",
        version=version,
        verification=f"v-{version}",
        file_hash="f" * 64,
        issued_on=date(2027, 5, 2),
    )


def written(version: int) -> LetterWritten:
    """A version of a letter."""
    return LetterWritten(
        at=at(108 + version),
        letter=LetterKind.INVITATION,
        number="CQMU-2027-000001",
        version=version,
        issuer="cqmu",
        file_en="e" * 64,
        file_zh="c" * 64,
        issued_on=date(2027, 5, 2),
        nomination_version=1,
    )


def reopened() -> list[Event]:
    """An exchange that was withdrawn by mistake."""
    by = Actor(id="dartmouth.coordinator", role=Role.COORDINATOR, institution="dartmouth")
    reopening = Reopening(round=1, decision_id="d-9", actor=by, numbers={"verify_nomination": 1})
    return [
        LeavingBegan(at=at(110), outcome=Outcome.WITHDRAWN, reason="withdrawn"),
        ExchangeClosed(at=at(110), outcome=Outcome.WITHDRAWN, reason="withdrawn", mobility=MobilityStatus.CANCELLED),
        ExchangeReopened(
            at=at(111),
            actor=by,
            decision_id="d-9",
            plan=PLAN,
            policy_version="2027.1",
            nomination_version=1,
            reopening=reopening,
        ),
    ]


def story() -> list[tuple[str, list[Event]]]:
    """Three exchanges of a cohort, told in turns, with every kind of event."""
    steps = planned()
    extended = DeadlineExtended(at=at(1), actor=COORDINATOR, step_id=STEP, decision_id="d-1", due_at=at(9))
    plan = PlainCalendars().plan(STEP, rules(STEP).due, rules(STEP).ladder, "dartmouth", at(1), due_at=at(9))
    owner = step_opened().owner.model_copy(update={"person": "", "unit": "u"})
    corrected = PLAN.model_copy(update={"end": date(2027, 5, 1), "laboratories": ("cqmu.lab",)})
    return [
        (ANN, [opened("p-1"), *steps, StageEntered(at=NOON, stage=Stage.DOCUMENTS)]),
        (BO, [opened("p-2")]),
        (CYD, [opened("p-3")]),
        (COHORT, [cohort_opened(), WaitlistChanged(at=NOON, exchange_ids=(BO, CYD), reason="ranked")]),
        (ANN, [RungFired(at=at(1), step_id=STEP, rung=0), extended.model_copy(update={"plan": plan})]),
        (ANN, [StepReassigned(at=at(1), step_id=STEP, decision_id="d-2", owner=owner)]),
        (ANN, [ExchangeSuspended(at=at(1), suspension_id="s-1", since=at(1), reason="outbreak"), *held()]),
        (ANN, [ExchangeResumed(at=at(2), suspension_id="s-1", since=at(1), until=at(2)), *resumed()]),
        (ANN, [StepSnoozed(at=at(2), step_id=OTHER_STEP, decision_id="d-7", until=at(4), silenced=(0,))]),
        (ANN, [StepClosed(at=at(2), step_id=STEP, status=StepStatus.DONE, outcome="approve", decision_id="d-3")]),
        (ANN, [NominationCorrected(at=at(2), plan=corrected, nomination_version=2)]),
        (ANN, change_declined()),
        (ANN, change_applied(corrected)),
        (ANN, [StatusChanged(at=at(2), mobility=MobilityStatus.LIVE, nomination=NominationStatus.VERIFIED)]),
        (ANN, [PersonCorrected(at=at(2), columns=("email",), nomination_version=3, nomination_before=2)]),
        (ANN, [DocumentSubmitted(at=at(2), document_id="doc-1", document="passport", expires_on=date(2030, 1, 1))]),
        (ANN, [DocumentChecked(at=at(2), document_id="doc-1", document="passport", accepted=True)]),
        (ANN, [DocumentOpened(at=at(2), document_id="doc-1", document="passport")]),
        (ANN, [DocumentReturned(at=at(2), document_id="doc-1", document="passport"), *looks(at(2), STEP)]),
        (ANN, [DocumentSubmitted(at=at(3), document_id="doc-2", document="passport")]),
        (ANN, [DocumentChecked(at=at(3), document_id="doc-2", document="passport", accepted=True)]),
        (
            COHORT,
            [SeatTaken(at=at(3), exchange_id=ANN, seat=1), SeatTaken(at=at(3), exchange_id=BO, seat=2, held=True)],
        ),
        ("unit:cqmu.lab", [unit_changed()]),
        (ANN, [SeatAnswered(at=at(3), answer="granted", seat=1), bed(1), place(ANN)]),
        (BO, [SeatAnswered(at=at(3), answer="offered", seat=2), bed(2), place(BO)]),
        (CYD, [SeatAnswered(at=at(3), answer="waitlisted", position=1)]),
        (BO, [HoldingsReleased(at=at(4)), SeatAnswered(at=at(4), answer="released")]),
        (COHORT, [SeatGivenBack(at=at(4), exchange_id=BO, seat=2, reason="declined"), cohort_opened(cap=6)]),
        (COHORT, [SeatTaken(at=at(4), exchange_id=CYD, seat=2), WaitlistChanged(at=at(4), exchange_ids=(), reason="")]),
        (CYD, [SeatAnswered(at=at(4), answer="granted", seat=2), bed(2), place(CYD), HoldSet(at=at(4), hold_id="h-2")]),
        (ANN, [Cleared(at=at(5), valid_through=PLAN.end), Arrived(at=at(49), report_id="r-1", arrived_at=at(49))]),
        (ANN, [MovementReported(at=at(55), report_id="r-9", movement=Movement.MOVED, moved_at=at(55))]),
        (ANN, [ReportCorrected(at=at(55), decision_id="k-1", reported=Reported.MOVEMENT, happened_at=at(54))]),
        (ANN, [ClearanceEnded(at=at(55), number=1, last_day=date(2027, 5, 20), reason=ClearanceEnds.REVOKED)]),
        (ANN, [Cleared(at=at(55), valid_through=PLAN.end, number=2), HoldLifted(at=at(55), hold_id="h-1")]),
        (ANN, [ParticularsKept(at=at(55), what=ParticularKind.RESIDENCE, version=1), CardOpened(at=at(55), card="c")]),
        (ANN, [RulesMoved(at=at(55), decision_id="m-1", from_version="2026-11-25.a", to_version="2027-01-01.b")]),
        (ANN, [FactsStated(at=at(55), document_id="d-1", document="insurance", version=1)]),
        (ANN, [PostWritten(at=at(55), post_id="post-1", audience=PostAudience.SIDES, about_step=STEP, asks=True)]),
        (ANN, [PaperRecorded(at=at(55), paper_id="p-1", paper=PaperKind.VISA, valid_until=date(2027, 6, 1))]),
        (ANN, [StayPermitted(at=at(55), until=date(2027, 6, 1)), PapersErased(at=at(55), purposes=())]),
        (
            ANN,
            [
                ExtensionFiledLate(
                    at=at(55), filed_on=date(2027, 5, 28), due_on=date(2027, 5, 25), until=date(2027, 6, 1)
                )
            ],
        ),
        (ANN, [PlaceReleased(at=at(60), placement_id=LAB, from_day=date(2027, 3, 15))]),
        (BO, [bed(1, date(2027, 5, 2), date(2027, 5, 5)), place(BO, date(2027, 3, 15), date(2027, 3, 20))]),
        (ANN, [attended(), *ends_soon(at(60))]),
        (ANN, [Evaluated(at=at(62), decision_id="d-4", step_id=STEP, ratings={"zeal": 5, "art": 4}, passed=True)]),
        (ANN, [Departed(at=at(108), report_id="r-3", departed_on=PLAN.end)]),
        (ANN, [issued(1)]),
        (ANN, [issued(2), DataExported(at=at(108), export_id="e-1")]),
        (ANN, [written(1)]),
        (ANN, [written(2)]),
        (ANN, [RotationEnded(at=at(109), placement_id=LAB, last_day=date(2027, 4, 19))]),
        (ANN, [HoldingsReleased(at=at(110), from_day=date(2027, 4, 20))]),
        (
            ANN,
            [
                ExchangeClosed(
                    at=at(110), outcome=Outcome.COMPLETED, reason="certificate", mobility=MobilityStatus.RECOGNIZED
                )
            ],
        ),
        (BO, reopened()),
        ("s-1", suspension()),
        ("person:cqmu.coordinator", away()),
        (COHORT, [CohortReplanned(at=at(112), replan_id="r-1", replanning=Replanning(shift=14), exchange_ids=(ANN,))]),
        (ANN, [DocumentErased(at=at(900), document_id="doc-1", document="visa", rule="r", received_at=at(2), file="")]),
        (COHORT, [CohortClosedBelowMinimum(at=at(111), seats_taken=2, minimum=5)]),
        (COHORT, [WaitlistChanged(at=at(111), exchange_ids=(DEE,), reason="ranked")]),
    ]
