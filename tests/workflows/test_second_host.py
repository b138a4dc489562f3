"""A student goes on to a second host: both exchanges finish, or the first one stays as it was (D38)."""

from datetime import timedelta

import pytest

from gateway.recovery import Fate
from models.errors import BadInput, Conflict, NotAuthorised, NotOpen
from models.identifiers import exchange_workflow_id
from models.messages.changes import ChangeStatus, DatesChange, DisciplineChange, SecondHostChange
from models.messages.cohorts import SetQuota
from models.messages.exchange import Decide
from models.people.authorization import Actor
from models.views import WorklistFilter
from models.vocabulary import Outcome, Role, Stage, StepKind
from tests.workflows.second_hosts import asked, joined, nominated_onward, onward, placed_abroad, plan_of, signed
from tests.workflows.test_changes import holdings, status_of
from tests.workflows.test_deferral import seats
from tests.workflows.test_recovery import recover
from tests.workflows.world import World

K = StepKind


def decision(step: str, outcome: str, actor: Actor) -> Decide:
    """An answer to a step."""
    return Decide(decision_id=f"{step}.{actor.id}", step_id=step, outcome=outcome, actor=actor)


async def test_both_exchanges_are_lived_one_after_the_other(world: World) -> None:
    first = await placed_abroad(world)
    change = await onward(world, first)
    second = await joined(world, first)

    here, there = await world.view(first), await world.view(second)
    assert await status_of(world, first) == [ChangeStatus.APPLIED]
    assert (here.plan.end, there.plan.start) == (change.leaves_on, change.start)
    assert here.bed is not None
    assert here.bed.last_night == change.leaves_on - timedelta(days=1)
    assert [place.end for place in here.placements] == [change.leaves_on]
    assert await seats(world, there.plan.cohort) == [second]
    assert (there.seat.number if there.seat else None) == 1
    assert [one.exchange_id for one in here.linked] == [second]
    assert [(one.exchange_id, one.is_first) for one in there.linked] == [(first, True)]
    assert (await world.finish(first)).outcome is Outcome.COMPLETED
    assert (await world.finish(second)).outcome is Outcome.COMPLETED
    assert (await world.view(first)).departed_on == change.leaves_on
    done = await world.view(second)
    assert (done.departed_on, len(done.certificates)) == (change.end, 1)


async def test_who_the_second_host_does_not_take_stays_where_they_are(world: World) -> None:
    first = await placed_abroad(world)
    before = await holdings(world, first)
    second = await nominated_onward(world, first)
    assert await holdings(world, first) == before  # nothing is another before the second host has answered
    assert await status_of(world, first) == [ChangeStatus.OPEN]
    await world.people.decide(await world.step(second, K.VERIFY_NOMINATION), "rejected")
    assert (await world.result(second)).outcome is Outcome.REJECTED
    await world.rest(exchange_workflow_id(first))
    assert await status_of(world, first) == [ChangeStatus.DECLINED]
    assert await holdings(world, first) == before
    assert (await world.view(first)).linked == ()
    assert not [step for step in await world.steps(first) if step.kind is K.AWAIT_SECOND_HOST]
    # Once nominated there for the year, always the same code (D9): another year or host, or that one by hand.
    with pytest.raises(Conflict, match=r"effect\.nominated_at"):
        await world.gateway.changes.request(first, await onward(world, first), world.sending(first))
    with pytest.raises(NotOpen, match=r"second_host\.not_reopened"):
        await world.gateway.reopen(second, world.host(second), note="Rejected by mistake.")


