"""No log of any process holds what a person typed: real processes that fail with a person's data in every text."""

import asyncio
import json
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest
from temporalio.testing import WorkflowEnvironment

from dev.stack import free_port
from observability import JsonFormatter, SafeFormatter, StandardError, configure_logging
from tests.rules.source import ROOT
from tests.services.failing import SECRET, WORDS

FORMS = pytest.mark.parametrize("form", ["plain", "json"])


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """For a process with a database of its own, to which Temporal is away."""
    own = {
        "SOJOURN_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'sojourn.db'}",
        "SOJOURN_FILES_DIR": str(tmp_path / "files"),
        "SOJOURN_SECRET_KEY": "k" * 40,
        "SOJOURN_TEMPORAL_ADDRESS": "127.0.0.1:1",
        "PYTHONPATH": str(ROOT),
    }
    return os.environ | own


async def start(environment: dict[str, str], folder: Path, *command: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *command,
        cwd=folder,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def output_of(process: asyncio.subprocess.Process) -> str:
    printed, _ = await asyncio.wait_for(process.communicate(), 60)
    return printed.decode()


def holds_nothing(printed: str) -> None:
    """No word of the person, also not percent-encoded, and no frame with arguments."""
    found = {word for word in (*WORDS, quote(WORDS[1])) if word in printed}
    assert not found, printed


def texts_of(printed: str, form: str) -> str:
    """The log's texts; every line of a JSON log is JSON."""
    return "\n".join(json.loads(line)["text"] for line in printed.splitlines()) if form == "json" else printed


@FORMS
async def test_the_portal_logs_nothing_of_a_request(form: str, environment: dict[str, str], tmp_path: Path) -> None:
    port = free_port()
    environment |= {
        "SOJOURN_PORTAL_PORT": str(port),
        "SOJOURN_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SOJOURN_LOG_FORMAT": form,
    }
    process = await start(environment, tmp_path, "tests.services.failing", "portal")
    name, mail, passport, born, medicine = WORDS
    try:
        once = httpx2.Limits(max_keepalive_connections=0)
        async with asyncio.timeout(30), httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=once) as client:
            while True:
                try:
                    await client.get("/robots.txt")
                    break
                except httpx2.TransportError:
                    await asyncio.sleep(0.1)
            asked = f"/fail/{name}?mail={mail}&born={born}"
            failed = await client.post(asked, headers={"X-Passport": passport}, content=medicine)
            assert failed.status_code == 500
            await client.get(f"/nowhere/{name}", params={"mail": mail})
            await client.post("/api/v1/nominations", content=f"{{{medicine}", headers={"Authorization": name})
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"{name} {mail}\r\n{passport}\r\n\r\n".encode())
        await reader.read()
        writer.close()
    finally:
        process.terminate()
        printed = await output_of(process)
    holds_nothing(printed)
    said = texts_of(printed, form)
    assert "POST /fail/{name} failed: OperationalError at " in said
    assert "Exception in ASGI application" in said
    assert '"… … HTTP/…" 500' in said
    assert "Invalid HTTP request received." in said
    assert "nobody caught LookupError" in said
    assert "for …: '…'" in said
    assert "LookupError at events.py:" in printed, "a callback that failed is logged by asyncio"


@pytest.mark.live
@FORMS
async def test_the_worker_logs_nothing_of_a_failure(
    form: str, environment: dict[str, str], tmp_path: Path, dev_server: WorkflowEnvironment
) -> None:
    host = dev_server.client.service_client.config.target_host
    environment |= {"SOJOURN_TEMPORAL_ADDRESS": host, "SOJOURN_LOG_FORMAT": form}
    process = await start(environment, tmp_path, "tests.services.failing", "worker")
    printed = await output_of(process)
    assert process.returncode == 4
    holds_nothing(printed)
    said = texts_of(printed, form)
    assert "failing_activity of failing failed: OperationalError at " in said
    assert "temporalio.core" in printed
    assert "the process failed" in said


@FORMS
async def test_a_command_logs_nothing_of_a_failure(form: str, environment: dict[str, str], tmp_path: Path) -> None:
    process = await start(environment | {"SOJOURN_LOG_FORMAT": form}, tmp_path, "tests.services.failing", "command")
    printed = await output_of(process)
    assert process.returncode == 4
    holds_nothing(printed)
    assert "Something unforeseen happened (OperationalError)" in printed
    (log,) = (tmp_path / "var" / "log").iterdir()
    holds_nothing(log.read_text(encoding="utf-8"))


@pytest.mark.parametrize("module", ["worker", "portal"])
async def test_settings_that_cannot_be_read_are_named_and_not_repeated(
    module: str, environment: dict[str, str], tmp_path: Path
) -> None:
    process = await start(environment | {"SOJOURN_PORTAL_PORT": SECRET}, tmp_path, module)
    printed = await output_of(process)
    assert process.returncode == 2
    holds_nothing(printed)
    assert "the settings cannot be read: Settings: portal_port: int_parsing" in printed


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger, as it was before."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield root
    root.setLevel(level)
    root.handlers = handlers


def test_logging_is_set_up_once_however_often_it_is_asked_for(root: logging.Logger) -> None:
    configure_logging("plain", "INFO")
    configure_logging("json", "WARNING")
    (own,) = [handler for handler in root.handlers if isinstance(handler, StandardError)]
    assert isinstance(own.formatter, JsonFormatter)
    assert root.level == logging.WARNING


def record(name: str, text: object, *arguments: object) -> logging.LogRecord:
    return logging.LogRecord(name, logging.ERROR, __file__, 7, text, arguments, None)


def test_texts_of_the_house_are_written_as_they_are() -> None:
    assert SafeFormatter().format(record("records.files", "%s is gone", "EX-2027-DAR-007")) == "EX-2027-DAR-007 is gone"


def test_constant_texts_of_others_show_numbers_and_ids() -> None:
    shown = SafeFormatter().format(record("others", "%s of %s at %d", "exchange/EX-2027-DAR-007", SECRET, 8080))
    assert shown == "exchange/EX-2027-DAR-007 of … at 8080"


def test_texts_that_others_put_together_are_not_repeated() -> None:
    assert SafeFormatter().format(record("others", f"about {SECRET}")) == "(said in test_logging.py:7)"


def test_an_error_instead_of_a_text_is_described() -> None:
    shown = SafeFormatter().format(record("uvicorn.error", OSError(98, SECRET)))
    assert shown == "OSError (Address already in use) at unknown place"


def test_json_lines_carry_context_and_no_foreign_text() -> None:
    try:
        raise ValueError("li.na@example.org")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("activities", logging.ERROR, "", 0, "%s failed", ("record",), info)
    record.workflow_id = "exchange/EX-2027-DAR-001"
    record.typed = "li.na@example.org"
    line = JsonFormatter().format(record)
    said = json.loads(line)
    assert set(said) == {"at", "level", "logger", "text", "error", "workflow_id"}
    assert said["workflow_id"] == "exchange/EX-2027-DAR-001"
    assert said["text"] == "record failed"
    assert said["error"].startswith("ValueError at test_logging.py")
