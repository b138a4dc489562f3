"""What each role is: the groups that rules and pages are written in, and which exchanges a role may know of."""

from enum import StrEnum

from models.vocabulary import Role, Side


class Sees(StrEnum):
    """Which exchanges a role may know of (D44)."""

    EVERYTHING = "everything"
    OF_ITS_UNIVERSITY = "of_its_university"
    """Those that its university sends or hosts."""
    SENT = "sent"
    HOSTED = "hosted"
    OF_ITS_UNIT = "of_its_unit"
    OWN = "own"


SEES: dict[Role, Sees] = {
    Role.CLOCK: Sees.EVERYTHING,
    Role.PROGRAMME_OFFICE: Sees.EVERYTHING,
    Role.OPERATOR: Sees.EVERYTHING,
    Role.AUDITOR: Sees.EVERYTHING,
    Role.COORDINATOR: Sees.OF_ITS_UNIVERSITY,
    Role.HEAD_OF_OFFICE: Sees.OF_ITS_UNIVERSITY,
    Role.PARTNER_OFFICE: Sees.SENT,
    Role.HOUSING_OFFICER: Sees.HOSTED,
    Role.OCCUPATIONAL_HEALTH: Sees.HOSTED,
    Role.SUPERVISOR: Sees.OF_ITS_UNIT,
    Role.STUDENT: Sees.OWN,
}
LEADING = frozenset({Role.COORDINATOR, Role.HEAD_OF_OFFICE})
"""Who decides for a university."""
COORDINATING = LEADING | {Role.PROGRAMME_OFFICE}
OFFICES = COORDINATING | {Role.PARTNER_OFFICE}
OFFICERS = OFFICES | {Role.HOUSING_OFFICER, Role.OCCUPATIONAL_HEALTH}
STAFF = OFFICERS | {Role.SUPERVISOR}
OF_THE_PROGRAMME = frozenset({Role.PROGRAMME_OFFICE, Role.OPERATOR, Role.AUDITOR})
"""Held for the whole programme and not at one university."""
PLACING = COORDINATING | {Role.HOUSING_OFFICER, Role.AUDITOR}
"""Who sees every place and bed of a host."""
EVERYWHERE = (
    Role.COORDINATOR,
    Role.HEAD_OF_OFFICE,
    Role.PARTNER_OFFICE,
    Role.HOUSING_OFFICER,
    Role.OCCUPATIONAL_HEALTH,
)
"""Every institution names somebody for each: a step without an addressee would wait in silence."""
AT_HOME = (Role.PROGRAMME_OFFICE, Role.OPERATOR)
"""The home institution names somebody for each of these too."""
OF_SIDE: dict[Side, frozenset[Role]] = {
    Side.STUDENT: frozenset({Role.STUDENT}),
    Side.UNIT: frozenset({Role.SUPERVISOR}),
    Side.PROGRAMME: frozenset({Role.PROGRAMME_OFFICE}),
    Side.SENDING: frozenset(EVERYWHERE),
    Side.HOST: frozenset(EVERYWHERE),
}
"""Who may owe a step of a side."""
STUDENT = "p-"
"""How the ids of students begin; nobody else's does."""
RESERVED = frozenset({Role.CLOCK.value})
"""Ids of the service itself."""
