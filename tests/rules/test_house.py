"""The rules of the house that no linter knows. A message says what to do instead."""

import ast
import re
from collections.abc import Iterable

import pytest

from tests.rules.source import ROOMS, ROOT, STDLIB, Source, everything, product, room

CLOCKS = {
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
    "time.time", "time.time_ns", "time.monotonic", "time.perf_counter", "time.localtime", "time.gmtime", "time.sleep",
}  # fmt: skip
CHANCE = {"uuid.uuid1", "uuid.uuid4", "secrets", "random", "os.urandom"}
ENVIRONMENT = {"os.environ", "os.getenv", "os.putenv"}
TEMPORAL_FOR_WORKFLOWS = ("temporalio.workflow", "temporalio.common", "temporalio.exceptions")
NOT_IN_THE_SANDBOX = {"workflows.plugin"}
"""Used by client and worker, imported by no workflow."""
LONGEST = {"tests": 500}
"""Lines of a module; 350 outside of tests."""
PRIVATE_WORDS = {"mailroom", "bell", "doorbell", "desk", "journal"}
"""What recorder, outbox sender, waker and request context were once called."""
IN_HISTORIES = {"MailroomWorkflow", "MailroomSweepWorkflow", "MailroomState", "models.messages.mailroom"}
"""Names that stay: of the workflow that is registered as `Mailroom`, and of what it is sent."""


def mentions(source: Source, banned: Iterable[str]) -> list[str]:
    return [
        f"{source}:{line}: {name}"
        for line, name in source.names()
        if any(name == word or name.startswith(f"{word}.") for word in banned)
    ]


def test_the_rules_see_the_source() -> None:
    assert {str(source).split("/")[0] for source in product()} >= set(ROOMS)
    assert Source(ROOT / "models" / "__init__.py").module == "models"
    assert any(name.startswith("temporalio.workflow.now") for s in room("workflows") for _, name in s.names())


@pytest.mark.parametrize("name", ["models", "workflows"])
def test_no_clock_chance_or_environment(name: str) -> None:
    found = [hit for source in room(name) for hit in mentions(source, CLOCKS | CHANCE | ENVIRONMENT)]
    assert not found, "Take the time from workflow.now() or an argument, ids from workflow.uuid4():\n" + "\n".join(
        found
    )


def test_facts_of_activities_carry_the_workflows_time() -> None:
    """Activities are given `at`; a wall clock would tell another time in tests, and another one after a retry."""
    rooms = ("activities", "records", "mail", "webhooks", "documents", "certificates")
    found = [hit for name in rooms for source in room(name) for hit in mentions(source, CLOCKS - {"time.monotonic"})]
    assert not found, "Take `at` from the request:\n" + "\n".join(found)


def test_pure_models_need_stdlib_and_pydantic_only() -> None:
    allowed = STDLIB | {"models", "pydantic", "pydantic_core"}
    outside = ("models.tables", "models.migrations")
    found = [
        f"{source}:{line}: {name}"
        for source in room("models")
        if not source.module.startswith(outside)
        for line, name in source.imports()
        if name.split(".")[0] not in allowed or name.startswith(outside)
    ]
    assert not found, "Models know nothing of the world:\n" + "\n".join(found)


def test_workflows_use_the_deterministic_part_of_temporal() -> None:
    found = [
        f"{source}:{line}: {name}"
        for source in room("workflows")
        if source.module not in NOT_IN_THE_SANDBOX
        for line, name in source.imports()
        if name.split(".")[0] == "temporalio" and not name.startswith(TEMPORAL_FOR_WORKFLOWS)
    ]
    assert not found, "Import temporalio.workflow, .common or .exceptions:\n" + "\n".join(found)


def test_workflow_modules_keep_no_state() -> None:
    """Helpers are shared by all runs: a list or dict at module level would leak from one student to the next."""
    found = [
        f"{source}:{node.lineno}"
        for source in room("workflows")
        for node in source.tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.List | ast.Set | ast.ListComp)
    ]
    assert not found, "Use a tuple or frozenset, or keep it in the workflow:\n" + "\n".join(found)


