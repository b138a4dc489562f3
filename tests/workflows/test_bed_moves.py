"""A student is moved to another bed: by whom, from when, and what goes on after it."""

from datetime import date, timedelta

import pytest

from gateway.recovery import Recovery
from models.errors import BadInput, Conflict, NotAuthorised, NotOpen
from models.identifiers import exchange_workflow_id
from models.messages.housing import MoveBed
from models.people.authorization import Actor
from models.vocabulary import Outcome, Role, StepKind
from tests.workflows.world import LAB_ONLY, World


async def move(world: World, exchange: str, bed: str, since: date, key: str, actor: Actor | None = None) -> None:
    wanted = MoveBed(
        decision_id=key,
        actor=actor or world.host(exchange, Role.HOUSING_OFFICER),
        bed_id=bed,
        first_night=since,
    )
    await world.gateway.move_bed(exchange, wanted, note="The heating failed.")


async def slept(world: World, exchange: str) -> list[tuple[str, date, date]]:
    return [(bed.bed_id, bed.first_night, bed.last_night) for bed in (await world.view(exchange)).beds]


async def test_a_bed_is_swapped_before_the_stay_and_during_it(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    plan = world.travellers[exchange].plan
    officer = world.host(exchange, Role.HOUSING_OFFICER)
    with pytest.raises(NotOpen, match=r"bed.not_yet"):
        await move(world, exchange, "cqmu-b504-a", plan.start, "m0")
    await world.until(exchange, StepKind.CONFIRM_BED)
    with pytest.raises(NotOpen, match=r"bed.being_chosen"):
        await move(world, exchange, "cqmu-b504-a", plan.start, "m0")
    await world.until(exchange, StepKind.CHECK_IN)
    [(first, *nights)] = await slept(world, exchange)
    host = world.programme.institutions[plan.host]
    assert nights == [plan.start, plan.end - timedelta(days=1)]
    others = [bed.id for bed in host.beds if bed.id != first and bed.gender != "male"]
    await move(world, exchange, others[0], plan.start, "m1")
    assert await slept(world, exchange) == [(others[0], *nights)]
    await world.until(exchange, StepKind.EVALUATE_PROGRAMME)
    swap = world.clock.last.date() + timedelta(days=2)
    refused = [
        (NotAuthorised, "not_allowed.move_bed", first, swap, world.sending(exchange)),
        (BadInput, "night.outside_stay", first, swap - timedelta(days=5), officer),
        (BadInput, "night.outside_stay", first, plan.end, officer),
        (Conflict, "bed.held_already", others[0], swap, officer),
        (Conflict, "bed.not_free", "dartmouth-1", swap, officer),
    ]
    for error, said, bed, since, actor in refused:
        with pytest.raises(error, match=said):
            await move(world, exchange, bed, since, f"r-{said}-{since}", actor)
    assert await slept(world, exchange) == [(others[0], *nights)]
    for _ in range(2):
        await move(world, exchange, first, swap, "m2")
    both = [(others[0], nights[0], swap - timedelta(days=1)), (first, swap, nights[1])]
    assert await slept(world, exchange) == both
    told = {m.recipient_role for m in await world.messages(exchange, "bed_moved")}
    assert told == {"student", "coordinator"}  # the housing officer did it
    await world.lose(exchange_workflow_id(exchange))
    await Recovery(world.environment.client, world.filing.sessions, world.programme, pauses=(0.1,)).recover()
    await move(world, exchange, first, swap, "m2")  # it knows what it did
    assert len(await world.messages(exchange, "bed_moved")) == 6  # of two moves: student and both coordinators
    assert (await world.finish(exchange)).outcome is Outcome.COMPLETED
    assert await slept(world, exchange) == both
