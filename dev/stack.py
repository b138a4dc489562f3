"""The whole service on one machine: Temporal, mail sink, worker and portal, watched and drained."""

import asyncio
import contextlib
import os
import shutil
import socket
import sqlite3
import sys
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from temporalio.client import Client
from temporalio.service import RPCError

from dev.folder import StateFolder
from dev.process import ManagedProcess, Ready, Tell
from gateway.composition import require_database
from gateway.connection import beginning, connect, ensure_search_attributes
from models.errors import Broken, Unavailable
from settings import Settings, secret_of

HERE = "127.0.0.1"
TEMPORAL, SINK, WORKER, PORTAL = "temporal", "mailsink", "worker", "portal"
TEMPORAL_UI = "temporal-ui"
PORT_SETTINGS = {
    TEMPORAL: "SOJOURN_TEMPORAL_PORT",
    TEMPORAL_UI: "SOJOURN_TEMPORAL_UI_PORT",
    SINK: "SOJOURN_SMTP_PORT",
    PORTAL: "SOJOURN_PORTAL_PORT",
}
"""By which setting each port is another one."""
SET_UP_BY_THE_WORKER = ("database.none", "database.not_set_up", "database.older")
_SOON = timedelta(seconds=2)
SERVER_STARTS_WITHIN = timedelta(seconds=60)
"""A busy machine takes longer than the few seconds that the SDK allows its servers."""


