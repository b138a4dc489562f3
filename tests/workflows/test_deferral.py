"""A verified exchange is deferred to another intake: the seat there and here, days, bed, places, papers, deadlines."""

from datetime import timedelta

import pytest

from gateway.recovery import Fate
from models.errors import BadInput, Conflict
from models.identifiers import CohortKey, cohort_workflow_id, exchange_workflow_id
from models.messages.changes import ChangeStatus, IntakeChange
from models.messages.cohorts import SeatRequest, SetQuota
from models.rules.impact import COLLECTED
from models.vocabulary import Outcome, Role, StepKind
from tests.workflows.endings import anew
from tests.workflows.test_changes import asked, changed, signed, status_of, told
from tests.workflows.test_cohort import approved
from tests.workflows.test_recovery import recover
from tests.workflows.world import LAB_ONLY, World

K = StepKind
A_YEAR = timedelta(weeks=52)


async def next_intake(world: World, exchange: str) -> IntakeChange:
    """The same stay, fifty-two weeks later."""
    plan = (await world.view(exchange)).plan
    return IntakeChange(start=plan.start + A_YEAR, end=plan.end + A_YEAR)


async def seats(world: World, key: CohortKey) -> list[str]:
    """Who has a seat of a cohort, by its workflow and by the records, which say the same."""
    await world.rest(cohort_workflow_id(key.id))
    status = await world.gateway.cohort_status(key.id)
    recorded = await world.reading.cohort(key.id)
    assert recorded is not None
    assert sorted(one.exchange_id for one in recorded.seats if one.exchange_id) == sorted(
        one.exchange_id for one in status.seats
    )
    return [one.exchange_id for one in status.seats]


async def deferred(world: World, exchange: str) -> IntakeChange:
    """Everybody agrees that the stay is a year later; papers that do not reach so far are made anew."""
    change = await next_intake(world, exchange)
    await changed(world, exchange, change)
    traveller = world.travellers[exchange]
    for step in await world.steps(exchange):
        for kind in step.subject.split(",") if step.kind in COLLECTED else ():
            traveller.papers[kind] = [anew(world, kind, traveller)]
    await world.advance(timedelta(weeks=40))  # an examination of today would be too old in a year
    return change


