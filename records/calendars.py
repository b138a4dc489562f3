"""Due times and ladders on the real calendars of the institutions: zones, public holidays, make-up working days.

What a year's calendar is worth. Most countries' holidays follow from the law, and the source knows them up to its last
year. China's follow from the law only in part: every autumn the State Council announces which weekends of the next year
are worked to lengthen a holiday. Until the source holds that announcement it derives the statutory days and knows no
make-up day. Seen from outside (holidays 0.109), every announced Chinese year since 2001 moves at least one working day
to a weekend, and no later year moves any. So for a country whose calendar ever moved a working day, the years after the
last moved day are not announced yet. Deadlines are computed all the same, and the years that took part are named in
`StepPlan.unknown_years` for a person to look at. A country that gives up make-up days is named until a release of the
source says otherwise: a warning too many rather than one too few.
"""

from collections.abc import Callable
from datetime import date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from models.catalogue.policy import DueRule, LadderRule
from models.catalogue.programme import Institution, Programme
from models.errors import Broken
from models.messages.exchange import StepPlan
from models.rules.deadlines import Hold, OfficeTime, due_moment, plan_step, shifted_due
from models.rules.forecast import CalendarDay
from texts.holidays import MADE_UP, WEEKEND, holiday_in_chinese
from texts.i18n import translated

FIRST_MOVED_YEAR = 2000
"""No source lists moved working days before."""
SATURDAY = 5
ENGLISH, CHINESE = "en_US", "zh_CN"


class Calendars:
    """The calendars of a programme's institutions, one year at a time, kept once computed."""

    def __init__(self, programme: Programme) -> None:
        self._programme = programme
        self._years: dict[tuple[str, int], holidays.HolidayBase] = {}

    def plan(
        self,
        step_id: str,
        due: DueRule,
        ladder: LadderRule,
        owner_institution: str,
        opened_at: datetime,
        anchor_on: date | None = None,
        anchor_at: datetime | None = None,
        due_at: datetime | None = None,
        held: tuple[Hold, ...] = (),
    ) -> StepPlan:
        """Due time and rungs of a step in its owner's zone and working days (D15, D16).

        An owner without an institution is the programme, at home. `due_at` is an extended deadline: it stands as it
        is, and the rungs are computed anew; `opened_at` is then the moment of the extension. By every time in `held`,
        in which its clock stood still, the due time moves on.

        Raises:
            Broken: if the catalogue does not know the institution, or the source not its holidays.
        """
        institution = self._institution(owner_institution)
        asked: set[int] = set()
        office = OfficeTime(ZoneInfo(institution.zone), self._noting(institution, asked))
        if due_at is None:
            due_at = due_moment(due, office, opened_at, anchor_on, anchor_at)
        for hold in held:
            due_at = shifted_due(due, office, due_at, hold)
        plan = plan_step(step_id, ladder, office, due_at, opened_at)
        unknown = tuple(sorted(y for y in asked if not is_known(institution, y)))
        return plan.model_copy(update={"unknown_years": unknown}) if unknown else plan

    def moment(self, institution: str, on: date, at: time) -> datetime:
        """A day and clock time at an institution as a moment in UTC.

        Raises:
            Broken: if the catalogue does not know the institution.
        """
        found = self._institution(institution)
        return OfficeTime(ZoneInfo(found.zone), lambda _: True).moment(on, at)

    def is_working_day(self, institution: str, day: date) -> bool:
        """Whether an institution works on a day: no weekend or holiday, or a weekend made up for one.

        Raises:
            Broken: if the catalogue does not know the institution, or the source not its holidays.
        """
        return self._works(self._institution(institution), day)

    def _institution(self, institution_id: str) -> Institution:
        institution = self._programme.institution(institution_id or self._programme.home)
        if institution is None:
            raise Broken("calendar.no_institution", institution=institution_id)
        return institution

    def _noting(self, institution: Institution, asked: set[int]) -> Callable[[date], bool]:
        def is_working_day(day: date) -> bool:
            asked.add(day.year)
            return self._works(institution, day)

        return is_working_day

    def _works(self, institution: Institution, day: date) -> bool:
        if any(worked.day == day for worked in institution.worked_days):
            return True
        if any(closure.covers(day) for closure in institution.closures):
            return False
        return self._year(institution, day.year).is_working_day(day)

    def _year(self, institution: Institution, year: int) -> holidays.HolidayBase:
        key = (institution.id, year)
        found = self._years.get(key)
        if found is None:
            found = self._years[key] = _load(institution, (year,))
        return found

    def days(self, owner_institution: str, first: date, last: date) -> tuple[CalendarDay, ...]:
        """The days of a stretch that are not what their weekday says, and the weekends: what working days pass over.

        Raises:
            Broken: if the catalogue does not know the institution, or the source not its holidays.
        """
        institution = self._institution(owner_institution)
        stretch = (date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))
        told = (self._told(institution, day) for day in stretch)
        return tuple(day for day in told if day is not None)

    def _told(self, institution: Institution, day: date) -> CalendarDay | None:
        works, weekend = self._works(institution, day), day.weekday() >= SATURDAY
        if works and not weekend:
            return None
        why, why_zh = self._why(institution, day, works=works)
        return CalendarDay(day=day, works=works, why=why, why_zh=why_zh)

    def _why(self, institution: Institution, day: date, *, works: bool) -> tuple[str, str]:
        """Why a day is not what its weekday says, in English and Chinese."""
        for worked in institution.worked_days:
            if worked.day == day:
                return worked.reason, worked.reason_zh
        for closure in institution.closures:
            if closure.covers(day):
                return closure.reason, closure.reason_zh
        if works:
            return MADE_UP, translated(MADE_UP, "zh")
        holiday = self._year(institution, day.year).get(day)
        if not holiday:
            return WEEKEND, translated(WEEKEND, "zh")
        country, subdivision = institution.holidays_country, institution.holidays_subdivision
        own = institution.holidays_zh
        if str(holiday) not in own and CHINESE in holidays.list_localized_countries().get(country, []):
            return str(holiday), str(_source(country, subdivision, (day.year,), CHINESE)[day])
        return str(holiday), holiday_in_chinese(str(holiday), country, own)


