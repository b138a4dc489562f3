"""Who may open which documents and read which words, by what each is kept for (D46).

Whether somebody may know of the exchange at all is asked first, in `models.people.authorization`.
"""

from models.people.roles import COORDINATING
from models.vocabulary import Purpose, Role

OPENED_BY: dict[Purpose, frozenset[Role]] = {
    Purpose.IDENTITY: COORDINATING | {Role.STUDENT},
    Purpose.CONDUCT: COORDINATING | {Role.STUDENT},
    Purpose.STUDY: COORDINATING | {Role.STUDENT},
    Purpose.APPLICATION: COORDINATING | {Role.STUDENT, Role.SUPERVISOR},
    # A clearance rests on cover and courses too (D36).
    Purpose.INSURANCE: COORDINATING | {Role.STUDENT, Role.OCCUPATIONAL_HEALTH},
    Purpose.TRAINING: COORDINATING | {Role.STUDENT, Role.OCCUPATIONAL_HEALTH},
    Purpose.HEALTH: frozenset({Role.STUDENT, Role.OCCUPATIONAL_HEALTH}),
}
"""Who of those who may know of an exchange opens a document; everybody else sees the result and its date."""
TOLD_OF_OPENINGS = frozenset({Role.STUDENT, Role.AUDITOR})
"""Who sees who opened a student's documents."""


def may_open(role: Role, purpose: Purpose) -> bool:
    """Whether somebody of this role opens documents kept for this, and reads what the checks said of them."""
    return role in OPENED_BY[purpose]


def may_read_notes(role: Role, *, about_health: bool) -> bool:
    """Whether somebody of this role reads what people wrote; words about health by the same rule as the papers."""
    return may_open(role, Purpose.HEALTH) if about_health else role in COORDINATING | {Role.STUDENT}


def may_read_ratings(role: Role) -> bool:
    """Whether somebody of this role reads the ratings that others gave."""
    return role in COORDINATING | {Role.STUDENT}


def may_see_openings(role: Role) -> bool:
    """Whether somebody of this role sees who opened the documents of an exchange."""
    return role in TOLD_OF_OPENINGS


def may_see_birth_date(role: Role) -> bool:
    """Whether somebody of this role is shown the birth date: to tell that the papers are this student's."""
    return role is Role.OCCUPATIONAL_HEALTH
