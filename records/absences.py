"""Who is away at a moment and who stands in for them, and how people want to be written to.

Rows are read as text, value by value: what cannot be read is left out and told, and stops nobody else.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from sqlalchemy import RowMapping, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.people.absences import (
    PlannedAbsence,
    Preferences,
    deputy_of,
    institution_of,
    standing_in,
    stands_in_for,
)
from models.people.authorization import Actor
from models.posting import DigestChoice
from models.tables import AbsenceRow, PreferenceRow
from models.vocabulary import LANGUAGES
from records.projections.common import table_of
from records.store.text import as_text, json_of

ABSENCES, PREFERENCES = table_of(AbsenceRow), table_of(PreferenceRow)


@dataclass(frozen=True)
class Absences:
    """Who is away at a moment, each on the day of their own institution."""

    programme: Programme
    away: dict[str, PlannedAbsence]
    unread: tuple[tuple[str, str], ...] = ()
    """Absences that are left out, each with the field that cannot be read."""

    def of(self, person: str) -> PlannedAbsence | None:
        """The absence of a person, if they are away."""
        return self.away.get(person)

    def deputy_of(self, person: str) -> str | None:
        """Who stands in for somebody who is away."""
        return deputy_of(self.programme, person, self.of)

    def stood_in_for_by(self, person: str) -> tuple[str, ...]:
        """For whom this person stands in."""
        return stands_in_for(self.programme, person, self.of, sorted(self.away))

    def acting(self, actor: Actor) -> tuple[Actor, ...]:
        """A person in every capacity they act in now: their own, and those they stand in for."""
        deputised = (standing_in(actor, self.programme, person) for person in self.stood_in_for_by(actor.id))
        return (actor, *deputised)


async def absences_at(session: AsyncSession, programme: Programme, at: datetime) -> Absences:
    """Who is away at a moment: one query."""
    day = at.date()
    near = (date.fromordinal(day.toordinal() - 1), date.fromordinal(day.toordinal() + 1))
    query = planned().where(ABSENCES.c.first_day <= near[1], ABSENCES.c.last_day >= near[0])
    away: dict[str, PlannedAbsence] = {}
    unread: list[tuple[str, str]] = []
    for row in (await session.execute(query)).mappings():
        absence = absence_of(row)
        if isinstance(absence, str):
            unread.append((row["id"], absence))
            continue
        found = institution_of(programme, absence.person)
        if found is None:
            continue
        zone = ZoneInfo(programme.institutions[found[0]].zone)
        if absence.covers(at.astimezone(zone).date()):
            away[absence.person] = absence
    return Absences(programme, away, tuple(unread))


def planned() -> Select[Any]:
    """The absences that were not cancelled."""
    return as_text(ABSENCES).where(ABSENCES.c.cancelled_at.is_(None))


def absence_of(row: RowMapping) -> PlannedAbsence | str:
    """The absence that a row keeps; the field at fault where it keeps none."""
    values = {
        "absence_id": row["id"],
        "person": row["person_id"],
        "first_day": row["first_day"],
        "last_day": row["last_day"],
        "deputy": row["deputy_id"],
        "given_by": json_of(row["given_by"]),
    }
    try:
        return PlannedAbsence.model_validate(values)
    except ValidationError as error:
        return str(error.errors(include_input=False, include_url=False)[0]["loc"][0])


async def preferences_of(session: AsyncSession, people: Iterable[str]) -> dict[str, Preferences]:
    """What people have set, by person: one query. What cannot be read is as their institution has it."""
    wanted = list(people)
    if not wanted:
        return {}
    rows = await session.execute(as_text(PREFERENCES).where(PREFERENCES.c.person_id.in_(wanted)))
    return {row["person_id"]: _preferences(row) for row in rows.mappings()}


async def unread_preferences(session: AsyncSession) -> tuple[tuple[str, str], ...]:
    """Whose preferences cannot be read, each with the field at fault."""
    rows = await session.execute(as_text(PREFERENCES).order_by(PREFERENCES.c.person_id))
    told = ((row["person_id"], _fault(row)) for row in rows.mappings())
    return tuple((person, fault) for person, fault in told if fault)


def _preferences(row: RowMapping) -> Preferences:
    chosen = {name: row[name] if _READABLE[name](row[name]) else "" for name in _READABLE}
    digest = DigestChoice(chosen["digest"]) if chosen["digest"] else DigestChoice.DAILY
    return Preferences(person=row["person_id"], language=chosen["language"], zone=chosen["zone"], digest=digest)


def _fault(row: RowMapping) -> str:
    return next((name for name, readable in _READABLE.items() if not readable(row[name])), "")


@cache
def is_zone(name: str) -> bool:
    """Whether a time zone of that name is known here."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


_READABLE: dict[str, Callable[[str], bool]] = {
    "language": lambda value: value in ("", *LANGUAGES),
    "zone": lambda value: value == "" or is_zone(value),
    "digest": lambda value: value in set(DigestChoice),
}
"""Which values of preferences can be used."""


async def zones_in_use(session: AsyncSession, programme: Programme) -> tuple[str, ...]:
    """The zones of all institutions, and those that somebody prefers."""
    preferred = await session.scalars(select(PreferenceRow.zone).where(PreferenceRow.zone != "").distinct())
    return tuple(sorted({*(i.zone for i in programme.institutions.values()), *filter(is_zone, preferred)}))
