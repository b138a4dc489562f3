"""Students in the clinic with an insurance that ends in it: two people let it count."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from models.messages.reviews import OverrideDocument
from models.people.authorization import Actor
from models.rules.reviews import CONFIRMING
from models.views import WorklistRow
from models.vocabulary import Content, Role, StepKind
from tests.workflows.world import World

INSURANCE, TB_TEST = "insurance", "tb_test"
CHINA = ZoneInfo("Asia/Shanghai")


async def insured_for(world: World, exchange: str, last: date) -> None:
    """An insurance with a last day before the stay is over counts because two people say so."""
    step = await world.until(exchange, StepKind.SUBMIT_INSURANCE)
    world.travellers[exchange].expires[INSURANCE] = [last]
    two = world.sending(exchange), world.sending(exchange, Role.HEAD_OF_OFFICE)
    await counted(world, step, INSURANCE, two)


async def tb_good_through(world: World, exchange: str, last: date) -> None:
    """A tuberculosis test that runs out on a day of the clinic counts because two people say so."""
    step = await world.until(exchange, StepKind.SUBMIT_HEALTH_RECORDS)
    document = world.programme.policy.document(TB_TEST)
    assert document is not None
    assert document.max_age_days_at_start is not None
    world.travellers[exchange].issued[TB_TEST] = [last - timedelta(days=document.max_age_days_at_start)]
    first = world.host(exchange, Role.OCCUPATIONAL_HEALTH)
    await counted(world, step, TB_TEST, (first, first.model_copy(update={"id": "cqmu.second_physician"})))


async def counted(world: World, step: WorklistRow, kind: str, two: tuple[Actor, Actor]) -> None:
    """What the checks refuse counts because one person asks so and another one confirms it."""
    exchange = step.exchange_id
    world.travellers[exchange].accepted.setdefault(step.step_id, set()).add(kind)
    assert not await world.people.hand_in_one(kind, world.people.actor(step.owner), world.travellers[exchange])
    document = next(one.document_id for one in (await world.view(exchange)).documents if one.kind == kind)
    asked = OverrideDocument(decision_id=f"o-{kind}", document_id=document, kind=kind, actor=two[0])
    await world.gateway.override_document(exchange, asked, note="The renewal follows in the middle of the stay.")
    [confirm] = [one for one in await world.steps(exchange) if one.kind in CONFIRMING and one.subject == kind]
    await world.people.decide(confirm, "confirm", actor=two[1])


async def in_the_clinic(world: World, exchange: str) -> date:
    """Insured and cleared, in the clinic, with an insurance through its fourth day; says that day."""
    clinic = world.travellers[exchange].plan.block(Content.CLINICAL)
    assert clinic is not None
    last = clinic.start + timedelta(days=3)
    await insured_for(world, exchange, last)
    await world.until(exchange, StepKind.EVALUATE_PROGRAMME)
    await world.advance(timedelta(days=max(0, (clinic.start - world.clock.last.astimezone(CHINA).date()).days + 2)))
    assert (await world.view(exchange)).clearance_through == clinic.end
    return last


async def with_a_short_test(world: World, exchange: str) -> date:
    """Cleared, in the clinic, by a tuberculosis test that runs out on its fifth day; says that day."""
    clinic = world.travellers[exchange].plan.block(Content.CLINICAL)
    assert clinic is not None
    last = clinic.start + timedelta(days=4)
    await tb_good_through(world, exchange, last)
    await world.until(exchange, StepKind.EVALUATE_PROGRAMME, leave={StepKind.RENEW_HEALTH_RECORDS})
    await world.advance(timedelta(days=max(0, (clinic.start - world.clock.last.astimezone(CHINA).date()).days)))
    return last
