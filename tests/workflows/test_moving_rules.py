"""An exchange is moved to newer rules: the difference first, by whom it may, once, and for good (D46)."""

from collections.abc import Coroutine
from typing import Any

from sqlalchemy import select

from gateway.rule_sets import RuleOperations
from mail.outbox import Outbox
from models.catalogue.policy import Policy
from models.catalogue.programme import Programme
from models.errors import Conflict, NotAuthorised, NotOpen, Unknown
from models.messages.exchange import Acknowledged
from models.people.authorization import Actor
from models.tables import EventRow
from models.vocabulary import Role, StepKind
from records.remembering import policy_of, writers_of
from records.statements import Statements
from records.store.engine import transaction
from tests.workflows.test_refusals import refused
from tests.workflows.world import BOTH, World

NEWER = "2027-01-01.0123456789"


def of_tomorrow(programme: Programme) -> Programme:
    """The catalogue after a revision: a test for tuberculosis holds 180 days, nobody asks for the insurance."""
    policy = programme.policy
    tb = policy.rules["D27"]
    rules = policy.rules | {"D27": tb.model_copy(update={"values": tb.values | {"tb_test_days": 180}})}
    documents = tuple(one for one in policy.documents if one.kind != "insurance")
    newer = policy.model_copy(update={"version": NEWER, "rules": rules, "documents": documents})
    return programme.model_copy(update={"policy": newer})


def operations(world: World) -> RuleOperations:
    """The gateway of a service that was started with the newer catalogue."""
    gateway, programme = world.gateway, of_tomorrow(world.programme)
    statements = Statements(world.filing.sessions, programme, Outbox(programme))
    return RuleOperations(statements, programme, gateway._sending, gateway.availability, gateway._clock)


def moving(
    world: World, exchange: str, key: str = "m-1", actor: Actor | None = None, version: str = NEWER
) -> Coroutine[Any, Any, Acknowledged]:
    """The host's coordinator moves the exchange."""
    return operations(world).move(exchange, actor or world.host(exchange), version, decision_id=key)


async def told(world: World, exchange: str) -> list[dict[str, Any]]:
    """The moves on record."""
    query = select(EventRow.payload).where(EventRow.stream == exchange, EventRow.kind == "rules_moved")
    async with transaction(world.filing.sessions) as session:
        return [row[0] for row in await session.execute(query)]


async def runs_under(world: World, exchange: str) -> Policy:
    """What the workflow goes by."""
    policy: Policy = await world.handle(exchange).query("policy", result_type=Policy)
    return policy


async def test_an_exchange_keeps_its_rules_until_somebody_moves_it(world: World) -> None:
    exchange = await world.nominate(BOTH)
    step = await world.until(exchange, StepKind.SUBMIT_INSURANCE)
    began = (await runs_under(world, exchange)).version
    same = await world.gateway.rules.preview(exchange, world.host(exchange))
    assert same.same
    assert not same.values
    seen = await operations(world).preview(exchange, world.host(exchange))
    assert (seen.from_version, seen.to_version, seen.may_move) == (began, NEWER, True)
    assert [(one.rule, one.name, one.before, one.after) for one in seen.values] == [("D27", "tb_test_days", 365, 180)]
    assert (seen.documents_added, seen.documents_dropped) == ((), ("insurance",))
    assert (await runs_under(world, exchange)).rule_set == began

    stranger = Actor(id="sample.coordinator", role=Role.COORDINATOR, institution="sample")
    await refused(Unknown, "exchange.not_seen", moving(world, exchange, actor=stranger))
    await refused(NotAuthorised, "not_allowed.move_rules", moving(world, exchange, actor=world.sending(exchange)))
    await refused(Conflict, "rules.others_by_now", moving(world, exchange, version=began))

    first = await moving(world, exchange)
    again = await moving(world, exchange)  # told by the server, or by a run that knows it from the one before
    assert (again.exchange_id, again.stage) == (first.exchange_id, first.stage)
    policy = await runs_under(world, exchange)
    assert (policy.rule_set, policy.version) == (NEWER, began)
    assert policy.rules["D27"].values["tb_test_days"] == 180
    [event] = await told(world, exchange)
    assert (event["from_version"], event["to_version"]) == (began, NEWER)
    # Nothing is left that the step waited for.
    assert step.step_id not in {one.step_id for one in await world.steps(exchange)}
    await refused(NotOpen, "rules.already_there", moving(world, exchange, "m-2"))


async def test_the_newer_rules_stay_when_the_story_is_told_again(world: World) -> None:
    exchange = await world.nominate(BOTH)
    await world.until(exchange, StepKind.SUBMIT_HEALTH_RECORDS)
    await moving(world, exchange)
    await world.handle(exchange).signal("catch_up")
    await world.until(exchange, StepKind.CHECK_IN)
    policy = await runs_under(world, exchange)
    assert (policy.rule_set, policy.rules["D27"].values["tb_test_days"]) == (NEWER, 180)
    async with transaction(world.filing.sessions) as session:
        from_records = await policy_of(session, (await writers_of(session, [exchange]))[exchange])
    assert from_records is not None
    assert from_records.rule_set == NEWER
    await world.finish(exchange)
