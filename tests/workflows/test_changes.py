"""A verified exchange is changed: signed by those who signed it, applied as a whole, with all that hangs on it."""

from datetime import date, timedelta

import pytest

from models.errors import BadInput, Conflict, NotAuthorised, NotOpen
from models.messages.changes import Change, ChangeStatus, DatesChange, UnitChange
from models.messages.clearance import RevokeClearance
from models.messages.plan import Plan
from models.views import PlacementView
from models.vocabulary import Content, Outcome, Role, Stage, StepKind
from tests.workflows.endings import anew
from tests.workflows.situations import nominated
from tests.workflows.world import BOTH, LAB_ONLY, World

K = StepKind
SIGNATURES = (K.APPROVE_CHANGE, K.DECIDE_CHANGE, K.AGREE_CHANGE, K.CONFIRM_CHANGE)


async def asked(world: World, exchange: str, change: Change, key: str = "ch-1") -> None:
    """The sending coordinator asks for a change."""
    await world.gateway.changes.request(
        exchange, change, world.sending(exchange), decision_id=key, note="The term at home ends later."
    )


async def signed(world: World, exchange: str) -> None:
    """Everybody who is asked agrees, until nobody is."""
    while steps := [step for step in await world.steps(exchange) if step.kind in SIGNATURES]:
        for step in steps:
            await world.people.decide(step, "agreed")


async def changed(world: World, exchange: str, change: Change, key: str = "ch-1") -> None:
    """A change that everybody agrees to; the traveller knows the new plan."""
    await asked(world, exchange, change, key)
    await signed(world, exchange)
    traveller = world.travellers[exchange]
    traveller.plan = (await world.view(exchange)).plan
    for step in await world.steps(exchange):
        for kind in step.subject.split(",") if step.kind is K.ISSUE_INVITATION else ():
            traveller.papers[kind] = [anew(world, kind, traveller)]


async def told(world: World, exchange: str) -> list[tuple[Role, str]]:
    """Who was told how a change ended: role and person, each once."""
    return sorted((m.recipient_role, m.recipient_id) for m in await world.messages(exchange, "change_ended"))


async def concerned(world: World, exchange: str, *units: str, housing: bool = False) -> list[tuple[Role, str]]:
    """Student, both coordinators, the supervisors of some units, and the housing officer where the bed changes."""
    people = [
        (Role.STUDENT, (await world.view(exchange)).student.id),
        (Role.COORDINATOR, world.sending(exchange).id),
        (Role.COORDINATOR, world.host(exchange).id),
    ]
    people += [(Role.SUPERVISOR, world.programme.contacts("cqmu", Role.SUPERVISOR, unit)[0].id) for unit in units]
    if housing:
        people.append((Role.HOUSING_OFFICER, world.host(exchange, Role.HOUSING_OFFICER).id))
    return sorted(people)


async def status_of(world: World, exchange: str) -> list[ChangeStatus]:
    found = await world.reading.changes(exchange)
    assert found is not None
    return [change.status for change in found.changes]


async def other_days(world: World, exchange: str, *, start: int = 0, end: int = 0) -> DatesChange:
    plan = (await world.view(exchange)).plan
    return DatesChange(start=plan.start + timedelta(days=start), end=plan.end + timedelta(days=end))


async def holdings(world: World, exchange: str) -> tuple[Plan, object, tuple[PlacementView, ...]]:
    view = await world.view(exchange)
    return view.plan, view.bed, view.placements


async def test_an_extension_before_the_arrival_takes_everything_along(world: World) -> None:
    exchange = await world.nominate(BOTH)
    await world.only(exchange, K.CONFIRM_ARRIVAL)
    before = await world.view(exchange)
    change = await other_days(world, exchange, end=60)
    await changed(world, exchange, change)

    after = await world.view(exchange)
    assert (after.plan.start, after.plan.end) == (change.start, change.end)
    assert after.bed is not None
    assert before.bed is not None
    assert after.bed.last_night == change.end - timedelta(days=1)
    clinic = [place for place in after.placements if place.content is Content.CLINICAL]
    assert [place.end for place in clinic] == [change.end]
    assert await status_of(world, exchange) == [ChangeStatus.APPLIED]
    moved = [place.unit_id for place in clinic]
    assert await told(world, exchange) == await concerned(world, exchange, *moved, housing=True)
    asked_now = {step.kind for step in await world.steps(exchange)}
    assert asked_now >= {K.ISSUE_INVITATION, K.CONFIRM_BED, K.CONFIRM_ARRIVAL}
    assert (await world.finish(exchange)).outcome is Outcome.COMPLETED
    done = await world.view(exchange)
    assert done.departed_on == change.end


