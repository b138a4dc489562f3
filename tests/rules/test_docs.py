"""What the documents say is true of the code: commands, files, settings, stages, endings, decisions."""

import ast
import importlib.util
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from docs import figures, house, page, rules, stages
from models.vocabulary import Outcome, StepKind
from settings import Settings
from starter import app
from tests.rules.source import ROOT, room

DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
SECTIONS = ["Context", "Decision", "Consequences", "Enforced by"]

FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
PATH = re.compile(r"[\w.-]+(?:/[\w.*-]+)*(?:/|\.(?:py|md|toml|csv|xlsx|txt|json))")
TEST = re.compile(r"\btest_\w+(?!\w*\.py)")
MADE_WHEN_RUN = ("var/", ".venv", "copy.db")
"""What is there only after a run."""


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def prose(path: Path) -> str:
    """A document without its blocks of code."""
    return FENCE.sub("", text(path))


def lines_of_code(path: Path) -> Iterator[str]:
    """Everything written as code: blocks without their prompts, indented lines, and spans."""
    for found in FENCE.finditer(text(path)):
        if found[1] != "mermaid":
            yield from (line.removeprefix("$ ") for line in found[2].splitlines())
    yield from (line.strip() for line in prose(path).splitlines() if line.startswith("    "))
    yield from SPAN.findall(prose(path))


def starting(word: str) -> list[tuple[str, list[str]]]:
    """Document and words of every line of code that starts with a word."""
    found = [
        (named(path), shlex.split(line, comments=True))
        for path in DOCUMENTS
        for line in lines_of_code(path)
        if line.startswith(f"{word} ")
    ]
    return [(document, words) for document, words in found if words[1][0] != "…"]


def test_the_rules_are_written_as_they_are() -> None:
    assert text(rules.FILE) == rules.rendered(text(rules.FILE)), "run: python -m docs.rules"
    for part in rules.PARTS:
        assert f"<!-- generated: {part} -->" in text(rules.FILE)


def test_the_programme_is_what_the_catalogue_says() -> None:
    assert text(stages.FILE) == stages.rendered(text(stages.FILE)), "run: python -m docs.stages"
    for part in stages.PARTS:
        assert f"<!-- generated: {part} -->" in text(stages.FILE)


def test_the_figures_are_what_is_counted() -> None:
    """Lines change with every commit: they may be a tenth off."""
    said = text(ROOT / "docs" / "development.md")
    lines, *others = figures.table().splitlines()
    assert not [row for row in others if row not in said], "run: python -m docs.figures"
    assert figures.ways() == ["models/idempotency.py"], "what is the same act is said there (decision 0031)"
    [thousands] = re.findall(r"about (\d+),000 \|", said)
    assert abs(int(thousands) * 1000 - figures.lines()) < figures.lines() / 10, lines


def test_the_picture_of_the_packages_is_what_the_imports_say() -> None:
    assert text(house.FILE) == house.rendered(text(house.FILE)), "run: python -m docs.house"
    for part in house.PARTS:
        assert f"<!-- generated: {part} -->" in text(house.FILE)
    graph = house.imports()
    assert "records" in graph["gateway"]
    assert house.needed(graph)["gateway"] == {"workflows"}, "what follows from other arrows is not drawn"


def test_what_follows_from_other_imports_is_not_drawn() -> None:
    graph = {name: frozenset(to) for name, to in {"a": "bcd", "b": "c", "c": "", "d": ""}.items()}
    assert house.needed(graph) == {"a": {"b", "d"}, "b": {"c"}, "c": set(), "d": set()}


def test_every_step_is_asked_for_somewhere() -> None:
    assert not [kind for kind, places in stages.asked_in().items() if not places]
    assert stages.asked_in()[StepKind.OBTAIN_VISA] == ("pre_arrival.visa",)
    assert stages.asked_in()[StepKind.EVALUATE_STUDENT] == ("rotation.evaluation",)


def test_every_ending_is_told() -> None:
    rows = re.findall(r"^\| `(\w+)` \|.*\| (?:recognized|cancelled) \|", text(stages.FILE), re.MULTILINE)
    assert sorted(rows) == sorted(Outcome)


def test_every_act_of_a_person_is_told() -> None:
    updates = {
        node.name
        for source in room("workflows")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.AsyncFunctionDef)
        and any(ast.unparse(d).startswith("workflow.update") for d in node.decorator_list)
    }
    assert len(updates) > 10
    assert not [name for name in updates if f"| `{name}` |" not in text(stages.FILE)]


def test_every_workflow_is_told() -> None:
    named_workflows = {
        source.module.rpartition(".")[2]: re.findall(r"class (\w+)Workflow\b", source.text)
        for source in room("workflows")
        if "@workflow.defn" in source.text
    }
    found = [name for names in named_workflows.values() for name in names]
    assert len(found) >= 6
    assert not [name for name in found if f"| `{name}` |" not in text(stages.FILE)]


def _command(words: list[str]) -> tuple[Any, list[str]]:
    """The command that words name, and the words left."""
    command: Any = typer.main.get_command(app)
    while words and hasattr(command, "commands"):
        if words[0].startswith("-"):
            break
        assert words[0] in command.commands, f"there is no command {words[0]}"
        command, words = command.commands[words[0]], words[1:]
    return command, words


