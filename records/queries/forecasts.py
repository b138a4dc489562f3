"""Forecasts: every due date and rung that would be set, with the rule and the calendar behind each."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from models.catalogue.policy import DueRule, Policy, StepPolicy
from models.catalogue.programme import Programme
from models.messages.exchange import Plan, StepPlan
from models.people.authorization import Parties, owner_for
from models.rules.forecast import Asked, CalendarDay, Forecast, ForecastRung, ForecastStep, anchor_day, story_of
from models.vocabulary import Anchor, StepKind, Unit
from records.calendars import Calendars

MORNING = time(8)
EVENING = time(18)


class Forecaster:
    """Computes the steps of an exchange on the calendars of its institutions."""

    def __init__(self, programme: Programme) -> None:
        self._programme = programme
        self._calendars = Calendars(programme)

    def forecast(self, plan: Plan, nominated_at: datetime) -> Forecast:
        """Every step of an exchange nominated at a moment, if everybody answers when they are due."""
        policy = self._programme.frozen(plan)
        parties = Parties(sending=plan.sending, host=plan.host, student="student")
        closes: dict[StepKind, datetime] = {}
        steps: list[ForecastStep] = []
        for asked in story_of(plan, self._programme.policy):
            step = self._step(asked, plan, policy, parties, closes, nominated_at)
            closes[asked.kind] = max(step.due_at, closes.get(asked.kind, step.due_at))
            steps.append(step)
        return Forecast(steps=tuple(steps))

    def _step(
        self,
        asked: Asked,
        plan: Plan,
        policy: Policy,
        parties: Parties,
        closes: dict[StepKind, datetime],
        nominated_at: datetime,
    ) -> ForecastStep:
        step = policy.step(asked.kind)
        owner = owner_for(step.side, step.role, parties, at_host=step.at_host)
        opens_at = self._opens(asked, plan, closes, nominated_at)
        awaited = [closes[kind] for kind in step.waits_for if kind in closes]
        counted_from = max([opens_at, *awaited])
        anchor_on = anchor_day(asked, plan, step.due.anchor)
        anchor_at = self._anchor(step.due, closes, counted_from, nominated_at)
        ladder = policy.ladder_of(asked.kind)
        found = self._calendars.plan(
            f"{plan.cohort.id}.{asked.kind}.1",
            step.due,
            ladder,
            owner.institution,
            counted_from,
            anchor_on,
            None if anchor_on else anchor_at,
        )
        rungs = tuple(
            ForecastRung(
                at=rung.at,
                kind=ladder.rungs[rung.index].kind,
                to=ladder.rungs[rung.index].to,
                copy_to=ladder.rungs[rung.index].copy_to,
            )
            for rung in found.rungs
        )
        began = anchor_on or anchor_at.date()
        return ForecastStep(
            kind=asked.kind,
            title=step.title,
            title_zh=step.title_zh,
            owner=step.role,
            institution=owner.institution,
            subject=asked.subject,
            opens_at=opens_at,
            due_at=found.due_at,
            zone=found.zone,
            due=step.due,
            rule=step.rule or "",
            law=step.law,
            waits_for=tuple(kind for kind in step.waits_for if kind in closes),
            passed_over=self._passed_over(step, policy, owner.institution, found, began),
            rungs=rungs,
            ends_at=found.ends_at,
            unknown_years=found.unknown_years,
        )

    def _opens(self, asked: Asked, plan: Plan, closes: dict[StepKind, datetime], nominated_at: datetime) -> datetime:
        if asked.on is not None:
            at = EVENING if asked.kind is StepKind.EVALUATE_STUDENT else MORNING
            return self._calendars.moment(plan.host, asked.on, at)
        return max([nominated_at, *(closes[kind] for kind in asked.after if kind in closes)])

    def _anchor(
        self, due: DueRule, closes: dict[StepKind, datetime], opened_at: datetime, nominated_at: datetime
    ) -> datetime:
        match due.anchor:
            case Anchor.NOMINATED:
                return nominated_at
            case Anchor.PREVIOUS_STEP if due.after in closes:
                return closes[due.after]
            case Anchor.ARRIVAL | Anchor.EVENT:
                return closes.get(StepKind.CHECK_IN, opened_at)
            case _:
                return opened_at

    def _passed_over(
        self, step: StepPolicy, policy: Policy, institution: str, found: StepPlan, began: date
    ) -> tuple[CalendarDay, ...]:
        """What the counting of working days passed over: of the due time from its anchor, and of the rungs after it."""
        zone = ZoneInfo(found.zone)
        due = found.due_at.astimezone(zone).date()
        stretches = []
        if step.due.unit is Unit.WORKING_DAYS:
            stretches.append((min(began, due), max(began, due)))
        ladder = policy.ladder_of(step.kind)
        counted = [r.at.astimezone(zone).date() for r in found.rungs if _working(ladder.rungs[r.index].unit)]
        if counted:
            stretches.append((due, max(counted)))
        days = {day.day: day for first, last in stretches for day in self._calendars.days(institution, first, last)}
        return tuple(days[day] for day in sorted(days))


def _working(unit: Unit) -> bool:
    return unit is Unit.WORKING_DAYS
