"""`sojourn mail inbound`: one mail from a mail host, into the thread that it answers, with exit codes hosts know."""

import asyncio
import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pydantic import SecretStr

from cli.inbound_mail import EX_DATAERR, EX_NOUSER, EX_OK, EX_TEMPFAIL, taken
from cli.session import Session
from dev.mailsink import MailSink
from models.catalogue.loading import load_programme
from models.errors import Broken, Unavailable
from models.messages import conversation
from models.messages.conversation import MailResult
from settings import Settings
from tests.activities.students import Office
from tests.cli.conftest import Run
from tests.cli.services import Stand
from tests.databases import Database
from tests.mail.conversations import ADDRESS, Talk, reply
from tests.records.stays import HOST
from tests.sealed import SECRET


async def test_a_reply_goes_from_the_mail_host_into_the_thread(
    sqlite_database: Database, tmp_path: Path, smtp: MailSink
) -> None:
    talk = Talk(Office(sqlite_database, tmp_path / "files", load_programme()))
    await talk.begin()
    await talk.ask()
    (mail,) = await talk.sent(smtp)
    settings = Settings(
        database_url=sqlite_database.url,
        files_dir=tmp_path / "files",
        secret_key=SecretStr(SECRET),
        reply_address=ADDRESS,
        temporal_address="127.0.0.1:1",
    )
    session = Session(settings=lambda: settings)

    async def handed_in(data: bytes, here: Session = session) -> int:
        return await asyncio.to_thread(taken, io.BytesIO(data), "", here)

    answer = reply(mail, "Yes, from 2 March.")
    gone = settings.model_copy(update={"database_url": f"sqlite+aiosqlite:///{tmp_path / 'gone.db'}"})
    assert await handed_in(answer, Session(settings=lambda: gone)) == EX_TEMPFAIL
    assert [await handed_in(answer) for _ in range(2)] == [EX_OK, EX_OK]
    assert await talk.reads(HOST) == ["Is the plan enough?", "Yes, from 2 March."]
    unknown = answer.replace(str(mail["Reply-To"]).encode(), b"reply+1-00000000000000000000@sojourn.example")
    assert await handed_in(unknown) == EX_NOUSER


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (MailResult.TAKEN, EX_OK),
        (MailResult.REPEATED, EX_OK),
        (MailResult.DROPPED, EX_OK),
        (MailResult.REFUSED, EX_OK),
        (MailResult.NOBODY, EX_NOUSER),
        (Unavailable("database.silent"), EX_TEMPFAIL),
        (Broken("vault.no_key"), EX_TEMPFAIL),
        (ValueError("anything, eve@evil.example"), EX_TEMPFAIL),
    ],
)
def test_every_end_has_its_code_and_says_nothing_of_the_mail(
    run: Run, stand: Stand, monkeypatch: pytest.MonkeyPatch, result: MailResult | Exception, code: int
) -> None:
    asked: list[tuple[bytes, str]] = []

    async def take_mail(data: bytes, to: str) -> MailResult:
        asked.append((data, to))
        if isinstance(result, Exception):
            raise result
        return result

    cast(Any, stand.gateway).conversations = SimpleNamespace(take_mail=take_mail)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"From: a\r\n\r\nSecret.")))
    said = run("mail", "inbound", "--to", ADDRESS)
    assert said.code == code
    assert asked == [(b"From: a\r\n\r\nSecret.", ADDRESS)]
    assert "Secret" not in said.out + said.err
    assert "evil" not in said.out + said.err


def test_what_is_too_large_is_refused_for_good(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.inbound_mail.LARGEST_MAIL", 10)
    assert taken(io.BytesIO(b"x" * 11), "", stand.session) == EX_DATAERR
    assert conversation.LARGEST_MAIL > 10
    assert not stand.opened
