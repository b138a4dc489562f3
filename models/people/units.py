"""Who keeps the terms of a unit, and who may break places by them (D38). The default is no."""

from models.people.authorization import Actor
from models.people.roles import LEADING
from models.vocabulary import Role


def may_keep_unit(actor: Actor, institution: str, unit: str) -> bool:
    """Whether this person changes whom a unit takes.

    Who leads the host's office and the programme office keep every unit, a supervisor keeps their own.
    """
    if actor.role is Role.PROGRAMME_OFFICE:
        return True
    if actor.institution != institution:
        return False
    return actor.role in LEADING or (actor.role is Role.SUPERVISOR and actor.unit == unit)


def may_break_places(actor: Actor) -> bool:
    """Whether this person may save an edit that breaks places which students have: whoever can move them elsewhere."""
    return actor.role is Role.PROGRAMME_OFFICE or actor.role in LEADING
