"""What people ask about the set of rules that an exchange goes by."""

from pydantic import Field

from models.catalogue.policy import DocumentPolicy, Policy
from models.catalogue.rule import Rule
from models.people.authorization import Actor
from models.wire import Id, Wire


class RuleSet(Wire):
    """Rules and kinds of documents of one version, as an exchange carries them."""

    version: str
    rules: dict[str, Rule] = Field(default_factory=dict)
    documents: tuple[DocumentPolicy, ...] = ()

    @classmethod
    def of(cls, policy: Policy) -> "RuleSet":
        """Those of a policy."""
        return cls(version=policy.rule_set, rules=policy.rules, documents=policy.documents)


class MoveRules(Wire):
    """Have an exchange go by a newer set of rules; its steps and ladders stay as they began."""

    decision_id: Id
    actor: Actor
    to: RuleSet
    note_id: Id | None = None
    """Where the reason is kept."""
