"""The development mailbox: what the sink received is shown, newest first; without a folder there is no such page."""

import asyncio
import smtplib
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from dev.mailsink import MailSink
from tests.databases import Database
from tests.portal.world import Portal, open_portal


@pytest.fixture
async def sink(tmp_path: Path) -> AsyncIterator[MailSink]:
    """A sink with one mail of an earlier version and one that came today."""
    async with MailSink(tmp_path / "mailbox") as sink:
        (sink.folder / "20270301T090000-3f2a.eml").write_bytes(
            b"To: old@example.org\r\nSubject: Before\r\n\r\nText\r\n"
        )
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "a@example.org", "Na Li <li.na@example.org>", "住房已确认"
        mail.set_content("你好，李娜")
        mail.add_alternative("<p>你好</p>", subtype="html")

        def deliver() -> None:
            with smtplib.SMTP("127.0.0.1", sink.port) as client:
                client.send_message(mail)

        await asyncio.to_thread(deliver)
        yield sink


@pytest.fixture
async def shown(sqlite_database: Database, tmp_path: Path, sink: MailSink) -> AsyncIterator[Portal]:
    async with open_portal(sqlite_database, tmp_path, mailbox_dir=sink.folder) as portal:
        yield portal


async def test_mails_of_the_sink_and_of_earlier_versions_are_listed(shown: Portal) -> None:
    page = (await shown.browser().get("/mailbox")).text
    assert 0 < page.index("住房已确认") < page.index("Before")
    assert "Before" not in (await shown.browser().get("/mailbox?to=li.na@example.org")).text


async def test_a_mail_is_shown_as_text_and_in_a_sandbox_as_html(shown: Portal, sink: MailSink) -> None:
    name = sink.mails()[-1].name
    assert "你好，李娜" in (await shown.browser().get(f"/mailbox/{name}")).text
    html = await shown.browser().get(f"/mailbox/{name}/html")
    assert "<p>你好</p>" in html.text
    assert "sandbox" in html.headers["content-security-policy"]
    assert (await shown.browser().get("/mailbox/nothing.eml")).status_code == 404


async def test_without_a_folder_there_is_no_mailbox(portal: Portal) -> None:
    assert (await portal.browser().get("/mailbox")).status_code == 404
