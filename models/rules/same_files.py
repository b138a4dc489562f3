"""One file that was handed in more than once: as two papers, or for two students (D17)."""

from dataclasses import dataclass

from models.findings import FindingDraft
from models.vocabulary import Severity


@dataclass(frozen=True)
class Elsewhere:
    """Where the same file was handed in besides."""

    kinds: tuple[str, ...] = ()
    """As which other kinds of document of the same exchange."""
    of_another: bool = False
    """For another student; of whom is not known here, and not told."""


def check_elsewhere(elsewhere: Elsewhere) -> tuple[FindingDraft, ...]:
    """`D17.same_file` and `D17.known_file`: a person looks at one file that is two papers, or two students'."""
    same = [_asking("D17.same_file", "file", "finding.same_file_as", kinds=elsewhere.kinds)] if elsewhere.kinds else []
    known = [_asking("D17.known_file", "file", "finding.file_known")] if elsewhere.of_another else []
    return (*same, *known)


def _asking(rule_id: str, field: str, message: str, **params: tuple[str, ...]) -> FindingDraft:
    return FindingDraft(rule_id=rule_id, severity=Severity.ASKING, field=field, message=message, params=dict(params))
