"""How long kinds of documents are kept after an exchange, and where that is written (D46)."""

from collections.abc import Mapping
from datetime import date

from pydantic import Field

from models.catalogue.faults import wrong
from models.catalogue.step_checks import Told
from models.wire import Id, Wire

PROGRAMME = "programme"
"""The jurisdiction of what holds wherever no country says otherwise."""


class RetentionRule(Wire):
    """For how many calendar months after its exchange what a document says is kept; its id names a version."""

    id: Id
    kinds: tuple[str, ...] = Field(min_length=1)
    months: int = Field(ge=1, le=1200)
    jurisdiction: str
    hosts_only: bool = False
    """Whether the law of a country binds its universities as hosts, and not those that send."""
    effective_from: date
    source: str
    text: str


def retention_faults(rules: Mapping[str, RetentionRule]) -> Told:
    """Of one kind, jurisdiction and day there is one rule."""
    seen = set[tuple[str, str, date]]()
    for id, rule in rules.items():
        for kind in rule.kinds:
            key = (kind, rule.jurisdiction, rule.effective_from)
            if key in seen:
                yield wrong(f"{id}.kinds[{kind}]", "catalogue.repeated", times=2)
            seen.add(key)