async def test_a_deferral_takes_everything_along(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.only(exchange, K.CONFIRM_ARRIVAL)
    before = await world.view(exchange)
    change = await next_intake(world, exchange)
    seen = await world.gateway.changes.preview(exchange, change, world.sending(exchange))
    assert {"effect.seat_moves", "effect.same_bed", "effect.block_moved"} <= {one.message for one in seen.effects}
    await deferred(world, exchange)

    after = await world.view(exchange)
    assert (after.plan.year, after.plan.start) == (before.plan.year + 1, change.start)
    assert after.cohort_id == after.plan.cohort.id
    assert await seats(world, before.plan.cohort) == []
    assert await seats(world, after.plan.cohort) == [exchange]
    assert after.bed is not None
    assert after.bed.last_night == change.end - timedelta(days=1)
    assert [place.end for place in after.placements] == [change.end]
    assert await status_of(world, exchange) == [ChangeStatus.APPLIED]
    assert await told(world, exchange)
    assert (await world.finish(exchange)).outcome is Outcome.COMPLETED
    done = await world.view(exchange)
    assert done.departed_on == change.end
    found = await world.reading.changes(exchange)
    assert found is not None
    assert [one.plan.year for one in found.plans] == [before.plan.year, before.plan.year + 1]


async def test_the_seat_given_back_is_offered_to_who_waits(world: World) -> None:
    exchanges = await approved(world, 6)
    cohort = (await world.view(exchanges[0])).plan.cohort
    status = await world.gateway.cohort_status(cohort.id)
    (waiting,), leaver = status.waitlist, status.seats[0].exchange_id
    await world.until(leaver, K.HOST_APPROVAL)
    await asked(world, leaver, await next_intake(world, leaver))
    await signed(world, leaver)
    await world.until(waiting, K.ANSWER_SEAT_OFFER)
    assert leaver not in await seats(world, cohort)
    assert waiting in await seats(world, cohort)
    assert await seats(world, (await world.view(leaver)).plan.cohort) == [leaver]
    await world.gateway.withdraw(leaver, world.sending(leaver))
    assert (await world.result(leaver)).outcome is Outcome.WITHDRAWN
    assert await seats(world, (await world.view(leaver)).plan.cohort) == []


async def waiting_of(world: World, number: int) -> tuple[CohortKey, list[str]]:
    """A cohort in which so many students wait for a seat, in their order."""
    exchanges = await approved(world, 5 + number)
    cohort = (await world.view(exchanges[0])).plan.cohort
    return cohort, list((await world.gateway.cohort_status(cohort.id)).waitlist)


@pytest.mark.parametrize("lost", [False, True])
async def test_who_waits_for_a_seat_takes_one_of_another_intake(world: World, lost: bool) -> None:
    cohort, (first, second) = await waiting_of(world, 2)
    assert (await world.view(second)).waitlist_position == 2
    seen = await world.gateway.changes.preview(first, await next_intake(world, first), world.sending(first))
    assert "effect.waits_no_more" in {one.message for one in seen.effects}
    await asked(world, first, seen.change)
    await signed(world, first)
    if lost:
        await world.lose(exchange_workflow_id(first), cohort_workflow_id(cohort.id))
        assert (await recover(world))[Fate.STARTED] == 2
    view = await world.until(first, K.HOST_APPROVAL)
    after = await world.view(first)
    assert await seats(world, after.plan.cohort) == [first]
    assert after.seat is not None
    assert (after.seat.number, after.waitlist_position) == (1, None)
    assert first not in await seats(world, cohort)
    assert list((await world.gateway.cohort_status(cohort.id)).waitlist) == [second]
    assert (await world.view(second)).waitlist_position == 1
    assert not {K.WAIT_FOR_SEAT, K.ANSWER_SEAT_OFFER} & {step.kind for step in await world.steps(first)}
    assert set(await recover(world)) == {Fate.IN_STEP}, view


async def test_what_was_asked_of_an_intake_that_was_left_is_over(world: World) -> None:
    """A seat was asked for, the cohort had not heard it yet, and the exchange has one in another intake by then."""
    cohort, (first, second) = await waiting_of(world, 2)
    await asked(world, first, await next_intake(world, first))
    await signed(world, first)
    await world.until(first, K.HOST_APPROVAL)
    handle = world.environment.client.get_workflow_handle(cohort_workflow_id(cohort.id))
    stale = SeatRequest(exchange_id=first, rank=0, requested_at=world.clock.last)
    await handle.signal("request_seat", stale)
    leavers = await seats(world, cohort)
    await world.gateway.withdraw(leavers[0], world.sending(leavers[0]))
    await world.until(second, K.ANSWER_SEAT_OFFER)
    assert list((await world.gateway.cohort_status(cohort.id)).waitlist) == []
    await world.gateway.withdraw(leavers[1], world.sending(leavers[1]))
    await handle.signal("request_seat", stale)
    await world.rest(cohort_workflow_id(cohort.id))
    taken = await seats(world, cohort)
    assert (len(taken), first in taken) == (4, False)
    assert (await world.view(first)).waitlist_position is None
    await handle.signal("request_seat", stale)
    await handle.signal("catch_up")
    await world.rest(cohort_workflow_id(cohort.id))
    assert await seats(world, cohort) == taken
    assert set(await recover(world)) == {Fate.IN_STEP}


async def test_an_offered_seat_goes_to_the_next_when_its_student_is_deferred(world: World) -> None:
    cohort, (first, second) = await waiting_of(world, 2)
    leaver = (await seats(world, cohort))[0]
    await world.gateway.withdraw(leaver, world.sending(leaver))
    await world.until(first, K.ANSWER_SEAT_OFFER)
    await asked(world, first, await next_intake(world, first))
    await signed(world, first)
    await world.until(second, K.ANSWER_SEAT_OFFER)
    assert second in await seats(world, cohort)
    assert await seats(world, (await world.view(first)).plan.cohort) == [first]
    await world.until(first, K.HOST_APPROVAL)
    assert K.ANSWER_SEAT_OFFER not in {step.kind for step in await world.steps(first)}


async def test_who_waits_goes_on_waiting_where_the_other_intake_filled_up(world: World) -> None:
    cohort, (waiting,) = await waiting_of(world, 1)
    change = await next_intake(world, waiting)
    await asked(world, waiting, change)
    there = cohort.model_copy(update={"year": cohort.year + 1})
    office = world.people.officer("cqmu", Role.PROGRAMME_OFFICE)
    await world.gateway.set_quota(there.id, SetQuota(decision_id="none", actor=office, cap=0))
    await signed(world, waiting)
    assert await status_of(world, waiting) == [ChangeStatus.IMPOSSIBLE]
    assert list((await world.gateway.cohort_status(cohort.id)).waitlist) == [waiting]
    leaver = (await seats(world, cohort))[0]
    await world.gateway.withdraw(leaver, world.sending(leaver))
    step = await world.until(waiting, K.ANSWER_SEAT_OFFER)
    await world.people.decide(step, "accept")
    await world.until(waiting, K.HOST_APPROVAL)
    assert waiting in await seats(world, cohort)


async def test_who_has_not_come_to_ask_for_a_seat_asks_in_the_other_intake(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, K.SUBMIT_DOCUMENTS)
    change = await next_intake(world, exchange)
    seen = await world.gateway.changes.preview(exchange, change, world.sending(exchange))
    assert "effect.seat_asked_there" in {one.message for one in seen.effects}
    await deferred(world, exchange)
    await world.until(exchange, K.HOST_APPROVAL)
    assert await seats(world, (await world.view(exchange)).plan.cohort) == [exchange]
    assert await seats(world, seen.before.cohort) == []


async def test_a_full_intake_and_one_without_agreement_take_nobody(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, K.CONFIRM_ARRIVAL)
    change = await next_intake(world, exchange)
    there = (await world.view(exchange)).plan.cohort.model_copy(update={"year": change.start.year})
    await world.gateway.open_cohort(there)
    office = world.people.officer("cqmu", Role.PROGRAMME_OFFICE)
    await world.gateway.set_quota(there.id, SetQuota(decision_id="none", actor=office, cap=0))
    with pytest.raises(Conflict, match=r"effect\.intake_full"):
        await asked(world, exchange, change)
    far = IntakeChange(start=change.start.replace(year=2040), end=change.end.replace(year=2040))
    with pytest.raises(BadInput, match=r"seats\.other_years"):
        await asked(world, exchange, far)
    same = (await world.view(exchange)).plan
    with pytest.raises(BadInput, match=r"change\.same_intake"):
        await asked(world, exchange, IntakeChange(start=same.start + timedelta(days=7), end=same.end))


async def test_an_intake_that_filled_up_meanwhile_leaves_everything_as_it_was(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.only(exchange, K.CONFIRM_ARRIVAL)
    before = await world.view(exchange)
    change = await next_intake(world, exchange)
    await asked(world, exchange, change)
    there = before.plan.cohort.model_copy(update={"year": change.start.year})
    office = world.people.officer("cqmu", Role.PROGRAMME_OFFICE)
    await world.gateway.set_quota(there.id, SetQuota(decision_id="none", actor=office, cap=0))
    await signed(world, exchange)
    assert await status_of(world, exchange) == [ChangeStatus.IMPOSSIBLE]
    after = await world.view(exchange)
    assert (after.plan, after.bed, after.placements, after.seat) == (
        before.plan,
        before.bed,
        before.placements,
        before.seat,
    )
    assert await seats(world, before.plan.cohort) == [exchange]


async def test_deferred_and_lost_it_goes_on_from_the_records_and_so_do_both_cohorts(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.only(exchange, K.CONFIRM_ARRIVAL)
    before = (await world.view(exchange)).plan
    await deferred(world, exchange)
    after = (await world.view(exchange)).plan
    lost = [cohort_workflow_id(key.id) for key in (before.cohort, after.cohort)]
    await world.lose(exchange_workflow_id(exchange), *lost)
    assert (await recover(world))[Fate.STARTED] >= 3
    await world.rest(exchange_workflow_id(exchange))  # it tells both cohorts again who it is
    assert await seats(world, before.cohort) == []
    assert await seats(world, after.cohort) == [exchange]
    assert (await world.finish(exchange)).outcome is Outcome.COMPLETED
