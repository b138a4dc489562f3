"""Write docs/rules.md: every rule with its values, what is asked of each kind of document, and how long it is kept.

`python -m docs.rules` rewrites the text between the markers; `tests/rules/test_docs.py` fails while it is stale.
"""

import re
import sys
from collections.abc import Callable
from pathlib import Path

from docs.stages import replaced, table
from models.catalogue.loading import load_programme
from models.catalogue.policy import Policy, Rule
from models.catalogue.programme import Programme
from models.rules.requirements import REQUIREMENTS

FILE = Path(__file__).with_name("rules.md")
_PLACES = {"programme": "the programme"}


def rendered(text: str) -> str:
    """The document with everything between its markers written anew."""
    programme = load_programme()
    return replaced(text, lambda part: PARTS[part](programme))


def _rules(programme: Programme) -> str:
    rows = [
        (
            f"{rule.id}<br/>{_PLACES.get(rule.jurisdiction, rule.jurisdiction)}",
            rule.text,
            _values(rule),
            f"{rule.source}; since {rule.effective_from}",
        )
        for rule in programme.policy.rules.values()
    ]
    return table(("rule", "what it says", "values", "source"), rows)


def _values(rule: Rule) -> str:
    return "<br/>".join(f"`{name}` {_shown(value)}" for name, value in rule.values.items()) or "–"


def _shown(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else f"{value}"


def _requirements(programme: Programme) -> str:
    rows = []
    for kind, asked in REQUIREMENTS.items():
        title = _title(programme.policy, kind)
        for requirement in asked:
            said = " ".join((requirement.__doc__ or "").split())
            rows.append((title, said))
    return table(("document", "what is asked, by rule"), rows)


def _title(policy: Policy, kind: str) -> str:
    if not kind:
        return "the plan itself"
    document = policy.document(kind)
    return f"{document.title} `{kind}`" if document is not None else f"`{kind}`, where a host asks for it"


def _as_host(alone: bool) -> str:
    return ", as host" if alone else ""


def _retention(programme: Programme) -> str:
    rows = [
        (
            f"`{rule.id}`<br/>{_PLACES.get(rule.jurisdiction, rule.jurisdiction)}{_as_host(rule.hosts_only)}",
            "<br/>".join(_title(programme.policy, kind) for kind in rule.kinds),
            str(rule.months),
            rule.text,
            f"{rule.source}; since {rule.effective_from}",
        )
        for rule in programme.kept
    ]
    return table(("rule", "documents", "months", "why", "source"), rows)


PARTS: dict[str, Callable[[Programme], str]] = {
    "rules": _rules,
    "requirements": _requirements,
    "retention": _retention,
}
"""By the name in the marker, who writes the text."""


def main() -> int:
    """Write the document; 1 where a marker is missing."""
    text = FILE.read_text(encoding="utf-8")
    if set(re.findall(r"<!-- generated: (\w+) -->", text)) != set(PARTS):
        print(f"{FILE.name} lacks a marker of {', '.join(PARTS)}", file=sys.stderr)  # noqa: T201
        return 1
    FILE.write_text(rendered(text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
