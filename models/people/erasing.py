"""Who erases a person's papers, who forbids it, and who is given everything that is kept about a person (D46)."""

from models.people.authorization import Actor, Parties
from models.vocabulary import Role


def may_erase(actor: Actor) -> bool:
    """Whether this person erases papers, and sets and lifts legal holds: the programme office alone."""
    return actor.role is Role.PROGRAMME_OFFICE


def may_export(actor: Actor, parties: Parties) -> bool:
    """Whether this person is given an archive of the student's data: the student, and who erases it on their behalf.

    What is in it is for the reader's role to open: an office is given no papers about health.
    """
    if actor.role is Role.STUDENT:
        return actor.id == parties.student
    return may_erase(actor)
