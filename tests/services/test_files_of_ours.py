"""What the service writes is for its user alone, whatever the umask of whoever starts it."""

import asyncio
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

import worker
from cli.failures import told
from dev.mailsink import Mailbox
from dev.process import ManagedProcess
from gateway.composition import migrate_database
from records.sealed_files import FileOwner
from records.store.engine import open_engine, session_maker
from settings import Settings, secret_of
from tests.sealed import sealed_files


@pytest.fixture(autouse=True, params=[0o000, 0o022], ids=oct)
def careless(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whoever starts it lets others read, or even write."""
    before = os.umask(request.param)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> dict[str, str]:
    found = {path.relative_to(folder).as_posix(): path.lstat().st_mode for path in folder.rglob("*")}
    assert found
    return {name: stat.filemode(mode) for name, mode in found.items() if mode & 0o077}


async def test_the_store_and_the_database(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'state' / 'sojourn.db'}"
    await migrate_database(Settings(database_url=url, files_dir=tmp_path / "files"))
    engine = open_engine(url)
    owner = FileOwner(person_id="ann", purpose="identity", bound_to="passport")
    await sealed_files(session_maker(engine), tmp_path / "files").put(b"a passport", owner, datetime.now(UTC))
    await engine.dispose()
    assert (tmp_path / "state" / "sojourn.db").stat().st_size > 0
    assert open_to_others(tmp_path) == {}


def test_keys_logs_and_marks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret_of(tmp_path / "state")
    told(LookupError("a name"), tmp_path / "log")
    with worker._ready(tmp_path / "worker.pid"):
        assert {path.name for path in tmp_path.iterdir()} == {"state", "log", "worker.pid"}
        assert open_to_others(tmp_path) == {}


def test_the_mailbox(tmp_path: Path) -> None:
    message = EmailMessage()
    message["Subject"] = "replace the document"
    Mailbox(tmp_path / "mailbox").handle_message(message)
    closed = [tmp_path / "mailbox", *(tmp_path / "mailbox" / name for name in ("tmp", "new", "cur"))]
    assert [path.stat().st_mode & 0o777 for path in closed] == [0o700] * 4, "what is in them is out of reach"


async def test_processes_that_are_started(tmp_path: Path) -> None:
    """Also those that are not ours, like Temporal's."""

    async def ready() -> bool:
        return (tmp_path / "made").exists()

    script = "import pathlib, time; print('up', flush=True); pathlib.Path('made').mkdir(); time.sleep(60)"
    command = [sys.executable, "-c", f"import os; os.chdir({str(tmp_path)!r}); {script}"]
    part = ManagedProcess("part", command, dict(os.environ), tmp_path / "log" / "part.log", ready, lambda _: None)
    await part.start()
    await part.kill()
    await asyncio.sleep(0)
    assert open_to_others(tmp_path) == {}


@pytest.mark.parametrize("first", ["from observability import take_over; take_over()"])
def test_whole_processes(tmp_path: Path, first: str) -> None:
    then = "import pathlib; pathlib.Path('export.csv').write_text('x'); pathlib.Path('folder').mkdir()"
    code = f"import os; {first}; os.chdir({str(tmp_path)!r}); {then}"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    assert open_to_others(tmp_path) == {}
