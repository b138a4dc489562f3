"""Mail goes on: claims of seconds, several senders at once, what somebody waits for first, doubts that are counted."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import update
from temporalio.testing import ActivityEnvironment

from activities.mail import Mail
from mail.ledger import FIRST_DELAY, LEASE
from mail.outbox import Outbox
from models.messages.contracts import MailAnswer, SendMail
from models.notifications.notices import NoticeKind
from models.tables import MessageRow
from models.vocabulary import StepKind
from records.access.sessions import Access
from records.access.signing import Signing
from records.store.engine import open_engine, session_maker, transaction
from tests.databases import Database
from tests.mail.test_send import LATER, Post, Scripted, post, small_post
from tests.mail.world import NOW, World, opened

__all__ = ["post", "small_post"]

SECRET = "a secret for tests that is long enough"
SOON = 10.0
"""Seconds after which a test is taken to be stuck."""


class Slow(Scripted):
    """Takes a mail when it is let; or hangs before a recipient."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.asked = asyncio.Event()
        self.let = asyncio.Event()
        self.hangs_for = ""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address == self.hangs_for:
            await self.let.wait()
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.asked.set()
        if not self.hangs_for:
            async with asyncio.timeout(SOON):
                await self.let.wait()
        return await super().handle_DATA(server, session, envelope)


class Watch:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def mail_of(post: Post, watch: Callable[[], float] = lambda: 0.0) -> Mail:
    return Mail(post.world.sessions, post.world.programme, post.settings, watch)


def with_links(post: Post) -> Access:
    post.settings = replace(post.settings, secret=SECRET)
    return Access(post.world.sessions, post.world.programme, Outbox(post.world.programme), Signing(SECRET))


async def many(world: World, count: int, at: datetime = NOW) -> None:
    """So many mails that say the same."""
    await world.record(opened(StepKind.VERIFY_NOMINATION, at=at))
    [first] = await world.messages()
    known = {c.key: getattr(first, c.key) for c in MessageRow.__table__.columns if c.key not in ("id", "key")}
    async with transaction(world.sessions) as session:
        session.add_all(MessageRow(**known, key=f"copy:{number}") for number in range(count - 1))


async def until(fact: Callable[[MessageRow], bool], world: World) -> None:
    async with asyncio.timeout(SOON):
        while True:
            if any(map(fact, await world.messages())):
                return
            await asyncio.sleep(0.02)


async def test_a_link_to_sign_in_leaves_before_five_hundred_others(post: Post) -> None:
    access = with_links(post)
    await many(post.world, 500)
    await access.ask_link("coordinator@cqmu.example", "browser", "caller", LATER)
    async with post.open():
        assert (await post.send(limit=1)).sent == 1
    [mail] = post.kept()
    assert mail["X-Sojourn-Kind"] == "sign_in"
    assert Counter(m.status for m in await post.world.messages()) == {"queued": 500, "sent": 1}


async def test_a_link_leaves_in_the_midst_of_a_batch(post: Post) -> None:
    access = with_links(post)
    slow = post.host = Slow(post.folder)
    await many(post.world, 5)
    async with post.open():
        batch = asyncio.create_task(post.send())
        await slow.asked.wait()
        await access.ask_link("coordinator@cqmu.example", "browser", "caller", LATER)
        slow.let.set()
        assert (await batch).sent == 6
    assert [m["X-Sojourn-Kind"] for m in post.kept()].index("sign_in") == 1


async def test_the_express_takes_links_alone(post: Post) -> None:
    access = with_links(post)
    await many(post.world, 3)
    await access.ask_link("coordinator@cqmu.example", "browser", "caller", LATER)
    async with post.open():
        answer = await post.mail.send_batch(SendMail(now=LATER, urgent=True))
        assert answer.sent == 1
        assert (await post.mail.send_batch(SendMail(now=LATER, urgent=True))).sent == 0
    assert {m.kind: m.status for m in await post.world.messages()}[NoticeKind.SIGN_IN] == "sent"


async def test_a_link_does_not_wait_as_long_as_others_for_a_host_that_is_away(post: Post) -> None:
    access = with_links(post)
    await many(post.world, 2)
    now = NOW + timedelta(hours=2)
    await access.ask_link("coordinator@cqmu.example", "browser", "caller", now)
    assert (await post.send(now)).delayed == 3
    waits = {m.kind: m.not_before - now for m in await post.world.messages()}
    assert waits == {NoticeKind.STEP_OPENED: timedelta(hours=1), NoticeKind.SIGN_IN: FIRST_DELAY}


