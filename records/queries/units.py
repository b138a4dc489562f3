"""Units of a host: what holds for each, who of its students must be moved, and what was changed when by whom."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.catalogue.units import UnitTerms
from models.events import EVENT, UnitChanged
from models.people.authorization import Actor
from models.people.roles import LEADING
from models.people.units import may_keep_unit
from models.rules.units import PlaceHeld, PlaceToMove, to_move
from models.tables import EventRow, ExchangeRow, IdentityRow, PlaceDayRow, UnitTermsRow, identity_of_exchange
from models.views.shared import Student
from models.views.units import BrokenPlace, UnitHistory, UnitVersion, UnitView
from models.vocabulary import Role
from records.places import UnitNow, places_held, units_now
from records.queries.titles import Titles, student_of


def unit_stream(unit_id: str) -> str:
    """Where the changes of a unit are."""
    return f"unit:{unit_id}"


def today_at(programme: Programme, host: str, at: datetime) -> date:
    """The day it is at a host."""
    return at.astimezone(ZoneInfo(programme.institutions[host].zone)).date()


async def units(session: AsyncSession, titles: Titles, actor: Actor, host: str, at: datetime) -> list[UnitView]:
    """The units of a host that somebody may see: all for its offices, for a supervisor their own."""
    programme = titles.programme
    if host not in programme.institutions:
        return []
    found = await units_now(session, programme, host)
    if actor.role is Role.SUPERVISOR:
        found = {unit: now for unit, now in found.items() if unit == actor.unit}
    today = today_at(programme, host, at)
    held = await places_held(session, found, today)
    broken = _broken(found, held, today)
    names = await students(session, (one.exchange_id for places in broken.values() for one in places))
    taken = await _taken(session, found, today)
    views: list[UnitView] = []
    for unit_id, now in found.items():
        name, name_zh = titles.unit(host, unit_id)
        views.append(
            UnitView(
                unit_id=unit_id,
                institution=host,
                name=name,
                name_zh=name_zh,
                content=now.content,
                terms=now.terms,
                version=now.version,
                supervisors=now.supervisors,
                keeps=may_keep_unit(actor, host, unit_id),
                taken=taken.get(unit_id, 0),
                to_move=named(broken[unit_id], names),
            )
        )
    return views


async def places_to_move(session: AsyncSession, titles: Titles, actor: Actor, at: datetime) -> list[BrokenPlace]:
    """The places that must be moved in the units that somebody keeps at their own university, the first day first.

    Looked at are the units that an edit broke places of, and those without a supervisor: of every unit of a host it
    would be too much to look at whenever somebody opens their worklist.
    """
    programme, host = titles.programme, actor.institution
    institution = programme.institutions.get(host)
    if institution is None or not (actor.role in LEADING or actor.role is Role.SUPERVISOR):
        return []
    kept = [one.id for one in institution.units if may_keep_unit(actor, host, one.id)]
    left = {one for one in kept if not programme.contacts(host, Role.SUPERVISOR, one)}
    looked_at = left | (await broken_once(session, kept)).keys()
    if not looked_at:
        return []
    found = {unit: now for unit, now in (await units_now(session, programme, host)).items() if unit in looked_at}
    today = today_at(programme, host, at)
    broken = _broken(found, await places_held(session, found, today), today)
    places = sorted((one for ones in broken.values() for one in ones), key=lambda one: (one.start, one.placement_id))
    return list(named(places, await students(session, (one.exchange_id for one in places))))


async def broken_once(session: AsyncSession, kept: Iterable[str]) -> dict[str, datetime]:
    """When an edit broke places last, of units that had such an edit."""
    kind: str = UnitChanged.model_fields["kind"].default
    mine = EventRow.stream.in_([unit_stream(one) for one in kept])
    rows = select(EventRow.payload).where(EventRow.kind == kind, mine).order_by(EventRow.position)
    events = [EVENT.validate_python(payload) for payload in await session.scalars(rows)]
    return {event.unit_id: event.at for event in events if isinstance(event, UnitChanged) and event.to_move}


def _broken(
    found: dict[str, UnitNow], held: Mapping[str, list[PlaceHeld]], today: date
) -> dict[str, tuple[PlaceToMove, ...]]:
    return {
        unit: to_move(now.terms, held[unit], today, supervised=bool(now.supervisors)) for unit, now in found.items()
    }


async def unit(session: AsyncSession, titles: Titles, actor: Actor, unit_id: str, at: datetime) -> UnitHistory | None:
    """One unit and its changes; `None` where there is none or it is not for them."""
    host = next((i.id for i in titles.programme.institutions.values() if i.unit(unit_id)), "")
    views = await units(session, titles, actor, host, at)
    view = next((one for one in views if one.unit_id == unit_id), None)
    if view is None:
        return None
    rows = select(EventRow.payload).where(EventRow.stream == unit_stream(unit_id)).order_by(EventRow.seq.desc())
    events = [EVENT.validate_python(payload) for payload in await session.scalars(rows)]
    versions = (
        UnitVersion(
            version=event.version,
            at=event.at,
            actor_id=event.actor.id,
            before=event.before,
            after=event.after,
            to_move=event.to_move,
        )
        for event in events
        if isinstance(event, UnitChanged)
    )
    return UnitHistory(unit=view, versions=tuple(versions))


async def edited(session: AsyncSession) -> dict[str, UnitTerms]:
    """What owners of units have set, by unit."""
    rows = await session.execute(select(UnitTermsRow.unit_id, UnitTermsRow.terms))
    return {unit_id: UnitTerms.model_validate(terms) for unit_id, terms in rows}


def named(places: Iterable[PlaceToMove], names: dict[str, Student]) -> tuple[BrokenPlace, ...]:
    """Places with who has them."""
    return tuple(BrokenPlace(place=one, student=names[one.exchange_id]) for one in places)


async def students(session: AsyncSession, exchanges: Iterable[str]) -> dict[str, Student]:
    """Who each exchange is of."""
    query = select(ExchangeRow.id, IdentityRow).join(IdentityRow, identity_of_exchange())
    rows = await session.execute(query.where(ExchangeRow.id.in_(set(exchanges))))
    return {exchange: student_of(person) for exchange, person in rows}


async def _taken(session: AsyncSession, found: dict[str, UnitNow], today: date) -> dict[str, int]:
    query = (
        select(PlaceDayRow.unit_id, func.count())
        .where(PlaceDayRow.unit_id.in_(found), PlaceDayRow.day == today)
        .group_by(PlaceDayRow.unit_id)
    )
    return dict((await session.execute(query)).all())
