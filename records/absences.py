"""Who is away at a moment and who stands in for them, and how people want to be written to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.people.absences import Absence, Preferences, deputy_of, institution_of, standing_in, stands_in_for
from models.people.authorization import Actor
from models.tables import AbsenceRow, PreferenceRow


@dataclass(frozen=True)
class Absences:
    """Who is away at a moment, each on the day of their own institution."""

    programme: Programme
    away: dict[str, Absence]

    def of(self, person: str) -> Absence | None:
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
    rows = await session.scalars(
        select(AbsenceRow).where(
            AbsenceRow.cancelled_at.is_(None), AbsenceRow.first_day <= near[1], AbsenceRow.last_day >= near[0]
        )
    )
    away: dict[str, Absence] = {}
    for row in rows:
        found = institution_of(programme, row.person_id)
        if found is None:
            continue
        zone = ZoneInfo(programme.institutions[found[0]].zone)
        absence = absence_of(row)
        if absence.covers(at.astimezone(zone).date()):
            away[row.person_id] = absence
    return Absences(programme, away)


async def preferences_of(session: AsyncSession, people: Iterable[str]) -> dict[str, Preferences]:
    """What people have set, by person: one query."""
    wanted = list(people)
    if not wanted:
        return {}
    rows = await session.scalars(select(PreferenceRow).where(PreferenceRow.person_id.in_(wanted)))
    return {
        row.person_id: Preferences(person=row.person_id, language=row.language, zone=row.zone, digest=row.digest)
        for row in rows
    }


async def zones_in_use(session: AsyncSession, programme: Programme) -> tuple[str, ...]:
    """The zones of all institutions, and those that somebody prefers."""
    preferred = await session.scalars(select(PreferenceRow.zone).where(PreferenceRow.zone != "").distinct())
    return tuple(sorted({*(i.zone for i in programme.institutions.values()), *preferred}))


def absence_of(row: AbsenceRow) -> Absence:
    """The absence that a row keeps."""
    return Absence(
        absence_id=row.id,
        person=row.person_id,
        first_day=row.first_day,
        last_day=row.last_day,
        deputy=row.deputy_id,
    )
