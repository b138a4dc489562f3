"""Typed refusals and faults, one code each.

    SojournError                 code
    ├── Refused                  the act is not allowed now; nothing changed
    │   ├── NotAuthorised        not_authorised
    │   ├── NotOpen              not_open
    │   │   └── Closed           not_open
    │   ├── BadInput             bad_input
    │   │   └── KeyReused        bad_input
    │   ├── Conflict             conflict
    │   │   └── Differs          conflict
    │   ├── TooMany              too_many
    │   └── Unknown              unknown
    ├── Unavailable              a part outside is away; trying again may help
    │   ├── OutOfStep            the records are further than the workflow, or it than they
    │   └── Kept                 kept: it is on record and done later, nobody need ask again
    └── Broken                   an operator must look; trying again does not help

Each says what was wrong by a message id, the field it is about, and parameters; texts/refusals.py has the sentences.
Codes cross Temporal as `ApplicationError.type`, the rest as its details (failures/wire.py).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Protocol

Scalar = str | int | float | bool
Plain = Scalar | tuple[Scalar, ...]
"""What a parameter is once it is on record."""
Param = Scalar | date | Collection[Scalar | date]
"""What may be given as one."""


class Code(StrEnum):
    """What went wrong, for programs."""

    NOT_AUTHORISED = "not_authorised"
    NOT_OPEN = "not_open"
    BAD_INPUT = "bad_input"
    CONFLICT = "conflict"
    TOO_MANY = "too_many"
    UNKNOWN = "unknown"
    UNAVAILABLE = "unavailable"
    OUT_OF_STEP = "out_of_step"
    KEPT = "kept"
    BROKEN = "broken"


class Message(Protocol):
    """Something that is said to people: a refusal, a fault of a nomination, a finding about a document."""

    @property
    def message(self) -> str:
        """The id of its sentence."""

    @property
    def params(self) -> Mapping[str, Plain]:
        """What the sentence has to fill in."""


@dataclass(frozen=True)
class Said:
    """A message as it was kept."""

    message: str
    params: Mapping[str, Plain]


def plain(value: Param) -> Plain:
    """A parameter as JSON can carry it; days and moments in ISO 8601."""
    if isinstance(value, Collection) and not isinstance(value, str):
        return tuple(_scalar(one) for one in (sorted(value, key=str) if isinstance(value, set | frozenset) else value))
    return _scalar(value)


def _scalar(value: Scalar | date) -> Scalar:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


class SojournError(Exception):
    """Base of all errors that the service raises on purpose.

    `message` is the id of a sentence, `field` the form field or request attribute it is about, if any. Parameters are
    ids, codes, dates and numbers; never personal data, because errors are logged and recorded.
    """

    code: Code = Code.BROKEN

    def __init__(self, message: str, field: str = "", **params: Param) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.params: dict[str, Plain] = {name: plain(value) for name, value in params.items()}

    def __str__(self) -> str:
        """For logs: the id and what goes with it."""
        told = {"field": self.field} if self.field else {}
        return " ".join([self.message, *(f"{name}={value}" for name, value in sorted((told | self.params).items()))])


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
    """A value is missing or impossible; `field` says which."""

    code = Code.BAD_INPUT


class KeyReused(BadInput):
    """The key of an act was used for another act; `field` says where the key was given."""


class Conflict(Refused):
    """Somebody else was first."""

    code = Code.CONFLICT


class TooMany(Refused):
    """It was done as often as it may be in a day; `moment` says when the next time is taken."""

    code = Code.TOO_MANY


class Difference(NamedTuple):
    """One cell that is not as on record. Personal data: shown to who may nominate, never logged."""

    column: str
    on_record: str
    told: str


class Differs(Conflict):
    """What is told is not what is on record; nothing changed. The cells stay out of what is logged."""

    def __init__(self, message: str, field: str, differences: tuple[Difference, ...], **params: Param) -> None:
        super().__init__(message, field, **params)
        self.differences = differences


class Unknown(Refused):
    """There is no such thing, or the person may not know of it (D44)."""

    code = Code.UNKNOWN


class Unavailable(SojournError):
    """A part outside is away; trying again may help."""

    code = Code.UNAVAILABLE


class OutOfStep(Unavailable):
    """What a workflow knows is not what is on record: nothing was written, and it reads the records again."""

    code = Code.OUT_OF_STEP


class Kept(Unavailable):
    """What was asked is on record and not yet taken; it is done once, without being asked again."""

    code = Code.KEPT


class Broken(SojournError):
    """An operator must look; trying again does not help."""

    code = Code.BROKEN


REFUSALS: dict[Code, type[Refused]] = {
    Code.NOT_AUTHORISED: NotAuthorised,
    Code.NOT_OPEN: NotOpen,
    Code.BAD_INPUT: BadInput,
    Code.CONFLICT: Conflict,
    Code.TOO_MANY: TooMany,
    Code.UNKNOWN: Unknown,
}
