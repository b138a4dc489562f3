"""The source of the project as the rules read it: files, imports and dotted names, without importing anything."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "models", "failures", "texts", "records", "mail", "webhooks", "documents", "certificates", "activities",
    "workflows", "gateway", "cli", "portal", "dev", "demo", "examples",
)  # fmt: skip
DOORS = ("worker", "starter", "settings", "observability")
STDLIB = frozenset(sys.stdlib_module_names)


@dataclass(frozen=True)
class Source:
    """One Python file."""

    path: Path

    def __str__(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def tree(self) -> ast.Module:
        return _parsed(self.path)

    @property
    def module(self) -> str:
        return str(self).removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and dotted name of everything imported; `from a import b` is `a.b`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)

    def names(self) -> Iterator[tuple[int, str]]:
        """Line and full dotted name of everything mentioned, aliases of imports resolved."""
        aliases = self._aliases()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute | ast.Name):
                dotted = _dotted(node)
                if dotted:
                    head, _, rest = dotted.partition(".")
                    yield node.lineno, ".".join(part for part in (aliases.get(head, head), rest) if part)

    def _aliases(self) -> dict[str, str]:
        aliases: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                aliases |= {a.asname: a.name for a in node.names if a.asname}
            elif isinstance(node, ast.ImportFrom):
                aliases |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
        return aliases


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def _dotted(node: ast.expr) -> str:
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            left = _dotted(node.value)
            return f"{left}.{node.attr}" if left else ""
        case _:
            return ""


def room(name: str) -> list[Source]:
    """The files of one room."""
    return [Source(path) for path in sorted((ROOT / name).rglob("*.py"))]


def product() -> list[Source]:
    """All code that runs in production."""
    doors = [Source(ROOT / f"{door}.py") for door in DOORS if (ROOT / f"{door}.py").exists()]
    return [source for name in ROOMS for source in room(name)] + doors


def everything() -> list[Source]:
    """The product, its tests, its benchmarks and its chaos."""
    return product() + [source for name in ("tests", "bench", "chaos") for source in room(name)]
