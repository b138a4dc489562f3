"""Looking at real records: worklist, list, show, cohort, watch, certificates, mail; and an operator's repairs."""

import asyncio
import base64
import shutil
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from pydantic import SecretStr
from sqlalchemy import delete, select, update

from cli.session import Session
from gateway.composition import open_for_reading
from models.events import (
    CertificateIssued,
    CohortOpened,
    DocumentChecked,
    DocumentSubmitted,
    Event,
    RungFired,
    SeatTaken,
    StageEntered,
    StepClosed,
    StepOpened,
    WaitlistChanged,
)
from models.messages.exchange import RungAt, StepPlan
from models.people.authorization import Actor, Owner
from models.tables import DataKeyRow, ExchangeRow, MessageRow, MessageStatus, OperatorTaskRow
from models.vocabulary import Role, RungKind, Side, Stage, StepKind, StepStatus, Target
from records.keyring import keyring_of
from records.store.engine import open_engine, session_maker, transaction
from records.vault import DataVault
from settings import Settings
from tests.activities.students import Office
from tests.cli.conftest import Run
from tests.cli.services import programme
from tests.databases import Database
from tests.said import Said

T = TypeVar("T")

OPENED = datetime(2027, 1, 4, 9, tzinfo=UTC)
NOW = datetime(2027, 1, 20, 9, tzinfo=UTC)
COHORT = "2027-incoming-dartmouth-cqmu"
ANA, BEN = "EX-2027-DAR-001", "EX-2027-DAR-002"
STEP = f"{ANA}.host_approval.1"
DARTMOUTH = Actor(id="dartmouth.coordinator", role=Role.COORDINATOR, institution="dartmouth")
WHY = "She has [bold]published[/]\x1b[2J with us."


def opened_step() -> StepOpened:
    """The host's approval, due three days ago."""
    due = NOW - timedelta(days=3)
    return StepOpened(
        at=OPENED,
        step_id=STEP,
        step=StepKind.HOST_APPROVAL,
        owner=Owner(side=Side.HOST, role=Role.COORDINATOR, institution="cqmu"),
        outcomes=("approve", "reject"),
        plan=StepPlan(step_id=STEP, due_at=due, zone="Asia/Shanghai", rungs=(RungAt(index=0, at=due),)),
    )


def fired() -> RungFired:
    """The host's coordinator was told that it is overdue."""
    kind = RungKind.ESCALATION
    return RungFired(at=NOW - timedelta(days=3), step_id=STEP, rung=0, rung_kind=kind, to=(Target.OWNER,))


async def tell(office: Office) -> None:
    """Two students: one waits for the host, the other has come to the certificate."""
    ana = await office.nominate(1, family_name="Rivera", given_name="Ana Lucia", native_name="安娜")
    ben = await office.nominate(2, family_name="Ortiz", given_name="Ben", native_name="")
    assert (ana.exchange_id, ben.exchange_id) == (ANA, BEN)
    document = await office.filing.file_document(ANA, "passport", "pass.pdf", b"%PDF-1.7", "p", OPENED)
    why = await office.filing.note(ANA, WHY, DARTMOUTH.id, OPENED, "n-1")
    approval = f"{ANA}.sending_approval.1"
    approved: list[Event] = [
        opened_step().model_copy(
            update={
                "step_id": approval,
                "step": StepKind.SENDING_APPROVAL,
                "owner": Owner(side=Side.SENDING, role=Role.COORDINATOR, institution="dartmouth"),
                "plan": StepPlan(step_id=approval, due_at=NOW, zone="America/New_York"),
            }
        ),
        StepClosed(
            at=OPENED, actor=DARTMOUTH, note_id=why, step_id=approval, status=StepStatus.DONE, outcome="approve",
            decision_id="d-1",
        ),
    ]  # fmt: skip
    await office.record(
        ANA,
        DocumentSubmitted(at=OPENED, document_id=document, document="passport", expires_on=date(2031, 1, 31)),
        DocumentChecked(at=OPENED, document_id=document, document="passport", accepted=True),
        *approved,
        StageEntered(at=OPENED, stage=Stage.HOST_APPROVAL),
        opened_step(),
        fired(),
    )
    await office.record(
        COHORT,
        CohortOpened(
            at=OPENED,
            sending="dartmouth",
            host="cqmu",
            year=2027,
            direction="incoming",
            cap=5,
            minimum=5,
            closes_at=NOW,
        ),
        SeatTaken(at=OPENED, exchange_id=ANA, seat=1, held=True),
        WaitlistChanged(at=OPENED, exchange_ids=(BEN,), reason="ranked"),
    )
    issued = CertificateIssued(
        at=NOW, number="CQMU-1", version=1, verification="v-1", file_hash="f" * 64, issued_on=date(2027, 1, 20)
    )
    await office.record(BEN, issued)


