"""What a document that was read says for itself: that it is of its kind, of its holder, and handed in once (D17, D19).

Pure functions over a reading; whoever calls them knows the holder and never passes one on.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from models.findings import FindingDraft
from models.reading import DocumentReading
from models.rules.paper_signs import KindSigns, check_signs
from models.rules.passport_check import HolderTyped, check_passport
from models.vocabulary import Severity


@dataclass(frozen=True)
class Elsewhere:
    """Where the same file was handed in besides."""

    kinds: tuple[str, ...] = ()
    """As which other kinds of document of the same exchange."""
    of_another: bool = False
    """For another student; nothing more is known here of whom."""


def understand(
    reading: DocumentReading, asked: KindSigns, holder: HolderTyped, today: date
) -> tuple[FindingDraft, ...]:
    """Everything that a reading says of a document; none where it is consistent."""
    own = asked.signs.get(asked.kind)
    signs = check_signs(reading, asked, holder)
    if own is None or not own.zone or any(finding.severity is Severity.BLOCKING for finding in signs):
        return signs
    return (*signs, *check_passport(reading, holder, today))


def check_elsewhere(elsewhere: Elsewhere) -> tuple[FindingDraft, ...]:
    """`D17.same_file` and `D17.known_file`: one file for two papers, or for two students, is for a person."""
    found: Collection[FindingDraft] = [
        *([_asking("D17.same_file", "file", "finding.same_file_as", kinds=elsewhere.kinds)] if elsewhere.kinds else []),
        *([_asking("D17.known_file", "file", "finding.file_known")] if elsewhere.of_another else []),
    ]
    return tuple(found)


def _asking(rule_id: str, field: str, message: str, **params: tuple[str, ...]) -> FindingDraft:
    return FindingDraft(rule_id=rule_id, severity=Severity.ASKING, field=field, message=message, params=dict(params))
