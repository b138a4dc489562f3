"""Who keeps the sessions of a host, and who reads them. The default is no."""

from models.people.authorization import Actor
from models.people.roles import LEADING, OF_THE_PROGRAMME
from models.vocabulary import Role


def may_keep_sessions(actor: Actor, host: str) -> bool:
    """Whether this person plans sessions of a host and records who was there: its office, or the programme's."""
    return actor.role is Role.PROGRAMME_OFFICE or (actor.institution == host and actor.role in LEADING)


def may_read_sessions(actor: Actor, host: str) -> bool:
    """Whether this person reads what sessions a host has and who was there; students read of their own elsewhere."""
    return actor.role in OF_THE_PROGRAMME or may_keep_sessions(actor, host)
