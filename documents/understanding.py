"""What a document that was read says for itself: that it is of its kind and of its holder (D17, D19)."""

from datetime import date

from documents.spoken import spoken
from models.findings import FindingDraft
from models.reading import DocumentReading
from models.rules.paper_signs import KindSigns, check_signs
from models.rules.passport_check import HolderTyped, check_passport
from models.vocabulary import Severity


def understand(
    reading: DocumentReading, asked: KindSigns, holder: HolderTyped, today: date
) -> tuple[FindingDraft, ...]:
    """Everything that a reading says of a document; none where it is consistent. Pure."""
    own = asked.signs.get(asked.kind)
    signs = check_signs(reading, asked, holder, spoken)
    if own is None or not own.zone or any(finding.severity is Severity.BLOCKING for finding in signs):
        return signs
    return (*signs, *check_passport(reading, holder, today))
