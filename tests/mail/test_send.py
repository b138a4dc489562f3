"""Sending over real SMTP: what is sent, put off, refused, and never lost or doubled. On both databases."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.testing import ActivityEnvironment

from activities.mail import Mail
from dev.mailsink import Mailbox, MailSink, mails_in
from mail import ledger
from mail.host import MailSettings
from mail.ledger import LEASE, backoff
from models.errors import Said, Unavailable
from models.messages.contracts import MailAnswer, SendMail
from models.tables import IdentityRow, MessageRow, OperatorTaskRow
from models.vocabulary import StepKind
from records.store.engine import transaction
from tests.mail.world import NOW, World, opened
from texts.refusals import refusal

LATER = NOW + timedelta(minutes=1)
AUTHORITY = trustme.CA()
CERTIFICATE = AUTHORITY.issue_cert("localhost")


class Scripted(Mailbox):
    """Answers recipients and contents as it is told, by the number of the mail."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.rcpt: Callable[[int], str] = lambda number: "250 OK"
        self.data: Callable[[int], str] = lambda number: "250 OK"
        self.mail_from = "250 OK"
        self.connections = 0
        self.taken = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.mail_from

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.taken += 1
        answer = self.rcpt(self.taken)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.data(self.taken)
        if answer == "hang up":
            assert server.transport is not None
            server.transport.close()
            return "421 closing"
        return await super().handle_DATA(server, session, envelope) if answer.startswith("2") else answer


