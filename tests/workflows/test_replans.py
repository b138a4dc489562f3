"""A cohort is re-planned after a suspension: one decision, each stay moved as a whole or not, and a report why."""

from datetime import timedelta

import pytest

from models.errors import BadInput, Conflict, NotAuthorised
from models.identifiers import cohort_workflow_id, exchange_workflow_id
from models.messages.replans import Replanning, StayDays
from models.messages.suspensions import Coverage, SuspensionReason
from models.people.authorization import Actor
from models.views import MessageFilter
from models.views.replans import ReplanState, ReplanView
from models.vocabulary import Outcome, Role, Scope, StepKind
from tests.workflows.test_changes import asked, other_days
from tests.workflows.test_cohort import students
from tests.workflows.test_recovery import recover
from tests.workflows.world import LAB_ONLY, World

K = StepKind
LATER = 21


def office_of(world: World) -> Actor:
    return world.people.officer("cqmu", Role.PROGRAMME_OFFICE)


async def report(world: World, cohort: str) -> ReplanView:
    """The newest re-planning, once every exchange has answered."""
    for _ in range(60):
        found = (await world.gateway.replans.report(cohort, office_of(world)))[0]
        if all(stay.state is not ReplanState.WAITING for stay in found.stays):
            return found
        await world.advance(timedelta(minutes=1))
    raise AssertionError(found)


async def three(world: World) -> list[str]:
    """A student before the arrival, one in the middle of a stay, one whose nomination is not verified yet."""
    people = students(3)
    exchanges = [await world.nominate(one, rank=rank) for rank, one in enumerate(people, start=1)]
    await world.until(exchanges[1], K.EVALUATE_PROGRAMME)
    await world.only(exchanges[0], K.CONFIRM_ARRIVAL)
    return exchanges


async def test_a_cohort_is_moved_by_one_decision_and_the_report_says_who_was_not(world: World) -> None:
    people = students(4)
    exchanges = [await world.nominate(one, rank=rank) for rank, one in enumerate(people, start=1)]
    ahead, exempt, unverified, changing = exchanges
    for one in (ahead, exempt, changing):
        await world.only(one, K.CONFIRM_ARRIVAL)
    await asked(world, changing, await other_days(world, changing, end=7))
    cohort = (await world.view(ahead)).cohort_id
    before = {one: (await world.view(one)).plan for one in exchanges}

    office = office_of(world)
    outbreak = Coverage(scope=Scope.COHORT, target=cohort)
    await world.gateway.suspensions.suspend("s-1", outbreak, SuspensionReason.OUTBREAK, office)
    await world.advance(timedelta(days=2))
    await world.gateway.suspensions.resume("s-1", office, "s-1-over")
    wanted = Replanning(shift=LATER, exempt=(exempt,))
    seen = await world.gateway.replans.preview(cohort, wanted, office)
    assert {one.exchange_id: one.against.message if one.against else "" for one in seen.stays} == {
        ahead: "",
        exempt: "",
        unverified: "change.not_verified",
        changing: "",
    }
    await world.gateway.replans.decide(cohort, wanted, office, decision_id="r-1")
    await world.gateway.replans.decide(cohort, wanted, office, decision_id="r-1")  # the same again
    assert len(await world.gateway.replans.report(cohort, office)) == 1

    told = await report(world, cohort)
    assert {one.exchange_id: (one.state, one.reason) for one in told.stays} == {
        ahead: (ReplanState.MOVED, ""),
        unverified: (ReplanState.NOT_MOVED, "change.not_verified"),
        changing: (ReplanState.NOT_MOVED, "change.open"),
    }
    after = {one: (await world.view(one)).plan for one in exchanges}
    assert after[ahead].start == before[ahead].start + timedelta(days=LATER)
    assert after[ahead].end == before[ahead].end + timedelta(days=LATER)
    view = await world.view(ahead)
    assert view.bed is not None
    assert view.bed.last_night == after[ahead].end - timedelta(days=1)
    assert {one: after[one] for one in exchanges[1:]} == {one: before[one] for one in exchanges[1:]}
    assert {step.kind for step in await world.steps(changing)} & {K.AGREE_CHANGE, K.DECIDE_CHANGE}


