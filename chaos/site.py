"""The whole service as processes that can be killed one by one: Temporal, worker, portal, mail host, database."""

import asyncio
import contextlib
import os
import subprocess
import sys
import tarfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from temporalio.client import Client
from temporalio.service import RPCError

from bench.partners import write_partners
from chaos.databases import DISK_SIZE, Database, Disk, open_database
from chaos.mailhost import BOOK
from chaos.processes import Part, environment_with, listens
from dev.stack import free_port, temporal_binary
from gateway.connection import connect, ensure_search_attributes
from models.errors import Unavailable
from settings import Settings, secret_of

HERE = "127.0.0.1"
ROOT = Path(__file__).parent.parent
TEMPORAL, WORKER, PORTAL, MAIL_HOST = "Temporal", "the worker", "the portal", "the mail host"
EARLIER, SECOND = "the old worker", "the second worker"
_SOON = timedelta(seconds=2)


class Site:
    """Everything in one folder, on free ports."""

    def __init__(self, folder: Path, database: Database, disk: Disk) -> None:
        self.folder = folder
        self.database = database
        self.disk = disk
        self.mood_file = folder / "mood"
        self.parts: dict[str, Part] = {}
        ports = SimpleNamespace(temporal=free_port(), mail=free_port(), portal=free_port())
        self.temporal_address = f"{HERE}:{ports.temporal}"
        self.portal_address = f"http://{HERE}:{ports.portal}"
        catalogue = folder / "catalogue"
        write_partners(catalogue, datetime.now(UTC).date())
        self.settings = Settings.model_validate(
            {
                "database_url": database.url,
                "files_dir": folder / "files",
                "catalogue_dir": catalogue,
                "temporal_address": self.temporal_address,
                "ready_file": folder / "worker.ready",
                "smtp_host": HERE,
                "smtp_port": ports.mail,
                "mail_per_second": 1000,
                "upload_files_per_day": 10_000,  # one coordinator does here in an hour what takes a term
                "portal_host": HERE,
                "portal_port": ports.portal,
                "public_url": self.portal_address,
                "secret_key": secret_of(folder),
                "log_level": "WARNING",
            }
        )
        self._ports = ports

    @property
    def mailbox(self) -> Path:
        """Where the mail host keeps mail."""
        return self.folder / "mailbox"

    @property
    def mail_book(self) -> Path:
        """What the mail host wrote down of the mail it took."""
        return self.mailbox / BOOK

    @property
    def temporal_file(self) -> Path:
        """Temporal's own store."""
        return self.folder / "temporal.db"

    def mood(self, mood: str = "") -> None:
        """Say how the mail host is from now on."""
        self.mood_file.write_text(mood, encoding="utf-8")

    async def start(self) -> None:
        """Start everything, in order."""
        self.mood()
        await self._begin(TEMPORAL, self._temporal_command(), self._temporal_answers)
        await ensure_search_attributes(await connect(self.temporal_address, None))
        host = [sys.executable, "-m", "chaos.mailhost", "--port", str(self._ports.mail)]
        host += ["--folder", str(self.mailbox), "--mood", str(self.mood_file)]
        await self._begin(MAIL_HOST, host, lambda: listens(self._ports.mail))
        await self._begin(WORKER, [sys.executable, "-m", "worker"], self.polls(self.folder / "worker.ready", WORKER))
        await self._begin(PORTAL, [sys.executable, "-m", "portal"], lambda: listens(self._ports.portal))

    async def start_earlier(self, code: Path) -> None:
        """Start a second worker, of the version whose code is in a folder."""
        await self._start_beside(EARLIER, code)

    async def start_second(self) -> None:
        """Start a second worker, as operators run at least two."""
        await self._start_beside(SECOND, ROOT)

    async def _start_beside(self, name: str, code: Path) -> None:
        word = name.split()[1]
        ready = self.folder / f"{word}.ready"
        environment = environment_with(self.settings.model_copy(update={"ready_file": ready}).environment(), code)
        command = [sys.executable, "-m", "worker"]
        log = self.folder / "log" / f"{word}.log"
        part = self.parts[name] = Part(name, command, environment, log, self.polls(ready, name), code)
        await part.start()

    async def all_back(self, within: float = 60.0) -> None:
        """Wait until every part answers.

        Raises:
            TimeoutError: one does not.
        """
        self.disk.free()
        self.mood()
        await self.database.revive()
        for part in self.parts.values():
            part.release()
        await asyncio.gather(*(part.until_ready(within) for part in self.parts.values()))

    async def end(self) -> None:
        """End every process."""
        for part in reversed(list(self.parts.values())):
            await part.end()
        self.database.end()
        self.disk.end()

    def polls(self, ready_file: Path, name: str) -> Any:
        """A question whether the worker that runs now, and not one before it, takes tasks."""

        def said() -> bool:
            process = self.parts[name].process
            exists = process is not None and ready_file.exists()
            return exists and ready_file.read_text(encoding="utf-8") == str(process.pid if process else "")

        async def ready() -> bool:
            return said()

        return ready

    async def _begin(self, name: str, command: list[str], ready: Any) -> None:
        log = self.folder / "log" / f"{name.split()[-1].lower()}.log"
        environment = environment_with(self.settings.environment(), ROOT)
        part = self.parts[name] = Part(name, command, environment, log, ready, ROOT)
        await part.start()

    def _temporal_command(self) -> list[str]:
        return [
            temporal_binary(), "server", "start-dev", "--ip", HERE, "--port", str(self._ports.temporal), "--headless",
            "--db-filename", str(self.temporal_file), "--log-level", "error",
            "--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=2",
        ]  # fmt: skip

    async def _temporal_answers(self) -> bool:
        try:
            client: Client = await connect(self.temporal_address, None)
            return await client.service_client.check_health(timeout=_SOON)
        except (Unavailable, RPCError):
            return False


@asynccontextmanager
async def open_site(folder: Path, kind: str) -> AsyncIterator[Site]:
    """A running service in an empty folder; every process is gone at the end."""
    disk = Disk(folder / "disk", DISK_SIZE[kind])
    try:
        site = Site(folder, open_database(kind, disk.folder), disk)
    except BaseException:
        disk.end()
        raise
    try:
        await site.start()
        yield site
    finally:
        await site.end()


def earlier_version(named: str | None, folder: Path) -> tuple[str, Path] | None:
    """Lay the code of an earlier version out in a folder: the one named, else the newest tag, else the last commit.

    `None` where there is none, as in a copy without history.
    """
    for revision in [named] if named else [_git("describe", "--tags", "--abbrev=0", "HEAD^"), "HEAD^"]:
        commit = _git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}") if revision else ""
        if not commit:
            continue
        archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=False)
        if archive.returncode == 0:
            folder.mkdir(parents=True)
            with tarfile.open(fileobj=BytesIO(archive.stdout)) as files:
                files.extractall(folder, filter="data")
            return commit[:12], folder
    return None


def _git(*words: str) -> str:
    with contextlib.suppress(OSError):
        said = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
        return said.stdout.strip() if said.returncode == 0 else ""
    return ""


def has_recover() -> bool:
    """Whether this version of the service can be rebuilt from its records by a command."""
    said = subprocess.run(
        [sys.executable, "-m", "starter", "recover", "--help"],
        cwd=ROOT,
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
    )
    return said.returncode == 0