class Post:
    """A mail host that can be taken away, and the service's sender."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.host = Scripted(folder)
        self.folder = folder
        self.settings = MailSettings(host="127.0.0.1", port=1, sender="Sojourn <exchange@sojourn.example>", timeout=5)

    @asynccontextmanager
    async def open(self, **smtp: Any) -> AsyncIterator[MailSink]:
        async with MailSink(self.folder, handler=self.host, **smtp) as sink:
            self.settings = replace(self.settings, port=sink.port)
            yield sink

    @property
    def mail(self) -> Mail:
        return Mail(self.world.sessions, self.world.programme, self.settings, lambda: 0.0)

    async def send(self, now: datetime = LATER, limit: int = 50) -> MailAnswer:
        return await self.mail.send_batch(SendMail(now=now, limit=limit))

    def kept(self) -> list[EmailMessage]:
        return [message_from_bytes(p.read_bytes(), _class=EmailMessage, policy=default) for p in mails_in(self.folder)]


@pytest.fixture
def post(world: World, tmp_path: Path) -> Post:
    return Post(world, tmp_path / "mailbox")


@pytest.fixture
def small_post(small_world: World, tmp_path: Path) -> Post:
    return Post(small_world, tmp_path / "mailbox")


def said(task: OperatorTaskRow) -> Said:
    """What a task of the operator says."""
    return Said(task.message or "", task.params or {})


def english(task: OperatorTaskRow) -> str:
    """What a task of the operator says, in English."""
    return refusal(said(task), "en")


async def test_a_batch_over_one_connection(post: Post) -> None:
    await post.world.queue(3)
    async with post.open():
        answer = await post.send()
        assert await post.send() == MailAnswer()
    assert answer == MailAnswer(sent=3)
    assert post.host.connections == 1
    messages = await post.world.messages()
    assert {m.status for m in messages} == {"sent"}
    assert {m.sent_at for m in messages} == {LATER}
    assert {m.sent_to for m in messages} == {"coordinator@cqmu.example"}
    assert {m.message_id for m in messages} == {m["Message-ID"] for m in post.kept()}


async def test_what_a_mail_looks_like(small_post: Post) -> None:
    await small_post.world.record(opened(StepKind.SUBMIT_DOCUMENTS, subject="passport"))
    async with small_post.open():
        await small_post.send()
    (mail,) = small_post.kept()
    assert mail["From"] == "Sojourn <exchange@sojourn.example>"
    assert mail["To"] == "Na Li <li.na@example.edu>"
    assert mail["Subject"] == "EX-2027-DAR-007: hand in the documents by Fri 11 Dec, 10:59"
    assert mail["Date"].datetime == NOW
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Sojourn-Kind"] == "step_opened"
    assert mail["Message-ID"].endswith("@sojourn.example>")
    assert len(mail["Message-ID"]) == len("<@sojourn.example>") + 32
    assert mail.get_content_type() == "multipart/alternative"
    text, html = (part.get_content() for part in mail.iter_parts())
    assert "李娜" in text
    assert "李娜" in html
    assert (mail["X-MailFrom"], mail["X-RcptTo"]) == ("exchange@sojourn.example", "li.na@example.edu")


@pytest.mark.parametrize(
    ("known_as", "address"),
    [
        ("x@faß.example", "x@xn--fa-hia.example"),
        ("Ana@MÜNCHEN.example", "Ana@xn--mnchen-3ya.example"),
        ("ana@重庆。example", "ana@xn--zwt745i.example"),
    ],
)
async def test_a_mail_goes_to_the_one_form_of_an_address(small_post: Post, known_as: str, address: str) -> None:
    await small_post.world.record(opened(StepKind.SUBMIT_DOCUMENTS, subject="passport"))
    async with transaction(small_post.world.sessions) as session:
        await session.execute(update(IdentityRow).values(email=known_as))
    async with small_post.open():
        await small_post.send()
    [mail] = small_post.kept()
    [message] = await small_post.world.messages()
    assert mail["X-RcptTo"] == mail["To"].addresses[0].addr_spec == message.sent_to == address


async def test_oldest_first_and_no_more_than_the_limit(small_post: Post) -> None:
    await small_post.world.queue(5)
    async with small_post.open():
        first = await small_post.send(limit=2)
        assert first.sent == 2
        assert first.next_at is not None
        assert first.next_at <= LATER
        sent = [m.id for m in await small_post.world.messages() if m.status == "sent"]
        assert sent == [1, 2]
        assert (await small_post.send(limit=50)).sent == 3


async def test_what_is_not_due_waits(small_post: Post) -> None:
    await small_post.world.queue(1, at=NOW + timedelta(hours=1))
    async with small_post.open():
        answer = await small_post.send(NOW)
    assert answer == MailAnswer(next_at=NOW + timedelta(hours=1))


async def test_a_permanent_refusal_becomes_an_operators_task(post: Post) -> None:
    await post.world.queue(3)
    post.host.rcpt = lambda n: "550 5.1.1 <coordinator@cqmu.example> is unknown" if n == 2 else "250 OK"
    async with post.open():
        assert await post.send() == MailAnswer(sent=2, refused=1)
        assert (await post.send(LATER + timedelta(days=2))).refused == 0, "nobody tries again"
    refused = (await post.world.messages())[1]
    assert (refused.status, refused.attempts, refused.last_error) == ("refused", 1, "SMTP 550 5.1.1")
    task = (await post.world.tasks())["mail_refused"]
    assert (task.key, task.subject, task.closed_at) == (refused.key, refused.stream, None)
    assert (task.detail, task.message) == ("", "task.mail_refused")
    assert "@" not in english(task)
    assert re.fullmatch(r"邮件\d+（.+）被拒收：SMTP 550 5\.1\.1。请更正地址后重新排队发送。", refusal(said(task), "zh"))


@pytest.mark.parametrize("reply", ["451 4.7.1 Greylisted", "452 4.2.2 Mailbox full"])
async def test_a_temporary_refusal_is_tried_again_ever_later(small_post: Post, reply: str) -> None:
    await small_post.world.queue(2)
    small_post.host.rcpt = lambda n: reply if n != 2 else "250 OK"
    async with small_post.open():
        answer = await small_post.send()
        assert answer == MailAnswer(sent=1, delayed=1, next_at=LATER + timedelta(seconds=30))
        assert answer.next_at is not None
        again = await small_post.send(answer.next_at)
        assert again.next_at == answer.next_at + timedelta(minutes=1)
        assert again.next_at is not None
        small_post.host.rcpt = lambda n: "250 OK"
        assert (await small_post.send(again.next_at)).sent == 1
    assert [m.attempts for m in await small_post.world.messages()] == [3, 1]
    assert await small_post.world.tasks() == {}


async def test_what_is_put_off_for_a_day_is_shown_to_an_operator(small_post: Post) -> None:
    await small_post.world.queue(1)
    small_post.host.data = lambda n: "451 4.3.0 later"
    day_after = NOW + timedelta(hours=25)
    async with small_post.open():
        await small_post.send(day_after)
        task = (await small_post.world.tasks())["mail_delayed"]
        assert "put off since Tue 1 Dec 2026, 02:00 UTC" in english(task)
        small_post.host.data = lambda n: "250 OK"
        await small_post.send(day_after + timedelta(hours=1))
    closed = (await small_post.world.tasks())["mail_delayed"].closed_at
    assert closed == day_after + timedelta(hours=1)


def test_pauses_double_up_to_an_hour() -> None:
    assert [backoff(n).total_seconds() for n in (1, 2, 3, 7, 8, 50)] == [30, 60, 120, 1920, 3600, 3600]


async def test_a_host_that_is_away_delays_and_loses_nothing(post: Post) -> None:
    await post.world.queue(3)
    now, waits = NOW + timedelta(seconds=10), []
    while now < NOW + timedelta(hours=30):
        answer = await post.send(now)
        assert (answer.sent, answer.delayed, answer.refused) == (0, 3, 0)
        assert answer.next_at is not None
        waits.append(answer.next_at - now)
        if now - NOW < timedelta(hours=24):
            assert await post.world.tasks() == {}, "an hour without mail is nobody's task"
        now = answer.next_at
    assert waits[0] == timedelta(seconds=30)
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=1)
    assert len(waits) < 50
    assert {m.attempts for m in await post.world.messages()} == {0}, "no message is to blame"
    task = (await post.world.tasks())["mail_host"]
    assert "away since Tue 1 Dec 2026, 02:00 UTC" in english(task)

    async with post.open():
        assert (await post.send(now)).sent == 3
    assert (await post.world.tasks())["mail_host"].closed_at == now
    assert len(post.kept()) == 3


async def test_a_host_that_goes_away_again_opens_the_task_again(small_post: Post) -> None:
    await small_post.world.queue(1)
    day = timedelta(days=1, minutes=1)
    await small_post.send(NOW + day)
    async with small_post.open():
        await small_post.send(NOW + 2 * day)
    await small_post.world.queue(1, at=NOW + 3 * day)
    await small_post.send(NOW + 5 * day)
    task = (await small_post.world.tasks())["mail_host"]
    assert (task.opened_at, task.closed_at) == (NOW + 5 * day, None)


async def test_a_lost_connection_delays_its_message_alone(post: Post) -> None:
    await post.world.queue(3)
    post.host.data = lambda n: "hang up" if n == 2 else "250 OK"
    async with post.open():
        answer = await post.send()
    assert (answer.sent, answer.delayed) == (2, 1)
    messages = await post.world.messages()
    assert [m.status for m in messages] == ["sent", "queued", "sent"]
    assert [m.attempts for m in messages] == [1, 1, 1]
    assert [m.in_doubt for m in messages] == [0, 1, 0], "nobody knows whether the host took the second one"


async def test_a_host_that_hangs_up_again_is_away(small_post: Post) -> None:
    await small_post.world.queue(4)
    small_post.host.data = lambda n: "hang up" if n > 1 else "250 OK"
    async with small_post.open():
        answer = await small_post.send()
    assert (answer.sent, answer.delayed) == (1, 3)
    messages = await small_post.world.messages()
    assert [m.attempts for m in messages] == [1, 1, 1, 0]
    assert [m.in_doubt for m in messages] == [0, 1, 1, 0], "what was never handed over is in no doubt"
    assert {m.claim for m in messages} == {None}


async def test_a_host_that_closes_for_now_delays_the_rest(small_post: Post) -> None:
    await small_post.world.queue(3)
    small_post.host.rcpt = lambda n: "421 4.3.2 shutting down" if n == 2 else "250 OK"
    async with small_post.open():
        answer = await small_post.send()
    assert (answer.sent, answer.delayed, answer.refused) == (1, 2, 0)
    assert [m.attempts for m in await small_post.world.messages()] == [1, 0, 0]


async def test_a_refused_sender_is_no_messages_fault(small_post: Post) -> None:
    await small_post.world.queue(2)
    small_post.host.mail_from = "553 5.7.1 not your address"
    async with small_post.open():
        assert (await small_post.send()).delayed == 2
    assert {(m.status, m.attempts) for m in await small_post.world.messages()} == {("queued", 0)}
    task = (await small_post.world.tasks())["mail_host"]
    assert task.message == "task.sender_refused"
    assert english(task).endswith(": SMTP 553 5.7.1. Correct the settings.")


async def test_a_host_that_says_nothing_is_away(small_post: Post) -> None:
    await small_post.world.queue(1)

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    async with silent:
        small_post.settings = replace(small_post.settings, port=silent.sockets[0].getsockname()[1], timeout=0.05)
        assert (await small_post.send()).delayed == 1
    assert (await small_post.world.messages())[0].attempts == 0


async def test_two_batches_at_once_send_nothing_twice(post: Post) -> None:
    await post.world.queue(12)
    async with post.open():
        answers = await asyncio.gather(*(post.send(limit=5) for _ in range(4)))
    assert sum(a.sent for a in answers) == 12
    assert len({m["Message-ID"] for m in post.kept()}) == len(post.kept()) == 12


async def test_a_batch_that_died_is_sent_by_another_when_its_claim_is_over(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the host's 250 and the commit: the one case where a mail goes twice, with one Message-ID."""
    await post.world.queue(2)

    async def dies(*args: object) -> None:
        raise Unavailable("database.gone")

    async with post.open():
        with monkeypatch.context() as patch:
            patch.setattr(ledger, "mark_sent", dies)
            patch.setattr("mail.batch.MARK_SECONDS", 0.0)
            with pytest.raises(Unavailable):
                await post.send()
        meanwhile = await post.send(LATER + timedelta(seconds=5))
        assert meanwhile == MailAnswer(sent=1, next_at=LATER + LEASE), "its claim still holds, on one message alone"
        assert meanwhile.next_at is not None
        assert (await post.send(meanwhile.next_at)).sent == 1
    kept = post.kept()
    assert (len(kept), len({m["Message-ID"] for m in kept})) == (3, 2)
    assert [(m.status, m.in_doubt) for m in await post.world.messages()] == [("sent", 1), ("sent", 0)]


