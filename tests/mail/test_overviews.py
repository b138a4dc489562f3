"""Mails that list many things, in both languages, as snapshots."""

import re
from datetime import date, timedelta

import pytest
from syrupy.assertion import SnapshotAssertion

from mail.digest import COUNTS, HEADINGS
from mail.render import render
from models.events import Arrived, CertificateIssued, ExchangeResumed, ExchangeSuspended, RungFired, StepHeld
from models.rules.digests import Group
from models.tables import SuspensionWordsRow
from models.vocabulary import LANGUAGES, HoldCause, Role, RungKind, Side, StepKind, Target
from records.store.engine import transaction
from tests.databases import Database
from tests.mail.mornings import DAY, EVENING, MORNING, NEW_YORK, Mornings
from tests.mail.world import CODE, opened, owner

HOST = owner(Side.HOST, Role.COORDINATOR)
STUDENT = owner(Side.STUDENT, Role.STUDENT)
SENDING = owner(Side.SENDING, Role.COORDINATOR)
WEEK = 7 * DAY
HOURS = timedelta(hours=1)
PROGRAM = re.compile(r"None|Undefined|\{\{|\}\}|<built-in|StepKind\.|NoticeKind|\{[a-z]+\}")


@pytest.fixture
async def world(sqlite_database: Database) -> Mornings:
    """Steps of everybody in every state."""
    world = Mornings(sqlite_database.sessions)
    await world.begin()
    long_ago, bed = MORNING - 20 * DAY, f"{CODE}.confirm_bed.1"
    steps = [
        opened(StepKind.VERIFY_NOMINATION, due_at=MORNING - DAY, at=long_ago),
        opened(StepKind.HOST_APPROVAL, due_at=MORNING + 15 * HOURS, at=long_ago, to=HOST),
        opened(StepKind.CONFIRM_BED, due_at=MORNING + 4 * DAY, at=long_ago, to=HOST, subject="bed-1"),
        opened(StepKind.FIND_PLACE, due_at=MORNING + 6 * DAY, at=MORNING - HOURS, to=HOST, subject="clinical"),
        opened(StepKind.CORRECT_NOMINATION, due_at=MORNING + 2 * DAY, at=long_ago, to=SENDING),
        opened(StepKind.SUBMIT_DOCUMENTS, due_at=EVENING + 3 * DAY, at=MORNING, to=STUDENT, subject="passport,photo"),
        opened(StepKind.WATCH_STAY, due_at=EVENING + 20 * DAY, at=MORNING, to=STUDENT),
    ]
    policy = world.programme.policy
    await world.record(*(step.model_copy(update={"outcomes": policy.step(step.step).outcomes}) for step in steps))
    cause = f"{CODE}.correct_nomination.1"
    await world.record(StepHeld(at=long_ago, step_id=bed, because=HoldCause.OTHER_SIDE, cause=cause, since=long_ago))
    return world


async def _compare(world: Mornings, keys: list[str], language: str, snapshot: SnapshotAssertion) -> None:
    for key in keys:
        letter = await world.letter(key, language)
        assert letter is not None
        mail = render(letter)
        assert f"Subject: {mail.subject}\n\n{mail.text}" == snapshot(name=f"{key}.txt")
        assert mail.html == snapshot(name=f"{key}.html")
        for body in (mail.subject, mail.text, mail.html):
            assert not PROGRAM.search(body)
        assert letter.because in mail.text
        assert len(mail.subject) < 100


@pytest.mark.parametrize("language", LANGUAGES)
async def test_digests(world: Mornings, language: str, snapshot: SnapshotAssertion) -> None:
    keys = [*await world.morning(), *await world.morning(NEW_YORK, EVENING)]
    assert keys == [f"digest:2026-12-01:{who}" for who in ("cqmu.coordinator", "dartmouth.coordinator", "p1")]
    await _compare(world, keys, language, snapshot)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_digest_of_a_deputy(world: Mornings, language: str, snapshot: SnapshotAssertion) -> None:
    await world.leave("cqmu.coordinator", "cqmu.housing_officer", MORNING - HOURS)
    await _compare(
        world,
        ["absence:away-cqmu.coordinator", *await world.morning()],
        language,
        snapshot,
    )


@pytest.mark.parametrize("language", LANGUAGES)
async def test_summaries(world: Mornings, language: str, snapshot: SnapshotAssertion) -> None:
    await world.close(f"{CODE}.host_approval.1", MORNING, "approve")
    await world.record(
        Arrived(at=MORNING, report_id="r1", arrived_at=MORNING),
        CertificateIssued(
            at=MORNING,
            number="CQMU-2027-0007",
            version=1,
            verification="k3f9",
            file_hash="0",
            issued_on=date(2026, 12, 1),
        ),
    )
    keys = [key for key in await world.morning(NEW_YORK, EVENING + 6 * DAY) if key.startswith("summary:")]
    assert len(keys) == 1
    await _compare(world, keys, language, snapshot)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_after_an_outage(world: Mornings, language: str, snapshot: SnapshotAssertion) -> None:
    for kind in (StepKind.VERIFY_NOMINATION, StepKind.CORRECT_NOMINATION):
        rung = RungFired(
            at=MORNING,
            scheduled_at=MORNING - DAY,
            step_id=f"{CODE}.{kind}.1",
            rung=3,
            rung_kind=RungKind.ESCALATION,
            to=(Target.PROGRAMME_OFFICE,),
        )
        await world.record(rung)
    await _compare(world, [m.key for m in await world.messages() if m.kind == "caught_up"], language, snapshot)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_suspended_and_resumed(world: Mornings, language: str, snapshot: SnapshotAssertion) -> None:
    async with transaction(world.sessions) as session:
        words = "Stay where you are.\nWe write to you."
        session.add(SuspensionWordsRow(suspension_id="s-1", text=words, author_id="x"))
    suspended = ExchangeSuspended(at=MORNING, suspension_id="s-1", since=MORNING, reason="outbreak")
    resumed = ExchangeResumed(at=MORNING + WEEK, suspension_id="s-1", since=MORNING, until=MORNING + WEEK)
    await world.record(suspended, resumed)
    keys = [f"suspension:s-1:{kind}:{who}" for kind in ("suspended", "resumed") for who in ("p1", "cqmu.coordinator")]
    await _compare(world, keys, language, snapshot)


def test_every_overview_has_its_words() -> None:
    assert set(COUNTS) == set(Group) - {Group.HELD}
    assert set(HEADINGS) == set(Group)
