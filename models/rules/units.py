"""Whether a unit can take a student for a block, why not, and which places an edit of its terms breaks (D38). Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum

from pydantic import Field

from models.catalogue.units import BlockReason, UnitTerms
from models.vocabulary import Level
from models.wire import Id, Wire


class Hindrance(StrEnum):
    """Why a unit does not take a student for a block."""

    DECLINED = "declined"
    """Its supervisor said no to this student before."""
    NOT_OFFERED = "not_offered"
    """No unit of the host for this content, or one that takes nobody new."""
    LEVEL = "level"
    DISCIPLINE = "discipline"
    LANGUAGE = "language"
    BLOCKED = "blocked"
    FULL = "full"
    SUPERVISORS = "supervisors"
    """Every supervisor has as many students as they take."""
    UNSUPERVISED = "unsupervised"
    """Who supervised the place has left, and nobody else supervises in the unit."""


class Unmet(Wire):
    """A unit that did not take a student, and why: the first thing that stands against it."""

    unit_id: Id
    why: Hindrance
    on: date | None = None
    """The first day on which it is so, where it is about days."""
    reason: BlockReason | None = None


class BlockAsked(Wire):
    """A block, both days included, and what of its student a unit may ask for."""

    start: date
    end: date
    level: Level
    discipline: str
    languages: tuple[str, ...] = ()
    """Those that the student is known to speak; none known: no unit asks."""

    @property
    def days(self) -> Iterator[date]:
        """Its days, weekends included."""
        return days_of(self.start, self.end)


class UnitLoad(Wire):
    """What of a unit is taken by others."""

    taken: dict[date, int] = Field(default_factory=dict)
    """Places by day."""
    supervised: dict[str, dict[date, int]] = Field(default_factory=dict)
    """Students of each supervisor by day."""


class PlaceHeld(Wire):
    """A place that a student has, with what its unit's terms are compared with."""

    placement_id: Id
    exchange_id: Id
    unit_id: Id
    block: BlockAsked
    supervisor: str = ""
    slots: dict[date, int]
    """Which of the unit's places, by day: the highest is the one too many."""


class PlaceToMove(Wire):
    """A place that the terms of its unit do not allow, and why."""

    placement_id: Id
    exchange_id: Id
    unit_id: Id
    start: date
    end: date
    why: Hindrance
    on: date | None = None
    reason: BlockReason | None = None


def days_of(first: date, last: date) -> Iterator[date]:
    """All days from the first to the last, both included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def can_take(
    unit_id: str, terms: UnitTerms, asked: BlockAsked, load: UnitLoad, supervisors: Sequence[str] = ()
) -> Unmet | None:
    """What stands against a unit taking a student for a block; `None`: nothing, it can.

    `load` is what others have; `supervisors` are those of the unit, of whom one must have room on every day.
    """
    if terms.capacity == 0:
        return Unmet(unit_id=unit_id, why=Hindrance.NOT_OFFERED)
    if (about_them := _student_fits(terms, asked)) is not None:
        return Unmet(unit_id=unit_id, why=about_them)
    if (blocked := next(((d, b) for d in asked.days for b in terms.blocked if b.covers(d)), None)) is not None:
        return Unmet(unit_id=unit_id, why=Hindrance.BLOCKED, on=blocked[0], reason=blocked[1].reason)
    full = next((day for day in asked.days if load.taken.get(day, 0) >= terms.capacity), None)
    if full is not None:
        return Unmet(unit_id=unit_id, why=Hindrance.FULL, on=full)
    if supervisors and supervisor_for(terms, asked, load, supervisors) is None:
        return Unmet(unit_id=unit_id, why=Hindrance.SUPERVISORS)
    return None


def room(terms: UnitTerms, asked: BlockAsked, load: UnitLoad) -> int:
    """How many places are free on the fullest day of a block."""
    return terms.capacity - max((load.taken.get(day, 0) for day in asked.days), default=0)


def supervisor_for(terms: UnitTerms, asked: BlockAsked, load: UnitLoad, supervisors: Sequence[str]) -> str | None:
    """Who supervises a student during a block: who has the fewest on their fullest day, in the order given.

    `None` where nobody has room on every day.
    """
    busiest = {
        person: max((load.supervised.get(person, {}).get(day, 0) for day in asked.days), default=0)
        for person in supervisors
    }
    free = [one for one in supervisors if one not in terms.supervisors or busiest[one] < terms.supervisors[one]]
    return min(free, key=lambda one: busiest[one], default=None)


def to_move(
    terms: UnitTerms, held: Iterable[PlaceHeld], today: date, *, supervised: bool = True
) -> tuple[PlaceToMove, ...]:
    """The places that terms do not allow from a day on, in the order of their blocks.

    Where there are too many on a day, those with the highest place are too many: who came first stays. With
    `supervised` false nobody supervises in the unit any more, and no place that had a supervisor can stay (D38).
    """
    places = sorted(held, key=lambda one: (one.block.start, one.placement_id))
    crowded = _crowded(places, terms, today)
    found = (_broken(place, terms, crowded, today, supervised=supervised) for place in places)
    return tuple(one for one in found if one is not None)


_Crowded = Mapping[str, tuple[Hindrance, date]]


def _crowded(places: Sequence[PlaceHeld], terms: UnitTerms, today: date) -> _Crowded:
    """Which places are too many for the unit or their supervisor, with the first day."""
    found: dict[str, tuple[Hindrance, date]] = {}
    days: dict[date, list[PlaceHeld]] = defaultdict(list)
    for place in places:
        for day in place.slots:
            if day >= today:
                days[day].append(place)
    for day in sorted(days):
        by_slot = sorted(days[day], key=lambda one: (one.slots[day], one.placement_id))
        for place in by_slot[terms.capacity :]:
            found.setdefault(place.placement_id, (Hindrance.FULL, day))
        for person, most in terms.supervisors.items():
            theirs = [place for place in by_slot if place.supervisor == person]
            for place in theirs[most:]:
                found.setdefault(place.placement_id, (Hindrance.SUPERVISORS, day))
    return found


def _broken(
    place: PlaceHeld, terms: UnitTerms, crowded: _Crowded, today: date, *, supervised: bool
) -> PlaceToMove | None:
    left = [day for day in place.slots if day >= today]
    if not left:
        return None
    why, on, reason = _student_fits(terms, place.block), None, None
    if why is None:
        blocked = next(((d, b) for d in sorted(left) for b in terms.blocked if b.covers(d)), None)
        if blocked is not None:
            why, on, reason = Hindrance.BLOCKED, blocked[0], blocked[1].reason
        elif place.placement_id in crowded:
            why, on = crowded[place.placement_id]
        elif place.supervisor and not supervised:
            why = Hindrance.UNSUPERVISED
    if why is None:
        return None
    return PlaceToMove(
        placement_id=place.placement_id,
        exchange_id=place.exchange_id,
        unit_id=place.unit_id,
        start=place.block.start,
        end=place.block.end,
        why=why,
        on=on,
        reason=reason,
    )


def _student_fits(terms: UnitTerms, asked: BlockAsked) -> Hindrance | None:
    if terms.levels and asked.level not in terms.levels:
        return Hindrance.LEVEL
    if terms.disciplines and asked.discipline not in terms.disciplines:
        return Hindrance.DISCIPLINE
    if terms.languages and asked.languages and not set(terms.languages) & set(asked.languages):
        return Hindrance.LANGUAGE
    return None
