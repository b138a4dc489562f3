"""Who may write to many, and who reads what was written (D44). The default is no."""

from models.people.authorization import Actor, Parties, may_see
from models.people.roles import LEADING, OF_THE_PROGRAMME, OFFICES
from models.vocabulary import Role


def may_write_to_many(actor: Actor) -> bool:
    """Whether this person writes to many students at all: the offices, and nobody who sees single students only."""
    return actor.role in OFFICES


def may_write_to(actor: Actor, parties: Parties) -> bool:
    """Whether this person may write to the student of an exchange.

    An office writes to the students that it sends or hosts, a partner office to those it sends, the programme office to
    all (D44).
    """
    return may_write_to_many(actor) and may_see(actor, parties)


def may_read_broadcast(actor: Actor, institution: str, role: Role) -> bool:
    """Whether this person may read a message to many, written at this institution in this role, and who got it.

    Who leads the office reads what their university wrote; a partner office what partner offices wrote, as others write
    to students that it may not know of.
    """
    if actor.role in OF_THE_PROGRAMME:
        return True
    if actor.institution != institution or role in OF_THE_PROGRAMME:
        return False
    return actor.role in LEADING or (actor.role is Role.PARTNER_OFFICE and role is Role.PARTNER_OFFICE)