async def test_of_a_stay_that_has_begun_the_end_is_moved_and_some_get_days_of_their_own(world: World) -> None:
    one, other = students(2)
    begun, ahead = await world.nominate(one, rank=1), await world.nominate(other, rank=2)
    await world.only(ahead, K.CONFIRM_ARRIVAL)
    await world.until(begun, K.EVALUATE_PROGRAMME)
    plan, cohort = (await world.view(begun)).plan, (await world.view(begun)).cohort_id
    own = StayDays(exchange_id=ahead, start=plan.start + timedelta(days=70), end=plan.end + timedelta(days=70))
    await world.gateway.replans.decide(cohort, Replanning(shift=14, days=(own,)), office_of(world), decision_id="r-1")
    told = {stay.exchange_id: stay for stay in (await report(world, cohort)).stays}
    assert told[begun].state is ReplanState.MOVED
    assert (told[begun].start, told[begun].end) == (plan.start, plan.end + timedelta(days=14))
    now = (await world.view(begun)).plan
    assert (now.start, now.end) == (plan.start, plan.end + timedelta(days=14))
    world.travellers[begun].plan = now
    assert (await world.finish(begun)).outcome is Outcome.COMPLETED


async def test_each_office_is_told_once_and_every_student_of_their_own_days(world: World) -> None:
    exchanges = [await world.nominate(one, rank=rank) for rank, one in enumerate(students(2), start=1)]
    for one in exchanges:
        await world.only(one, K.CONFIRM_ARRIVAL)
    cohort = (await world.view(exchanges[0])).cohort_id
    await world.gateway.replans.decide(cohort, Replanning(shift=LATER), office_of(world), decision_id="r-1")
    await report(world, cohort)
    told = await world.reading.messages(MessageFilter(limit=1000))
    mails = [m for m in told if m.kind in {"change_ended", "cohort_replanned"}]
    offices = [m.recipient_id for m in mails if m.recipient_role is Role.COORDINATOR]
    assert sorted(offices) == sorted({world.sending(exchanges[0]).id, world.host(exchanges[0]).id})
    assert sum(m.recipient_role is Role.STUDENT for m in mails) == 2


async def test_what_was_lost_on_the_way_is_told_again(world: World) -> None:
    exchanges = [await world.nominate(one, rank=rank) for rank, one in enumerate(students(2), start=1)]
    for one in exchanges:
        await world.only(one, K.CONFIRM_ARRIVAL)
    cohort = (await world.view(exchanges[0])).cohort_id
    before = [(await world.view(one)).plan for one in exchanges]
    await world.lose(exchange_workflow_id(exchanges[1]))  # the decision does not reach it
    await world.gateway.replans.decide(cohort, Replanning(shift=LATER), office_of(world), decision_id="r-1")
    await world.lose(cohort_workflow_id(cohort))
    await recover(world)
    await world.environment.client.get_workflow_handle(cohort_workflow_id(cohort)).signal("catch_up")
    told = await report(world, cohort)
    assert [stay.state for stay in told.stays] == [ReplanState.MOVED] * 2
    assert [(await world.view(one)).plan.start for one in exchanges] == [
        plan.start + timedelta(days=LATER) for plan in before
    ]


async def test_what_is_refused_says_why(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    cohort = (await world.view(exchange)).cohort_id
    wanted = Replanning(shift=LATER)
    with pytest.raises(NotAuthorised):
        await world.gateway.replans.decide(cohort, wanted, world.host(exchange))
    with pytest.raises(BadInput, match=r"replan\.nothing_moves"):
        await world.gateway.replans.preview(cohort, Replanning(), office_of(world))
    with pytest.raises(BadInput, match=r"replan\.not_of_cohort"):
        await world.gateway.replans.preview(cohort, Replanning(shift=1, exempt=("EX-2027-DAR-099",)), office_of(world))
    with pytest.raises(Conflict, match=r"replan\.nobody"):
        await world.gateway.replans.decide(cohort, Replanning(shift=1, exempt=(exchange,)), office_of(world))
