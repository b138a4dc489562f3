"""The mail sink of development: nothing is lost, doubled mails are kept apart, earlier mailboxes are read."""

import asyncio
import smtplib
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

from dev.mailsink import MailSink


async def test_the_sink_keeps_doubles_and_serves_others(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"], mail["Message-ID"] = "x", "a@b.example", "c@d.example", "<1@x>"
    async with MailSink(tmp_path / "box") as sink:

        def deliver() -> None:
            with smtplib.SMTP("127.0.0.1", sink.port) as client:
                client.send_message(mail)

        await asyncio.to_thread(deliver)
        await asyncio.to_thread(deliver)
        assert [message_from_bytes(p.read_bytes())["Message-ID"] for p in sink.mails()] == ["<1@x>", "<1@x>"]
        assert not list((sink.folder / "tmp").iterdir())


async def test_the_sink_refuses_for_now_what_it_cannot_keep(tmp_path: Path) -> None:
    async with MailSink(tmp_path / "box") as sink:
        (sink.folder / "tmp").rmdir()

        def deliver() -> tuple[int, bytes]:
            with smtplib.SMTP("127.0.0.1", sink.port) as client:
                client.ehlo()
                client.mail("a@b.example")
                client.rcpt("c@d.example")
                return client.data(b"Subject: x\r\n\r\ny\r\n")

        assert (await asyncio.to_thread(deliver))[0] == 452
    assert sink.mails() == []


async def test_a_mailbox_of_an_earlier_version_is_kept_and_read(tmp_path: Path) -> None:
    (tmp_path / "20270301T090000-3f2a.eml").write_bytes(b"Subject: old\r\n\r\n")
    async with MailSink(tmp_path) as sink:

        def deliver() -> None:
            with smtplib.SMTP("127.0.0.1", sink.port) as client:
                client.sendmail("a@b.example", "c@d.example", "Subject: new\r\n\r\ny\r\n")

        await asyncio.to_thread(deliver)
        assert [message_from_bytes(p.read_bytes())["Subject"] for p in sink.mails()] == ["old", "new"]
