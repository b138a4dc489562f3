"""A student moves out of a bed of the host in the middle of a stay: the nights used stay, the others are free (D34)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from gateway.recovery import Fate
from models.errors import BadInput, Conflict, NotOpen
from models.identifiers import exchange_workflow_id
from models.messages.changes import ChangeStatus, HousingChange
from models.people.particulars import ParticularKind, Residence
from models.tables import BedNightRow
from models.vocabulary import Outcome, Role, StepKind
from records.store.engine import transaction
from tests.workflows.test_bed_moves import slept
from tests.workflows.test_changes import asked, changed, concerned, other_days, status_of, told
from tests.workflows.test_recovery import recover
from tests.workflows.world import LAB_ONLY, World


async def test_the_nights_used_are_kept_and_the_rest_is_free_from_that_day(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    plan = world.travellers[exchange].plan
    await world.until(exchange, StepKind.CONFIRM_BED)
    officer = world.host(exchange, Role.HOUSING_OFFICER)
    early = HousingChange(from_day=plan.start)
    lives = Residence(address="12 Elm Street", first_night=plan.start, last_night=plan.end)
    with pytest.raises(Conflict, match=r"effect.no_address"):
        await asked(world, exchange, early, "c0")
    await world.gateway.particulars.keep(exchange, ParticularKind.RESIDENCE, lives, officer, key="a1")
    with pytest.raises(NotOpen, match=r"bed.being_chosen"):
        await asked(world, exchange, early, "c1")

    await world.until(exchange, StepKind.EVALUATE_PROGRAMME)
    [(bed, first, last)] = await slept(world, exchange)
    out = world.clock.last.date() + timedelta(days=3)
    with pytest.raises(BadInput, match=r"night.outside_stay"):
        await asked(world, exchange, early, "c1b")
    await changed(world, exchange, HousingChange(from_day=out), "c2")
    assert await status_of(world, exchange) == [ChangeStatus.APPLIED]
    assert await slept(world, exchange) == [(bed, first, out - timedelta(days=1))]
    assert await told(world, exchange) == await concerned(world, exchange, housing=True)
    async with transaction(world.filing.sessions) as session:
        after = select(BedNightRow.night).where(BedNightRow.bed_id == bed, BedNightRow.night.between(out, last))
        assert list(await session.scalars(after)) == []

    with pytest.raises(Conflict, match=r"effect.no_bed_left"):
        await asked(world, exchange, HousingChange(from_day=out), "c3")
    await world.lose(exchange_workflow_id(exchange))
    assert (await recover(world))[Fate.STARTED] >= 1
    await world.rest(exchange_workflow_id(exchange))
    longer = await other_days(world, exchange, end=7)
    await changed(world, exchange, longer, "c4")
    assert await slept(world, exchange) == [(bed, first, out - timedelta(days=1))], "a longer stay takes no bed again"
    assert (await world.finish(exchange)).outcome is Outcome.COMPLETED
