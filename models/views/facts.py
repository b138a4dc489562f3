"""What documents say, as far as a reader may see it, and what the rules say of it."""

from typing import Any

from pydantic import Field

from models.findings import FindingDraft
from models.wire import Id, Moment, Wire


class FactsVersion(Wire):
    """One version of the facts of a document."""

    version: int
    at: Moment
    by: str
    """The name of who stated it."""
    facts: dict[str, Any]


class FactsView(Wire):
    """The facts of one document, for somebody who may open it."""

    exchange_id: Id
    document_id: Id
    document: str
    """The kind of document."""
    may_state: bool = False
    versions: tuple[FactsVersion, ...] = ()
    """The newest version, which counts, first."""
    findings: tuple[FindingDraft, ...] = ()
    """What the rules of the exchange say of this kind of document now."""


class RulesView(Wire):
    """What the rules say of everything that was stated, without any value: rule, weight and last day."""

    exchange_id: Id
    policy_version: str
    findings: dict[str, tuple[FindingDraft, ...]] = Field(default_factory=dict)
    """By kind of document."""
