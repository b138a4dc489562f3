"""Seats: never more than the number, a ranked waitlist, offers for what comes free, a warning below the minimum."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from demo.cohort import DARTMOUTH, Nominee
from models.errors import Conflict
from models.identifiers import EXCHANGE_QUEUE, cohort_workflow_id
from models.messages.cohorts import CohortState, SetQuota
from models.messages.contracts import CohortStart
from models.vocabulary import Outcome, Role, Stage, StepKind
from tests.workflows.world import LAB_ONLY, World
from workflows.cohort import CohortWorkflow


def students(count: int) -> list[Nominee]:
    """So many students of one university, all of them for a laboratory."""
    units = [s.laboratory for s in DARTMOUTH]
    return [
        replace(LAB_ONLY, number=f"T{n:02d}", given="Ann" + chr(96 + n), laboratory=units[n % len(units)])
        for n in range(1, count + 1)
    ]


async def approved(world: World, count: int, *, cap: int = 5) -> list[str]:
    """So many students up to the sending university's approval, all approved at once, for so many seats."""
    exchanges = [await world.nominate(s, rank=n) for n, s in enumerate(students(count), start=1)]
    cohort = (await world.view(exchanges[0])).cohort_id
    office = world.people.officer("cqmu", Role.PROGRAMME_OFFICE)
    await world.gateway.set_quota(cohort, SetQuota(decision_id="q1", actor=office, cap=cap))
    steps = [await world.until(e, StepKind.SENDING_APPROVAL) for e in exchanges]
    await asyncio.gather(*(world.people.decide(step, "approve") for step in steps))
    for _ in range(100):
        if all([(await world.gateway.status(e)).stage is not Stage.SENDING_APPROVAL for e in exchanges]):
            status = await world.gateway.cohort_status(cohort)
            if len(status.seats) + len(status.waitlist) == count:
                break
        await asyncio.sleep(0.05)
    return exchanges


async def until_stage(world: World, exchange: str, stage: Stage) -> None:
    for _ in range(100):
        if (await world.view(exchange)).stage is stage:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{exchange} is at {(await world.view(exchange)).stage}")


async def test_concurrent_approvals_never_exceed_the_seats(world: World) -> None:
    exchanges = await approved(world, 7)
    cohort = (await world.view(exchanges[0])).cohort_id
    status = await world.gateway.cohort_status(cohort)
    assert len({s.seat for s in status.seats}) == len(status.seats) == 5
    assert sorted([*(s.exchange_id for s in status.seats), *status.waitlist]) == sorted(exchanges)
    recorded = await world.reading.cohort(cohort)
    assert recorded is not None
    assert recorded.free == 0
    for position, exchange in enumerate(status.waitlist, start=1):
        assert (await world.gateway.status(exchange)).waitlist_position == position
        assert (await world.view(exchange)).waitlist_position == position
        told = {m.recipient_role for m in await world.messages(exchange, "waitlisted")}
        assert told == {"student", "coordinator"}
    ranks = [exchanges.index(e) for e in status.waitlist]
    assert ranks == sorted(ranks)


async def test_a_freed_seat_is_an_offer_and_moves_on(world: World) -> None:
    exchanges = await approved(world, 7)
    cohort = (await world.view(exchanges[0])).cohort_id
    before = await world.gateway.cohort_status(cohort)
    first, second = before.waitlist
    leaver = before.seats[0].exchange_id
    await world.gateway.withdraw(leaver, world.sending(leaver))
    step = await world.until(first, StepKind.ANSWER_SEAT_OFFER)

    held = await world.gateway.cohort_status(cohort)
    assert [(s.exchange_id, s.held) for s in held.seats if s.held] == [(first, True)]
    assert held.waitlist == (second,)
    assert (await world.view(first)).stage is Stage.SEAT

    await world.advance(step.due_at - world.clock.last + timedelta(minutes=1))
    assert (await world.result(first)).outcome is Outcome.EXPIRED
    offered = await world.until(second, StepKind.ANSWER_SEAT_OFFER)
    await world.people.decide(offered, "accept")
    await until_stage(world, second, Stage.HOST_APPROVAL)
    after = await world.gateway.cohort_status(cohort)
    assert len(after.seats) == 5
    assert not any(s.held for s in after.seats)
    assert after.waitlist == ()