class DevStack:
    """Temporal, mail sink, worker and portal of one state folder; an async context manager that drains them at the end.

    A cluster or mail host named in the settings is used as it is, and none is started in its place.
    """

    def __init__(
        self,
        settings: Settings,
        state_dir: Path,
        *,
        temporal_port: int | None = None,
        ui_port: int | None = None,
        smtp_port: int | None = None,
        portal_port: int | None = None,
        ui: bool = True,
        tell: Tell | None = None,
    ) -> None:
        """Keep everything under `state_dir`. A port of 0 takes a free one; `tell` hears what an operator should.

        Without a `portal_port` there is no portal; without another port the one of the settings is taken. Temporal's
        pages are a thousand above a free port of the server.
        """
        self.state_dir = state_dir
        self._folder = StateFolder(state_dir)
        self._ui = ui
        self._portal = portal_port is not None
        self._tell = tell or (lambda _: None)
        self._own_temporal = settings.temporal_address is None
        self._own_sink = smtp_port is not None or "smtp_host" not in settings.model_fields_set
        own: dict[str, object] = {"ready_file": state_dir / "worker.ready"}
        self._ui_port = ui_port or settings.temporal_ui_port
        if temporal_port is None:
            temporal_port = settings.temporal_port
        elif temporal_port == 0:
            temporal_port = free_port()
            self._ui_port = ui_port or temporal_port + 1000
        self._temporal_address = f"{HERE}:{temporal_port}" if self._own_temporal else None
        if self._own_temporal:
            own["temporal_address"] = self._temporal_address
        if self._own_sink:
            port = settings.smtp_port if smtp_port is None else smtp_port or free_port()
            own |= {"smtp_host": HERE, "smtp_port": port, "smtp_tls": "none", "smtp_username": None}
        if settings.secret_key is None:
            own["secret_key"] = secret_of(state_dir)
        if portal_port is not None:
            own |= self._portal_settings(settings, portal_port or free_port())
        self.settings = settings.model_copy(update=own)
        self.parts: dict[str, ManagedProcess] = {}
        self.begins_anew = False
        """Whether Temporal was started with nothing: what the records know goes on only once it is recovered."""

    def _portal_settings(self, settings: Settings, port: int) -> dict[str, object]:
        own: dict[str, object] = {"portal_host": HERE, "portal_port": port}
        if "public_url" not in settings.model_fields_set:
            own["public_url"] = f"http://{HERE}:{port}"
        if self._own_sink:
            own["mailbox_dir"] = self.mailbox
        if self.ui_address:
            own["temporal_ui_url"] = self.ui_address
        return own

    @property
    def portal_address(self) -> str | None:
        """Address of the pages, where this stack serves them."""
        return f"http://{HERE}:{self.settings.portal_port}" if self._portal else None

    @property
    def mailbox(self) -> Path:
        """Where the sink keeps the mail it was given."""
        return self.state_dir / "mailbox"

    @property
    def address(self) -> str:
        """Host and port of Temporal."""
        return self.settings.temporal_address or ""

    @property
    def ui_address(self) -> str | None:
        """Address of Temporal's pages, where this stack starts them."""
        return f"http://{HERE}:{self._ui_port}" if self._temporal_address and self._ui else None

    async def __aenter__(self) -> Self:
        """Start what is needed, in order, and wait until the worker polls.

        Raises:
            Unavailable: another `up` has the folder, a port is taken, or a part did not come up; what was started is
                stopped again.
            Broken: a part did not come up because an operator must look.
        """
        self._folder.take()
        try:
            await self._folder.end_leftovers(self._tell)
            await self._start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drain: the worker first, so that what it has begun is recorded and sent; the server last."""
        await self.stop()

    async def client(self) -> Client:
        """A client of this stack's Temporal."""
        return await connect(self.address, self.settings.temporal_namespace)

    async def kill(self, name: str) -> None:
        """End a part at once, as a crash would; it is started again."""
        await self.parts[name].kill()

    async def until_ready(self, name: str) -> None:
        """Wait until a part answers, e.g. after it was killed.

        Raises:
            Unavailable: it does not come back.
        """
        await self.parts[name].until_ready()

    async def stop(self) -> None:
        """Stop what runs: portal and worker, then sink, then server."""
        for name in (PORTAL, WORKER, SINK, TEMPORAL):
            if name in self.parts:
                await self.parts[name].stop()
                del self.parts[name]
        self._folder.leave()

    async def abort(self) -> None:
        """End what runs at once; the next start takes up what was begun."""
        await asyncio.gather(*(part.stop(within=0) for part in self.parts.values()))
        self.parts.clear()
        self._folder.leave()

    async def _start(self) -> None:
        for name, taken in self._ports().items():
            await _require_port(name, taken)
        await _require_database(self.settings)
        if self._own_temporal:
            _require_file(self._temporal_file)
            self.begins_anew = not self._temporal_file.exists()
            await self._begin(TEMPORAL, self._temporal_command(), self._temporal_answers, _port(self.address))
        client = await self.client()
        async with beginning(client):
            await ensure_search_attributes(client)
        if self._own_sink:
            port = self.settings.smtp_port
            keeps = ["--host", HERE, "--port", str(port), "--folder", str(self.mailbox)]
            await self._begin(SINK, [sys.executable, "-m", "dev.mailsink", *keeps], lambda: _listens(port), port)
        await self._begin(WORKER, [sys.executable, "-m", "worker"], self._worker_polls)
        if self._portal:
            port = self.settings.portal_port
            await self._begin(PORTAL, [sys.executable, "-m", "portal"], lambda: _listens(port), port)

    def _ports(self) -> dict[str, int]:
        """Every port that is about to be listened on: one that is taken is told before anything is started."""
        ports = {TEMPORAL: _port(self.address)} if self._own_temporal else {}
        if self.ui_address:
            ports[TEMPORAL_UI] = self._ui_port
        if self._own_sink:
            ports[SINK] = self.settings.smtp_port
        return ports | ({PORTAL: self.settings.portal_port} if self._portal else {})

    async def _begin(self, name: str, command: list[str], ready: Ready, port: int | None = None) -> None:
        if port is not None:
            await _require_port(name, port)
        log = self.state_dir / "log" / f"{name}.log"
        # The dev server picks ports for its inner services and panics if another process takes one before it does.
        tries = 3 if name == TEMPORAL else 1
        note = self._folder.notes / f"{name}.pid"
        part = ManagedProcess(name, command, self._environment(), log, ready, self._tell, tries, note)
        self.parts[name] = part
        await part.start()

    def _environment(self) -> dict[str, str]:
        """What the parts inherit: this process's environment, the settings, and where the code is."""
        path = os.pathsep.join(p for p in (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")) if p)
        own = {"PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}
        return {**os.environ, **self.settings.environment(), **own}

    @property
    def _temporal_file(self) -> Path:
        return self.state_dir / "temporal.db"

    def _temporal_command(self) -> list[str]:
        port = _port(self.address)
        page = ["--ui-port", str(self._ui_port), "--ui-disable-news-fetch"] if self._ui else ["--headless"]
        namespace = self.settings.temporal_namespace
        return [
            temporal_binary(), "server", "start-dev", "--ip", HERE, "--port", str(port), *page,
            "--db-filename", str(self._temporal_file),
            # Write-ahead log at full durability: 1.5 times the throughput of the default journal, nothing given up.
            "--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=2",
            "--log-level", "warn",
            *(["--namespace", namespace] if namespace else []),
        ]  # fmt: skip

    async def _temporal_answers(self) -> bool:
        try:
            client = await self.client()
            return await client.service_client.check_health(timeout=_SOON)
        except (Unavailable, RPCError):
            return False

    async def _worker_polls(self) -> bool:
        """Whether the running worker, and not one before it, said that it takes tasks."""
        process, said = self.parts[WORKER].process, self.settings.ready_file
        if process is None or process.returncode is not None or said is None or not said.exists():
            return False
        return said.read_text(encoding="utf-8") == str(process.pid)


async def _require_database(settings: Settings) -> None:
    """What would stop every part is told once, before any is started; the worker sets a new database up."""
    try:
        await require_database(settings)
    except Unavailable as away:
        if away.message not in SET_UP_BY_THE_WORKER:
            raise


def _require_file(file: Path) -> None:
    """That what Temporal keeps can be read; the server itself would say it in a page of its own code."""
    if not file.exists():
        return
    try:
        with contextlib.closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as opened:
            opened.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.DatabaseError:
        raise Broken("temporal.file", path=str(file)) from None


def temporal_binary() -> str:
    """The Temporal server that came as a wheel.

    Raises:
        Broken: it is not installed.
    """
    return _binary("temporal")


def test_server_binary() -> str:
    """The time-skipping server that came as a wheel, for demo and tests.

    Raises:
        Broken: it is not installed.
    """
    return _binary("temporal-test-server")


def _binary(name: str) -> str:
    """A program beside this Python, or on the path."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise Broken("program.missing", name=name)
    return found


def free_port() -> int:
    """A port of this machine that nobody listens on now, for two servers: the next thousandth is free too."""
    for _ in range(50):
        with socket.socket() as one, socket.socket() as other:
            one.bind((HERE, 0))
            port = int(one.getsockname()[1])
            with contextlib.suppress(OSError, OverflowError):
                other.bind((HERE, port + 1000))
                return port
    raise Unavailable("port.none")


async def _require_port(name: str, port: int) -> None:
    if await _listens(port):
        raise Unavailable("port.taken", port=port, name=name, setting=PORT_SETTINGS[name])


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(HERE, port)
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


def _port(address: str) -> int:
    return int(address.rpartition(":")[2])
