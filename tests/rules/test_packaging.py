"""What a fresh machine installs: exact, complete, and without an address."""

import re
import tomllib
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.rules.source import DOORS, ROOMS, ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
EXTRAS = PROJECT["optional-dependencies"]
CONSTRAINTS = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
LINES = [line for line in CONSTRAINTS if line and not line.startswith("#")]
PINS = {canonicalize_name(name): Version(version) for name, _, version in (line.partition("==") for line in LINES)}
ASKED = [*PROJECT["dependencies"], *EXTRAS["dev"], *PYPROJECT["build-system"]["requires"]]
DIRECT = [Requirement(text) for text in ASKED]


def installed() -> dict[str, Distribution]:
    return {canonicalize_name(found.metadata["Name"]): found for found in distributions()}


def test_constraints_are_exact_and_hold_no_address() -> None:
    assert not [line for line in LINES if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.+]*", line)]
    assert len(PINS) == len(LINES), "a name stands twice"


@pytest.mark.parametrize("requirement", DIRECT, ids=str)
def test_every_requirement_is_pinned_within_its_range(requirement: Requirement) -> None:
    assert PINS[canonicalize_name(requirement.name)] in requirement.specifier


def test_everything_that_comes_along_is_pinned() -> None:
    """Walks the requirements of the requirements, as installed here."""
    present = installed()
    waiting = [(canonicalize_name(r.name), frozenset(r.extras)) for r in DIRECT]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        found = present.get(name)
        for text in (found.requires or []) if found else []:
            needed = Requirement(text)
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
                waiting.append((canonicalize_name(needed.name), frozenset(needed.extras)))
    assert not {name for name, _ in seen} - set(PINS), "add them to constraints.txt"


def test_what_is_installed_is_what_is_pinned() -> None:
    present = installed()
    tools = {"pip", "setuptools"}
    different = {
        name: present[name].version
        for name, version in PINS.items()
        if name in present and name not in tools and Version(present[name].version) != version
    }
    assert not different, f"constraints.txt says otherwise: {different}"


def test_every_room_and_door_is_packaged() -> None:
    assert set(PYPROJECT["tool"]["setuptools"]["py-modules"]) == set(DOORS)
    assert {p.removesuffix("*") for p in PYPROJECT["tool"]["setuptools"]["packages"]["find"]["include"]} == set(ROOMS)


def test_every_data_file_is_packaged() -> None:
    """Templates, catalogue and typesetting must be there where the project is installed and not only checked out."""
    patterns: dict[str, list[str]] = PYPROJECT["tool"]["setuptools"]["package-data"]
    data = [p for name in ROOMS for p in (ROOT / name).rglob("*") if p.is_file() and p.suffix not in (".py", ".pyc")]
    packaged = {
        path
        for package, globs in patterns.items()
        for folder in (_folders() if package == "*" else [ROOT / package.replace(".", "/")])
        for glob in globs
        for path in folder.glob(glob)
    }
    assert not [str(p.relative_to(ROOT)) for p in data if p not in packaged]


def _folders() -> list[Path]:
    return [p for name in ROOMS for p in [ROOT / name, *(ROOT / name).rglob("*")] if p.is_dir()]
