"""Mail that comes back later: read as its hosts write it, noted once, never believed from others."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from activities.bounces import BounceInbox
from mail.bounce_reports import BounceReport, read_report
from mail.bounces import Bounces, note
from mail.inbox import InboxSettings
from mail.operator import retry
from mail.return_paths import ReturnPaths
from models.errors import BadInput
from models.messages.contracts import BouncesAnswer, ReadBounces
from models.notifications.notices import NoticeKind
from models.posting import BounceAction
from models.tables import BounceRow, MessageRow, OperatorTaskRow
from models.vocabulary import Role, StepKind
from records.access.signing import Signing
from records.store.engine import transaction
from settings import Settings
from tests.mail.imap import FakeInbox, running_inbox
from tests.mail.test_send import Post, english, post, small_post
from tests.mail.world import NOW, opened

__all__ = ["post", "small_post"]

REPORTS = Path(__file__).with_name("reports")
SECRET = "a secret for tests that is long enough"
SIGNING = Signing(SECRET)
ADDRESS = "li.na@example.edu"
BACK = NOW + timedelta(hours=1)
FAILED = {
    "postfix-failed": "5.1.1",
    "sendmail-expired": "4.4.7",
    "exim-failed": "5.0.0",
    "exim-old-failed": "5.2.1",
    "exchange-failed": "5.1.10",
    "gmail-failed": "5.1.1",
    "qmail-failed": "5.1.1",
}
PATHS = ReturnPaths("bounces@sojourn.example", SIGNING)


def report(name: str, path: str = "bounces+1-x@sojourn.example") -> bytes:
    """A report as it comes in; its lines end as they do on the way."""
    text = (REPORTS / f"{name}.eml").read_text(encoding="utf-8").replace("PATH", path).replace("ADDRESS", ADDRESS)
    return text.replace("\n", "\r\n").encode()


def path_of(number: int = 1, paths: ReturnPaths = PATHS) -> str:
    return paths.of(number, "Sojourn <exchange@sojourn.example>")


async def sent(post: Post, address: str = "bounces@sojourn.example") -> MessageRow:
    """A message to the student that its host took."""
    post.settings = replace(post.settings, secret=SECRET, bounce_address=address)
    await post.world.record(opened(StepKind.SUBMIT_DOCUMENTS, subject="passport"))
    async with post.open():
        assert (await post.send()).sent == 1
    message, *_ = await post.world.messages()
    return message


def bounces(post: Post) -> Bounces:
    return Bounces(post.world.sessions, PATHS, post.world.programme)


async def noted(post: Post) -> list[tuple[str, str]]:
    async with transaction(post.world.sessions) as session:
        return [(row.action, row.status) for row in await session.scalars(select(BounceRow).order_by(BounceRow.at))]


class TestReports:
    @pytest.mark.parametrize(("name", "status"), FAILED.items())
    def test_what_was_given_up_is_read_as_its_host_writes_it(self, name: str, status: str) -> None:
        found = read_report(report(name, path_of(7)))
        assert found is not None
        assert (found.action, found.status) == (BounceAction.FAILED, status)
        assert PATHS.message_of(found.addresses) == 7

    def test_what_is_tried_again_is_told_apart(self) -> None:
        found = read_report(report("postfix-delayed", path_of(7)))
        assert found is not None
        assert (found.action, found.status) == (BounceAction.DELAYED, "4.4.1")

    @pytest.mark.parametrize("name", ["holiday", "delivered"])
    def test_what_reports_no_trouble_is_none(self, name: str) -> None:
        assert read_report(report(name, path_of(7))) is None

    def test_the_worst_of_several_recipients_counts(self) -> None:
        first = b"\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.7.1\r\n"
        both = report("postfix-delayed").replace(b"\r\nFinal-Recipient", first + b"\r\nFinal-Recipient", 1)
        found = read_report(both)
        assert found is not None
        assert (found.action, found.status) == (BounceAction.FAILED, "5.7.1")

    @pytest.mark.parametrize("cut", [0, 10, 400, 1200, 1500, 2500])
    def test_a_report_cut_off_stops_nobody(self, cut: int) -> None:
        for name in FAILED:
            read_report(report(name)[:cut])

    @given(st.binary(max_size=300), st.sampled_from([*FAILED]), st.integers(0, 3000))
    def test_whatever_comes_in_is_read_or_not(self, dirt: bytes, name: str, where: int) -> None:
        data = report(name)
        read_report(dirt)
        found = read_report(data[:where] + dirt + data[where:])
        assert found is None or found.status.isascii()


class TestReturnPaths:
    @pytest.mark.parametrize("address", ["bounces@sojourn.example", "@bounces.sojourn.example"])
    @pytest.mark.parametrize("number", [1, 42, 10**17])
    def test_a_return_path_names_its_message(self, address: str, number: int) -> None:
        paths = ReturnPaths(address, SIGNING)
        path = path_of(number, paths)
        assert path.endswith(address.rpartition("@")[2])
        assert len(path.rpartition("@")[0]) <= 64
        for text in (path, path.upper(), f"Na <{path}>", f"nobody@x.example, {path}"):
            assert paths.message_of([text]) == number

    def test_nobody_else_makes_one(self) -> None:
        path = path_of(7)
        others = (
            path_of(7, ReturnPaths("bounces@sojourn.example", Signing("another secret, long enough too"))),
            path.replace("+7-", "+8-"),
            path.replace("+7-", "+07-"),
            path[:-20] + "x@sojourn.example",
            "bounces@sojourn.example",
            "",
        )
        for forged in others:
            assert PATHS.message_of([forged]) is None, forged

    def test_without_an_address_for_them_the_sender_is_plain(self) -> None:
        assert path_of(7, ReturnPaths(None, SIGNING)) == "exchange@sojourn.example"
        assert path_of(7, ReturnPaths("bounces@sojourn.example", None)) == "exchange@sojourn.example"

    @pytest.mark.parametrize("wrong", ["bounces", "no where@x.example", "a" * 25 + "@x.example", "@", "b@localhost"])
    def test_the_setting_is_an_address(self, wrong: str) -> None:
        with pytest.raises(ValueError, match="bounce_address"):
            Settings(bounce_address=wrong)


async def test_each_mail_leaves_with_a_path_of_its_own(small_post: Post) -> None:
    message = await sent(small_post)
    [mail] = small_post.kept()
    assert mail["X-MailFrom"] == path_of(message.id)
    assert mail["From"] == "Sojourn <exchange@sojourn.example>"


@pytest.mark.parametrize(("name", "status"), FAILED.items())
async def test_what_was_given_up_becomes_a_task_once(small_post: Post, name: str, status: str) -> None:
    message = await sent(small_post)
    back = report(name, path_of(message.id))
    for _ in range(3):
        assert await bounces(small_post).take_mail(back, BACK) is BounceAction.FAILED
    assert await noted(small_post) == [("failed", status)]
    message, *_ = await small_post.world.messages()
    assert (message.status, message.last_error) == ("refused", f"bounced {status}")
    task = (await small_post.world.tasks())["mail_refused"]
    assert (task.subject, task.closed_at) == ("EX-2027-DAR-007", None)
    told = english(task)
    assert status in told
    assert "p1" in told, "whom it was to"
    assert ADDRESS not in f"{told} {task.params} {message.last_error}"


async def test_reports_that_come_by_both_ways_at_once_are_noted_once(post: Post) -> None:
    message = await sent(post)
    back = report("postfix-failed", path_of(message.id))
    took = await asyncio.gather(*(bounces(post).take_mail(back, BACK) for _ in range(4)))
    assert set(took) == {BounceAction.FAILED}
    assert await noted(post) == [("failed", "5.1.1")]
    message, *_ = await post.world.messages()
    assert message.status == "refused"


async def test_it_is_sent_again_when_the_address_is_right(small_post: Post) -> None:
    message = await sent(small_post)
    back = report("postfix-failed", path_of(message.id))
    await bounces(small_post).take_mail(back, BACK)
    async with transaction(small_post.world.sessions) as session:
        await retry(session, message.key, BACK)
    await bounces(small_post).take_mail(back, BACK)
    await bounces(small_post).take_mail(back + b"\r\n", BACK)
    async with small_post.open():
        assert (await small_post.send(BACK + timedelta(minutes=1))).sent == 2, "and what its office is told"
    await bounces(small_post).take_mail(back, BACK + timedelta(minutes=2))
    message, *_ = await small_post.world.messages()
    assert message.status == "sent", "reports about the time before change nothing"
    assert (await small_post.world.tasks())["mail_refused"].closed_at is not None


async def test_what_is_tried_again_is_noted_and_no_task(small_post: Post) -> None:
    message = await sent(small_post)
    back = report("postfix-delayed", path_of(message.id))
    assert await bounces(small_post).take_mail(back, BACK) is BounceAction.DELAYED
    message, *_ = await small_post.world.messages()
    assert (message.status, message.last_error) == ("sent", "delayed 4.4.1")
    assert await small_post.world.tasks() == {}
    assert await noted(small_post) == [("delayed", "4.4.1")]


async def test_the_office_hears_once_a_day_of_whom_mail_does_not_reach(small_post: Post) -> None:
    message = await sent(small_post)
    for name in ("postfix-failed", "exim-failed"):
        await bounces(small_post).take_mail(report(name, path_of(message.id)), BACK)
    told = [one for one in await small_post.world.messages() if one.kind == NoticeKind.MAIL_RETURNED]
    assert [(one.recipient_role, one.exchange_id) for one in told] == [(Role.COORDINATOR, message.exchange_id)]
    async with small_post.open():
        assert (await small_post.send(BACK)).sent == 1
    await bounces(small_post).take_mail(report("gmail-failed", path_of(told[0].id)), BACK)
    assert len(await small_post.world.messages()) == 2, "of a mail about returned mail nobody is written to"


async def test_a_report_that_is_faster_than_the_ledger_counts(small_post: Post) -> None:
    """Between the host's word that it took the mail and the mark in the database."""
    small_post.settings = replace(small_post.settings, secret=SECRET, bounce_address="bounces@sojourn.example")
    await small_post.world.record(opened(StepKind.SUBMIT_DOCUMENTS, subject="passport"))
    message, *_ = await small_post.world.messages()
    async with transaction(small_post.world.sessions) as session:
        await note(
            session,
            small_post.world.programme,
            message.id,
            BounceReport((), BounceAction.FAILED, "5.1.1"),
            "told",
            BACK,
        )
    async with small_post.open():
        await small_post.send()
    message, *_ = await small_post.world.messages()
    assert (message.status, message.last_error) == ("refused", "bounced 5.1.1")


