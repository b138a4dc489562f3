"""The threat model: every line names tests, and the tests are there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (?P<threat>[^|]+) \| (?P<against>[^|]+) \| (?P<tests>[^|]+) \|$")


def rows() -> list[re.Match[str]]:
    """The lines of the tables."""
    lines = (ROOT / "docs/security.md").read_text(encoding="utf-8").splitlines()
    return [found for line in lines if (found := ROW.match(line)) and found["threat"] not in ("threat", "---")]


def is_there(test: str) -> bool:
    """Whether a file has a test, or a class of tests, of this name."""
    path, *names = test.split("::")
    if not (ROOT / path).is_file():
        return False
    body: list[ast.stmt] = ast.parse((ROOT / path).read_text(encoding="utf-8")).body
    for name in names:
        found = next(
            (
                one
                for one in body
                if isinstance(one, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and one.name == name
            ),
            None,
        )
        if found is None:
            return False
        body = found.body
    return True


def test_every_threat_names_its_test() -> None:
    assert len(rows()) > 80, "the tables are read"
    for row in rows():
        named = re.findall(r"`([^`]+)`", row["tests"])
        assert named, row["threat"]
        missing = [test for test in named if not is_there(test)]
        assert not missing, f"{row['threat']}: there is no {missing}"


def test_every_table_is_read_whole() -> None:
    lines = (ROOT / "docs/security.md").read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if line.startswith("|") and not line.startswith(("| threat", "| ---"))]
    assert len(table) == len(rows())
