"""What-if on the clock: what is forecast is what happens, if everybody answers when they are due."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from models.rules.forecast import ForecastStep
from models.views import ExchangeFilter, ExchangeView, StepLine
from models.vocabulary import StepKind
from tests.workflows.world import BOTH, World
from texts.due_rules import due_rule_words

NOT_FORECAST = {StepKind.WATCH_STAY}
"""It begins with what only the visa says."""


async def test_the_forecast_is_what_happens(world: World) -> None:
    exchange = await world.nominate(BOTH)
    nomination = world.nominations[exchange]
    opened = (await world.view(exchange)).opened_at
    forecast = world.reading.forecast(nomination.to_plan(world.programme), opened)
    said = await answer_when_due(world, exchange)
    happened = (await world.view(exchange)).steps
    here = ZoneInfo(world.programme.zone_of("cqmu"))
    opened_on = {(step.kind, step.opened_at.astimezone(here).date()) for step in happened}
    assert said.coming <= opened_on
    assert {kind for kind, _ in said.coming} == {StepKind.EVALUATE_PROGRAMME, StepKind.EVALUATE_STUDENT}
    assert said.weeks == {
        (unit, week, (last - first).days // 7 + 1)
        for unit, first, last in _places(await world.view(exchange))
        for week in range(1, (last - first).days // 7 + 2)
    }
    # The host reports the hours with the departure here, so nobody has to be asked for them.
    told = sorted(_of(step) for step in forecast.steps if step.kind is not StepKind.RECORD_ATTENDANCE)
    assert sorted(_of(step) for step in happened if step.kind not in NOT_FORECAST) == told
    assert len(told) > 18


def _of(step: ForecastStep | StepLine) -> tuple[str, str, str]:
    """Kind, day of the due time in its zone, and clock time where that is not the moment of an arrival."""
    local = step.due_at.astimezone(ZoneInfo(step.zone))
    exact = "" if step.kind is StepKind.REGISTER_RESIDENCE else f"{local:%H:%M:%S}"
    return step.kind, local.date().isoformat(), exact


def _places(view: ExchangeView) -> list[tuple[str, date, date]]:
    return [(place.unit_id, place.start, place.end) for place in view.placements]


@dataclass
class Said:
    """What pages said meanwhile of what the calendar asks next, and of the weeks of rotations."""

    coming: set[tuple[StepKind, date]] = field(default_factory=set)
    weeks: set[tuple[str, int, int]] = field(default_factory=set)

    async def listen(self, world: World, exchange: str) -> None:
        """Read what a list says now."""
        [row] = await world.reading.exchanges(ExchangeFilter(only=exchange, now=world.clock.last))
        if row.standing.coming is not None:
            self.coming.add((row.standing.coming.kind, row.standing.coming.opens_on))
        self.weeks |= {(one.unit_id, one.week, one.weeks) for one in row.standing.rotations}


async def answer_when_due(world: World, exchange: str) -> Said:
    """Everybody answers in the last minute."""
    traveller, said = world.travellers[exchange], Said()
    for _ in range(1500):
        await said.listen(world, exchange)
        steps = [s for s in await world.steps(exchange) if s.kind not in NOT_FORECAST]
        if not steps:
            if await world.is_closed(exchange):
                return said
            await world.advance(timedelta(hours=6))
            continue
        running = [step for step in steps if step.held_since is None]
        first = min(running, key=lambda step: (step.due_at, step.step_id))
        moment = first.due_at - timedelta(seconds=20)
        if moment > world.clock.last:
            await world.advance(min(moment - world.clock.last, timedelta(hours=6)))
            continue
        await world.people.answer(first, traveller)
    raise AssertionError("it did not end")


async def test_a_forecast_says_why(world: World) -> None:
    nomination = world.nomination(BOTH)
    forecast = world.reading.forecast(nomination.to_plan(world.programme), world.clock.last)
    steps = {step.kind: step for step in forecast.steps}
    verify = steps[StepKind.VERIFY_NOMINATION]
    assert due_rule_words(verify.due, verify.rule, "en") == "5 working days after it opens (D10)"
    assert due_rule_words(verify.due, verify.rule, "zh") == "事项开启后5个工作日（D10）"
    assert steps[StepKind.REGISTER_RESIDENCE].law.endswith("Art. 39")
    assert steps[StepKind.CONFIRM_ARRIVAL].waits_for == (StepKind.ISSUE_INVITATION, StepKind.CONFIRM_BED)
    rungs = steps[StepKind.HOST_APPROVAL].rungs
    assert [rung.at for rung in rungs] == sorted(rung.at for rung in rungs)
    assert rungs[-1].to == ("programme_office",)
