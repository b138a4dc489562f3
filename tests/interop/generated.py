"""A client that openapi-python-client writes from the description of the API, as a partner would have it."""

import importlib
import io
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

import httpx
import pytest

from tests.interop.tools import generator

PACKAGE = "sojourn_client"
WHERE = {
    "list_exchanges": "lists", "get_exchange": "lists", "list_worklist": "lists", "list_cohorts": "lists",
    "get_cohort": "lists", "list_service_levels": "lists", "list_events": "events", "receive_event": "events",
    "receive_event_batch": "events",
}  # fmt: skip
"""The module of each operation that is not an act."""


@dataclass
class Generated:
    """The generated package, and a client of it."""

    said: str
    """What the generator said."""
    client: Any = None

    @asynccontextmanager
    async def connected(
        self, base: str, secret: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> AsyncIterator[None]:
        """Use a token meanwhile."""
        made = importlib.import_module(PACKAGE).AuthenticatedClient
        options: dict[str, Any] = {"transport": transport} if transport else {}
        async with made(base_url=base, token=secret, timeout=httpx.Timeout(60), httpx_args=options) as self.client:
            yield

    def model(self, name: str) -> Any:
        """A class of its models."""
        return getattr(importlib.import_module(f"{PACKAGE}.models"), name)

    def body(self, operation: str, **values: Any) -> Any:
        """The body of an operation, whatever its class is called."""
        return get_type_hints(self._module(operation)._get_kwargs)["body"](**values)

    def file(self, data: bytes, name: str) -> Any:
        """A file as it sends files."""
        return importlib.import_module(f"{PACKAGE}.types").File(payload=io.BytesIO(data), file_name=name)

    def _module(self, operation: str) -> Any:
        return importlib.import_module(f"{PACKAGE}.api.{WHERE.get(operation, 'acts')}.{operation}")

    async def call(self, operation: str, *values: Any, **named: Any) -> Any:
        """Call an operation by its id; answers with what the client made of the answer."""
        answer = await self._module(operation).asyncio_detailed(*values, client=self.client, **named)
        assert answer.parsed is not None, (operation, answer.status_code, answer.content)
        return answer.parsed


def generate(description: dict[str, Any], folder: Path, monkeypatch: pytest.MonkeyPatch) -> Generated:
    """Write the client; a warning of the generator is a failure."""
    (folder / "openapi.json").write_text(json.dumps(description))
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", "openapi.json", "--meta", "none"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [*command, "--output-path", PACKAGE, "--fail-on-warning"], cwd=folder, capture_output=True, text=True,
        timeout=120, check=False, env=os.environ | {"PATH": path, "PYTHONPATH": str(generator())},
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    monkeypatch.syspath_prepend(folder)
    for name in [one for one in sys.modules if one.partition(".")[0] == PACKAGE]:
        monkeypatch.delitem(sys.modules, name)
    return Generated(said)
