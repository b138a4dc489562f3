"""A student without a bed of the host: no journey before an address is on record, then the stay as any other."""

import pytest
from sqlalchemy import update

from models.errors import Conflict
from models.people.particulars import Inspection, ParticularKind, Residence
from models.tables import BedRow
from models.vocabulary import Role, StepKind
from records.store.engine import transaction
from tests.workflows.world import LAB_ONLY, World


async def test_nobody_travels_without_an_address(world: World) -> None:
    async with transaction(world.filing.sessions) as session:
        await session.execute(update(BedRow).values(active=False))
    exchange = await world.nominate(LAB_ONLY)
    plan, people = world.travellers[exchange].plan, world.people
    await people.decide(await world.until(exchange, StepKind.FIND_BED), "found")
    step = await world.until(exchange, StepKind.CONFIRM_ARRIVAL)
    with pytest.raises(Conflict, match=r"residence.missing"):
        await people.decide(step, "confirmed")
    lives = Residence(address="12 Elm Street", first_night=plan.start, last_night=plan.end)
    officer = world.host(exchange, Role.HOUSING_OFFICER)
    await world.gateway.particulars.keep(exchange, ParticularKind.RESIDENCE, lives, officer, key="a1")
    await people.decide(step, "confirmed")
    assert (await world.until(exchange, StepKind.CHECK_IN)).kind is StepKind.CHECK_IN


async def test_where_the_host_demands_it_the_inspection_comes_before_the_check_out(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    host = world.travellers[exchange].plan.host
    step = await world.until(exchange, StepKind.DEPART)
    institution = world.programme.institutions[host]
    housing = institution.housing.model_copy(update={"inspection": True})
    world.programme.institutions[host] = institution.model_copy(update={"housing": housing})
    try:
        with pytest.raises(Conflict, match=r"inspection.missing"):
            await world.people.depart(step)
        found = Inspection(on=world.clock.last.date(), condition="good", by="Lin")
        officer = world.host(exchange, Role.HOUSING_OFFICER)
        await world.gateway.particulars.keep(exchange, ParticularKind.INSPECTION, found, officer, key="i1")
        await world.people.depart(step)
        assert (await world.view(exchange)).departed_on is not None
    finally:
        world.programme.institutions[host] = institution
