"""Who sees where a student lives, and who says it.

Whether somebody may know of the exchange at all is asked first, in `models.people.authorization` (D44).
"""

from models.people.authorization import Actor, Parties, may_act_for_host, may_report_movement
from models.people.roles import COORDINATING
from models.vocabulary import Role


def may_see_housing(actor: Actor, parties: Parties) -> bool:
    """Whether this person reads where a student lives: the student, the host's offices, the sending coordination."""
    if may_report_movement(actor, parties):
        return True
    return actor.institution == parties.sending and actor.role in COORDINATING


def may_record_housing(actor: Actor, parties: Parties) -> bool:
    """Whether this person says where a student lives: the student, or an office of the host (seed E)."""
    return may_report_movement(actor, parties)


def may_house(actor: Actor, parties: Parties) -> bool:
    """Whether this person gives beds, keys and deposits: an office of the host (D34)."""
    return actor.role is not Role.CLOCK and may_act_for_host(actor, parties)