async def test_a_stay_that_has_begun_is_extended_to_its_new_last_day(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, K.EVALUATE_PROGRAMME)
    change = await other_days(world, exchange, end=21)
    await changed(world, exchange, change)
    assert (await world.view(exchange)).stage is Stage.ROTATIONS
    result = await world.finish(exchange)
    assert result.outcome is Outcome.COMPLETED
    done = await world.view(exchange)
    assert done.departed_on == change.end
    assert done.certificates


async def test_a_stay_of_who_owes_no_visa_is_changed_too(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY, nationality="CN")
    await world.only(exchange, K.CONFIRM_ARRIVAL)
    assert K.OBTAIN_VISA not in {step.kind for step in (await world.view(exchange)).steps}
    change = await other_days(world, exchange, end=21)
    await changed(world, exchange, change)
    assert await status_of(world, exchange) == [ChangeStatus.APPLIED]
    assert (await world.finish(exchange)).outcome is Outcome.COMPLETED
    assert (await world.view(exchange)).departed_on == change.end


async def test_a_stay_that_has_begun_is_shortened(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, K.EVALUATE_PROGRAMME)
    change = await other_days(world, exchange, end=-14)
    await changed(world, exchange, change)
    assert (await world.finish(exchange)).outcome is Outcome.COMPLETED
    done = await world.view(exchange)
    assert done.departed_on == change.end
    assert [place.end for place in done.placements] == [change.end]


async def test_another_unit_takes_over_in_the_middle_of_a_block(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, K.EVALUATE_PROGRAMME)
    (place,) = (await world.view(exchange)).placements
    host = world.programme.institutions["cqmu"]
    other = next(u.id for u in host.units if u.content is Content.LABORATORY and u.id != place.unit_id)
    day = world.clock.last.date() + timedelta(days=7)
    await changed(world, exchange, UnitChange(placement_id=place.placement_id, unit_id=other, from_day=day))
    places = (await world.view(exchange)).placements
    assert [(one.unit_id, one.start, one.end) for one in places] == [
        (place.unit_id, place.start, day - timedelta(days=1)),
        (other, day, place.end),
    ]
    assert await told(world, exchange) == await concerned(world, exchange, place.unit_id, other)
    world.travellers[exchange].worked = {one.placement_id: (one.start, one.end) for one in places}
    assert (await world.finish(exchange)).outcome is Outcome.COMPLETED
    done = await world.view(exchange)
    assert {one.placement_id for one in done.evaluations if one.placement_id} == {p.placement_id for p in places}


async def test_another_supervisor_of_the_unit_takes_over(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, K.EVALUATE_PROGRAMME)
    (place,) = (await world.view(exchange)).placements
    (first,) = world.programme.contacts("cqmu", Role.SUPERVISOR, place.unit_id)
    second = first.model_copy(update={"id": "cqmu.second", "name": "Second", "email": "second@cqmu.example"})
    host = world.programme.institutions["cqmu"]
    world.programme.institutions["cqmu"] = host.model_copy(update={"contacts": (*host.contacts, second)})
    day = world.clock.last.date() + timedelta(days=7)
    swap = UnitChange(placement_id=place.placement_id, unit_id=place.unit_id, from_day=day)
    with pytest.raises(BadInput, match=r"change\.nothing_changes"):
        await asked(world, exchange, swap.model_copy(update={"supervisor": first.id}))
    with pytest.raises(BadInput, match=r"unit\.no_supervisor"):
        await asked(world, exchange, swap.model_copy(update={"supervisor": "cqmu.nobody"}))
    await asked(world, exchange, swap.model_copy(update={"supervisor": second.id}))
    assert [step.kind for step in await world.steps(exchange)].count(K.CONFIRM_CHANGE) == 1
    await signed(world, exchange)
    assert await status_of(world, exchange) == [ChangeStatus.APPLIED]
    places = (await world.view(exchange)).placements
    assert [(one.unit_id, one.start, one.end) for one in places] == [
        (place.unit_id, place.start, day - timedelta(days=1)),
        (place.unit_id, day, place.end),
    ]
    assert {first.id, second.id} <= {person for _, person in await told(world, exchange)}
    world.travellers[exchange].worked = {one.placement_id: (one.start, one.end) for one in places}
    assert (await world.finish(exchange)).outcome is Outcome.COMPLETED


