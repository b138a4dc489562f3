"""Recipes of docs/development.md that need data alone, followed on a copy of the project: these files, no others."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workflows.test_by_data_alone import ANSWER, DOCUMENT, PARTNER

ROOT = Path(__file__).parents[2]
CATALOGUE = "models/catalogue"
GENERATED = "docs/programme.md"
LEFT = shutil.ignore_patterns(".venv", ".git", ".*_cache", ".hypothesis", "*.egg-info", "__pycache__")
LOOKING = ("tests/models/test_catalogue.py", "tests/models/test_stay.py", "tests/rules/test_docs.py")
"""Tests that know what the catalogue holds, or what the documents say of it."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(ROOT, tmp_path_factory.mktemp("recipes") / "project", ignore=LEFT))


def ran(project: Path, *command: str) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def content(project: Path) -> dict[str, str]:
    files = (path for path in project.rglob("*") if path.is_file() and path.suffix in (".py", ".toml", ".md", ".po"))
    return {path.relative_to(project).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_partner_a_document_kind_and_an_answer_need_a_file_each_and_what_is_generated(project: Path) -> None:
    before = content(project)
    partner = (project / CATALOGUE / "institutions" / "sample.toml").read_text(encoding="utf-8")
    for old, new in PARTNER.items():
        partner = partner.replace(old, new)
    (project / CATALOGUE / "institutions" / "oslo.toml").write_text(partner, encoding="utf-8")
    for file, added in (("documents.toml", DOCUMENT), ("steps.toml", ANSWER)):
        with (project / CATALOGUE / file).open("a", encoding="utf-8") as target:
            target.write(added)
    ran(project, "docs.stages")
    touched = {file for file, hashed in content(project).items() if before.get(file) != hashed}
    named = {f"{CATALOGUE}/{file}" for file in ("documents.toml", "steps.toml", "institutions/oslo.toml")}
    assert touched == named | {GENERATED}
    ran(project, "pytest", "-q", "-p", "no:cacheprovider", *LOOKING)
