"""People, steps and whole stays, for tests of what is read."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import event as on

from activities.housing import Housing
from activities.placement import Placement
from activities.seats import Seats
from models.catalogue.loading import load_programme
from models.catalogue.programme import Contact, Programme
from models.events import (
    Arrived,
    AttendanceReported,
    CertificateIssued,
    CohortOpened,
    Departed,
    DocumentChecked,
    DocumentSubmitted,
    Evaluated,
    Event,
    ExchangeClosed,
    StepClosed,
    StepOpened,
)
from models.messages.contracts import AssignBed, AssignPlace, TakeSeat
from models.messages.exchange import RungAt, StepPlan
from models.people.authorization import Actor, Owner
from models.tables import FindingRow
from models.vocabulary import Content, MobilityStatus, Outcome, Role, Severity, Side, StepKind, StepStatus
from records.store.append import NoOutbox, Wakers
from tests.activities.students import FIRST_NIGHT, LAST_NIGHT, NOW, Office, with_beds
from tests.wakers import CountingWaker

COHORT = "2027-incoming-dartmouth-cqmu"
DUE = NOW + timedelta(days=10)
LATER = DUE + timedelta(days=1)
OFFICE = Actor(id="cqmu.office", role=Role.PROGRAMME_OFFICE, institution="cqmu")
HOST = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")
SENDING = Actor(id="dartmouth.coordinator", role=Role.COORDINATOR, institution="dartmouth")
PARTNER = Actor(id="dartmouth.partner", role=Role.PARTNER_OFFICE, institution="dartmouth")
STRANGER = Actor(id="other.partner", role=Role.PARTNER_OFFICE, institution="other")
LIPID = Actor(id="cqmu.lipid", role=Role.SUPERVISOR, institution="cqmu", unit="cqmu-lipid")


def programme() -> Programme:
    made = with_beds("101:any:2")
    people = (Contact(id=HOST.id, role=Role.COORDINATOR, name="Wang Fang", email="wang@cqmu.example"),)
    cqmu = made.institutions["cqmu"].model_copy(update={"contacts": people})
    policy = made.policy.model_copy(update={"documents": load_programme().policy.documents})
    return made.model_copy(update={"institutions": made.institutions | {"cqmu": cqmu}, "policy": policy})


def student(person_id: str) -> Actor:
    return Actor(id=person_id, role=Role.STUDENT)


OUTCOMES = {StepKind.VERIFY_NOMINATION: ("verified", "returned", "rejected")}


def asked(exchange_id: str, kind: StepKind, owner: Owner, due: datetime = DUE, subject: str = "") -> StepOpened:
    """A step with a reminder a day before its due time and an escalation a day after."""
    step_id = f"{exchange_id}.{kind}.1"
    rungs = (RungAt(index=0, at=due - timedelta(days=1)), RungAt(index=1, at=due + timedelta(days=1)))
    plan = StepPlan(step_id=step_id, due_at=due, zone="Asia/Shanghai", rungs=rungs)
    outcomes = OUTCOMES.get(kind, ("approve", "return", "reject"))
    return StepOpened(at=NOW, step_id=step_id, step=kind, owner=owner, outcomes=outcomes, subject=subject, plan=plan)


def of_host(role: Role = Role.COORDINATOR) -> Owner:
    return Owner(side=Side.HOST, role=role, institution="cqmu")


def of_sending() -> Owner:
    return Owner(side=Side.SENDING, role=Role.COORDINATOR, institution="dartmouth")


def of_student(person_id: str) -> Owner:
    return Owner(side=Side.STUDENT, role=Role.STUDENT, institution="dartmouth", person=person_id)


def of_lipid() -> Owner:
    return Owner(side=Side.UNIT, role=Role.SUPERVISOR, institution="cqmu", unit="cqmu-lipid")


@contextmanager
def counted(office: Office) -> Iterator[list[str]]:
    """The statements sent meanwhile."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    on.listen(office.database.engine.sync_engine, "before_cursor_execute", note)
    yield seen
    on.remove(office.database.engine.sync_engine, "before_cursor_execute", note)


