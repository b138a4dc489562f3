"""One event of every kind that tells somebody something."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from mail.compose import Composer
from mail.directory import Recipient
from mail.render import Letter
from models.clearances import ClearanceEnds, ClearanceKind, Covers
from models.events import (
    Arrived,
    BedAssigned,
    CertificateIssued,
    ChangeApplied,
    ChangeClosed,
    ChangeRequested,
    ClearanceEnded,
    ClearanceEnding,
    CohortClosedBelowMinimum,
    CohortOpened,
    CohortReplanned,
    ConsentWithdrawn,
    DeadlineExtended,
    Departed,
    DocumentChecked,
    Event,
    ExchangeClosed,
    ExchangeReopened,
    ExtensionFiledLate,
    LetterWritten,
    ParticularsKept,
    PersonCorrected,
    PlaceAssigned,
    RenewalNotNeeded,
    RungFired,
    SeatAnswered,
    StepClosed,
)
from models.messages.changes import (
    BlocksChange,
    Change,
    ChangeStatus,
    DatesChange,
    DisciplineChange,
    SecondHostChange,
    UnitChange,
)
from models.messages.conversation import PostAudience
from models.messages.exchange import Reopening, StepPlan
from models.messages.host_sessions import HostSessionStatus
from models.messages.replans import Replanning
from models.notifications.conversation_news import PostFacts
from models.notifications.door_facts import AddressFacts, ProposalFacts, SignInFacts
from models.notifications.notices import BroadcastFacts, NoticeKind, RefusedActFacts, ReturnedFacts
from models.notifications.session_news import SessionFacts, SessionNews
from models.people.authorization import Actor, Owner
from models.people.letters import LetterKind
from models.people.particulars import ParticularKind
from models.tables import (
    AddressChangeRow,
    BroadcastRow,
    DocumentRow,
    FileRow,
    FindingRow,
    HostSessionRow,
    MessageRow,
    NoteRow,
    PostRow,
    SignInLinkRow,
)
from models.vocabulary import (
    Content,
    DocumentStatus,
    MobilityStatus,
    Outcome,
    Role,
    RungKind,
    Severity,
    Side,
    StepKind,
    StepStatus,
    Target,
)
from records.access.signing import Signing
from records.conversation.scopes import CONVERSATION
from records.fact_seals import WRITTEN, SealedByPerson
from records.store.engine import transaction
from records.store.messages import MailTo, write_message
from records.store.seeding import sync_catalogue
from tests.mail.world import CODE, COHORT, DUE, HOST_COORDINATOR, NOW, PLAN, World, opened
from tests.sealed import VAULT

SUBMIT = f"{CODE}.submit_documents.1"
VERIFY = f"{CODE}.verify_nomination.1"
LATE = DUE + timedelta(days=5, hours=9)
WITHDRAWN: dict[str, Any] = {
    "consent_id": "c-1",
    "to": ("transfer", "sensitive"),
    "notice": "from_united_states_1",
    "version": 1,
    "language": "en",
}
HEAD = Actor(id="cqmu.head_of_office", role=Role.HEAD_OF_OFFICE, institution="cqmu")


async def letters(world: World, language: str) -> dict[str, tuple[Recipient, Letter]]:
    """A letter of every kind, and of every reader of an escalation, by name."""
    await _file(world)
    returned = StepClosed(
        at=NOW,
        actor=HOST_COORDINATOR,
        step_id=VERIFY,
        status=StepStatus.DONE,
        outcome="returned",
        decision_id="d1",
        note_id="n1",
    )
    moved = StepPlan(step_id=SUBMIT, due_at=DUE + timedelta(days=3, hours=13), zone="America/New_York")
    rung = RungFired(
        at=LATE,
        step_id=SUBMIT,
        rung=4,
        rung_kind=RungKind.ESCALATION,
        to=(Target.OWNER, Target.HEAD_OF_OFFICE),
        copy_to=(Target.PARTNER_OFFICE,),
    )
    reminder = RungFired(at=DUE - timedelta(days=1), step_id=SUBMIT, rung=1, to=(Target.OWNER,))
    arrival = datetime(2027, 3, 1, 6, 30, tzinfo=UTC)
    events: tuple[Event, ...] = (
        opened(StepKind.VERIFY_NOMINATION),
        returned,
        opened(StepKind.CORRECT_NOMINATION, ends_at=DUE + timedelta(days=7)),
        opened(StepKind.SUBMIT_DOCUMENTS, subject="passport,photo"),
        reminder,
        DeadlineExtended(at=NOW, actor=HEAD, step_id=SUBMIT, decision_id="d2", due_at=moved.due_at, plan=moved),
        rung,
        DocumentChecked(at=NOW, document_id="doc-1", document="passport", accepted=False, findings=("D18",)),
        SeatAnswered(at=NOW, answer="waitlisted", position=3),
        Arrived(at=arrival, report_id="r1", arrived_at=arrival),
        BedAssigned(
            at=arrival,
            bed_id="bed-1",
            first_night=date(2027, 4, 2),
            last_night=date(2027, 6, 29),
            decision_id="d9",
            moved_from="bed-0",
        ),
        ParticularsKept(at=arrival, what=ParticularKind.HANDOVER, version=1, unsettled=("keys", "deposit")),
        Departed(at=LATE, report_id="r2", departed_on=date(2027, 6, 30), unsettled=("keys", "deposit")),
        ParticularsKept(at=LATE, what=ParticularKind.INSPECTION, version=1),
        *changes(),
        ExtensionFiledLate(at=LATE, filed_on=date(2027, 4, 20), due_on=date(2027, 4, 19), until=date(2027, 4, 26)),
        ClearanceEnded(at=LATE, number=1, last_day=date(2027, 4, 20), reason=ClearanceEnds.REVOKED),
        ClearanceEnding(
            at=LATE,
            clearance=ClearanceKind.INSURANCE,
            covers=Covers.CLINIC,
            through=date(2027, 5, 12),
            needed_through=date(2027, 6, 4),
            renews=True,
        ),
        RenewalNotNeeded(
            at=LATE,
            step_id=f"{CODE}.renew_health_records.1",
            documents=("tb_test",),
            needed_through=date(2027, 5, 12),
        ),
        ConsentWithdrawn(at=LATE, **WITHDRAWN),
        CertificateIssued(
            at=LATE,
            number="CQMU-2027-0007",
            version=2,
            verification="k3f9",
            file_hash="0",
            issued_on=date(2027, 7, 5),
        ),
        LetterWritten(
            at=LATE,
            letter=LetterKind.INVITATION,
            number="CQMU-2027-000012",
            version=2,
            issuer="cqmu",
            file_en="0",
            file_zh="1",
            issued_on=date(2027, 1, 20),
            nomination_version=1,
        ),
        LetterWritten(
            at=LATE,
            letter=LetterKind.NOMINATION,
            number="DAR-2027-000003",
            version=1,
            issuer="dartmouth",
            file_en="2",
            file_zh="3",
            issued_on=date(2026, 11, 20),
            nomination_version=1,
        ),
        ExchangeClosed(
            at=LATE, outcome=Outcome.EXPIRED, reason=StepKind.CORRECT_NOMINATION, mobility=MobilityStatus.CANCELLED
        ),
        ExchangeReopened(
            at=LATE,
            decision_id="d3",
            plan=PLAN,
            policy_version="test",
            nomination_version=1,
            reopening=Reopening(round=1, decision_id="d3", actor=HEAD),
        ),
        PersonCorrected(at=LATE, columns=("family_name", "birth_date"), nomination_version=1, nomination_before=1),
    )
    async with transaction(world.sessions) as session:
        await sync_catalogue(session, world.programme)
    await world.record(*events)
    cohort = CohortOpened(
        at=NOW,
        sending="dartmouth",
        host="cqmu",
        year=2027,
        direction="incoming",
        cap=10,
        minimum=5,
        closes_at=datetime(2027, 3, 31, tzinfo=UTC),
    )
    await world.record(cohort, CohortClosedBelowMinimum(at=NOW, seats_taken=1, minimum=5), stream=COHORT)
    replanned = CohortReplanned(at=NOW, replan_id="r-1", replanning=Replanning(shift=21), exchange_ids=(CODE,))
    await world.record(replanned, stream=COHORT)
    await _asked_to_sign_in(world)
    await _address_changed(world)
    signing, sealing = Signing("a secret for tests, long enough"), SealedByPerson(VAULT, lambda: NOW)
    composer = Composer(world.programme, "https://sojourn.example/", signing, sealing, "reply@sojourn.example")
    return {name: await compose(world, composer, row, language) for name, row in _chosen(await world.messages())}


def changes() -> tuple[Event, ...]:
    """Changes of every kind that ended in every way."""
    end = PLAN.end + timedelta(days=14)
    longer = PLAN.model_copy(update={"end": end})
    laboratory, *others = PLAN.contents
    half = laboratory.model_copy(update={"end": laboratory.start + timedelta(days=30)})
    unit = UnitChange(placement_id="pl-1", unit_id="cqmu-lipid", from_day=date(2027, 4, 5))
    blocks, discipline = BlocksChange(contents=(half, *others)), DisciplineChange(discipline="esi-pharmacology")
    onward = SecondHostChange(host="dartmouth", start=date(2027, 5, 3), end=date(2027, 6, 11))
    asked: dict[str, tuple[Change, ChangeStatus, str]] = {
        "ch-1": (DatesChange(start=PLAN.start, end=end), ChangeStatus.APPLIED, ""),
        "ch-2": (discipline, ChangeStatus.DECLINED, StepKind.AGREE_CHANGE),
        "ch-3": (unit, ChangeStatus.WITHDRAWN, "withdrawn"),
        "ch-4": (blocks, ChangeStatus.LAPSED, "stay_over"),
        "ch-5": (unit, ChangeStatus.IMPOSSIBLE, "cqmu-lipid"),
        "ch-6": (onward, ChangeStatus.IMPOSSIBLE, "second_host"),
    }
    place = PlaceAssigned(
        at=NOW,
        placement_id="pl-1",
        content=Content.LABORATORY,
        unit_id="cqmu-oncology",
        start=PLAN.start,
        end=PLAN.end,
        supervisor="",
    )
    found: list[Event] = [place]
    for key, (change, status, reason) in asked.items():
        after = longer
        if isinstance(change, BlocksChange):
            after = PLAN.model_copy(update={"contents": change.contents})
        elif isinstance(change, SecondHostChange):
            after = PLAN.model_copy(update={"end": change.leaves_on})
        requested = ChangeRequested(
            at=LATE, actor=HEAD, change_id=key, change=change, version=1, before=PLAN, after=after
        )
        ended: Event = ChangeClosed(at=LATE, change_id=key, status=status, reason=reason)
        if status is ChangeStatus.APPLIED:
            ended = ChangeApplied(
                at=LATE,
                change_id=key,
                change=change,
                version=2,
                before=PLAN,
                plan=longer,
                bed_id="bed-1",
                bed_before="bed-0",
            )
        found += [requested, ended]
    return tuple(found)


SENDING = MailTo(person="dartmouth.coordinator", role=Role.COORDINATOR, language="en")


async def _asked_to_sign_in(world: World) -> None:
    """A link to sign in, under an id of its own: the real ones are random."""
    facts = SignInFacts(link_id="link-1", expires_at=NOW + timedelta(minutes=15))
    async with transaction(world.sessions) as session:
        link = SignInLinkRow(
            id="link-1",
            person_id="dartmouth.coordinator",
            mailbox="coordinator@dartmouth.example",
            browser_hash="",
            next_path="/",
            created_at=NOW,
            expires_at=facts.expires_at,
        )
        session.add(link)
        await write_message(session, "sign-in:link-1", NoticeKind.SIGN_IN, SENDING, facts, NOW)


async def _address_changed(world: World) -> None:
    """A change of the address of somebody who reads about it at the old one, and one that waits for a second person."""
    facts = AddressFacts(change_id="change-1", until=NOW + timedelta(days=7))
    async with transaction(world.sessions) as session:
        change = AddressChangeRow(
            id="change-1",
            person_id="dartmouth.coordinator",
            old_email="before@dartmouth.example",
            new_email="coordinator@dartmouth.example",
            changed_by="dartmouth.head_of_office",
            changed_at=NOW,
        )
        session.add(change)
        await write_message(session, "address-changed:change-1", NoticeKind.ADDRESS_CHANGED, SENDING, facts, NOW)
        proposal = ProposalFacts(proposal_id="pr-1", proposed_by="cqmu.programme_office", member="cqmu.office.2")
        head = MailTo(person="cqmu.head_of_office", role=Role.HEAD_OF_OFFICE, language="en")
        await write_message(session, "proposal:pr-1", NoticeKind.SECOND_NEEDED, head, proposal, NOW)
        back = ReturnedFacts(person="dartmouth.head_of_office", role=Role.HEAD_OF_OFFICE, notice=NoticeKind.SUMMARY)
        await write_message(session, "mail-returned:1", NoticeKind.MAIL_RETURNED, SENDING, back, NOW)
        late = RefusedActFacts(
            act="decide",
            step_id=f"{CODE}.sending_approval.1",
            asked_at=NOW,
            message="step.already_answered",
            params={
                "step": f"{CODE}.sending_approval.1",
                "outcome": "approved",
                "by": "dartmouth.head_of_office",
                "moment": DUE.isoformat(),
            },
        )
        session.add(
            BroadcastRow(
                id="b-1",
                institution_id="cqmu",
                sender_id="cqmu.coordinator",
                sender_role=Role.COORDINATOR,
                audience={"kind": "chosen", "exchanges": [CODE]},
                subject="Your arrival at {host}",
                text="Your stay begins on {start}.\n\nWhen do you arrive, {name}? <By train?>",
                subject_zh="关于您到达{host}的安排",
                text_zh="您的交流将于{start}开始。\n\n{name}，您何时到达？",
                recipients=1,
                unreachable=0,
                at=NOW,
            )
        )
        starts = NOW + timedelta(days=200)
        session.add(
            HostSessionRow(
                id="s-1",
                institution_id="cqmu",
                content=Content.ACADEMIC_LECTURES,
                title="Health systems <today>",
                title_zh="医疗卫生体系",
                place="Hall 2",
                starts_at=starts,
                ends_at=starts + timedelta(hours=2),
                capacity=20,
                objectives=[],
                status=HostSessionStatus.PLANNED,
                version=2,
                created_by="cqmu.coordinator",
                at=NOW,
            )
        )
        await session.flush()
        student, of_one = MailTo(person="p1", role=Role.STUDENT, language="en"), {"stream": CODE, "exchange_id": CODE}
        written = BroadcastFacts(broadcast_id="b-1")
        await write_message(session, "broadcast:b-1:p1", NoticeKind.BROADCAST, student, written, LATE, **of_one)
        await _posted(session)
        moved = SessionFacts(
            session_id="s-1",
            news=SessionNews.MOVED,
            starts_at=starts,
            ends_at=starts + timedelta(hours=2),
            starts_before=starts - timedelta(days=1),
        )
        await write_message(session, "session:s-1:p1", NoticeKind.SESSION, student, moved, LATE, **of_one)
        about: dict[str, Any] = {"stream": CODE, "exchange_id": CODE}
        await write_message(session, "act-refused:1", NoticeKind.ACT_REFUSED, SENDING, late, LATE, **about)


async def _posted(session: AsyncSession) -> None:
    """A question of the sending office about a step, and an answer to it by mail that was not taken."""
    sealing = SealedByPerson(VAULT, lambda: NOW, WRITTEN)
    words = b"Is the study plan enough?\n\nOr do you want <another>?"
    asked = Owner(side=Side.HOST, role=Role.COORDINATOR, institution="cqmu")
    session.add(
        PostRow(
            id="post-1",
            exchange_id=CODE,
            number=1,
            step_id=VERIFY,
            audience=PostAudience.SIDES,
            author_id="dartmouth.coordinator",
            author_role=Role.COORDINATOR,
            institution_id="dartmouth",
            sealed=await sealing.seal(session, CODE, CONVERSATION, "post-1", words),
            mentions=[],
            asks=True,
            asked=asked.model_dump(mode="json"),
            told=1,
            at=LATE,
        )
    )
    await session.flush()
    to, facts = MailTo(person="cqmu.coordinator", role=Role.COORDINATOR, language="en"), PostFacts(post_id="post-1")
    about: dict[str, Any] = {"stream": CODE, "exchange_id": CODE}
    await write_message(session, "post:post-1", NoticeKind.CONVERSATION, to, facts, LATE, **about)
    not_taken = facts.model_copy(update={"message": "reply.other_address"})
    await write_message(session, "reply:post-1", NoticeKind.CONVERSATION, to, not_taken, LATE, **about)


async def compose(world: World, composer: Composer, row: MessageRow, language: str) -> tuple[Recipient, Letter]:
    """The letter of a message, in a language."""
    row.language = language
    async with transaction(world.sessions) as session:
        return await composer.compose(session, row)


def _chosen(rows: object) -> list[tuple[str, MessageRow]]:
    chosen: dict[str, MessageRow] = {}
    assert isinstance(rows, list)
    for row in rows:
        reader = row.params["reader"]
        name = f"{row.kind}-{reader}" if row.kind == NoticeKind.ESCALATION else row.kind
        if row.kind == NoticeKind.CHANGE_ENDED:
            facts = row.params["facts"]
            name = f"{row.kind}-{facts['status']}" + ("-second-host" if facts["change_id"] == "ch-6" else "")
        if row.kind == NoticeKind.CONVERSATION and row.params["facts"]["message"]:
            name = "answer_not_taken"
        if row.kind == NoticeKind.STEP_OPENED:
            name = f"{row.kind}-{row.step_id.split('.')[1]}"
        chosen.setdefault(f"{name}-student" if row.recipient_role is Role.STUDENT else name, row)
    return list(chosen.items())


async def _file(world: World) -> None:
    async with transaction(world.sessions) as session:
        words = "The study plan ends before the stay does.\nPlease correct both dates <in the form>."
        session.add(NoteRow(id="n1", exchange_id=CODE, text=words, author_id="x", created_at=NOW))
        session.add(FileRow(hash="0" * 64, size=1, media_type="application/pdf", created_at=NOW))
        await session.flush()
        session.add(
            DocumentRow(
                id="doc-1",
                exchange_id=CODE,
                kind="passport",
                file_hash="0" * 64,
                filename="passport.pdf",
                status=DocumentStatus.FILED,
                uploaded_by="p1",
                filed_at=NOW,
            )
        )
        await session.flush()
        blocking = "The passport expires on 2027-08-01; it must be valid until 2027-12-30 or later."
        for rule, severity, reason in (
            ("D17.readable", Severity.WARNING, "The scan is dark."),
            ("D18", Severity.BLOCKING, blocking),
        ):
            session.add(FindingRow(document_id="doc-1", rule_id=rule, field="", severity=severity, reason=reason))