def is_known(institution: Institution, year: int) -> bool:
    """Whether the source knows an institution's working days of a year, announced make-up days included.

    Raises:
        Broken: if the source does not know the country or subdivision.
    """
    if year in institution.confirmed_years:
        return True
    return _is_known(institution.holidays_country, institution.holidays_subdivision, year)


@cache
def _is_known(country: str, subdivision: str | None, year: int) -> bool:
    source = _source(country, subdivision, (year,))
    if not source.start_year <= year <= source.end_year:
        return False
    # One year more: a day worked in December is announced with the holiday of January.
    past = _source(country, subdivision, tuple(range(FIRST_MOVED_YEAR, max(FIRST_MOVED_YEAR, year + 1) + 1)))
    moved = past.weekend_workdays
    return not moved or year <= max(moved).year


def _load(institution: Institution, years: tuple[int, ...]) -> holidays.HolidayBase:
    return _source(institution.holidays_country, institution.holidays_subdivision, years)


@cache
def _source(
    country: str, subdivision: str | None, years: tuple[int, ...], language: str | None = None
) -> holidays.HolidayBase:
    language = language or _language(country)
    try:
        return holidays.country_holidays(country, subdiv=subdivision, years=years, expand=False, language=language)
    except NotImplementedError as error:
        raise Broken("calendar.no_holidays", country=country, subdivision=subdivision or "") from error


@cache
def _language(country: str) -> str | None:
    """English names where the source has them; else the country's own."""
    languages = holidays.list_localized_countries().get(country, [])
    return ENGLISH if ENGLISH in languages else None
