"""What moving an exchange to the rules of today would change, as it is shown before anybody decides."""

from models.rules.rule_sets import FindingChange, ValueChange
from models.wire import Id, Wire


class RulesPreview(Wire):
    """The set an exchange goes by beside the set of today."""

    exchange_id: Id
    from_version: str
    to_version: str
    values: tuple[ValueChange, ...] = ()
    documents_added: tuple[str, ...] = ()
    documents_dropped: tuple[str, ...] = ()
    findings: tuple[FindingChange, ...] = ()
    """What would be found otherwise; without values for those who may not read the facts."""
    may_move: bool = False

    @property
    def same(self) -> bool:
        """Whether there is nothing to move to."""
        return self.from_version == self.to_version
