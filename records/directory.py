"""Who is at a host now, or about to come, and how far each is settled: for those who look after them."""

from collections import defaultdict
from datetime import date

from sqlalchemy import Select, exists, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import NotAuthorised
from models.people.authorization import Actor
from models.people.particulars import (
    EmergencyCard,
    Handover,
    Inspection,
    ParticularKind,
    left_open,
    may_be_shown,
    may_see_directory,
)
from models.tables import ExchangeRow, IdentityRow, ParticularRow, PlacementRow, identity_of_exchange
from models.views.particulars import DirectoryRow, StayList
from models.vocabulary import Role
from records.particulars import parties_of
from records.queries.titles import student_of
from records.queries.visibility import visible_to
from records.store.engine import Sessions, transaction

Forms = dict[ParticularKind, dict[str, object]]
MOST = 500
"""Students that are listed at once, and read at once."""
_NAME = IdentityRow.family_name, IdentityRow.given_name, ExchangeRow.id
_IS_WORKED = or_(PlacementRow.released_from.is_(None), PlacementRow.released_from > PlacementRow.start)
"""A place that was not given back before its first day."""


class StayDirectory:
    """Lists students at hosts."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def rows(
        self,
        actor: Actor,
        *,
        unit: str = "",
        arriving: tuple[date | None, date | None] = (None, None),
        open_only: bool = False,
    ) -> StayList:
        """Who has arrived and not left; with days `arriving`, who is expected in them instead; the first by name.

        With `open_only`, those whose keys or deposit are not settled, also after they left.

        Raises:
            NotAuthorised: the reader looks after nobody.
        """
        if not may_see_directory(actor.role):
            raise NotAuthorised("not_allowed.directory")
        query = _wanted(actor, unit, arriving, open_only=open_only)
        found = list[DirectoryRow]()
        async with transaction(self._sessions) as session:
            while len(found) <= MOST:
                rows = await session.execute(query)
                people = [(row[0], row[1]) for row in rows]
                listed = await _rows(session, actor, people)
                found += [one for one in listed if not open_only or one.open]
                if len(people) < MOST:
                    break
                last, person = people[-1]
                query = query.where(tuple_(*_NAME) > (person.family_name, person.given_name, last.id))
        return StayList(rows=tuple(found[:MOST]), more=len(found) > MOST)


def _wanted(
    actor: Actor, unit: str, arriving: tuple[date | None, date | None], *, open_only: bool
) -> Select[ExchangeRow, IdentityRow]:
    query = select(ExchangeRow, IdentityRow).join(IdentityRow, identity_of_exchange()).where(visible_to(actor))
    if actor.role is not Role.PROGRAMME_OFFICE:
        query = query.where(ExchangeRow.host_id == actor.institution)
    if unit:
        there = PlacementRow.exchange_id == ExchangeRow.id, PlacementRow.unit_id == unit
        query = query.where(exists().where(*there, _IS_WORKED))
    first, last = arriving
    if open_only:
        given = select(ParticularRow.exchange_id).where(ParticularRow.kind == ParticularKind.HANDOVER)
        query = query.where(ExchangeRow.id.in_(given))
    elif first is None and last is None:
        here = (ExchangeRow.actual_arrival.is_not(None), ExchangeRow.actual_departure.is_(None))
        query = query.where(*here, ExchangeRow.closed_at.is_(None))
    else:
        query = query.where(ExchangeRow.actual_arrival.is_(None), ExchangeRow.closed_at.is_(None))
        query = query.where(ExchangeRow.start >= first) if first else query
        query = query.where(ExchangeRow.start <= last) if last else query
    return query.order_by(*_NAME).limit(MOST)


async def _rows(
    session: AsyncSession, actor: Actor, people: list[tuple[ExchangeRow, IdentityRow]]
) -> list[DirectoryRow]:
    ids = [exchange.id for exchange, _ in people]
    forms, units = await _forms(session, ids), await _units(session, ids)
    return [_row(actor, exchange, person, forms[exchange.id], units[exchange.id]) for exchange, person in people]


async def _forms(session: AsyncSession, exchanges: list[str]) -> defaultdict[str, Forms]:
    """The version of each form that holds."""
    found: defaultdict[str, Forms] = defaultdict(dict)
    query = select(ParticularRow).where(ParticularRow.exchange_id.in_(exchanges)).order_by(ParticularRow.version)
    for row in await session.scalars(query):
        found[row.exchange_id][row.kind] = row.form
    return found


async def _units(session: AsyncSession, exchanges: list[str]) -> defaultdict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    query = select(PlacementRow).where(PlacementRow.exchange_id.in_(exchanges), _IS_WORKED)
    for row in await session.scalars(query.order_by(PlacementRow.start)):
        found[row.exchange_id].append(row.unit_id)
    return found


def _row(actor: Actor, exchange: ExchangeRow, person: IdentityRow, forms: Forms, units: list[str]) -> DirectoryRow:
    card = forms.get(ParticularKind.EMERGENCY_CARD)
    handover, inspection = forms.get(ParticularKind.HANDOVER), forms.get(ParticularKind.INSPECTION)
    shown = bool(card) and may_be_shown(actor, EmergencyCard.model_validate(card), parties_of(exchange))
    return DirectoryRow(
        exchange_id=exchange.id,
        student=student_of(person),
        host=exchange.host_id,
        start=exchange.start,
        end=exchange.end,
        arrived_at=exchange.actual_arrival,
        units=tuple(dict.fromkeys(units)),
        bed_id=exchange.bed_id,
        lives_outside=ParticularKind.RESIDENCE in forms,
        card=shown,
        open=left_open(
            Handover.model_validate(handover) if handover else None,
            Inspection.model_validate(inspection) if inspection else None,
        ),
    )
