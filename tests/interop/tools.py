"""Tools of others that tests use: fetched once by their own package managers, kept beside this Python's packages."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

HERE = Path(__file__).parent
KEPT = Path(sys.prefix) / "interop"
PATIENCE = 120
"""Seconds for fetching; where a registry is away the package managers give up sooner."""


def node_modules() -> Path:
    """The npm packages of `package.json`; without node or a registry the test is skipped, unless it is required."""
    npm = shutil.which("npm") if shutil.which("node") else None
    if npm is None:
        _missing("node and npm are not installed", "NODE_REQUIRED")

    def install(folder: Path) -> None:
        shutil.copy(HERE / "package.json", folder)
        quiet = ["--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--fetch-retries=1"]
        _run([npm, "install", *quiet], folder, "NODE_REQUIRED")

    return _kept("node", (HERE / "package.json").read_bytes(), install) / "node_modules"


def generator() -> Path:
    """openapi-python-client with what this Python has in other versions than it takes, as a folder of packages."""
    wanted = HERE / "generator.txt"

    def install(folder: Path) -> None:
        quiet = ["--quiet", "--no-deps", "--disable-pip-version-check", "--retries", "1"]
        command = [
            sys.executable,
            "-m",
            "pip",
            "install",
            *quiet,
            "--target",
            str(folder),
            "--requirement",
            str(wanted),
        ]
        _run(command, folder, "GENERATOR_REQUIRED")

    return _kept("generator", wanted.read_bytes(), install)


def run_script(name: str, given: Any) -> Any:
    """Run a script of this folder in node; given and answered as JSON."""
    found = subprocess.run(
        ["node", str(HERE / name)],
        input=json.dumps(given), capture_output=True, text=True, timeout=60, check=False,
        env={"PATH": os.environ["PATH"], "NODE_PATH": str(node_modules())},
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


def _kept(name: str, wanted: bytes, install: Callable[[Path], None]) -> Path:
    """A folder with what is wanted, made once; of several that make it at a time the first is kept."""
    place = KEPT / f"{name}-{hashlib.sha256(wanted).hexdigest()[:12]}"
    if not place.exists():
        KEPT.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=KEPT) as folder:
            made = Path(folder) / "made"
            made.mkdir()
            install(made)
            try:
                made.rename(place)
            except OSError:
                assert place.exists()
    return place


def _run(command: list[str], folder: Path, required: str) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
        said = done.stderr.strip() or done.stdout.strip()
        failed = done.returncode != 0
    except subprocess.TimeoutExpired:
        said, failed = "it took too long", True
    if failed:
        _missing(f"the packages could not be fetched: {said[-300:]}", required)


def _missing(why: str, required: str) -> NoReturn:
    if os.environ.get(required):
        pytest.fail(why)
    pytest.skip(why)
