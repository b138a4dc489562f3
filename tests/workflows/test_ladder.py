"""Ladders: who hears what and when, once and in order; nothing after the answer; one message after an outage."""

from datetime import timedelta

from models.catalogue.loading import load_programme
from models.messages.exchange import ExtendDeadline
from models.vocabulary import RungKind, StepKind, StepStatus, Target
from tests.workflows.world import LAB_ONLY, World


async def heard(world: World, exchange: str, kind: str) -> list[tuple[str, str]]:
    """Kind of message and who got it, about one step, in order."""
    found = [m for m in await world.messages(exchange) if m.step_id and f".{kind}." in m.step_id]
    return [(m.kind, m.recipient_id) for m in sorted(found, key=lambda m: (m.created_at, m.key))]


async def test_the_ladder_climbs_to_the_programme_office(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.step(exchange, StepKind.VERIFY_NOMINATION)
    for _ in range(32):
        await world.advance(timedelta(days=1))
    escalations = [m for m in await heard(world, exchange, "verify_nomination") if m[0] == "escalation"]
    assert escalations == [
        ("escalation", "cqmu.coordinator"),
        ("escalation", "cqmu.coordinator"),
        ("escalation", "cqmu.head_of_office"),
        ("escalation", "dartmouth.partner_office"),
        ("escalation", "cqmu.programme_office"),
    ]
    view = await world.view(exchange)
    assert view.steps[0].status is StepStatus.OPEN
    fired = [h for h in view.timeline if h.kind == "rung_fired"]
    assert len(fired) == len(set((await world.step(exchange, StepKind.VERIFY_NOMINATION)).rungs_fired))
    assert all(h.at >= step.opened_at for h in fired)


async def test_nothing_is_heard_after_the_answer(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.step(exchange, StepKind.VERIFY_NOMINATION)
    await world.people.decide(step, "verified")
    for _ in range(12):
        await world.advance(timedelta(days=1))
    about = await heard(world, exchange, "verify_nomination")
    assert about == [], "its opening was for the digest, and nothing came after the answer"


async def test_nothing_is_heard_after_a_withdrawal(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, StepKind.CONFIRM_BED)
    await world.gateway.withdraw(exchange, world.sending(exchange))
    told = len(await world.messages(exchange))
    await world.advance(timedelta(days=90))
    assert len(await world.messages(exchange)) == told


async def test_an_extension_starts_the_ladder_anew(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.step(exchange, StepKind.VERIFY_NOMINATION)
    due = step.due_at + timedelta(days=10)
    change = ExtendDeadline(decision_id="x1", step_id=step.step_id, actor=world.host(exchange), due_at=due)
    await world.gateway.extend_deadline(change, note="Spring Festival.")
    await world.advance(step.due_at - world.clock.last + timedelta(days=2))
    kinds = [kind for kind, _ in await heard(world, exchange, "verify_nomination")]
    assert "escalation" not in kinds
    await world.advance(due - world.clock.last + timedelta(minutes=1))
    kinds = [kind for kind, _ in await heard(world, exchange, "verify_nomination")]
    assert kinds.count("escalation") == 1
    assert kinds.count("reminder") >= 1


async def test_the_legal_clock_runs_through_the_night(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.until(exchange, StepKind.REGISTER_RESIDENCE)
    arrived = (await world.view(exchange)).arrived_at
    assert arrived is not None
    assert step.due_at == arrived + timedelta(hours=24)
    await world.advance(timedelta(hours=32))
    about = await heard(world, exchange, "register_residence")
    assert about[0] == ("step_opened", "cqmu.housing_officer")
    assert [who for kind, who in about if kind == "escalation"] == [
        "cqmu.coordinator",
        "cqmu.housing_officer",
        "cqmu.head_of_office",
    ]


def test_every_ladder_of_the_catalogue_ends_or_holds() -> None:
    policy = load_programme().policy
    for kind in policy.steps:
        ladder = policy.ladder_of(kind)
        ends = [r for r in ladder.rungs if r.kind is RungKind.END]
        assert len(ends) == (ladder.end_action != "hold")
        if ladder.name in {"standard", "decision"}:
            reached = [t for r in ladder.rungs if r.kind is RungKind.ESCALATION for t in r.to]
            assert reached == [Target.OWNER, Target.COORDINATOR, Target.HEAD_OF_OFFICE, Target.PROGRAMME_OFFICE]
