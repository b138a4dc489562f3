"""Students in the clinic with an insurance that ends in it: two people let it count."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from models.messages.reviews import OverrideDocument
from models.vocabulary import Content, Role, StepKind
from tests.workflows.world import World

INSURANCE = "insurance"
CHINA = ZoneInfo("Asia/Shanghai")


async def insured_for(world: World, exchange: str, last: date) -> None:
    """An insurance with a last day before the stay is over counts because two people say so."""
    step = await world.until(exchange, StepKind.SUBMIT_INSURANCE)
    traveller = world.travellers[exchange]
    traveller.expires[INSURANCE] = [last]
    assert not await world.people.hand_in_one(INSURANCE, world.people.actor(step.owner), traveller)
    document = next(one.document_id for one in (await world.view(exchange)).documents if one.kind == INSURANCE)
    asked = OverrideDocument(decision_id="o", document_id=document, kind=INSURANCE, actor=world.sending(exchange))
    await world.gateway.override_document(exchange, asked, note="The renewal follows in the middle of the stay.")
    confirm = await world.step(exchange, StepKind.CONFIRM_DOCUMENT)
    await world.people.decide(confirm, "confirm", actor=world.sending(exchange, Role.HEAD_OF_OFFICE))


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