async def test_more_seats_become_offers_at_once(world: World) -> None:
    exchanges = await approved(world, 6)
    cohort = (await world.view(exchanges[0])).cohort_id
    (waiting,) = (await world.gateway.cohort_status(cohort)).waitlist
    office = world.people.officer("cqmu", Role.PROGRAMME_OFFICE)
    await world.gateway.set_quota(cohort, SetQuota(decision_id="q2", actor=office, cap=6))
    step = await world.until(waiting, StepKind.ANSWER_SEAT_OFFER)
    await world.people.decide(step, "decline")
    assert (await world.result(waiting)).outcome is Outcome.DECLINED
    assert len((await world.gateway.cohort_status(cohort)).seats) == 5


async def test_seats_are_lowered_to_those_taken_whatever_their_numbers(world: World) -> None:
    exchanges = await approved(world, 6, cap=6)
    cohort = (await world.view(exchanges[0])).cohort_id
    office = world.people.officer("cqmu", Role.PROGRAMME_OFFICE)
    lower = SetQuota(decision_id="q2", actor=office, cap=5)
    with pytest.raises(Conflict, match=r"cap.below_taken field=cap seats=6"):
        await world.gateway.set_quota(cohort, lower)
    first = (await world.gateway.cohort_status(cohort)).seats[0].exchange_id
    await world.gateway.withdraw(first, world.sending(first))
    for _ in range(100):
        if len((await world.gateway.cohort_status(cohort)).seats) == 5:
            break
        await asyncio.sleep(0.05)
    await world.gateway.set_quota(cohort, lower)
    status = await world.gateway.cohort_status(cohort)
    assert (status.cap, [one.seat for one in status.seats]) == (5, [2, 3, 4, 5, 6])
    recorded = await world.reading.cohort(cohort)
    assert recorded is not None
    assert (recorded.cap, recorded.free) == (5, 0)


async def test_who_waits_in_vain_is_told_in_time(world: World) -> None:
    exchanges = await approved(world, 6)
    cohort = (await world.view(exchanges[0])).cohort_id
    (waiting,) = (await world.gateway.cohort_status(cohort)).waitlist
    step = await world.step(waiting, StepKind.WAIT_FOR_SEAT)
    await world.advance(step.due_at - world.clock.last + timedelta(minutes=1))
    assert (await world.result(waiting)).outcome is Outcome.EXPIRED
    days_left = (world.travellers[waiting].plan.start - world.clock.last.date()).days
    assert days_left >= 27
    assert (await world.gateway.cohort_status(cohort)).waitlist == ()


async def test_below_the_minimum_at_closing_warns(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    cohort = await world.reading.cohort((await world.view(exchange)).cohort_id)
    assert cohort is not None
    assert not cohort.closed_below_minimum
    await world.advance(cohort.closes_at - world.clock.last + timedelta(minutes=1))
    closed = await world.reading.cohort(cohort.cohort_id)
    assert closed is not None
    assert closed.closed_below_minimum
    assert isinstance(closed.closes_at, datetime)


async def test_a_long_cohort_continues_as_new_with_all_it_knows(world: World) -> None:
    nomination = world.nomination(LAB_ONLY)
    plan = nomination.to_plan(world.programme)
    start = CohortStart(
        cohort_id=plan.cohort.id,
        sending=plan.sending,
        host=plan.host,
        year=plan.year,
        direction=plan.direction,
        cap=5,
        minimum=5,
        closes_at=world.programme.nominations_close_at(plan.cohort),
    )
    client = world.environment.client
    cohort = await client.start_workflow(
        CohortWorkflow.run,
        CohortState(start=start, longest_history=15),
        id=cohort_workflow_id(plan.cohort.id),
        task_queue=EXCHANGE_QUEUE,
    )
    exchanges = await approved(world, 7)
    first = cohort.first_execution_run_id
    assert (await client.get_workflow_handle(cohort_workflow_id(plan.cohort.id)).describe()).run_id != first
    status = await world.gateway.cohort_status(plan.cohort.id)
    assert len(status.seats) == 5
    assert sorted([*(s.exchange_id for s in status.seats), *status.waitlist]) == sorted(exchanges)


async def test_the_seat_of_an_exchange_that_closed_meanwhile_goes_on(world: World) -> None:
    exchanges = await approved(world, 7)
    cohort = (await world.view(exchanges[0])).cohort_id
    status = await world.gateway.cohort_status(cohort)
    first, second = status.waitlist
    leaver = status.seats[0].exchange_id
    await asyncio.gather(
        world.gateway.withdraw(first, world.sending(first)), world.gateway.withdraw(leaver, world.sending(leaver))
    )
    step = await world.until(second, StepKind.ANSWER_SEAT_OFFER)
    assert step.outcomes == ("accept", "decline")
    assert first not in (await world.gateway.cohort_status(cohort)).waitlist
