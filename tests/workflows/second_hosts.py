"""A student of CQMU at Dartmouth who goes on to the sample partner, and what is done to let it happen or not."""

from datetime import timedelta

from demo.cohort import CQMU
from demo.consent import agree
from demo.people import Traveller
from examples.papers import holder_of
from models.identifiers import exchange_workflow_id
from models.messages.changes import SecondHostChange
from models.messages.exchange import Plan
from models.people.authorization import Actor
from models.vocabulary import Role, StepKind
from tests.workflows.endings import anew
from tests.workflows.world import World

SIGNATURES = (StepKind.APPROVE_CHANGE, StepKind.DECIDE_CHANGE, StepKind.AGREE_CHANGE, StepKind.CONFIRM_CHANGE)


async def placed_abroad(world: World) -> str:
    """A student of CQMU who is expected at Dartmouth."""
    exchange = await world.nominate(CQMU[0])
    await world.only(exchange, StepKind.CONFIRM_ARRIVAL)
    return exchange


async def onward(world: World, exchange: str) -> SecondHostChange:
    """The last weeks of the stay at the sample partner, from a Monday two days after the last day here."""
    plan = (await world.view(exchange)).plan
    start = plan.start + timedelta(weeks=8)
    return SecondHostChange(
        host="sample",
        last_day=start - timedelta(days=3),
        start=start,
        end=start + timedelta(weeks=6, days=-3),
        laboratories=("sample-molecular-medicine", "sample-public-health"),
    )


async def asked(world: World, exchange: str, change: SecondHostChange | None = None) -> SecondHostChange:
    """The sending coordinator asks for it."""
    change = change or await onward(world, exchange)
    await world.gateway.changes.request(
        exchange, change, world.sending(exchange), decision_id=f"{exchange}.onward", note="A method to learn there."
    )
    return change


async def signed(world: World, exchange: str) -> None:
    """Everybody at the first host, at home and the student agrees; until nobody is asked."""
    while steps := [step for step in await world.steps(exchange) if step.kind in SIGNATURES]:
        for step in steps:
            await world.people.decide(step, "agreed")


async def nominated_onward(world: World, exchange: str) -> str:
    """Everybody agrees, and the exchange at the second host begins: its code."""
    await asked(world, exchange)
    await signed(world, exchange)
    await world.gateway.relay.look()
    (there,) = (await world.view(exchange)).linked
    view = await world.view(there.exchange_id)
    nomination = (await world.filing.registered(there.exchange_id)).nomination
    world.travellers[there.exchange_id] = Traveller(there.exchange_id, view.plan, holder_of(nomination))
    world.nominations[there.exchange_id] = nomination
    student = Actor(id=view.student.id, role=Role.STUDENT, institution=view.plan.sending)
    await agree(world.gateway, there.exchange_id, student)
    return there.exchange_id


async def plan_of(world: World, exchange: str) -> Plan:
    """The plan that holds."""
    return (await world.view(exchange)).plan


async def joined(world: World, first: str) -> str:
    """The second host verifies the nomination: the first stay is shortened, and both go on. The second one's code."""
    second = await nominated_onward(world, first)
    await world.people.decide(await world.step(second, StepKind.VERIFY_NOMINATION), "verified")
    for exchange in (first, second):
        await world.rest(exchange_workflow_id(exchange))
    traveller = world.travellers[first]
    traveller.plan = await plan_of(world, first)
    for step in await world.steps(first):
        for kind in step.subject.split(",") if step.kind is StepKind.ISSUE_INVITATION else ():
            traveller.papers[kind] = [anew(world, kind, traveller)]
    return second


async def second_host(world: World) -> str:
    """From Dartmouth on to the sample partner while bed and places are held here; both are completed (D38)."""
    first = await placed_abroad(world)
    second = await joined(world, first)
    await world.finish(first)
    await world.finish(second)
    return first
