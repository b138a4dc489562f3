"""Whose steps and exchanges a person sees, as conditions for the database.

The rules stay in `models.people.authorization`: each condition is found by asking them about made-up owners and
parties, from the widest to the narrowest, so a changed rule changes the lists with it.
"""

from sqlalchemy import ColumnElement, and_, exists, false, or_, true
from sqlalchemy.orm import aliased

from models.people.authorization import Actor, Owner, Parties, may_decide, may_see
from models.tables import ExchangeRow, PlacementRow, StepRow
from models.vocabulary import Role, Side

NOBODY = "-"
"""No institution, person or unit has this id."""


def decidable_by(actor: Actor | None) -> ColumnElement[bool]:
    """Steps that a person may decide; all of them where nobody in particular asks."""
    if actor is None:
        return true()
    return or_(false(), *(condition for role in Role for condition in _decidable(actor, role)))


def _decidable(actor: Actor, role: Role) -> list[ColumnElement[bool]]:
    """The widest condition under which the person may decide steps owned by a role; none where they never may."""
    of_role = StepRow.role == role
    here = StepRow.institution_id == actor.institution
    scopes: tuple[tuple[Owner, ColumnElement[bool]], ...] = (
        (_owner(role), of_role),
        (_owner(role, institution=actor.institution), and_(of_role, here)),
        (
            _owner(role, institution=actor.institution, unit=actor.unit),
            and_(of_role, here, StepRow.unit_id == actor.unit),
        ),
        (_owner(role, person=actor.id), and_(of_role, StepRow.person_id == actor.id)),
    )
    return next(([condition] for owner, condition in scopes if may_decide(actor, owner)), [])


def _owner(role: Role, *, institution: str = NOBODY, person: str = NOBODY, unit: str = NOBODY) -> Owner:
    return Owner(side=Side.PROGRAMME, role=role, institution=institution, person=person, unit=unit)


def visible_to(actor: Actor | None) -> ColumnElement[bool]:
    """Exchanges that a person may know of (D44); all of them where nobody in particular asks."""
    if actor is None or may_see(actor, _parties()):
        return true()
    host = ExchangeRow.host_id == actor.institution
    place = aliased(PlacementRow)  # a query that is about placements itself must not be taken for this one
    worked = exists().where(
        place.exchange_id == ExchangeRow.id,
        place.unit_id == actor.unit,
        # A unit that declined has seen the last of the student.
        or_(place.released_from.is_(None), place.released_from > place.start),
    )
    scopes: tuple[tuple[Parties, str, ColumnElement[bool]], ...] = (
        (_parties(student=actor.id), "", ExchangeRow.person_id == actor.id),
        (_parties(sending=actor.institution), "", ExchangeRow.sending_id == actor.institution),
        (_parties(host=actor.institution), "", host),
        (_parties(host=actor.institution), actor.unit, and_(host, worked)),
    )
    return or_(false(), *(condition for parties, unit, condition in scopes if may_see(actor, parties, {unit} - {""})))


def _parties(*, sending: str = NOBODY, host: str = NOBODY, student: str = NOBODY) -> Parties:
    return Parties(sending=sending, host=host, student=student)
