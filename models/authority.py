"""What an authority writes about a student's stay: visas, entries, permits, extensions, refusals, passports."""

from enum import StrEnum


class PaperKind(StrEnum):
    """The kinds of entries in the register of what the authority wrote."""

    VISA = "visa"
    ENTRY = "entry"
    """A stamp or record of an entry, visa-free ones included."""
    PERMIT = "permit"
    """A residence permit."""
    EXTENSION = "extension"
    REFUSAL = "refusal"
    PASSPORT = "passport"
    """A new passport."""


PERMITTING = frozenset({PaperKind.VISA, PaperKind.ENTRY, PaperKind.PERMIT, PaperKind.EXTENSION})
"""Entries that say until when a student may stay."""
ENTERING = frozenset({PaperKind.VISA, PaperKind.ENTRY})
"""Entries that say whether the student may leave and come back."""
ANEW = frozenset({PaperKind.VISA, PaperKind.PASSPORT})
"""Entries after which a residence is registered anew, once the student has arrived (D29)."""