async def test_a_change_taken_back_ends_what_was_begun_for_it(world: World) -> None:
    first = await placed_abroad(world)
    before = await holdings(world, first)
    second = await nominated_onward(world, first)
    plan = await plan_of(world, second)
    others = (one for one in world.programme.disciplines if plan.level in one.levels)
    another = next(one for one in others if one.id != plan.discipline)
    with pytest.raises(NotOpen, match=r"change\.(first_stay_open|not_verified)"):
        await world.gateway.changes.request(second, DisciplineChange(discipline=another.id), world.sending(second))
    await world.gateway.changes.withdraw(first, f"{first}.onward", world.sending(first))
    ended = await world.result(second)
    assert (ended.outcome, ended.reason) == (Outcome.WITHDRAWN, "first_stay_unchanged")
    assert await status_of(world, first) == [ChangeStatus.WITHDRAWN]
    assert await holdings(world, first) == before


async def test_a_full_cohort_leaves_both_as_they_were(world: World) -> None:
    first = await placed_abroad(world)
    before = await holdings(world, first)
    second = await nominated_onward(world, first)
    cohort = (await plan_of(world, second)).cohort
    office = world.people.officer("cqmu", Role.PROGRAMME_OFFICE)
    await world.gateway.set_quota(cohort.id, SetQuota(decision_id="none", actor=office, cap=0))
    await world.people.decide(await world.step(second, K.VERIFY_NOMINATION), "verified")
    assert (await world.result(second)).outcome is Outcome.WITHDRAWN
    assert await status_of(world, first) == [ChangeStatus.IMPOSSIBLE]
    assert await holdings(world, first) == before
    assert await seats(world, cohort) == []


async def test_lost_while_the_second_host_decides_both_go_on_from_the_records(world: World) -> None:
    first = await placed_abroad(world)
    second = await nominated_onward(world, first)
    await world.lose(exchange_workflow_id(first))
    await world.people.decide(await world.step(second, K.VERIFY_NOMINATION), "verified")
    await world.lose(exchange_workflow_id(second))
    assert (await recover(world))[Fate.STARTED] >= 2
    for exchange in (first, second):
        await world.rest(exchange_workflow_id(exchange))
    assert await status_of(world, first) == [ChangeStatus.APPLIED]
    assert (await world.view(second)).stage is Stage.DOCUMENTS
    assert await seats(world, (await plan_of(world, second)).cohort) == [second]
    await _keep_apart(world, first, second)


async def _keep_apart(world: World, first: str, second: str) -> None:
    """Neither reaches into the other, and there is no third host."""
    here, there = await plan_of(world, first), await plan_of(world, second)
    longer = DatesChange(start=here.start, end=there.start)
    with pytest.raises(Conflict, match=r"effect\.not_apart"):
        await world.gateway.changes.request(first, longer, world.sending(first))
    further = SecondHostChange(
        host="dartmouth",
        start=there.start + timedelta(weeks=4),
        end=there.start + timedelta(weeks=8),
        laboratories=("dartmouth-immunology",),
    )
    with pytest.raises((Conflict, BadInput)):
        await world.gateway.changes.request(second, further, world.sending(second))


async def test_nobody_but_the_second_host_answers_and_only_once_it_is_asked(world: World) -> None:
    first = await placed_abroad(world)
    there = world.people.officer("sample", Role.COORDINATOR)
    await asked(world, first)
    assert await world.reading.exchange(first, there) is None
    assert await world.reading.worklist(there, WorklistFilter(limit=1000)) == []
    await signed(world, first)
    await world.gateway.relay.look()
    assert await world.reading.exchange(first, there) is None  # what it sees is its own nomination
    (second,) = [one.exchange_id for one in (await world.view(first)).linked]
    step = await world.step(second, K.VERIFY_NOMINATION)
    with pytest.raises(NotAuthorised):
        await world.gateway.decide(decision(step.step_id, "verified", world.host(first)))
    waits = await world.step(first, K.AWAIT_SECOND_HOST)
    for someone in (there, world.sending(first)):
        with pytest.raises((NotAuthorised, BadInput)):
            await world.gateway.decide(decision(waits.step_id, "agreed", someone))
    seen = await world.reading.exchange(second, there)
    assert seen is not None
    assert [(one.exchange_id, one.opens) for one in seen.linked] == [(first, False)]
