"""Typed refusals and faults, one code each.

    SojournError                 code
    ├── Refused                  the act is not allowed now; nothing changed
    │   ├── NotAuthorised        not_authorised
    │   ├── NotOpen              not_open
    │   │   └── Closed           not_open
    │   ├── BadInput             bad_input
    │   ├── Conflict             conflict
    │   └── Unknown              unknown
    ├── Unavailable              a part outside is away; trying again may help
    └── Broken                   an operator must look; trying again does not help

Codes cross Temporal as `ApplicationError.type`; nobody branches on the text of a message.
"""

from enum import StrEnum


class Code(StrEnum):
    """What went wrong, for programs."""

    NOT_AUTHORISED = "not_authorised"
    NOT_OPEN = "not_open"
    BAD_INPUT = "bad_input"
    CONFLICT = "conflict"
    UNKNOWN = "unknown"
    UNAVAILABLE = "unavailable"
    BROKEN = "broken"


class SojournError(Exception):
    """Base of all errors that the service raises on purpose. The text tells a person what to do."""

    code: Code = Code.BROKEN


class Refused(SojournError):
    """The act is not allowed now; nothing changed."""


class NotAuthorised(Refused):
    """The person may not do this. Says no more than that (D44)."""

    code = Code.NOT_AUTHORISED


class NotOpen(Refused):
    """The step or exchange does not wait for this act now."""

    code = Code.NOT_OPEN


class Closed(NotOpen):
    """The exchange, rotation or cohort has ended."""


class BadInput(Refused):
    """A value is missing or impossible; the text names the field."""

    code = Code.BAD_INPUT


class Conflict(Refused):
    """Somebody else was first, or the same id was used for something else."""

    code = Code.CONFLICT


class Unknown(Refused):
    """There is no such thing, or the person may not know of it (D44)."""

    code = Code.UNKNOWN


class Unavailable(SojournError):
    """A part outside is away; trying again may help."""

    code = Code.UNAVAILABLE


class Broken(SojournError):
    """An operator must look; trying again does not help."""

    code = Code.BROKEN


REFUSALS: dict[Code, type[Refused]] = {
    Code.NOT_AUTHORISED: NotAuthorised,
    Code.NOT_OPEN: NotOpen,
    Code.BAD_INPUT: BadInput,
    Code.CONFLICT: Conflict,
    Code.UNKNOWN: Unknown,
}