COMMANDS = sorted({shlex.join(words) for _, words in starting("sojourn")})


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_exists(line: str) -> None:
    command, left = _command(shlex.split(line)[1:])
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    asked = {word.partition("=")[0] for word in left if word.startswith("-")}
    assert asked <= known | {"--help"}


def test_there_are_commands_to_check() -> None:
    commands = {words[1] for _, words in starting("sojourn")}
    assert commands >= {"nominate", "worklist", "decide", "show", "up", "migrate", "rebuild", "mail", "report"}


def test_every_target_exists() -> None:
    targets = set(re.findall(r"^(\w+):", text(ROOT / "Makefile"), re.MULTILINE))
    asked = {words[1] for _, words in starting("make")}
    assert asked >= {"demo", "test", "up", "check", "bench"}
    assert asked <= targets


def test_help_names_every_target() -> None:
    makefile = text(ROOT / "Makefile")
    [phony] = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert set(re.findall(r"^(\w+):.*## \w", makefile, re.MULTILINE)) == set(phony.split())


def test_what_is_checked_before_a_commit_is_what_make_checks() -> None:
    [recipe] = re.findall(r"^check:.*\n((?:\t.+\n)+)", text(ROOT / "Makefile"), re.MULTILINE)
    asked = {line.split("/")[-1].removesuffix(" .") for line in recipe.splitlines()}
    entries = re.findall(r"entry: \.venv/bin/(.+)", text(ROOT / ".pre-commit-config.yaml"))
    assert {entry.removesuffix(" --force-exclude") for entry in entries} == asked
    assert "://" not in text(ROOT / ".pre-commit-config.yaml"), "nothing is downloaded"


def test_every_module_that_is_run_exists() -> None:
    asked = {words[2] for _, words in starting("python") if words[1] == "-m"}
    assert asked >= {"worker", "docs.stages", "tests.histories.record", "bench"}
    assert not [module for module in asked if importlib.util.find_spec(module) is None]


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_link_leads_somewhere(path: Path) -> None:
    links = [link for link in LINK.findall(prose(path)) if "://" not in link]
    assert not [link for link in links if not (path.parent / link).exists()]


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_file_named_exists(path: Path) -> None:
    words = [word for span in SPAN.findall(prose(path)) for word in re.split(r"[\s,]+", span)]
    files = [w for w in words if PATH.fullmatch(w) and ("/" in w or (ROOT / w).suffix) and not _made_later(w)]
    missing = [file for file in files if not list(ROOT.glob(file.rstrip("/"))) and not _beside(path, file)]
    assert not missing


def _made_later(word: str) -> bool:
    return word.startswith(MADE_WHEN_RUN) or word == "completed-2026.exchange.json"


def _beside(path: Path, file: str) -> bool:
    return (path.parent / file).exists()


def test_every_test_named_exists() -> None:
    defined = {
        node.name
        for source in room("tests")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    asked = {
        name
        for path in DOCUMENTS
        for span in SPAN.findall(prose(path))
        if "/" not in span
        for name in TEST.findall(span)
    }
    assert asked
    assert not asked - defined


def test_the_settings_are_told_with_their_defaults() -> None:
    rows = re.findall(r"^\| `SOJOURN_(\w+)` \| (.+?) \| (.+?) \|$", text(ROOT / "docs" / "operations.md"), re.MULTILINE)
    told = {name.lower(): default for name, default, _ in rows}
    fields = Settings.model_fields
    assert told == {name: "unset" if f.default is None else f"`{f.default}`" for name, f in fields.items()}


def test_decisions_are_numbered_complete_and_listed() -> None:
    assert [path.name[:4] for path in DECISIONS] == [f"{n:04d}" for n in range(1, len(DECISIONS) + 1)]
    index = text(ROOT / "docs" / "decisions" / "README.md")
    for path in DECISIONS:
        title = text(path).splitlines()[0].removeprefix("# ").partition(" ")[2]
        assert f"- [{path.name[:4]}]({path.name}) {title}" in index
        assert re.findall(r"^## (.+)$", text(path), re.MULTILINE) == SECTIONS, path.name
        assert not re.search(r"^## .+\n\s*(?:^##|\Z)", text(path), re.MULTILINE), f"{path.name} has an empty section"


def test_the_first_screen_says_what_this_is_and_names_the_two_commands() -> None:
    assert re.match(r"# Sojourn: .*workflows", text(ROOT / "README.md"))
    head = "\n".join(text(ROOT / "README.md").splitlines()[:8])
    assert "make demo" in head
    assert "make test" in head


def test_every_line_of_the_programmes_page_is_played() -> None:
    rows = re.findall(
        r"^\| `([\w.]+)` \| (.*?) \| (.*) \|$", text(page.FILE).partition("<!-- played:")[2], re.MULTILINE
    )
    assert {number: said for number, said, _ in rows} == page.lines(), "run: python -m docs.page"
    assert [number for number, _, _ in rows] == list(page.lines())
    there = set(re.findall(r"def (test_\w+)", "".join(text(file) for file in page.PLAYS.glob("test_*.py"))))
    for number, _, told in rows:
        named = set(re.findall(r"`(test_\w+)`", told))
        assert named, number
        assert named <= there, number
        assert not re.search("|".join(map(re.escape, (page.FAILED, page.MISSING))), told), number
