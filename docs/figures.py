"""What can be counted of the project: `python -m docs.figures` prints it as the table of docs/development.md."""

import ast
import sys
import tomllib
from pathlib import Path

from texts.i18n import translated
from texts.refusals import REFUSALS

ROOT = Path(__file__).resolve().parents[1]
APART = {"tests", ".venv", ".git", "build", "dist"}


def lines() -> int:
    """Lines of Python outside tests."""
    files = (path for path in ROOT.rglob("*.py") if path.relative_to(ROOT).parts[0] not in APART)
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files)


def contracts() -> tuple[int, int]:
    """Import contracts, and those with an import that they ignore."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found = pyproject["tool"]["importlinter"]["contracts"]
    return len(found), sum(bool(one.get("ignore_imports")) for one in found)


def without_chinese() -> int:
    """Refusals, faults and findings whose sentence has no Chinese."""
    return sum(not any("\u4e00" <= letter <= "\u9fff" for letter in translated(s, "zh")) for s in REFUSALS.values())


def ways() -> list[str]:
    """The modules that tell an act from another one under its key: they raise its refusal, or compare fingerprints."""
    files = (path for path in ROOT.rglob("*.py") if path.relative_to(ROOT).parts[0] not in APART)
    return sorted(
        str(path.relative_to(ROOT))
        for path in files
        if any(_tells_apart(node) for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    )


def _tells_apart(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="KeyReused") | ast.Attribute(attr="KeyReused")):
            return True
        case ast.Compare():
            compared = {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}
            return bool(compared & {"fingerprint", "body_hash"})
    return False


def table() -> str:
    """The figures as rows of a table; lines in thousands, so that it does not change with every commit."""
    count, ignoring = contracts()
    return "\n".join(
        (
            f"| lines of Python outside tests | 38,500 | at most 38,500 | about {round(lines() / 1000):,},000 |",
            f"| import contracts, of them with ignores | one with 35 | 0 with ignores | {count}, {ignoring} |",
            f"| refusals, faults and findings, of them without Chinese | 263, about 180 | 0 | "
            f"{len(REFUSALS)}, {without_chinese()} |",
            f"| ways in which an act is done once | 5, with 3 behaviours | 1 | {len(ways())} |",
        )
    )


if __name__ == "__main__":
    sys.stdout.write(f"{table()}\n")
