"""Who answers late too often: what the weekly review asks the records."""

from datetime import datetime, timedelta

from temporalio import activity

from models.catalogue.programme import Programme
from models.identifiers import alert_id
from models.rules.service_levels import By, LateUnit, LateUnits, ServiceLevel, service_levels
from models.views.service_levels import LevelFilter
from models.vocabulary import StepKind
from models.wire import Moment
from records.queries.service_levels import times
from records.store.engine import Sessions, transaction

RULE = "S1"


class ServiceLevels:
    """Finds the institutions and units whose answers are late too often."""

    def __init__(self, sessions: Sessions, programme: Programme) -> None:
        self._sessions = sessions
        self._programme = programme

    @activity.defn
    async def find_late_units(self, now: Moment) -> LateUnits:
        """Every unit whose late share of the window passes the threshold of the rule, most late ones first.

        Steps of students, and of the programme itself, are nobody's service.
        """
        values = self._programme.policy.rules[RULE].values
        since = now - timedelta(days=int(values["window_days"]))
        async with transaction(self._sessions) as session:
            wanted = LevelFilter(now=now, since=since.date())
            found = [step async for step in times(session, wanted) if step.of_an_office and step.institution]
        late = [
            level
            for level in service_levels(found, (By.INSTITUTION, By.UNIT), now)
            if level.steps >= int(values["minimum_steps"]) and level.late_share * 100 > float(values["late_percent"])
        ]
        late.sort(key=lambda level: (-level.late_share, *level.group.values()))
        return LateUnits(units=tuple(self._alert(level, now) for level in late))

    def _alert(self, level: ServiceLevel, now: datetime) -> LateUnit:
        institution, unit = level.group[By.INSTITUTION], level.group[By.UNIT]
        return LateUnit(
            alert_id=alert_id(institution, unit, now.date()),
            institution=institution,
            unit=unit,
            late=level.late,
            steps=level.steps,
            policy=self._programme.policy.only(StepKind.REVIEW_SERVICE_LEVEL),
        )
