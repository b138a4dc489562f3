"""What is wrong with a part outside is one line with what to do and the documented exit code, of every process."""

import asyncio
import os
import shutil
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from dev.stack import HERE, free_port
from failures.exits import AWAY, BROKEN, KEPT
from tests.rules.source import ROOT

WORKER, UP, PORTAL = ("-m", "worker"), ("-m", "starter", "up"), ("-m", "portal")
COMMAND = ("-m", "starter", "list", "--as", "programme_office@cqmu")
ACT = ("-m", "starter", "quota", "2027-incoming-dartmouth-cqmu", "6", "--as", "programme_office@cqmu")
INSIDE = pytest.mark.skipif(
    not shutil.which("unshare") or os.system("unshare -rm true 2>/dev/null") != 0,
    reason="this machine lets nobody have mounts of their own",
)
SMALL = (
    "mount -t tmpfs -o size=1m none disk && cp -r kept/. disk/ && { dd if=/dev/zero of=disk/rest bs=4k 2>&- || true; }"
)
SEALED = "mount --bind kept disk && mount -o remount,ro,bind disk"


@dataclass
class Place:
    """A folder with the state of a service, and processes in it."""

    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "kept" / "sojourn.db"

    def environment(self, **own: str | None) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("SOJOURN_", "TEMPORAL_"))}
        known = {
            "SOJOURN_DATABASE_URL": f"sqlite+aiosqlite:///{self.database}",
            "SOJOURN_FILES_DIR": str(self.folder / "kept" / "files"),
            "SOJOURN_TEMPORAL_ADDRESS": f"{HERE}:1",
            "SOJOURN_SECRET_KEY": "k" * 40,
            "SOJOURN_PORTAL_PORT": str(free_port()),
            "SOJOURN_SMTP_PORT": str(free_port()),
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "400",
        }
        return {name: value for name, value in (clean | known | own).items() if value is not None}

    async def told(self, command: tuple[str, ...], within: str = "", **own: str | None) -> tuple[int, list[str]]:
        """The exit code of a process, and its lines; `within` mounts something at `disk` for it alone."""
        run = (sys.executable, *command)
        if within:
            run = ("unshare", "-rm", "sh", "-c", f'{within} && exec "$@"', "sh", *run)
        process = await asyncio.create_subprocess_exec(
            *run,
            cwd=self.folder,
            env=self.environment(**own),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            said, _ = await asyncio.wait_for(process.communicate(), 90)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert process.returncode is not None
        return process.returncode, said.decode().splitlines()

    async def ends_with(
        self, code: int, words: str, *commands: tuple[str, ...], within: str = "", **own: str | None
    ) -> None:
        """Each of these processes ends with this code, and one line that says this."""
        for got, lines in await asyncio.gather(*(self.told(command, within, **own) for command in commands)):
            text = "\n".join(lines)
            assert got == code, text
            faults = [line for line in lines if "Not available now: " in line or "An operator must look: " in line]
            assert len(faults) == 1, text
            assert words in faults[0], text
            assert "Traceback" not in text
            assert "Error" not in text


@pytest.fixture
def place(tmp_path: Path, sqlite_template: Path) -> Place:
    kept = tmp_path / "kept"
    kept.mkdir()
    (tmp_path / "disk").mkdir()
    shutil.copy(sqlite_template, kept / "sojourn.db")
    return Place(tmp_path)


def changed(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(statement)
        connection.commit()


async def test_a_database_that_is_away(place: Place) -> None:
    away = f"postgresql+psycopg://sojourn:secret@{HERE}:1/sojourn"
    words = "The database does not answer. Is it running, and is SOJOURN_DATABASE_URL right?"
    await place.ends_with(AWAY, words, WORKER, COMMAND, UP, SOJOURN_DATABASE_URL=away)


async def test_a_file_that_is_no_database(place: Place) -> None:
    place.database.write_bytes(b"no database at all" * 300)
    words = "The database cannot be read: its file is damaged, or no database."
    await place.ends_with(BROKEN, words, WORKER, COMMAND, UP, PORTAL)


async def test_a_damaged_database(place: Place) -> None:
    data = bytearray(place.database.read_bytes())
    data[4096 : len(data) // 2] = b"\xa5" * (len(data) // 2 - 4096)
    place.database.write_bytes(data)
    await place.ends_with(BROKEN, "its file is damaged", WORKER, COMMAND, UP, PORTAL)


async def test_a_database_of_another_application(place: Place) -> None:
    place.database.unlink()
    changed(place.database, "CREATE TABLE songs (title TEXT)")
    await place.ends_with(BROKEN, "The database belongs to another application.", WORKER, COMMAND, UP, PORTAL)
    with closing(sqlite3.connect(place.database)) as connection:
        assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == [("songs",)], "nothing was added"


async def test_a_database_of_a_newer_version(place: Place) -> None:
    changed(place.database, "UPDATE alembic_version SET version_num = '9999'")
    words = "The database is of a newer version of the service (schema 9999)."
    await place.ends_with(BROKEN, words, WORKER, COMMAND, UP, PORTAL)


async def test_a_database_of_an_earlier_version(place: Place) -> None:
    changed(place.database, "UPDATE alembic_version SET version_num = '0019'")
    await place.ends_with(AWAY, "(schema 0019). Run `sojourn migrate`.", COMMAND)


async def test_an_address_that_is_none(place: Place) -> None:
    words = "SOJOURN_DATABASE_URL cannot be read."
    await place.ends_with(BROKEN, words, COMMAND, SOJOURN_DATABASE_URL="nonsense")
    await place.ends_with(BROKEN, words, WORKER, COMMAND, UP, PORTAL, SOJOURN_DATABASE_URL="mysql://host/name")


@INSIDE
async def test_a_full_disk(place: Place) -> None:
    url = f"sqlite+aiosqlite:///{place.folder / 'disk' / 'new.db'}"
    words = "The disk of the database is full. Nothing is lost; free some space"
    await place.ends_with(AWAY, words, WORKER, within=SMALL, SOJOURN_DATABASE_URL=url)
    (place.folder / "var").symlink_to("disk")
    await place.ends_with(AWAY, "is full", UP, within=SMALL, SOJOURN_SECRET_KEY=None)


@INSIDE
async def test_a_folder_that_is_read_only(place: Place) -> None:
    url = f"sqlite+aiosqlite:///{place.folder / 'disk' / 'sojourn.db'}"
    words = "The database file cannot be opened: its path is wrong, or its folder may not be read and written."
    await place.ends_with(AWAY, words, WORKER, within=SEALED, SOJOURN_DATABASE_URL=url)
    (place.folder / "var").symlink_to("disk")
    await place.ends_with(AWAY, "var may not be read or written.", UP, within=SEALED)


@pytest.mark.parametrize("content", [b"", b"short", b"\xff\xfe" * 40], ids=["empty", "short", "bytes"])
async def test_a_damaged_key_file(place: Place, content: bytes) -> None:
    (place.folder / "var").mkdir()
    key = place.folder / "var" / "secret.key"
    key.write_bytes(content)
    await place.ends_with(BROKEN, "The key file var/secret.key is damaged.", UP, SOJOURN_SECRET_KEY=None)
    assert key.read_bytes() == content


async def test_a_damaged_file_of_temporal(place: Place) -> None:
    (place.folder / "var").mkdir()
    (place.folder / "var" / "temporal.db").write_bytes(b"no database at all" * 300)
    words = "Temporal's file var/temporal.db cannot be read."
    await place.ends_with(BROKEN, words, UP, SOJOURN_TEMPORAL_ADDRESS=None)


async def test_temporal_away(place: Place) -> None:
    await place.ends_with(AWAY, f"Temporal does not answer at {HERE}:1.", WORKER, UP)
    await place.ends_with(KEPT, "the workflow service, at the address in SOJOURN_TEMPORAL_ADDRESS", ACT)


async def test_a_port_that_hangs_up_at_once(place: Place) -> None:
    async with answering_otherwise("nothing") as port:
        words = f"What answers at {HERE}:{port} is not Temporal"
        await place.ends_with(AWAY, words, WORKER, UP, SOJOURN_TEMPORAL_ADDRESS=f"{HERE}:{port}")


@pytest.mark.parametrize("until", ["the end", "a word"])
async def test_something_else_at_the_port_of_temporal(place: Place, until: str) -> None:
    async with answering_otherwise(until) as port:
        words = f"What answers at {HERE}:{port} is not Temporal"
        await place.ends_with(AWAY, words, WORKER, UP, SOJOURN_TEMPORAL_ADDRESS=f"{HERE}:{port}")
        await place.ends_with(
            KEPT,
            "the workflow service, at the address in SOJOURN_TEMPORAL_ADDRESS",
            ACT,
            SOJOURN_TEMPORAL_ADDRESS=f"{HERE}:{port}",
        )
        url = f"postgresql+psycopg://sojourn:secret@{HERE}:{port}/sojourn"
        words = "What answers at the address of the database is not PostgreSQL."
        await place.ends_with(AWAY, words, WORKER, COMMAND, UP, SOJOURN_DATABASE_URL=url)


async def test_an_address_of_temporal_that_is_none(place: Place) -> None:
    await place.ends_with(
        BROKEN, "no at all is no address of Temporal", WORKER, ACT, SOJOURN_TEMPORAL_ADDRESS="no at all"
    )


@pytest.mark.live
async def test_a_namespace_that_is_not_there(place: Place, dev_server: WorkflowEnvironment) -> None:
    own = {"SOJOURN_TEMPORAL_ADDRESS": dev_server.client.service_client.config.target_host}
    words = "Temporal does not know the namespace nowhere."
    await place.ends_with(BROKEN, words, WORKER, ACT, PORTAL, UP, SOJOURN_TEMPORAL_NAMESPACE="nowhere", **own)


async def test_a_port_of_the_portal_that_is_taken(place: Place) -> None:
    async with answering_otherwise() as port:
        await place.ends_with(AWAY, f"Port {port} for portal is taken.", PORTAL, SOJOURN_PORTAL_PORT=str(port))


@asynccontextmanager
async def answering_otherwise(until: str = "the end") -> AsyncIterator[int]:
    """A server of another kind, which greets and hangs up after this much of the other side; answers with its port."""

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if until != "nothing":
            writer.write(b"220 somebody else\r\n")
            await (reader.read() if until == "the end" else reader.readline())
        writer.close()

    server = await asyncio.start_server(greet, HERE, 0)
    async with server:
        yield int(server.sockets[0].getsockname()[1])
