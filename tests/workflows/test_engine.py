"""The deadline engine: waiting for the other side, ladders that decide or hand over, snoozing, extending."""

from datetime import timedelta

from sqlalchemy import text

from models.errors import BadInput, NotAuthorised
from models.events import DeadlineExtended, StepClosed
from models.messages.exchange import ExtendDeadline, SnoozeStep
from models.vocabulary import HoldCause, Role, StepKind, StepStatus
from records.store.engine import transaction
from tests.workflows.test_ladder import heard
from tests.workflows.test_refusals import refused
from tests.workflows.world import LAB_ONLY, World

WAITS_FOR = (StepKind.ISSUE_INVITATION, StepKind.CONFIRM_BED)


async def test_a_step_waits_for_the_other_side_without_being_late(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, StepKind.CONFIRM_ARRIVAL, leave=WAITS_FOR)
    waiting = await world.step(exchange, StepKind.CONFIRM_ARRIVAL)
    assert waiting.held_because is HoldCause.OTHER_SIDE
    assert {s.split(".")[1] for s in waiting.waits_for} == {kind.value for kind in WAITS_FOR}
    due = waiting.due_at
    while world.clock.last < due + timedelta(days=3):
        await world.advance(timedelta(days=1))
    assert [m for m in await heard(world, exchange, "confirm_arrival") if m[0] in {"reminder", "escalation"}] == []
    assert "escalation" in {kind for kind, _ in await heard(world, exchange, "issue_invitation")}
    invitation = await world.step(exchange, StepKind.ISSUE_INVITATION)
    await world.people.answer(invitation, world.travellers[exchange])
    for step in await world.steps(exchange):
        if step.kind is StepKind.CONFIRM_BED:
            await world.people.answer(step, world.travellers[exchange])
    running = await world.step(exchange, StepKind.CONFIRM_ARRIVAL)
    assert (running.held_because, running.waits_for) == (None, ())
    # The rule's shortest time counts from the answer of the other side (D12: three days here).
    floor = world.programme.policy.step(StepKind.CONFIRM_ARRIVAL).due.floor_days
    assert timedelta(days=floor) <= running.due_at - world.clock.last < timedelta(days=floor + 1)
    await world.advance(running.due_at - world.clock.last + timedelta(minutes=1))
    spoken = [m for m in await heard(world, exchange, "confirm_arrival") if m[0] == "escalation"]
    assert len(spoken) == 1


async def test_silence_of_the_housing_officer_confirms_the_bed_and_names_the_rule(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    bed = await world.until(exchange, StepKind.CONFIRM_BED)
    while any(s.kind is StepKind.CONFIRM_BED for s in await world.steps(exchange)):
        assert world.clock.last < bed.due_at + timedelta(days=14)
        await world.advance(timedelta(days=1))
    view = await world.view(exchange)
    step = next(s for s in view.steps if s.step_id == bed.step_id)
    assert (step.status, step.outcome, step.decided_by) == (StepStatus.DONE, "confirmed", "clock")
    closed = next(h.event for h in view.timeline if h.kind == "step_closed" and h.step_id == bed.step_id)
    assert isinstance(closed, StepClosed)
    assert (closed.outcome, closed.rule) == ("confirmed", "D34")
    escalations = [who for kind, who in await heard(world, exchange, "confirm_bed") if kind == "escalation"]
    assert escalations == ["cqmu.housing_officer", "cqmu.coordinator"]


async def test_a_silent_unit_hands_its_answer_to_the_coordinator(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    asked = await world.until(exchange, StepKind.ACCEPT_STUDENT)
    assert asked.owner.role is Role.SUPERVISOR
    while (now := await world.step(exchange, StepKind.ACCEPT_STUDENT)).owner.role is Role.SUPERVISOR:
        assert world.clock.last < asked.due_at + timedelta(days=16)
        await world.advance(timedelta(days=1))
    assert now.owner.role is Role.COORDINATOR
    assert now.step_id == asked.step_id
    await world.people.decide(now, "accept")
    assert StepKind.ACCEPT_STUDENT not in {s.kind for s in await world.steps(exchange)}


async def test_snoozed_reminders_stay_silent_but_not_the_last_one(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.until(exchange, StepKind.SUBMIT_DOCUMENTS)
    student = world.people.actor(step.owner)
    until = world.clock.last + timedelta(days=15)

    def snooze(**more: object) -> SnoozeStep:
        values = {"decision_id": "z1", "step_id": step.step_id, "actor": student, "until": until, **more}
        return SnoozeStep.model_validate(values)

    await refused(BadInput, "snooze.too_long days=7", world.gateway.snooze_step(snooze()))
    await refused(NotAuthorised, "not_allowed.snooze", world.gateway.snooze_step(snooze(actor=world.host(exchange))))
    await world.advance(step.due_at - timedelta(days=10, hours=20) - world.clock.last)
    await world.gateway.snooze_step(snooze(until=world.clock.last + timedelta(days=6)))
    await world.advance(step.due_at - world.clock.last - timedelta(hours=1))
    kinds = [kind for kind, _ in await heard(world, exchange, "submit_documents")]
    assert kinds.count("reminder") == 1
    view = await world.view(exchange)
    silenced = next(h for h in view.timeline if h.kind == "step_snoozed")
    assert silenced.actor_id == student.id


async def test_the_timeline_shows_what_was_before_and_after(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.step(exchange, StepKind.VERIFY_NOMINATION)
    later = step.due_at + timedelta(days=3)
    change = ExtendDeadline(decision_id="x1", step_id=step.step_id, actor=world.host(exchange), due_at=later)
    await world.gateway.extend_deadline(change, note="The committee meets on Thursday.")
    view = await world.view(exchange)
    moved = next(h for h in view.timeline if h.kind == "deadline_extended")
    assert isinstance(moved.event, DeadlineExtended)
    assert (moved.event.before, moved.event.due_at) == (step.due_at, later)
    assert moved.note == "The committee meets on Thursday."


async def test_what_the_records_refused_goes_on_soon_after_it_is_mended(world: World) -> None:
    """A row that is missing has the records refuse a batch; put back, the exchange goes on within minutes."""
    exchange = await world.nominate(LAB_ONLY)
    step = await world.step(exchange, StepKind.VERIFY_NOMINATION)
    await world.advance(step.due_at - timedelta(minutes=1) - world.clock.last)
    moved = "UPDATE steps SET id = :now WHERE id = :before"
    async with transaction(world.filing.sessions) as session:
        await session.execute(text(moved), {"now": "elsewhere", "before": step.step_id})
    await world.advance(timedelta(minutes=3))
    assert "escalation" not in {kind for kind, _ in await heard(world, exchange, "verify_nomination")}
    async with transaction(world.filing.sessions) as session:
        await session.execute(text(moved), {"now": step.step_id, "before": "elsewhere"})
    await world.advance(timedelta(minutes=6))
    assert "escalation" in {kind for kind, _ in await heard(world, exchange, "verify_nomination")}
