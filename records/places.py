"""Units as they are now, what of them is taken, and how each stands to one block of one student."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.catalogue.units import UnitTerms
from models.errors import Unknown
from models.messages.contracts import LookForPlaces
from models.rules.units import BlockAsked, Hindrance, PlaceHeld, UnitLoad, Unmet, can_take, room, supervisor_for
from models.tables import (
    ExchangeRow,
    IdentityRow,
    PlaceDayRow,
    PlacementRow,
    UnitRow,
    UnitTermsRow,
    identity_of_exchange,
)
from models.vocabulary import Content, Role


@dataclass(frozen=True)
class UnitNow:
    """A unit that its host offers, with what holds for it now."""

    unit_id: str
    content: Content
    terms: UnitTerms
    version: int
    """0: as the catalogue has it."""
    supervisors: tuple[str, ...]
    """Ids of the people who supervise there now, in the order of the roster."""


@dataclass(frozen=True)
class Outlook:
    """How one unit stands to a block."""

    unit_id: str
    unmet: Unmet | None
    room: int
    """Free places on the fullest day; 0 or less where there is none."""
    supervisor: str
    """Who would supervise; empty where the unit has nobody."""


async def units_now(session: AsyncSession, programme: Programme, host: str) -> dict[str, UnitNow]:
    """The units that a host offers, in the order of its catalogue."""
    rows = await session.scalars(select(UnitRow).where(UnitRow.institution_id == host, UnitRow.capacity > 0))
    edited = {
        row.unit_id: row
        for row in await session.scalars(select(UnitTermsRow).where(UnitTermsRow.institution_id == host))
    }
    catalogued = programme.catalogued.get(host)
    order = {unit.id: number for number, unit in enumerate(catalogued.units if catalogued else ())}
    found: dict[str, UnitNow] = {}
    for row in sorted(rows, key=lambda one: (order.get(one.unit_id, len(order)), one.unit_id)):
        unit = catalogued.unit(row.unit_id) if catalogued else None
        terms = catalogued.terms(unit) if catalogued and unit else UnitTerms(capacity=row.capacity)
        changed = edited.get(row.unit_id)
        found[row.unit_id] = UnitNow(
            unit_id=row.unit_id,
            content=row.content,
            terms=UnitTerms.model_validate(changed.terms) if changed else terms,
            version=changed.version if changed else 0,
            supervisors=tuple(c.id for c in programme.contacts(host, Role.SUPERVISOR, row.unit_id)),
        )
    return found


async def loads(
    session: AsyncSession, units: Mapping[str, UnitNow], start: date, end: date, without: Collection[str] = ()
) -> dict[str, UnitLoad]:
    """What is taken of units over some days; the days of the placements `without` count as free."""
    query = (
        select(PlaceDayRow.unit_id, PlaceDayRow.day, PlacementRow.supervisor_id, func.count())
        .join(PlacementRow, PlacementRow.id == PlaceDayRow.placement_id)
        .where(
            PlaceDayRow.unit_id.in_(units),
            PlaceDayRow.day.between(start, end),
            PlaceDayRow.placement_id.not_in(without),
        )
        .group_by(PlaceDayRow.unit_id, PlaceDayRow.day, PlacementRow.supervisor_id)
    )
    taken: dict[str, dict[date, int]] = {unit: defaultdict(int) for unit in units}
    supervised: dict[str, dict[str, dict[date, int]]] = {unit: defaultdict(lambda: defaultdict(int)) for unit in units}
    for unit, day, person, count in await session.execute(query):
        taken[unit][day] += count
        supervised[unit][_supervisor(units[unit], person)][day] += count
    return {
        unit: UnitLoad(taken=dict(taken[unit]), supervised={who: dict(days) for who, days in supervised[unit].items()})
        for unit in units
    }


async def asked_of(session: AsyncSession, exchange_id: str, start: date, end: date) -> BlockAsked:
    """A block of an exchange, with what of its student a unit may ask for.

    Raises:
        Unknown: there is no such exchange.
    """
    query = select(ExchangeRow, IdentityRow).join(IdentityRow, identity_of_exchange())
    row = (await session.execute(query.where(ExchangeRow.id == exchange_id))).one_or_none()
    if row is None:
        raise Unknown("exchange.unknown", exchange=exchange_id)
    return _asked(row[0], row[1], start, end)


def _asked(exchange: ExchangeRow, person: IdentityRow, start: date, end: date) -> BlockAsked:
    return BlockAsked(
        start=start, end=end, level=exchange.level, discipline=exchange.discipline, languages=(person.language,)
    )


def outlooks(
    units: Mapping[str, UnitNow],
    found: Mapping[str, UnitLoad],
    asked: BlockAsked,
    wishes: Sequence[str] = (),
    declined: Iterable[str] = (),
    supervisor: str = "",
) -> list[Outlook]:
    """How units stand to a block: wishes first, then where most is free; equal ones in the catalogue's order.

    Where a supervisor is named, only they count; a unit in which they do not supervise has nobody.
    """
    refused = set(declined)
    rest = sorted((unit for unit in units if unit not in wishes), key=lambda u: -room(units[u].terms, asked, found[u]))
    told: list[Outlook] = []
    for unit_id in (*wishes, *rest):
        now = units.get(unit_id)
        if now is None:
            told.append(Outlook(unit_id, Unmet(unit_id=unit_id, why=Hindrance.NOT_OFFERED), 0, ""))
            continue
        load = found[unit_id]
        people = now.supervisors if not supervisor else tuple(one for one in now.supervisors if one == supervisor)
        unmet = can_take(unit_id, now.terms, asked, load, people)
        if supervisor and not people:
            unmet = Unmet(unit_id=unit_id, why=Hindrance.SUPERVISORS)
        if unit_id in refused:
            unmet = Unmet(unit_id=unit_id, why=Hindrance.DECLINED)
        person = supervisor_for(now.terms, asked, load, people) or ""
        told.append(Outlook(unit_id, unmet, room(now.terms, asked, load), person))
    return told


async def outlooks_for(session: AsyncSession, programme: Programme, request: LookForPlaces) -> list[Outlook]:
    """How the units of a host stand to a block of an exchange, in the order in which a place would be taken.

    Raises:
        Unknown: there is no such exchange.
    """
    offered = await units_now(session, programme, request.host)
    units = {unit: now for unit, now in offered.items() if now.content is request.content}
    load = await loads(session, units, request.start, request.end, without=(request.placement_id, *request.besides))
    asked = await asked_of(session, request.exchange_id, request.start, request.end)
    return outlooks(units, load, asked, request.preferences, request.refused_by, request.supervisor)


async def places_held(session: AsyncSession, units: Mapping[str, UnitNow], today: date) -> dict[str, list[PlaceHeld]]:
    """The places of units that are not over on a day, by unit."""
    query = (
        select(PlaceDayRow, PlacementRow, ExchangeRow, IdentityRow)
        .join(PlacementRow, PlacementRow.id == PlaceDayRow.placement_id)
        .join(ExchangeRow, ExchangeRow.id == PlaceDayRow.exchange_id)
        .join(IdentityRow, identity_of_exchange())
        .where(PlaceDayRow.unit_id.in_(units), PlaceDayRow.day >= today)
        .order_by(PlaceDayRow.placement_id, PlaceDayRow.day)
    )
    slots: dict[str, dict[date, int]] = defaultdict(dict)
    rows: dict[str, tuple[PlacementRow, ExchangeRow, IdentityRow]] = {}
    for day, placement, exchange, person in await session.execute(query):
        slots[placement.id][day.day] = day.slot
        rows[placement.id] = (placement, exchange, person)
    held: dict[str, list[PlaceHeld]] = {unit: [] for unit in units}
    for placement, exchange, person in rows.values():
        held[placement.unit_id].append(
            PlaceHeld(
                placement_id=placement.id,
                exchange_id=exchange.id,
                unit_id=placement.unit_id,
                block=_asked(exchange, person, placement.start, placement.end),
                supervisor=_supervisor(units[placement.unit_id], placement.supervisor_id),
                slots=slots[placement.id],
            )
        )
    return held


def _supervisor(unit: UnitNow, person: str) -> str:
    """Who supervises a place: a unit's only supervisor also those that were taken before places named anybody."""
    return unit.supervisors[0] if not person and len(unit.supervisors) == 1 else person
