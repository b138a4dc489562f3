"""Who erases a person's papers, and who forbids it (D46)."""

from models.people.authorization import Actor
from models.vocabulary import Role


def may_erase(actor: Actor) -> bool:
    """Whether this person erases papers, and sets and lifts legal holds: the programme office alone."""
    return actor.role is Role.PROGRAMME_OFFICE