@pytest.mark.parametrize("kind", SIGNATURES)
async def test_whoever_does_not_agree_leaves_everything_as_it_was(world: World, kind: StepKind) -> None:
    exchange = await world.nominate(BOTH)
    await world.only(exchange, K.CONFIRM_ARRIVAL)
    before = await holdings(world, exchange)
    change = await other_days(world, exchange, end=7)
    student = world.people.actor((await world.step(exchange, K.CONFIRM_ARRIVAL)).owner)
    asks = world.sending(exchange) if kind is K.AGREE_CHANGE else student
    await world.gateway.changes.request(exchange, change, asks, decision_id="ch-1")
    step = await world.step(exchange, kind)
    await world.people.decide(step, "declined", note="It cannot be.")
    knows = world.people.actor(step.owner).id
    units = [one.unit_id for one in before[2] if one.content is Content.CLINICAL]
    assert await told(world, exchange) == [one for one in await concerned(world, exchange, *units) if one[1] != knows]
    assert await holdings(world, exchange) == before
    assert await status_of(world, exchange) == [ChangeStatus.DECLINED]
    assert not {step.kind for step in await world.steps(exchange)} & set(SIGNATURES)


async def test_a_change_that_is_not_decided_in_two_weeks_lapses(world: World) -> None:
    exchange = await nominated(world, FAR, weeks=9)
    await world.until(exchange, K.CONFIRM_ARRIVAL)
    await asked(world, exchange, await other_days(world, exchange, end=7))
    await world.advance(timedelta(days=15))
    assert await status_of(world, exchange) == [ChangeStatus.LAPSED]
    assert await told(world, exchange) == await concerned(world, exchange)  # no unit has accepted the student yet
    assert not {step.kind for step in await world.steps(exchange)} & set(SIGNATURES)


FAR = date(2027, 9, 6)


async def test_a_change_is_taken_back_by_who_asked_for_it(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, K.CONFIRM_ARRIVAL)
    await asked(world, exchange, await other_days(world, exchange, end=7))
    with pytest.raises(NotAuthorised):
        await world.gateway.changes.withdraw(exchange, "ch-1", world.host(exchange))
    await world.gateway.changes.withdraw(exchange, "ch-1", world.sending(exchange), decision_id="back")
    assert await status_of(world, exchange) == [ChangeStatus.WITHDRAWN]
    knows = world.sending(exchange).id
    assert await told(world, exchange) == [one for one in await concerned(world, exchange) if one[1] != knows]
    await world.gateway.changes.withdraw(
        exchange, "ch-1", world.sending(exchange), decision_id="back"
    )  # the same again
    with pytest.raises(NotOpen):
        await world.gateway.changes.withdraw(exchange, "ch-1", world.sending(exchange), decision_id="other")


async def test_who_leaves_the_exchange_leaves_its_change(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, K.CONFIRM_ARRIVAL)
    await asked(world, exchange, await other_days(world, exchange, end=7))
    await world.gateway.withdraw(exchange, world.sending(exchange))
    assert (await world.result(exchange)).outcome is Outcome.WITHDRAWN
    assert await status_of(world, exchange) == [ChangeStatus.LAPSED]
    assert not await world.steps(exchange)


async def test_what_is_refused_says_why(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, K.VERIFY_NOMINATION)
    longer = await other_days(world, exchange, end=7)
    with pytest.raises(NotOpen, match=r"change\.not_verified"):
        await asked(world, exchange, longer)
    await world.until(exchange, K.CONFIRM_ARRIVAL)
    with pytest.raises(BadInput, match=r"change\.nothing_changes"):
        await asked(world, exchange, await other_days(world, exchange))
    with pytest.raises(BadInput, match=r"stay\.too_long"):
        await asked(world, exchange, await other_days(world, exchange, end=200))
    with pytest.raises(NotAuthorised):
        await world.gateway.changes.request(exchange, longer, world.host(exchange, Role.HOUSING_OFFICER))
    await asked(world, exchange, longer)
    await asked(world, exchange, longer)  # the same again
    with pytest.raises(Conflict, match=r"change\.open"):
        await asked(world, exchange, longer, key="another")


async def test_the_supervisor_of_another_clinic_hears_what_becomes_of_the_student(world: World) -> None:
    exchange = await world.nominate(BOTH)
    await world.until(exchange, K.CHECK_IN)
    place = next(p for p in (await world.view(exchange)).placements if p.content is Content.CLINICAL)
    host = world.programme.institutions["cqmu"]
    other = next(u.id for u in host.units if u.content is Content.CLINICAL and u.id != place.unit_id)
    await changed(world, exchange, UnitChange(placement_id=place.placement_id, unit_id=other, from_day=place.start))
    (supervisor,) = world.programme.contacts("cqmu", Role.SUPERVISOR, other)

    health = RevokeClearance(decision_id="r-1", actor=world.host(exchange, Role.OCCUPATIONAL_HEALTH))
    await world.gateway.revoke_clearance(exchange, health)
    assert supervisor.id in {m.recipient_id for m in await world.messages(exchange, "clearance_changed")}
    await world.gateway.withdraw(exchange, world.sending(exchange), decision_id="w-1")
    assert (await world.result(exchange)).outcome is Outcome.WITHDRAWN
    assert supervisor.id in {m.recipient_id for m in await world.messages(exchange, "outcome")}