OUTGOING = {
    "sending": "cqmu",
    "host": "dartmouth",
    "laboratories": "dartmouth-immunology",
    "specialties": "",
    "clinical_start": "",
    "clinical_end": "",
    "family_name": "Li",
    "given_name": "Na",
    "native_name": "李娜",
}


async def open_cohort(office: Office) -> None:
    opened = CohortOpened(
        at=NOW, sending="dartmouth", host="cqmu", year=2027, direction="incoming", cap=5, minimum=5, closes_at=LATER
    )
    await office.record(COHORT, opened)


async def live_through(office: Office, exchange_id: str, person_id: str) -> str:
    """A whole stay; answers the id of its document."""
    filing, wakers, nothing = office.filing, Wakers(CountingWaker()), NoOutbox()
    document = await filing.file_document(exchange_id, "passport", "pass.txt", b"paper", person_id, NOW)
    async with office.sessions.begin() as session:
        session.add(
            FindingRow(
                document_id=document, rule_id="D17.type", field="file", severity=Severity.BLOCKING, reason="It is text."
            )
        )
    note = await filing.note(exchange_id, "Her plan is convincing.", HOST.id, NOW, "note-d-1")
    approval = asked(exchange_id, StepKind.HOST_APPROVAL, of_host())
    await office.record(
        exchange_id,
        DocumentSubmitted(at=NOW, actor=student(person_id), document_id=document, document="passport"),
        DocumentChecked(at=NOW, document_id=document, document="passport", accepted=False, findings=("D17.type",)),
        approval,
        StepClosed(
            at=NOW,
            actor=HOST,
            note_id=note,
            step_id=approval.step_id,
            status=StepStatus.DONE,
            outcome="approve",
            decision_id="d-1",
        ),
    )
    await Seats(office.sessions, nothing, wakers).take_seat(
        TakeSeat(key=f"{exchange_id}:s", cohort_id=COHORT, exchange_id=exchange_id, at=NOW)
    )
    await Housing(office.sessions, office.programme, nothing, wakers).assign_bed(
        AssignBed(
            key=f"{exchange_id}:b",
            exchange_id=exchange_id,
            host="cqmu",
            first_night=FIRST_NIGHT,
            last_night=LAST_NIGHT,
            at=NOW,
        )
    )
    await Placement(office.sessions, office.programme, nothing, wakers).assign_place(
        AssignPlace(
            key=f"{exchange_id}:p",
            exchange_id=exchange_id,
            placement_id=f"{exchange_id}.laboratory.1",
            host="cqmu",
            content=Content.LABORATORY,
            preferences=("cqmu-lipid",),
            start=FIRST_NIGHT,
            end=date(2027, 4, 16),
            at=NOW,
        )
    )
    await office.record(exchange_id, *stayed(exchange_id, person_id))
    return document


def stayed(exchange_id: str, person_id: str) -> list[Event]:
    placement = f"{exchange_id}.laboratory.1"
    return [
        Arrived(at=NOW, actor=HOST, report_id="r-1", arrived_at=NOW),
        AttendanceReported(
            at=NOW,
            actor=LIPID,
            report_id="r-2",
            content=Content.LABORATORY,
            placement_id=placement,
            first_day=FIRST_NIGHT,
            last_day=date(2027, 4, 16),
            hours_planned=160,
            hours_attended=152.5,
        ),
        Evaluated(
            at=NOW,
            actor=LIPID,
            decision_id="d-2",
            step_id=f"{placement}.evaluate_student.1",
            placement_id=placement,
            ratings={"skills": 5},
            passed=True,
        ),
        Evaluated(
            at=NOW,
            actor=student(person_id),
            decision_id="d-3",
            step_id=f"{exchange_id}.evaluate_programme.1",
            ratings={"research": 4},
        ),
        Departed(at=NOW, actor=HOST, report_id="r-3", departed_on=date(2027, 5, 28)),
        CertificateIssued(
            at=NOW,
            number="SJ-2027-000001",
            version=1,
            verification=f"v-{exchange_id}",
            file_hash="0" * 64,
            issued_on=date(2027, 6, 1),
        ),
        ExchangeClosed(at=NOW, outcome=Outcome.COMPLETED, reason="completed", mobility=MobilityStatus.RECOGNIZED),
    ]
