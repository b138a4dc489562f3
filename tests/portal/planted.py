"""An exchange with words that only some may read: of every kind of document a paper, and notes about health."""

from dataclasses import dataclass
from datetime import date, timedelta

from mail.outbox import Outbox
from models.events import (
    DeadlineExtended,
    DocumentChecked,
    DocumentReturned,
    DocumentSubmitted,
    Event,
    RungFired,
    StepClosed,
    StepReassigned,
    StepSnoozed,
)
from models.messages.exchange import StepPlan
from models.people.authorization import Actor
from models.tables import FindingRow
from models.vocabulary import Purpose, Role, RungKind, Severity, StepKind, StepStatus, Target
from records.store.append import append
from tests.portal.world import TODAY, People, Portal
from tests.records.stays import HOST, asked, of_host, of_student, student

HEALTH, OTHER = "heron", "egret"
"""What stands in every word and file about health, and in every other one."""
ISSUED = date(2025, 7, 13)
"""When the papers about health were issued."""
SIZE = 77777
"""Their bytes."""
HEALTH_OFFICER = Actor(id="cqmu.occupational_health", role=Role.OCCUPATIONAL_HEALTH, institution="cqmu")


@dataclass(frozen=True)
class Planted:
    """What was planted."""

    documents: dict[str, str]
    """The id of a paper of each kind of document."""


def word(portal: Portal, kind: str) -> str:
    """What stands in everything about a kind of document."""
    return HEALTH if portal.programme.policy.purpose(kind) is Purpose.HEALTH else f"{OTHER}-{kind.replace('_', '-')}"


async def plant(portal: Portal, people: People, *, uploaded_by: str = "") -> Planted:
    """Plant papers, findings and words, and write the mail that they cause."""
    papers: dict[str, str] = {}
    events: list[Event] = []
    for document in portal.programme.policy.documents:
        marked = word(portal, document.kind)
        secret = marked == HEALTH
        data = f"{marked} {document.kind} ".encode().ljust(SIZE if secret else 1, b".")
        papers[document.kind] = id = await portal.office.filing.file_document(
            people.exchange, document.kind, f"{marked}.pdf", data, uploaded_by or people.student, TODAY
        )
        async with portal.office.sessions.begin() as session:
            said = {"message": "document.unreadable", "params": {"what": marked}, "reason": f"It says {marked}."}
            rule, blocking = f"D27.{marked}", Severity.BLOCKING
            session.add(FindingRow(document_id=id, rule_id=rule, field=marked, severity=blocking, **said))
            session.add(FindingRow(document_id=id, rule_id="D17", field="", severity=blocking, reason=f"Of {marked}."))
        events += [
            DocumentSubmitted(
                at=TODAY,
                actor=student(people.student),
                document_id=id,
                document=document.kind,
                issued_on=ISSUED if secret else None,
            ),
            DocumentChecked(at=TODAY, document_id=id, document=document.kind, accepted=False, findings=(rule,)),
        ]
    await tell(portal, people.exchange, *await _about_health(portal, people, papers), *events)
    return Planted(papers)


async def _about_health(portal: Portal, people: People, papers: dict[str, str]) -> list[Event]:
    """Words with every kind of act on the steps and documents about health, and letters of all rungs."""

    async def note(number: int, by: Actor) -> str:
        words = f"Because of the {HEALTH}, {number}."
        return await portal.office.filing.note(people.exchange, words, by.id, TODAY, f"n-{number}")

    hand_in = asked(people.exchange, StepKind.SUBMIT_HEALTH_RECORDS, of_student(people.student))
    clear = asked(people.exchange, StepKind.CLEAR_FOR_CLINIC, of_host(Role.OCCUPATIONAL_HEALTH))
    later = StepPlan(step_id=hand_in.step_id, due_at=TODAY + timedelta(days=30), zone="Asia/Shanghai", rungs=())
    own = student(people.student)
    opened = [hand_in, clear]
    events: list[Event] = [
        *opened,
        *(
            RungFired(
                at=TODAY,
                step_id=step.step_id,
                rung=1,
                rung_kind=RungKind.ESCALATION,
                to=(Target.OWNER, Target.COORDINATOR, Target.HEAD_OF_OFFICE, Target.PROGRAMME_OFFICE),
                copy_to=(Target.PARTNER_OFFICE,),
            )
            for step in opened
        ),
        DeadlineExtended(
            at=TODAY,
            actor=HOST,
            step_id=hand_in.step_id,
            decision_id="x-1",
            due_at=later.due_at,
            plan=later,
            note_id=await note(1, HOST),
        ),
        StepSnoozed(
            at=TODAY,
            actor=own,
            step_id=hand_in.step_id,
            decision_id="x-2",
            until=TODAY + timedelta(days=2),
            note_id=await note(2, own),
        ),
        StepReassigned(
            at=TODAY,
            actor=HOST,
            step_id=clear.step_id,
            decision_id="x-3",
            owner=clear.owner,
            note_id=await note(3, HOST),
        ),
        StepClosed(
            at=TODAY,
            actor=HEALTH_OFFICER,
            step_id=clear.step_id,
            status=StepStatus.DONE,
            outcome="not_cleared",
            decision_id="x-4",
            note_id=await note(4, HEALTH_OFFICER),
        ),
    ]
    for number, kind in enumerate(("physical_exam", "immunization_record", "tb_test"), start=5):
        words = await note(number, HEALTH_OFFICER)
        returned = DocumentReturned(
            at=TODAY, actor=HEALTH_OFFICER, document_id=papers[kind], document=kind, note_id=words
        )
        events.append(returned)
    return events


async def tell(portal: Portal, stream: str, *events: Event) -> None:
    """Append events, and write the messages they cause."""
    async with portal.office.sessions.begin() as session:
        await append(session, Outbox(portal.programme), stream, f"planted:{stream}", events)
