"""What ends too soon is told of before it does, once, to those who can do something about it (D18, D27, D36)."""

from datetime import date, timedelta

import pytest

from models.catalogue.loading import load_programme
from models.catalogue.policy import RENEWALS
from models.clearances import Clearance, ClearanceKind, ClearanceState, Covers
from models.events import ClearanceEnding
from models.identifiers import DIGEST_WORKFLOW, EXCHANGE_QUEUE
from models.vocabulary import Content, Role, StepKind
from records.clearance_alerts import ends_soon, renewed_in_a_step
from tests.workflows.test_clearance import revocation, today
from tests.workflows.world import BOTH, World

DAY = timedelta(days=1)
LAST = date(2027, 5, 31)


@pytest.mark.parametrize(("before", "told"), [(31, False), (30, True), (1, True), (0, True), (-1, False)])
def test_a_clearance_is_told_of_from_thirty_days_before_its_last_day(before: int, told: bool) -> None:
    short = Clearance(
        kind=ClearanceKind.INSURANCE,
        covers=Covers.STAY,
        state=ClearanceState.SHORT,
        holds=True,
        through=LAST,
        needed_through=LAST + DAY,
    )
    assert ends_soon(short, LAST - before * DAY) is told
    assert not ends_soon(short.model_copy(update={"state": ClearanceState.HOLDS}), LAST - DAY)
    assert not ends_soon(short.model_copy(update={"state": ClearanceState.LACKING, "through": None}), LAST - DAY)


def test_a_step_is_promised_only_where_the_exchange_has_it() -> None:
    policy = load_programme().policy
    earlier = policy.model_copy(update={"steps": {k: s for k, s in policy.steps.items() if k not in RENEWALS}})
    insured = Clearance(
        kind=ClearanceKind.INSURANCE, covers=Covers.CLINIC, state=ClearanceState.SHORT, holds=True, needed_through=LAST
    )
    assert renewed_in_a_step(insured, policy)
    assert not renewed_in_a_step(insured, earlier)
    for change in ({"covers": Covers.STAY}, {"kind": ClearanceKind.OCCUPATIONAL}):
        assert renewed_in_a_step(insured.model_copy(update=change), policy)
        assert not renewed_in_a_step(insured.model_copy(update=change), earlier)
    assert not renewed_in_a_step(insured.model_copy(update={"kind": ClearanceKind.TRAINING}), policy)


async def morning(world: World, zone: str) -> None:
    """The digests of a zone, on a day at noon there."""
    with world.environment.auto_time_skipping_disabled():
        name = f"digest-{world.clock.last:%m%d%H}-{zone}"
        run = world.environment.client.execute_workflow
        await run(DIGEST_WORKFLOW, args=[zone], id=name, task_queue=EXCHANGE_QUEUE)


async def test_a_clearance_that_ends_in_the_clinic_is_told_of_once(world: World) -> None:
    exchange = await world.nominate(BOTH)
    clinic = world.travellers[exchange].plan.block(Content.CLINICAL)
    assert clinic is not None
    await world.until(exchange, StepKind.EVALUATE_PROGRAMME)
    await world.advance(max(timedelta(), clinic.start - today(world) + 2 * DAY))
    zone = world.programme.institutions["cqmu"].zone
    await morning(world, zone)
    assert await world.messages(exchange, "clearance_ending") == [], "everything lasts"
    await revocation(world, exchange, "r1")
    short = today(world) + 9 * DAY
    await world.people.decide(await world.step(exchange, StepKind.CLEAR_FOR_CLINIC), "cleared", valid_through=short)
    for _ in range(8):
        await world.advance(DAY)
        await morning(world, zone)
    told = [one.event for one in (await world.view(exchange)).timeline]
    [ending] = [one for one in told if isinstance(one, ClearanceEnding)]
    assert (ending.clearance, ending.covers) == (ClearanceKind.OCCUPATIONAL, Covers.CLINIC)
    assert (ending.through, ending.needed_through) == (short, clinic.end)
    offices = world.host(exchange), world.host(exchange, Role.OCCUPATIONAL_HEALTH)
    student = (await world.view(exchange)).student.id
    mails = await world.messages(exchange, "clearance_ending")
    assert sorted(one.recipient_id for one in mails) == sorted({student, *(one.id for one in offices)})
