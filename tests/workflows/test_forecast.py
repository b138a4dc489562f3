"""What-if on the clock: what is forecast is what happens, if everybody answers when they are due."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from models.rules.forecast import ForecastStep
from models.views import StepLine
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
    await answer_when_due(world, exchange)
    happened = (await world.view(exchange)).steps
    # The host reports the hours with the departure here, so nobody has to be asked for them.
    told = sorted(_of(step) for step in forecast.steps if step.kind is not StepKind.RECORD_ATTENDANCE)
    assert sorted(_of(step) for step in happened if step.kind not in NOT_FORECAST) == told
    assert len(told) > 18


def _of(step: ForecastStep | StepLine) -> tuple[str, str, str]:
    """Kind, day of the due time in its zone, and clock time where that is not the moment of an arrival."""
    local = step.due_at.astimezone(ZoneInfo(step.zone))
    exact = "" if step.kind is StepKind.REGISTER_RESIDENCE else f"{local:%H:%M:%S}"
    return step.kind, local.date().isoformat(), exact


async def answer_when_due(world: World, exchange: str) -> None:
    """Everybody answers in the last minute."""
    traveller = world.travellers[exchange]
    for _ in range(1500):
        steps = [s for s in await world.steps(exchange) if s.kind not in NOT_FORECAST]
        if not steps:
            if await world.is_closed(exchange):
                return
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
