"""Who may state what a document says, and who reads it (D46).

Whether somebody may know of the exchange at all is asked first, in `models.people.authorization`.
"""

from models.people.authorization import Actor, Parties
from models.people.papers import may_open
from models.vocabulary import Purpose, Role


def may_state_facts(actor: Actor, purpose: Purpose, parties: Parties) -> bool:
    """Whether this person may type what a document says: the student, and who of the two universities opens it.

    Facts about health are typed by the student and by the host's occupational health alone.
    """
    if actor.role is Role.STUDENT:
        return actor.id == parties.student
    if not may_open(actor.role, purpose):
        return False
    if actor.role is Role.OCCUPATIONAL_HEALTH:
        return actor.institution == parties.host
    return actor.role is Role.PROGRAMME_OFFICE or actor.institution in (parties.host, parties.sending)


def may_read_facts(actor: Actor, purpose: Purpose, parties: Parties) -> bool:
    """Whether this person reads what a document says; others see what follows from it, and until when it holds."""
    return may_state_facts(actor, purpose, parties)
