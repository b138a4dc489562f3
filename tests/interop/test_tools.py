"""Where a tool of others is missing its tests are left out in words, unless they are required."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.interop import tools


def test_without_node_its_tests_are_left_out_or_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.delenv("NODE_REQUIRED", raising=False)
    with pytest.raises(pytest.skip.Exception, match="not installed"):
        tools.node_modules()
    monkeypatch.setenv("NODE_REQUIRED", "1")
    with pytest.raises(pytest.fail.Exception, match="not installed"):
        tools.node_modules()


@pytest.mark.parametrize("too_long", [False, True])
def test_without_a_registry_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, too_long: bool) -> None:
    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        if too_long:
            raise subprocess.TimeoutExpired(command, 1)
        return subprocess.CompletedProcess(command, 1, "", "no route to the registry")

    monkeypatch.setattr(tools, "KEPT", tmp_path / "interop")
    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.delenv("GENERATOR_REQUIRED", raising=False)
    with pytest.raises(pytest.skip.Exception, match="could not be fetched"):
        tools.generator()
    assert list((tmp_path / "interop").iterdir()) == [], "half of it would be taken for the whole"
