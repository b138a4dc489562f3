"""The letters about an exchange: who writes which, who reads it, and whom it is for.

Whether somebody may know of the exchange at all is asked first, in `models.people.authorization` (D44).
"""

from enum import StrEnum
from typing import NamedTuple

from models.people.authorization import Actor, Parties
from models.people.roles import COORDINATING, LEADING
from models.vocabulary import Role, Side


class LetterKind(StrEnum):
    """The letters that an office writes about an exchange, in the order of the story."""

    NOMINATION = "nomination"
    ADMISSION_NOTICE = "admission_notice"
    INVITATION = "invitation"
    ACCEPTANCE = "acceptance"
    HOUSING = "housing"
    DATA_SHEET = "data_sheet"
    """What the authority's own form (DQ, JW202, DS-2019) is filled in from (D3)."""
    CHANGE = "change"
    EARLY_END = "early_end"
    TRANSCRIPT = "transcript"


_OFFICES = COORDINATING | {Role.PARTNER_OFFICE, Role.STUDENT}


class LetterRule(NamedTuple):
    """Which side writes a kind of letter, in which roles; who of those who know of the exchange reads it."""

    side: Side
    writers: frozenset[Role]
    readers: frozenset[Role]
    told: frozenset[tuple[Side, Role]]
    """Whom a mail says that it is written."""


_TO_STUDENT = (Side.STUDENT, Role.STUDENT)
_TO_HOME = (Side.SENDING, Role.PARTNER_OFFICE)
_HOST = Side.HOST
LETTER_RULES: dict[LetterKind, LetterRule] = {
    LetterKind.NOMINATION: LetterRule(
        Side.SENDING, LEADING | {Role.PARTNER_OFFICE}, _OFFICES, frozenset({(Side.HOST, Role.COORDINATOR)})
    ),
    LetterKind.ADMISSION_NOTICE: LetterRule(_HOST, LEADING, _OFFICES, frozenset({_TO_STUDENT})),
    LetterKind.INVITATION: LetterRule(_HOST, LEADING, COORDINATING | {Role.STUDENT}, frozenset({_TO_STUDENT})),
    LetterKind.ACCEPTANCE: LetterRule(_HOST, LEADING, _OFFICES, frozenset({_TO_STUDENT, _TO_HOME})),
    LetterKind.HOUSING: LetterRule(
        _HOST,
        LEADING | {Role.HOUSING_OFFICER},
        COORDINATING | {Role.STUDENT, Role.HOUSING_OFFICER},
        frozenset({_TO_STUDENT}),
    ),
    LetterKind.DATA_SHEET: LetterRule(_HOST, LEADING, COORDINATING | {Role.STUDENT}, frozenset()),
    LetterKind.CHANGE: LetterRule(_HOST, LEADING, _OFFICES, frozenset({_TO_STUDENT, _TO_HOME})),
    LetterKind.EARLY_END: LetterRule(_HOST, LEADING, _OFFICES, frozenset({_TO_STUDENT, _TO_HOME})),
    LetterKind.TRANSCRIPT: LetterRule(_HOST, LEADING, _OFFICES, frozenset({_TO_STUDENT, _TO_HOME})),
}
"""The programme office writes every letter, in the place of the side whose letter it is; nobody else's is theirs."""


def issuer_of(kind: LetterKind, parties: Parties) -> str:
    """The university whose letter it is."""
    return parties.sending if LETTER_RULES[kind].side is Side.SENDING else parties.host


def may_write_letter(actor: Actor, kind: LetterKind, parties: Parties) -> bool:
    """Whether this person may have a letter of this kind written."""
    if actor.role is Role.PROGRAMME_OFFICE:
        return True
    if actor.role is Role.CLOCK:
        return kind is LetterKind.TRANSCRIPT
    return actor.institution == issuer_of(kind, parties) and actor.role in LETTER_RULES[kind].writers


def may_read_letter(role: Role, kind: LetterKind) -> bool:
    """Whether somebody of this role who may know of the exchange opens its letters of this kind."""
    return role in LETTER_RULES[kind].readers
