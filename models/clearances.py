"""Why a clearance for the clinic may be over."""

from enum import StrEnum


class ClearanceEnds(StrEnum):
    """Why a clearance for the clinic holds no longer (D36)."""

    REVOKED = "revoked"
    LAPSED = "lapsed"
