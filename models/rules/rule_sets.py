"""What a newer set of rules says otherwise than the one an exchange goes by. Pure."""

from collections.abc import Mapping

from models.catalogue.policy import Policy
from models.catalogue.rule import RuleValue
from models.findings import FindingDraft
from models.messages.rules import RuleSet
from models.wire import Wire

FindingsByKind = Mapping[str, tuple[FindingDraft, ...]]


class ValueChange(Wire):
    """A value of a rule before and after; unset where there is none."""

    rule: str
    name: str
    before: RuleValue | None = None
    after: RuleValue | None = None


class FindingChange(Wire):
    """What would be found otherwise of a kind of document."""

    document: str
    """Empty: of the plan itself."""
    before: tuple[FindingDraft, ...] = ()
    after: tuple[FindingDraft, ...] = ()


def moved(policy: Policy, to: RuleSet) -> Policy:
    """The policy with the newer rules and documents; steps and ladders stay those that the exchange began with."""
    return policy.model_copy(update={"rules_version": to.version, "rules": to.rules, "documents": to.documents})


def value_changes(before: Policy, after: RuleSet) -> tuple[ValueChange, ...]:
    """Every value that changes, by rule and name."""
    found = []
    for rule in dict.fromkeys([*before.rules, *after.rules]):
        old = before.rules[rule].values if rule in before.rules else {}
        new = after.rules[rule].values if rule in after.rules else {}
        for name in dict.fromkeys([*old, *new]):
            if old.get(name) != new.get(name):
                found.append(ValueChange(rule=rule, name=name, before=old.get(name), after=new.get(name)))
    return tuple(found)


def kinds_added(before: Policy, after: RuleSet) -> tuple[str, ...]:
    """Kinds of documents that are asked for besides."""
    known = {document.kind for document in before.documents}
    return tuple(document.kind for document in after.documents if document.kind not in known)


def kinds_dropped(before: Policy, after: RuleSet) -> tuple[str, ...]:
    """Kinds of documents that are asked for no more."""
    kept = {document.kind for document in after.documents}
    return tuple(document.kind for document in before.documents if document.kind not in kept)


def finding_changes(before: FindingsByKind, after: FindingsByKind) -> tuple[FindingChange, ...]:
    """What is found otherwise, by kind of document: what is found the same either way is left out."""
    found = []
    for kind in dict.fromkeys([*before, *after]):
        old, new = before.get(kind, ()), after.get(kind, ())
        gone = tuple(one for one in old if one not in new)
        come = tuple(one for one in new if one not in old)
        if gone or come:
            found.append(FindingChange(document=kind, before=gone, after=come))
    return tuple(found)
