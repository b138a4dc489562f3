"""Play every line of the programme's own page, and write what came out into docs/programme.md.

`python -m docs.page` runs the tests in `tests/programme` and rewrites the table; `tests/rules/test_docs.py` fails when
a line of the page has no row, or a row names a test that is not there.
"""

import re
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from docs.stages import FILE as FILE
from docs.stages import ROOT, table

PAGE = ROOT / "docs" / "page.toml"
PLAYS = ROOT / "tests" / "programme"
SEEN = "seen:"
"""Prefix of the properties in which a test says what came out of a line."""
TOLD = "told"
"""The property in which a test says what it plays."""
MISSING = "**nothing plays it**"
FAILED = "**it failed**"
_MARKED = re.compile(r"(<!-- played: python -m docs.page -->\n).*?(<!-- end of page -->)", re.DOTALL)


@dataclass(frozen=True)
class Played:
    """What a test said of one line."""

    test: str
    told: str
    seen: str
    passed: bool


@cache
def sections() -> dict[str, str]:
    """The headings of the page, by letter."""
    return dict(tomllib.loads(PAGE.read_text(encoding="utf-8"))["sections"])


@cache
def lines() -> dict[str, str]:
    """The lines of the page by their number, in its order."""
    return dict(tomllib.loads(PAGE.read_text(encoding="utf-8"))["lines"])


def played() -> dict[str, list[Played]]:
    """Run the plays; by line, what its tests said."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            str(PLAYS),
            "-q",
            f"--junitxml={report}",
            "-o",
            "junit_family=xunit1",
        ]
        subprocess.run(command, cwd=ROOT, check=False)
        return read(ElementTree.parse(report).getroot())


def read(report: ElementTree.Element) -> dict[str, list[Played]]:
    """By line, what the tests of a JUnit report said of it."""
    found: dict[str, list[Played]] = {}
    for case in report.iter("testcase"):
        said = {one.get("name", ""): one.get("value", "") for one in case.iter("property")}
        passed = case.find("failure") is None and case.find("error") is None and case.find("skipped") is None
        test = case.get("name", "").partition("[")[0]
        for name, seen in said.items():
            if name.startswith(SEEN):
                line = Played(test, said.get(TOLD, ""), seen, passed)
                found.setdefault(name.removeprefix(SEEN), []).append(line)
    return found


def rendered(plays: dict[str, list[Played]]) -> str:
    """The table: each line of the page, what is played for it, and what came out."""
    rows = []
    for number, text in lines().items():
        found = plays.get(number, [])
        told = "<br/>".join(f"{one.told} `{one.test}`" for one in found)
        seen = "<br/>".join(one.seen if one.passed else FAILED for one in found)
        rows.append((f"`{number}`", text, told or MISSING, seen or MISSING))
    return table(("line", "the page says", "what is played", "what came out"), rows)


def main() -> int:
    """Write the table; 1 if a line is not played, or a play failed."""
    plays = played()
    text = FILE.read_text(encoding="utf-8")
    FILE.write_text(_MARKED.sub(lambda found: f"{found[1]}{rendered(plays)}\n{found[2]}", text), encoding="utf-8")
    bad = [line for line in lines() if not plays.get(line) or not all(one.passed for one in plays[line])]
    for line in bad:
        sys.stdout.write(f"{line}: {'it failed' if plays.get(line) else 'nothing plays it'}\n")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
