"""Recipes of docs/development.md, followed on a copy of the project: these files, no others, and what comes of it."""

import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.rules.additions import EVENT, MAIL, ROLE, STEP, Edit
from tests.workflows.test_by_data_alone import ANSWER, DOCUMENT, PARTNER

ROOT = Path(__file__).parents[2]
CATALOGUE = "models/catalogue"
LEFT = shutil.ignore_patterns(".venv", ".git", ".*_cache", ".hypothesis", "*.egg-info", "__pycache__")
READ = (".py", ".toml", ".md", ".po", ".ambr")
LETTERS = ("tests/mail/test_letters.py", "-k", "test_every_kind_of_mail or adviser_found")
LOOKING = (
    "tests/models/test_catalogue.py",
    "tests/models/test_deputies.py",
    "tests/models/test_stay.py",
    "tests/rules/test_docs.py::test_the_programme_is_what_the_catalogue_says",
    "tests/rules/test_docs.py::test_every_step_is_asked_for_somewhere",
    "tests/texts/test_labels.py",
    "tests/texts/test_language.py",
    "tests/records/test_projections.py::test_every_kind_of_event_is_projected_once",
    "tests/records/test_projections.py::test_the_projection_rebuilt_from_the_events_is_the_same[sqlite]",
    "tests/mail/test_notices.py",
    "tests/portal/test_policy.py::test_each_role_reaches_what_its_policy_says_and_of_others_nothing[academic_adviser]",
    "tests/workflows/test_answers.py::test_what_is_said_to_follow_follows[host_approval-approve]",
    "tests/workflows/test_answers.py::test_what_is_said_to_follow_follows[find_adviser-found]",
)
"""Tests that know what there is of each, or what the documents say of it."""
PLAYED = "tests/workflows/test_what_was_added.py"
Follow = Callable[[Path], object]


@dataclass(frozen=True)
class Recipe:
    """What docs/development.md says of a kind of change: the files of its list, and those that come along."""

    count: int
    files: tuple[str, ...]
    along: tuple[str, ...]

    @classmethod
    def read(cls, heading: str) -> "Recipe":
        """The row of the table, and the list under its heading; a path that ends in `/` is one file of a folder."""
        text = (ROOT / "docs" / "development.md").read_text(encoding="utf-8")
        anchor = heading.lower().replace(" ", "-")
        [row] = re.findall(rf"^\| \[[^]]*\]\(#{anchor}\) \| (\d+) \| ([^|]*)\|", text, re.MULTILINE)
        [part] = re.findall(rf"^## {heading}\n(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL)
        items = re.findall(r"^\d+\. (.*?)(?=^\d+\. |^\n)", part, re.MULTILINE | re.DOTALL)
        return cls(int(row[0]), tuple(_paths(item)[0] for item in items), tuple(_paths(row[1])))

    def names(self, touched: Iterable[str]) -> bool:
        """Whether each file of the list was touched, one of each, those that come along, and no other."""
        left = set(touched)
        for file in sorted(self.files, key=lambda one: one.endswith("/")):  # a folder: what is not named besides
            found = {one for one in left if _is(one, file)}
            if len(found) != 1:
                return False
            left -= found
        return all(any(_is(one, file) for one in left) for file in self.along) and all(
            any(_is(one, file) for file in self.along) for one in left
        )


def _paths(text: str) -> list[str]:
    return re.findall(r"`([\w./]+/[\w./]*)`", text)


def _is(file: str, named: str) -> bool:
    return file.startswith(named) if named.endswith("/") else file == named


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(ROOT, tmp_path_factory.mktemp("recipes") / "project", ignore=LEFT))


def ran(project: Path, *command: str) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def content(project: Path) -> dict[str, str]:
    files = (path for path in project.rglob("*") if path.is_file() and path.suffix in READ)
    return {path.relative_to(project).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def partner(project: Path) -> None:
    text = (project / CATALOGUE / "institutions" / "sample.toml").read_text(encoding="utf-8")
    for old, new in PARTNER.items():
        text = text.replace(old, new)
    (project / CATALOGUE / "institutions" / "oslo.toml").write_text(text, encoding="utf-8")


def appended(file: str, added: str, project: Path) -> None:
    with (project / CATALOGUE / file).open("a", encoding="utf-8") as target:
        target.write(added)


def edited(edits: Iterable[Edit], project: Path) -> None:
    for edit in edits:
        edit.make(project)


def mail(project: Path) -> None:
    """Its letters are written; they are read by the test that plays it."""
    edited(MAIL, project)
    ran(project, "pytest", "-q", "-p", "no:cacheprovider", *LETTERS, "--snapshot-update")


RECIPES: dict[str, Follow] = {
    "Add a document kind": partial(appended, "documents.toml", DOCUMENT),
    "Add an answer": partial(appended, "steps.toml", ANSWER),
    "Add a role": partial(edited, ROLE),
    "Add a partner": partner,
    "Add an event": partial(edited, EVENT),
    "Add a step": partial(edited, STEP),
    "Add a mail": mail,
}
"""In an order in which each finds what it builds on: the step asks for its event, and is owed by the new role."""


def test_every_recipe_of_the_table_is_followed() -> None:
    text = (ROOT / "docs" / "development.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| \[[^]]*\]\(#(add-[\w-]+)\)", text, re.MULTILINE)
    assert sorted(table) == sorted(heading.lower().replace(" ", "-") for heading in RECIPES)


@pytest.mark.parametrize(
    ("touched", "named"),
    [
        ({"a/one.py", "a/b.py", "c.md"}, True),
        ({"a/one.py", "a/b.py"}, False),
        ({"a/one.py", "c.md"}, False),
        ({"a/b.py", "c.md"}, False),
        ({"a/one.py", "a/two.py", "a/b.py", "c.md"}, False),
        ({"a/one.py", "a/b.py", "c.md", "d.py"}, False),
    ],
)
def test_a_list_names_one_file_of_each_and_no_others(touched: set[str], named: bool) -> None:
    assert Recipe(2, files=("a/", "a/b.py"), along=("c.md",)).names(touched) is named


def test_a_recipe_names_the_files_that_differ_and_no_others(project: Path) -> None:
    for heading, follow in RECIPES.items():
        recipe, before = Recipe.read(heading), content(project)
        follow(project)
        ran(project, "docs.stages")
        touched = {file for file, hashed in content(project).items() if before.get(file) != hashed}
        assert recipe.names(touched), (heading, recipe, sorted(touched))
        assert len(recipe.files) == recipe.count, heading
    shutil.copy(ROOT / "tests" / "rules" / "played.py", project / PLAYED)
    ran(project, "pytest", "-q", "-p", "no:cacheprovider", PLAYED, *LOOKING)
