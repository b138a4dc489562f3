"""Write what the README says of the packages, from the source: a picture of who imports whom, and what each is for.

`python -m docs.house` rewrites the text between the markers; `tests/rules/test_docs.py` fails while it is stale.
"""

import ast
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

from docs.stages import ROOT, replaced, table

FILE = ROOT / "README.md"
Imports = dict[str, frozenset[str]]
"""By package or top-level module, what it imports of the others."""


def rendered(text: str) -> str:
    """The document with everything between its markers written anew."""
    return replaced(text, lambda part: PARTS[part]())


def packages() -> tuple[str, ...]:
    """The packages that the import rules know, as pyproject.toml lists them from top to bottom."""
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers: list[str] = next(one["layers"] for one in rules["contracts"] if one["type"] == "layers")
    return tuple(name.strip() for layer in layers for name in layer.split("|"))


def imports() -> Imports:
    """Who imports whom, `worker` and `starter` besides the packages."""
    names = {*packages(), "worker", "starter"}
    return {name: frozenset(_imported(name) & names - {name}) for name in sorted(names)}


def needed(graph: Imports) -> Imports:
    """The imports that no chain of other imports already says."""
    below = {name: _reached(graph, name) for name in graph}
    return {
        name: frozenset(to for to in direct if not any(to in below[other] for other in direct if other != to))
        for name, direct in graph.items()
    }


def summary_of(name: str) -> str:
    """The first line of the docstring of a package or module."""
    return (ast.get_docstring(ast.parse(_files(name)[0].read_text(encoding="utf-8"))) or "").splitlines()[0]


def _picture() -> str:
    graph = needed(imports())
    boxes = [f'  {name}["<b>{_shown(name)}</b><br/>{_title(name)}"]' for name in ("starter", "worker", *packages())]
    arrows = [f"  {name} --> {to}" for name in graph for to in sorted(graph[name])]
    return "\n".join(["```mermaid", "flowchart TB", *boxes, *arrows, "```"])


def _table() -> str:
    return table(("where", "what"), ((f"`{_shown(name)}`", summary_of(name)) for name in reversed(packages())))


PARTS: dict[str, Callable[[], str]] = {"picture": _picture, "packages": _table}
"""By the name in the marker, who writes the text."""


def _title(name: str) -> str:
    return summary_of(name).partition(". ")[0].rstrip(".").replace("`", "")


def _shown(name: str) -> str:
    return f"{name}/" if (ROOT / name).is_dir() else f"{name}.py"


def _files(name: str) -> list[Path]:
    """The files of a package, `__init__.py` first, or the file of a module."""
    folder = ROOT / name
    return [folder / "__init__.py", *sorted(folder.rglob("*.py"))] if folder.is_dir() else [ROOT / f"{name}.py"]


def _imported(name: str) -> set[str]:
    return {module.partition(".")[0] for file in _files(name) for module in _modules(file)}


def _modules(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _reached(graph: Imports, name: str) -> frozenset[str]:
    found: set[str] = set()
    waiting = list(graph[name])
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += graph[one]
    return frozenset(found)


def main() -> int:
    """Bring README.md up to date."""
    FILE.write_text(rendered(FILE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