@pytest.mark.parametrize("path", ["bounces+1-{hex}@sojourn.example", "bounces@sojourn.example", "x@evil.example"])
async def test_a_forged_report_changes_nothing(small_post: Post, path: str) -> None:
    await sent(small_post)
    forged = path.format(hex="0" * 20)
    for name in FAILED:
        assert await bounces(small_post).take_mail(report(name, forged), BACK) is None
    event = {"return_path": forged, "action": "failed", "status": "5.1.1"}
    assert await bounces(small_post).take_events(json.dumps(event).encode(), BACK) == 0
    assert await noted(small_post) == []
    assert {m.status for m in await small_post.world.messages()} == {"sent"}


async def test_a_report_about_a_message_that_is_not_there_is_left(small_post: Post) -> None:
    await sent(small_post)
    assert await bounces(small_post).take_mail(report("postfix-failed", path_of(99)), BACK) is None
    assert await noted(small_post) == []


async def test_reports_as_json_are_noted_once(small_post: Post) -> None:
    message = await sent(small_post)
    delayed = {"return_path": path_of(message.id), "action": "delayed"}
    failed = {"return_path": path_of(message.id), "action": "failed", "status": "5.2.2", "id": "report 1"}
    told = json.dumps([delayed, failed, failed, {**failed, "return_path": "else@where.example"}]).encode()
    for _ in range(2):
        assert await bounces(small_post).take_events(told, BACK) == 3
    assert sorted(await noted(small_post)) == [("delayed", "4.0.0"), ("failed", "5.2.2")]
    message, *_ = await small_post.world.messages()
    assert message.status == "refused"


