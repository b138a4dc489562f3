"""The words of mail that more than one package uses."""

from enum import StrEnum


class BounceAction(StrEnum):
    """What became of a mail after a host had taken it (RFC 3464): given up, or not delivered yet and tried on."""

    FAILED = "failed"
    DELAYED = "delayed"


class DigestChoice(StrEnum):
    """How often a person gets a digest; `off`: every notice at once instead; `none`: neither, nor a weekly summary."""

    DAILY = "daily"
    WEEKDAYS = "weekdays"
    OFF = "off"
    NONE = "none"
    """What cannot wait comes as a mail all the same; the rest stands in the worklist alone."""
