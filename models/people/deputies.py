"""Who may stand in for whom: nobody gains what the giver could not give, and nobody takes it by their own hand."""

from models.catalogue.programme import Contact
from models.errors import NotAuthorised
from models.people.access import may_manage, needs_second
from models.people.authorization import Actor
from models.vocabulary import Role

Post = tuple[str, Contact]
"""An institution, and who holds a role there."""


def in_own_right(post: Post) -> Actor:
    """Somebody acting in the role they hold."""
    institution, contact = post
    return Actor(id=contact.id, role=contact.role, institution=institution, unit=contact.unit)


def covers(holder: Post, wanted: Post) -> bool:
    """Whether somebody holds by their own role what another one holds: the same role there, or one above it."""
    (place, one), (other_place, other) = holder, wanted
    if one.role is other.role and (place, one.unit) == (other_place, other.unit):
        return True
    if other.role is Role.OCCUPATIONAL_HEALTH:
        return False
    return _gives_alone(in_own_right(holder), other.role, other_place)


def may_stand_in(deputy: Post, absent: Post, giver: Actor | None) -> bool:
    """Whether a deputy may act for somebody absent, given who named them; asked when it is planned and at every use.

    Occupational health is stood in for by occupational health of the same institution alone. Whoever holds as much
    already may be named by anybody who may plan the absence. Whoever would rise is named by the absent person, or by
    somebody who could enter people of that role alone; never by themself, and by nobody who only stands in.
    """
    (place, contact), (absent_place, gone) = deputy, absent
    if contact.id == gone.id:
        return False
    if gone.role is Role.OCCUPATIONAL_HEALTH:
        return contact.role is gone.role and place == absent_place
    if covers(deputy, absent):
        return True
    if giver is None or giver.on_behalf_of or giver.id == contact.id:
        return False
    return giver.id == gone.id or _gives_alone(giver, gone.role, absent_place)


def require_may_stand_in(deputy: Post, absent: Post, giver: Actor, field: str) -> None:
    """Refuse a deputy who would get what the giver cannot give.

    Raises:
        NotAuthorised: `field` is where the deputy was named.
    """
    if may_stand_in(deputy, absent, giver):
        return
    if absent[1].role is Role.OCCUPATIONAL_HEALTH:
        raise NotAuthorised("deputy.of_health", field)
    raise NotAuthorised("deputy.above", field)


def _gives_alone(actor: Actor, role: Role, institution: str) -> bool:
    return may_manage(actor, role, institution) and not needs_second(role)