async def test_a_busy_database_costs_no_second_mail(small_post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    await small_post.world.queue(1)
    marked, failures = ledger.mark_sent, iter([True, True, False])

    async def busy(session: AsyncSession, *args: Any) -> None:
        if next(failures):
            raise Unavailable("database.busy")
        await marked(session, *args)

    monkeypatch.setattr(ledger, "mark_sent", busy)
    async with small_post.open():
        assert (await small_post.send()).sent == 1
    assert len(small_post.kept()) == 1


async def test_what_cannot_be_written_stops_nobody_elses_mail(post: Post) -> None:
    await post.world.record(opened(StepKind.SUBMIT_DOCUMENTS))
    await post.world.queue(1)
    async with transaction(post.world.sessions) as session:
        await session.execute(update(IdentityRow).values(email="nobody at all"))
    async with post.open():
        answer = await post.send()
    assert (answer.sent, answer.refused) == (1, 1)
    task = (await post.world.tasks())["mail_refused"]
    assert task.message == "task.mail_unwritable"
    assert "nobody at all" not in english(task)
    assert "email" in english(task)


async def test_a_recipient_who_is_gone_is_an_operators_task(small_post: Post) -> None:
    await small_post.world.queue(1)
    async with transaction(small_post.world.sessions) as session:
        await session.execute(update(MessageRow).values(recipient_id="cqmu.formerly"))
    async with small_post.open():
        assert (await small_post.send()).refused == 1
    assert "cqmu.formerly" in english((await small_post.world.tasks())["mail_refused"])


async def test_a_hostile_name_adds_no_header(small_post: Post) -> None:
    await small_post.world.record(opened(StepKind.SUBMIT_DOCUMENTS))
    async with transaction(small_post.world.sessions) as session:
        await session.execute(update(IdentityRow).values(given_name='Na"\r\nBcc: all@example.org\r\n\r\nHello'))
    async with small_post.open():
        assert (await small_post.send()).sent == 1
    (mail,) = small_post.kept()
    assert mail["Bcc"] is None
    assert mail["X-RcptTo"] == "li.na@example.edu"


def trusted() -> ssl.SSLContext:
    context = ssl.create_default_context()
    AUTHORITY.configure_trust(context)
    return context


def secret() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CERTIFICATE.configure_cert(context)
    return context


def check_login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"sojourn", b"s3cret"), handled=False)


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_tls_and_login(small_post: Post, tls: Any) -> None:
    await small_post.world.queue(1)
    small_post.settings = replace(
        small_post.settings, tls=tls, login=("sojourn", "s3cret"), host="localhost", tls_context=trusted()
    )
    encrypted: dict[str, Any] = (
        {"tls_context": secret(), "require_starttls": True, "auth_required": True}
        if tls == "starttls"
        else {"ssl": secret(), "auth_require_tls": False}
    )
    async with small_post.open(authenticator=check_login, **encrypted):
        assert (await small_post.send()).sent == 1