def test_workflow_modules_import_at_the_top() -> None:
    """An import inside a function happens in an activation, where it may trip the deadlock detector."""
    found = [
        f"{source}:{inner.lineno}"
        for source in room("workflows")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not found, "Import at the top:\n" + "\n".join(found)


def test_transactions_end_at_the_edge() -> None:
    """One activity is one transaction: only `transaction()` of the store commits."""
    found = [
        f"{source}:{node.lineno}: .{node.attr}()"
        for source in product()
        if not str(source).startswith("records/store/engine")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr in {"commit", "rollback", "begin_nested"}
    ]
    assert not found, "Use `async with transaction(sessions)`:\n" + "\n".join(found)


def test_nobody_imports_the_composition_root() -> None:
    found = [
        f"{source}:{line}: {name}"
        for source in product()
        for line, name in source.imports()
        if name.split(".")[0] in {"worker", "starter"} - {source.module}
    ]
    assert not found, "\n".join(found)


def test_the_command_line_acts_through_the_gateway() -> None:
    """The import-linter sees packages only, so the module `starter` is looked at here."""
    banned = ("sqlalchemy", "temporalio", "models.tables", "workflows", "activities", "worker")
    [starter] = [source for source in product() if source.module == "starter"]
    assert not [f"{line}: {name}" for line, name in starter.imports() if name.startswith(banned)]


def test_nothing_prints() -> None:
    found = [hit for source in everything() for hit in mentions(source, {"print", "pprint.pprint"})]
    assert not found, "Use a rich console or a logger:\n" + "\n".join(found)


def test_modules_are_short() -> None:
    lengths = {source: len(source.text.splitlines()) for source in everything()}
    long = {str(s): n for s, n in lengths.items() if n > LONGEST.get(str(s).split("/")[0], 350)}
    assert not long, f"A module is about one thing: {long}"


def test_one_name_for_one_thing() -> None:
    """A class is found by its name: outside of tests no two share one."""
    places: dict[str, list[str]] = {}
    for source in [*product(), *room("bench")]:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(f"{source}:{node.lineno}")
    assert len(places) > 400, "the classes are seen"
    twice = {name: found for name, found in places.items() if len(found) > 1}
    assert not twice, f"Say in the name what tells them apart: {twice}"


def test_things_have_the_names_that_others_give_them() -> None:
    named = [(source.module, str(source)) for source in everything()] + [
        (node.name, f"{source}:{node.lineno}")
        for source in everything()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    private = {name: where for name, where in named if PRIVATE_WORDS & set(_words(name)) and name not in IN_HISTORIES}
    assert not private, f"Say recorder, outbox sender, waker or request context: {private}"
    assert {name for name, _ in named} >= IN_HISTORIES, "nothing is allowed that is not there"
    assert _words("SilentBell") == ["silent", "bell"], "words are told apart"
    assert _words("tests.mail.test_mailroom") == ["tests", "mail", "test", "mailroom"]


def _words(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name)]


def test_no_path_of_a_machine_or_person() -> None:
    """Text that would only be true on one machine, or for one person."""
    personal = re.compile(r"(?<![\w.])/(?:home|Users|root|work|farm|tmp)/\w")
    kept = (*ROOMS, "docs", "tests", "bench")
    files = [p for top in kept for p in (ROOT / top).rglob("*") if p.suffix in TEXTS] + [
        p for p in ROOT.iterdir() if p.suffix in TEXTS or p.name == "Makefile"
    ]
    # Some files of tests are in other encodings on purpose; paths are ASCII in them too.
    found = [str(p.relative_to(ROOT)) for p in files if personal.search(p.read_text("utf-8", errors="replace"))]
    assert not found, f"Use a path relative to the project: {found}"


def test_what_stands_at_the_top_is_meant_to() -> None:
    """A page that was written for somebody at work on it is not part of the project."""
    pages = {path.name for path in ROOT.iterdir() if path.suffix in (".md", ".txt")}
    assert pages == {"CHANGELOG.md", "CONTRIBUTING.md", "README.md", "SECURITY.md", "constraints.txt"}


TEXTS = {".py", ".toml", ".md", ".txt", ".json", ".html", ".typ", ".csv", ".mako"}