@pytest.mark.parametrize(
    "wrong",
    [
        "", "null", "5", '"text"', "{}", '{"return_path": "x"}', '{"return_path": "x", "action": "read"}',
        '{"return_path": "x", "action": "failed", "status": "gone"}', "[" * 5000, "[1]", "\udcff",
        '{"return_path": 5, "action": "failed"}', json.dumps({"return_path": "x" * 400, "action": "failed"}),
        json.dumps([{"return_path": "x", "action": "failed"}] * 1001),
    ],
)  # fmt: skip
async def test_json_of_another_form_is_refused(small_post: Post, wrong: str) -> None:
    with pytest.raises(BadInput, match="bounce"):
        await bounces(small_post).take_events(wrong.encode("utf-8", "surrogateescape"), BACK)


class TestInbox:
    async def read(self, post: Post, inbox: FakeInbox, **changed: Any) -> BouncesAnswer:
        settings = InboxSettings(
            host="127.0.0.1", port=inbox.port, tls="none", username="bounces", password="secret word"
        )
        activity = BounceInbox(post.world.sessions, bounces(post), replace(settings, **changed))
        return await activity.read_bounces(ReadBounces(now=BACK))

    async def test_what_came_back_is_read_once(self, small_post: Post) -> None:
        message = await sent(small_post)
        async with running_inbox() as inbox:
            inbox.add(
                report("holiday", path_of(message.id)),
                b"\xff\xfe no mail at all",
                report("postfix-failed", "forged+1-" + "0" * 20 + "@sojourn.example"),
                report("postfix-delayed", path_of(message.id)),
                report("exchange-failed", path_of(message.id)) + b"x" * 400_000,
            )
            answer = await self.read(small_post, inbox)
            assert answer == BouncesAnswer(read=5, failed=1, delayed=1, more=True)
            assert inbox.seen == {1, 2, 3, 4, 5}
            assert await self.read(small_post, inbox) == BouncesAnswer()
        message, *_ = await small_post.world.messages()
        assert (message.status, message.last_error) == ("refused", "bounced 5.1.10")

    async def test_what_a_crash_left_unread_is_read_again_and_noted_once(self, small_post: Post) -> None:
        message = await sent(small_post)
        async with running_inbox() as inbox:
            inbox.add(report("postfix-failed", path_of(message.id)))
            inbox.hang_up_at = "UID STORE"
            await self.read(small_post, inbox)
            assert inbox.seen == set()
            inbox.hang_up_at = ""
            assert (await self.read(small_post, inbox)).read == 1
        assert await noted(small_post) == [("failed", "5.1.1")]

    @pytest.mark.parametrize(
        ("changed", "hang_up_at", "said"),
        [
            ({"password": "wrong"}, "", "error"),
            ({"folder": "Nothing"}, "", "no such folder"),
            ({"port": 1}, "", "ConnectionRefusedError"),
            ({"tls": "starttls"}, "", "abort"),
            ({}, "LOGIN", "abort"),
            ({}, "UID SEARCH", "abort"),
        ],
    )
    async def test_an_inbox_that_is_away_is_a_task_until_it_is_back(
        self, small_post: Post, changed: dict[str, Any], hang_up_at: str, said: str
    ) -> None:
        async with running_inbox() as inbox:
            inbox.hang_up_at = hang_up_at
            assert await self.read(small_post, inbox, **changed) == BouncesAnswer()
            task = (await small_post.world.tasks())["bounce_inbox"]
            assert said in english(task)
            assert "no such login" not in english(task), "nothing in the host's own words"
            inbox.hang_up_at = ""
            await self.read(small_post, inbox)
        assert (await small_post.world.tasks())["bounce_inbox"].closed_at == BACK

    async def test_without_an_inbox_nothing_is_read(self, small_post: Post) -> None:
        activity = BounceInbox(small_post.world.sessions, bounces(small_post), None)
        assert await activity.read_bounces(ReadBounces(now=BACK)) == BouncesAnswer()
        async with transaction(small_post.world.sessions) as session:
            assert list(await session.scalars(select(OperatorTaskRow))) == []
