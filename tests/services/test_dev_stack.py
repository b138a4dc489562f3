"""`sojourn up`: the real parts as processes, killed and started again, drained by Ctrl-C, going on where they were."""

import asyncio
import os
import signal
import sys
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from temporalio.client import WorkflowExecutionStatus

from dev import stack, up
from dev.mailsink import MailSink
from dev.process import ManagedProcess
from dev.stack import PORTAL, SINK, TEMPORAL, TEMPORAL_UI, WORKER, DevStack
from failures.exits import AWAY, exit_code
from models.errors import Broken, Unavailable
from models.identifiers import EXCHANGE_QUEUE, MAILROOM_ID
from models.messages.mailroom import MAILROOM_WORKFLOW, RING, MailroomState
from observability import sentence_of
from settings import Settings

pytestmark = pytest.mark.live


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in os.environ if n.startswith(("SOJOURN_", "TEMPORAL_"))]:
        monkeypatch.delenv(name)


def stack_in(folder: Path, told: list[str], *, temporal_port: int = 0) -> DevStack:
    settings = Settings(database_url=f"sqlite+aiosqlite:///{folder / 'sojourn.db'}", files_dir=folder / "files")
    return DevStack(settings, folder, temporal_port=temporal_port, smtp_port=0, ui=False, tell=told.append)


async def running(stack: DevStack, workflow_id: str) -> bool:
    description = await (await stack.client()).get_workflow_handle(workflow_id).describe()
    return description.status is WorkflowExecutionStatus.RUNNING


async def test_every_part_comes_back_and_nothing_is_lost(tmp_path: Path) -> None:
    told: list[str] = []
    async with stack_in(tmp_path, told) as stack:
        client = await stack.client()
        await client.start_workflow(
            MAILROOM_WORKFLOW, MailroomState(), id=MAILROOM_ID, task_queue=EXCHANGE_QUEUE, start_signal=RING
        )
        for name in (WORKER, TEMPORAL, SINK):
            await stack.kill(name)
            await stack.until_ready(name)
            assert stack.parts[name].starts == 2
        assert [text.split(" (")[0] for text in told] == [f"{name} ended" for name in (WORKER, TEMPORAL, SINK)]
        assert await running(stack, MAILROOM_ID)
    assert not stack.parts

    async with stack_in(tmp_path, told) as again:
        assert await running(again, MAILROOM_ID), "it goes on where it was"


@pytest.mark.parametrize(
    ("name", "setting"),
    [(TEMPORAL, "temporal_port"), (TEMPORAL_UI, "temporal_ui_port"), (SINK, "smtp_port"), (PORTAL, "portal_port")],
)
async def test_a_taken_port_is_said_with_its_setting_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, setting: str
) -> None:
    for one in ("temporal_port", "temporal_ui_port", "smtp_port", "portal_port"):
        monkeypatch.setenv(f"SOJOURN_{one.upper()}", str(stack.free_port()))
    async with MailSink(tmp_path / "other") as other:
        monkeypatch.setenv(f"SOJOURN_{setting.upper()}", str(other.port))
        screen = Console(file=StringIO(), width=200)
        with pytest.raises(Unavailable, match=r"port.taken") as refused:
            await up.up(Settings(), tmp_path, screen)
        assert refused.value.params == {"name": name, "port": other.port, "setting": f"SOJOURN_{setting.upper()}"}
        assert exit_code(refused.value) == AWAY
        assert f"SOJOURN_{setting.upper()}" in sentence_of(refused.value)
    assert not (tmp_path / "temporal.db").exists()
    assert not list((tmp_path / "run").iterdir())


async def test_what_the_settings_name_is_used_as_it_is(tmp_path: Path) -> None:
    named = Settings(temporal_address="temporal.example:7233", smtp_host="mail.example")
    stack = DevStack(named, tmp_path)
    assert (stack.address, stack.settings.smtp_host, stack.ui_address) == (
        "temporal.example:7233",
        "mail.example",
        None,
    )


async def test_up_greets_and_ctrl_c_drains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    screen = Console(file=StringIO(), width=200)
    settings = Settings(
        temporal_port=stack.free_port(),
        temporal_ui_port=stack.free_port(),
        smtp_port=stack.free_port(),
        portal_port=stack.free_port(),
    )
    task = asyncio.create_task(up.up(settings, Path("var"), screen))
    text = ""
    while "sojourn worklist" not in text:
        assert not task.done(), text
        text = output(screen)
        await asyncio.sleep(0.02)
    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.wait_for(task, 30)
    text = output(screen)
    assert "Sojourn is up." in text
    assert f"http://127.0.0.1:{settings.portal_port}\n" in text
    assert f"http://127.0.0.1:{settings.temporal_ui_port}\n" in text
    assert str(Path("var/mailbox")) in text
    assert text.rstrip().endswith("`sojourn up` goes on where it was.")
    assert (tmp_path / "var" / "temporal.db").exists()
    logs = {p.name for p in (tmp_path / "var" / "log").iterdir()}
    assert logs == {"temporal.log", "mailsink.log", "worker.log", "portal.log"}


async def test_a_second_ctrl_c_ends_at_once(tmp_path: Path) -> None:
    async def ready() -> bool:
        return (tmp_path / "ready").exists()

    deaf = "import pathlib, signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    deaf += "pathlib.Path(sys.argv[1]).touch(); time.sleep(600)"
    command = [sys.executable, "-c", deaf, str(tmp_path / "ready")]
    told: list[str] = []
    stack = stack_in(tmp_path, told)
    part = stack.parts[WORKER] = ManagedProcess(WORKER, command, dict(os.environ), tmp_path / "log", ready, told.append)
    await part.start()
    draining = asyncio.create_task(stack.stop())
    await asyncio.wait({draining}, timeout=0.1)
    draining.cancel()
    await asyncio.gather(draining, return_exceptions=True)
    await stack.abort()
    assert part.process is not None
    assert part.process.returncode == -signal.SIGKILL
    assert not stack.parts


def output(screen: Console) -> str:
    assert isinstance(screen.file, StringIO)
    return screen.file.getvalue()


def test_the_binaries_are_named_when_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Broken, match=r"program.missing name=temporal"):
        stack.temporal_binary()