async def test_a_wrong_password_is_told_the_operator_at_once(small_post: Post) -> None:
    await small_post.world.queue(1)
    small_post.settings = replace(small_post.settings, login=("sojourn", "wrong"))
    async with small_post.open(authenticator=check_login, auth_require_tls=False):
        assert (await small_post.send()).delayed == 1
    task = (await small_post.world.tasks())["mail_host"]
    assert task.message == "task.login_refused"
    assert english(task).endswith(": SMTP 535 5.7.8. Correct the settings.")


async def test_no_mail_without_the_tls_that_was_asked_for(small_post: Post) -> None:
    await small_post.world.queue(1)
    small_post.settings = replace(small_post.settings, tls="starttls")
    async with small_post.open():
        assert (await small_post.send()).delayed == 1
    assert small_post.kept() == []
    assert "mail_host" in await small_post.world.tasks()


async def test_an_activity_that_waited_in_the_queue_claims_from_its_start(small_post: Post) -> None:
    await small_post.world.queue(1)
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, started_time=LATER + timedelta(hours=3))
    answer = await environment.run(small_post.mail.send_batch, SendMail(now=LATER))
    assert answer.next_at == LATER + timedelta(hours=3) + min(timedelta(hours=1), timedelta(hours=3))


async def test_a_worker_that_stops_begins_no_further_message(small_post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    await small_post.world.queue(3)
    monkeypatch.setattr("mail.batch.BATCH_SECONDS", 0.0)
    async with small_post.open():
        answer = await small_post.send()
    assert answer == MailAnswer(next_at=NOW)
    assert {(m.status, m.attempts, m.claim) for m in await small_post.world.messages()} == {("queued", 0, None)}
