"""With whose rights an endpoint looks: those of an office, and no more than whoever answers for it has."""

from models.people.access import may_connect
from models.people.authorization import Actor
from models.people.roles import LEADING
from models.vocabulary import Role


def office_of(actor: Actor, institution: str, home: str) -> Role | None:
    """The office as which what this person connects looks at exchanges; none where they may not connect it.

    A partner office connects for itself. The programme office connects for a partner what its partner office may see:
    more than that the university's own coordinator connects.
    """
    if not may_connect(actor, institution):
        return None
    leads = actor.role in LEADING or (actor.role is Role.PROGRAMME_OFFICE and institution == home)
    return Role.COORDINATOR if leads else Role.PARTNER_OFFICE


def narrower(one: Role, other: Role) -> Role:
    """Of two offices the one that sees less."""
    return Role.PARTNER_OFFICE if Role.PARTNER_OFFICE in (one, other) else Role.COORDINATOR


def may_manage_endpoint(actor: Actor, institution: str, office: Role) -> bool:
    """Whether this person may manage an endpoint of this office: never one that is told more than they are."""
    if not may_connect(actor, institution):
        return False
    return office is Role.PARTNER_OFFICE or actor.role is not Role.PARTNER_OFFICE