@pytest.fixture
def settings(sqlite_template: Path, tmp_path: Path) -> Settings:
    """Settings of a database with two students in it."""
    path = shutil.copy(sqlite_template, tmp_path / "records.db")
    made = Settings(database_url=f"sqlite+aiosqlite:///{path}", files_dir=tmp_path / "files")
    in_database(made, lambda database: tell(Office(database, tmp_path / "files", programme())))
    return made


def in_database(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    """Work on the database of some settings."""

    async def worked() -> T:
        engine = open_engine(settings.database_url)
        try:
            return await work(Database("sqlite", settings.database_url, engine, session_maker(engine)))
        finally:
            await engine.dispose()

    return asyncio.run(worked())


Look = Callable[..., Said]


@pytest.fixture
def look(run: Run, settings: Settings) -> Look:
    """Runs a command on these records, at a fixed moment."""
    session = Session(settings=lambda: settings, records=lambda given: open_for_reading(given, lambda: NOW))
    return lambda *arguments: run(*arguments, session=session)


def test_the_worklist_says_what_is_due_and_what_may_be_answered(look: Look) -> None:
    said = look("worklist")
    assert said.code == 0
    for told in (STEP, "approve | reject", "2027-01-17 17:00 +08:00", "overdue", "escalated", "RIVERA Ana Lucia 安娜"):
        assert told in said.out
    (row,) = look("worklist", "--json", "--overdue").data
    assert (row["step_id"], row["overdue"], row["escalated"]) == (STEP, True, True)
    assert look("worklist", "--as", "coordinator@dartmouth").out == "Nothing waits for you.\n"


def test_an_exchange_shows_who_owes_what_and_why_things_happened(look: Look) -> None:
    said = look("show", ANA.lower())
    assert said.code == 0
    assert "HOST APPROVAL" in said.out, "where it is stands out"
    for told in ("NOW", STEP, "overdue", "Received", "2031-01-31", "pass.pdf", "held", "Timeline", "approve"):
        assert told in said.out
    assert "She has [bold]published[/][2J with us." in said.out, "words are shown as they are"
    assert "\x1b" not in said.out
    data = look("show", ANA, "--json").data
    assert data["stage"] == "host_approval"
    assert [event["note"] for event in data["timeline"] if event["note"]] == [WHY.replace("\x1b", "")]


def test_who_may_not_know_of_an_exchange_is_told_that_there_is_none(look: Look) -> None:
    for who in ("student:p-nobody", "supervisor@cqmu/cqmu.none"):
        said = look("show", ANA, "--as", who)
        assert said.code in (1, 2)
        assert "RIVERA" not in said.out + said.err
    unknown = look("show", "EX-2027-DAR-099")
    hidden = look("show", ANA, "--as", "student:p-nobody")
    assert unknown.code == hidden.code == 1
    assert unknown.err.replace("EX-2027-DAR-099", ANA) == hidden.err


def test_exchanges_are_listed_by_what_is_asked(look: Look) -> None:
    both = look("list")
    assert ANA in both.out
    assert BEN in both.out
    (row,) = look("list", "--stage", "host_approval", "--sending", "dartmouth", "--year", "2027", "--json").data
    assert row["exchange_id"] == ANA
    assert row["next_moves"][0]["step_id"] == STEP
    assert "Host approval" in both.out
    (row,) = look("list", "--search", "安娜", "--json").data
    assert row["exchange_id"] == ANA
    assert "no such exchange" in look("list", "--host", "dartmouth").out
    assert look("list", "--limit", "1").out.rstrip().endswith("--after " + look("list", "--json").data[0]["cursor"])
    assert look("list", "--stage", "nowhere").code == 2


def test_a_cohort_shows_its_seats_and_its_waitlist(look: Look) -> None:
    said = look("cohort", COHORT)
    assert said.code == 0
    for told in ("5 seats, 4 free", "held: its offer waits for an answer", "Waitlist", BEN):
        assert told in said.out
    assert look("cohort", COHORT, "--json").data["waitlist"][0]["exchange_id"] == BEN
    assert look("cohort", "2031-incoming-dartmouth-cqmu").code == 1


def test_watching_shows_students_by_stage_and_what_is_due_next(look: Look) -> None:
    said = look("watch", "--once")
    assert said.code == 0
    for told in ("2 exchanges", "Host approval", "Due next", ANA, "overdue"):
        assert told in said.out


def test_a_plan_says_owners_contents_and_whom_a_rung_tells(look: Look) -> None:
    said = look("plan", ANA, "--rungs")
    assert said.code == 0
    for told in (
        "Occupational health of cqmu",
        "Accept the student into the unit (Laboratory training)",
        "its clock waits for Issue the admission notice and the visa form, Confirm the bed",
        "the head of office (copy: the partner office)",
    ):
        assert told in said.out
    assert "_" not in said.out, "no code is shown"


def test_anybody_may_verify_a_certificate(look: Look) -> None:
    real = look("certificate", "verify", "https://sojourn.example/verify/v-1")
    assert real.code == 0
    assert "CQMU-1, version 1, is real and holds" in real.out
    none = look("certificate", "verify", "v-2", "--json")
    assert none.code == 1
    assert none.data == {"valid": False, "certificate": None}


KEY = f"{ANA}:6:step_opened:cqmu.coordinator"


async def refuse_a_message(database: Database) -> None:
    """A message that a mail host refused, with the task it left, and one that was sent."""
    async with database.sessions.begin() as session:
        for key, status in (
            (KEY, MessageStatus.REFUSED),
            ("sent", MessageStatus.SENT),
            ("queued", MessageStatus.QUEUED),
        ):
            session.add(
                MessageRow(
                    key=key, kind="step_opened", exchange_id=ANA, stream=ANA, recipient_id="cqmu.coordinator",
                    recipient_role=Role.COORDINATOR, language="en", params={}, status=status, attempts=3,
                    created_at=OPENED, not_before=OPENED, last_error="550 no such mailbox",
                )
            )  # fmt: skip
        for key in (KEY, "another"):
            session.add(OperatorTaskRow(key=key, kind="mail", subject=ANA, detail="refused", opened_at=OPENED))


async def message(database: Database) -> tuple[MessageStatus, int, str | None, list[str]]:
    """What is known of the message: status, tries, last error, and the keys of open tasks."""
    async with database.sessions() as session:
        row = (await session.scalars(select(MessageRow).where(MessageRow.key == KEY))).one()
        tasks = await session.scalars(select(OperatorTaskRow.key).where(OperatorTaskRow.closed_at.is_(None)))
        return row.status, row.attempts, row.last_error, list(tasks)


def test_a_refused_message_is_seen_and_queued_again(look: Look, settings: Settings) -> None:
    assert "Everything has been sent" in look("mail", "list").out
    in_database(settings, refuse_a_message)
    listed = look("mail", "list")
    for told in (KEY, "refused", "550 no such mailbox", "another"):
        assert told in listed.out
    assert [m["key"] for m in look("mail", "list", "--json").data["messages"]] == [KEY, "queued"]
    assert look("mail", "retry", KEY).code == 0
    assert in_database(settings, message) == (MessageStatus.QUEUED, 0, None, ["another"])


async def doubt_a_message(database: Database) -> None:
    """One that was sent after the host's answer had been lost twice."""
    await refuse_a_message(database)
    async with database.sessions.begin() as session:
        row = (await session.scalars(select(MessageRow).where(MessageRow.key == "sent"))).one()
        row.in_doubt, row.sent_at, row.message_id = 2, OPENED, "<0123@sojourn.example>"


def test_what_may_have_come_twice_is_counted_and_listed(look: Look, settings: Settings) -> None:
    assert "more than once" not in look("mail", "list").out
    assert "No message has come more than once" in look("mail", "doubts").out
    in_database(settings, doubt_a_message)
    assert "1 of all messages may have come more than once" in look("mail", "list").out
    assert look("mail", "list", "--json").data["in_doubt"] == {"messages": 1, "attempts": 2}
    assert "<0123@sojourn.example>" in look("mail", "doubts").out
    [found] = look("mail", "doubts", "--json").data["messages"]
    assert (found["key"], found["status"], found["in_doubt"]) == ("sent", "sent", 2)


@pytest.mark.parametrize(
    ("key", "told"),
    [("nothing", "no such message"), ("sent", "has been sent"), ("queued", "is queued already")],
)
def test_only_a_refused_message_is_tried_again(look: Look, settings: Settings, key: str, told: str) -> None:
    in_database(settings, refuse_a_message)
    said = look("mail", "retry", key)
    assert said.code == 1
    assert told in said.err


def test_lists_are_rebuilt_from_the_events(look: Look) -> None:
    before = look("show", ANA, "--json").data
    said = look("rebuild", "--yes", "--json")
    assert said.code == 0
    assert said.data["events"] > 10
    assert look("show", ANA, "--json").data == before


def test_data_keys_are_rotated(run: Run, settings: Settings) -> None:
    old, new = (base64.b64encode(bytes([number] * 32)).decode() for number in (1, 2))

    async def seal(database: Database) -> None:
        async with transaction(database.sessions) as session:
            await session.execute(delete(DataKeyRow))  # those of the files that were handed in before
            vault = DataVault(keyring_of(f"old={old}", None))
            await vault.seal(session, ANA, "identity", b"E12345678", "number", NOW)

    def rotate(keys: str, *arguments: str) -> Said:
        known = settings.model_copy(update={"vault_keys": SecretStr(keys)})
        return run("rotate-keys", *arguments, session=Session(settings=lambda: known))

    in_database(settings, seal)
    lacking = rotate(f"new={new}")
    assert (lacking.code, "SOJOURN_VAULT_KEYS lacks the key old" in lacking.err) == (4, True)
    unusable = rotate("new=none", "--json")
    assert (unusable.code, "Key 1 of SOJOURN_VAULT_KEYS cannot be used" in unusable.err) == (4, True)
    assert rotate(f"new={new},old={old}", "--json").data == {"rotated": 1, "in_use": {"new": 1}}
    assert rotate(f"new={new}").out == "0 data keys were wrapped anew.\n"


def test_an_audit_says_what_is_out_of_step_and_what_to_do(look: Look, settings: Settings) -> None:
    good = look("audit", "--part", "events")
    assert (good.code, good.out.strip()) == (0, "Nothing is out of step: events.")

    async def change(database: Database) -> None:
        async with database.sessions() as session, session.begin():
            await session.execute(update(ExchangeRow).where(ExchangeRow.id == ANA).values(reason="moon"))

    in_database(settings, change)
    said = look("audit", "--part", "events", "--json")
    assert said.code == 6
    [finding] = said.data["findings"]
    assert (finding["kind"], finding["stream"], finding["part"]) == ("row_differs", ANA, "events")
    assert finding["text"] == f"exchanges {ANA} is not what its events say: reason."
    assert "`sojourn rebuild`" in finding["do"]
    assert look("rebuild", "--yes").code == 0
    assert look("audit", "--part", "events").code == 0


def test_an_audit_says_what_it_could_not_look_at(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    said = look("audit", "--part", "workflows", "--part", "webhooks", "--json")
    assert said.code == 3
    assert [one["part"] for one in said.data["unfinished"]] == ["workflows"]
    assert said.data["parts"] == ["webhooks"]


def test_a_database_that_is_not_there_is_not_made_by_looking(run: Run, tmp_path: Path) -> None:
    missing = tmp_path / "none.db"
    empty = tmp_path / "empty.db"
    empty.touch()
    for path, told in ((missing, "There is no database"), (empty, "has not been set up")):
        made = Settings(database_url=f"sqlite+aiosqlite:///{path}")
        said = run("list", session=_at(made))
        assert said.code == 3
        assert told in said.err
        assert "sojourn migrate" in said.err
    assert not missing.exists()


def _at(settings: Settings) -> Session:
    return Session(settings=lambda: settings)


def test_migrating_sets_a_database_up_and_may_be_repeated(run: Run, tmp_path: Path) -> None:
    made = Settings(database_url=f"sqlite+aiosqlite:///{tmp_path / 'new' / 'sojourn.db'}")
    session = _at(made)
    assert run("migrate", session=session).code == 0
    assert run("migrate", session=session).code == 0
    assert run("list", session=session).out == "There is no such exchange that you may see.\n"