async def test_a_claim_lives_as_long_as_the_host_takes(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("activities.mail.RENEW", 0.02)
    await post.world.queue(1)
    slow = post.host = Slow(post.folder)
    watch = Watch()
    async with post.open():
        batch = asyncio.create_task(mail_of(post, watch).send_batch(SendMail(now=LATER)))
        await slow.asked.wait()
        for watch.seconds in (8.0, 16.0, 24.0):
            until_then = LATER + timedelta(seconds=watch.seconds) + LEASE
            await until(lambda message, end=until_then: message.not_before == end, post.world)  # type: ignore[misc]
        other = await post.send(LATER + timedelta(seconds=24))
        assert other == MailAnswer(next_at=LATER + timedelta(seconds=24) + LEASE)
        slow.let.set()
        assert (await batch).sent == 1
    assert len(post.kept()) == 1
    assert [(m.status, m.in_doubt, m.claim) for m in await post.world.messages()] == [("sent", 0, None)]


async def test_who_stood_still_hands_over_nothing_that_others_may_have(post: Post) -> None:
    await post.world.queue(1)
    watch = Watch()

    def stands_still(number: int) -> str:
        watch.seconds += 60 if number == 1 else 0
        return "250 OK"

    post.host.rcpt = stands_still
    async with post.open():
        answer = await mail_of(post, watch).send_batch(SendMail(now=LATER))
        assert (answer.sent, post.kept()) == (0, [])
        assert (await post.send(LATER + timedelta(minutes=2))).sent == 1
    assert [(m.status, m.in_doubt) for m in await post.world.messages()] == [("sent", 0)]


async def test_what_others_took_over_meanwhile_is_theirs(post: Post) -> None:
    """The connection is lost after somebody else sent it: who lost it puts nothing off."""
    await post.world.queue(1)
    slow = post.host = Slow(post.folder)
    slow.data = lambda number: "hang up" if number == 1 else "250 OK"
    async with post.open():
        batch = asyncio.create_task(post.send())
        await slow.asked.wait()
        async with transaction(post.world.sessions) as session:
            await session.execute(update(MessageRow).values(claim="another batch"))
        slow.let.set()
        await batch
    [message] = await post.world.messages()
    assert (message.claim, message.attempts, message.not_before) == ("another batch", 0, LATER + LEASE)


async def test_two_workers_send_nothing_twice(database: Database, tmp_path: Path) -> None:
    world = World(database.sessions)
    await world.begin()
    await many(world, 60)
    post = Post(world, tmp_path / "mailbox")
    other = open_engine(database.url)
    try:
        async with post.open():
            mails = [post.mail, Mail(session_maker(other), world.programme, post.settings)] * 2
            answers = await asyncio.gather(*(mail.send_batch(SendMail(now=LATER)) for mail in mails))
        assert sum(answer.sent for answer in answers) == 60
        assert sum(answer.sent > 0 for answer in answers) > 1, "one did it all"
        assert Counter(m["Message-ID"] for m in post.kept()).most_common(1)[0][1] == 1
        assert len(post.kept()) == 60
        assert {(m.status, m.in_doubt, m.claim) for m in await world.messages()} == {("sent", 0, None)}
    finally:
        await other.dispose()


async def test_a_host_that_hangs_for_one_address_holds_up_nobody_else(post: Post) -> None:
    await post.world.record(opened(StepKind.SUBMIT_DOCUMENTS, subject="passport"))
    await post.world.queue(3)
    slow = post.host = Slow(post.folder)
    slow.hangs_for = "li.na@example.edu"
    post.settings = replace(post.settings, timeout=0.5)
    async with post.open():
        answers = await asyncio.gather(post.send(), post.send())
    assert sum(answer.sent for answer in answers) == 3
    hung = (await post.world.messages())[0]
    assert (hung.status, hung.attempts, hung.in_doubt) == ("queued", 1, 0), "its content never left"
    assert hung.last_error == "SMTPReadTimeoutError"


@asynccontextmanager
async def under_way(
    post: Post, environment: ActivityEnvironment
) -> AsyncIterator[tuple[Slow, asyncio.Task[MailAnswer]]]:
    """A batch as an activity, with its first mail at the host."""
    slow = post.host = Slow(post.folder)
    async with post.open():
        batch = asyncio.create_task(environment.run(post.mail.send_batch, SendMail(now=LATER)))
        async with asyncio.timeout(SOON):
            await slow.asked.wait()
        yield slow, batch


async def test_a_batch_says_that_it_lives(small_post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("activities.beating.BEAT", 0.02)
    await small_post.world.queue(1)
    environment = ActivityEnvironment()
    beats: asyncio.Queue[None] = asyncio.Queue()
    environment.on_heartbeat = lambda *_: beats.put_nowait(None)
    async with under_way(small_post, environment) as (slow, batch):
        async with asyncio.timeout(SOON):
            for _ in range(3):
                await beats.get()
        slow.let.set()
        assert (await batch).sent == 1


async def test_who_cancels_it_has_the_mail_under_way_finished_first(small_post: Post) -> None:
    await small_post.world.queue(3)
    environment = ActivityEnvironment()
    async with under_way(small_post, environment) as (slow, batch):
        environment.cancel()
        await asyncio.sleep(0)
        slow.let.set()
        answer = await batch
    assert answer == MailAnswer(sent=1, next_at=NOW + timedelta(seconds=1))
    assert [(m.status, m.in_doubt) for m in await small_post.world.messages()] == [("sent", 0)] + [("queued", 0)] * 2
