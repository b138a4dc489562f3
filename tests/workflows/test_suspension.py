"""Suspensions: clocks stand still and run on, the law's never stop; everybody hears of it once."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from models.errors import Closed, Conflict, KeyReused, NotAuthorised, Unknown
from models.messages.suspensions import Coverage, SuspensionPhase, SuspensionProgress, SuspensionReason
from models.views import MessageFilter
from models.vocabulary import HoldCause, Role, Scope, StepKind
from tests.workflows.test_engine import WAITS_FOR
from tests.workflows.test_ladder import heard
from tests.workflows.test_refusals import refused
from tests.workflows.world import BOTH, LAB_ONLY, World

OUTBREAK = SuspensionReason.OUTBREAK
EVERYBODY = Coverage(scope=Scope.PROGRAMME)


async def suspend(world: World, coverage: Coverage, suspension: str = "s-1") -> SuspensionProgress:
    """Suspend, and wait until everybody is reached."""
    office = world.people.officer("cqmu", Role.PROGRAMME_OFFICE)
    await world.gateway.suspensions.suspend(suspension, coverage, OUTBREAK, office, "Stay where you are.")
    return await until(world, suspension, SuspensionPhase.SUSPENDED)


async def resume(world: World, suspension: str = "s-1") -> SuspensionProgress:
    """Resume, and wait until nobody is suspended by it."""
    office = world.people.officer("cqmu", Role.PROGRAMME_OFFICE)
    await world.gateway.suspensions.resume(suspension, office, f"{suspension}-end")
    return await until(world, suspension, SuspensionPhase.ENDED)


async def until(world: World, suspension: str, phase: SuspensionPhase) -> SuspensionProgress:
    for _ in range(40):
        progress = await world.gateway.suspensions.progress(suspension)
        if progress.phase is phase:
            return progress
        await world.advance(timedelta(seconds=10))
    raise AssertionError(f"{suspension} did not get to {phase}: {progress}")


async def test_a_rung_inside_a_suspension_waits_until_it_is_over(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.until(exchange, StepKind.SUBMIT_DOCUMENTS)
    # Seven days of it lie over the reminder ten days before the step is due.
    await world.advance(step.due_at - timedelta(days=12) - world.clock.last)
    progress = await suspend(world, Coverage(scope=Scope.HOST, target="cqmu"))
    assert (progress.suspended, progress.left, progress.unreachable) == (1, 0, 0)
    held = await world.step(exchange, StepKind.SUBMIT_DOCUMENTS)
    assert held.held_because is HoldCause.SUSPENSION
    await world.advance(timedelta(days=7) - (world.clock.last - progress.since))
    assert [m for m in await heard(world, exchange, "submit_documents") if m[0] == "reminder"] == []
    await resume(world)
    running = await world.step(exchange, StepKind.SUBMIT_DOCUMENTS)
    assert running.held_because is None
    assert running.due_at == step.due_at + timedelta(days=7)
    await world.advance(running.due_at - timedelta(days=1) + timedelta(hours=1) - world.clock.last)
    view = await world.view(exchange)
    zone = ZoneInfo(running.zone)
    rungs = [h for h in view.timeline if h.kind == "rung_fired" and h.step_id == running.step_id]
    fired = [h.at.astimezone(zone).date() for h in rungs]
    due = running.due_at.astimezone(zone).date()
    assert fired == [due - timedelta(days=days) for days in (10, 7, 1)]
    assert [k for k, _ in await heard(world, exchange, "submit_documents")].count("reminder") == 1


async def test_a_wait_that_ends_in_a_suspension_moves_nothing_by_the_time_before(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, StepKind.CONFIRM_ARRIVAL, leave=WAITS_FOR)
    await world.advance(timedelta(days=11))
    await suspend(world, EVERYBODY)
    await world.advance(timedelta(days=4))
    for step in await world.steps(exchange):
        if step.kind in WAITS_FOR:
            await world.people.answer(step, world.travellers[exchange])
    begun = world.clock.last
    held = await world.step(exchange, StepKind.CONFIRM_ARRIVAL)
    assert (held.held_because, held.waits_for) == (HoldCause.SUSPENSION, ())
    rule = held.due_at
    await world.advance(timedelta(days=10))
    await resume(world)
    zone = ZoneInfo(held.zone)
    suspended = (world.clock.last.astimezone(zone).date() - begun.astimezone(zone).date()).days
    running = await world.step(exchange, StepKind.CONFIRM_ARRIVAL)
    assert (running.held_because, running.held_since) == (None, None)
    assert running.due_at == rule + timedelta(days=suspended)
    await world.advance(running.due_at - world.clock.last + timedelta(minutes=1))
    spoken = [m for m in await heard(world, exchange, "confirm_arrival") if m[0] == "escalation"]
    assert len(spoken) == 1


async def test_two_suspensions_one_upon_the_other_move_a_due_time_once(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.until(exchange, StepKind.SUBMIT_DOCUMENTS)
    await suspend(world, EVERYBODY)
    await world.advance(timedelta(days=5))
    await suspend(world, Coverage(scope=Scope.HOST, target="cqmu"), "s-2")
    await world.advance(timedelta(days=5))
    await resume(world)
    still = await world.step(exchange, StepKind.SUBMIT_DOCUMENTS)
    assert still.held_because is HoldCause.SUSPENSION
    await world.advance(timedelta(days=5))
    await resume(world, "s-2")
    running = await world.step(exchange, StepKind.SUBMIT_DOCUMENTS)
    assert running.held_because is None
    assert running.due_at == step.due_at + timedelta(days=15)


async def test_the_law_goes_on_through_a_suspension(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.until(exchange, StepKind.REGISTER_RESIDENCE)
    await suspend(world, EVERYBODY)
    law = await world.step(exchange, StepKind.REGISTER_RESIDENCE)
    assert (law.held_because, law.due_at) == (None, step.due_at)
    assert (await world.step(exchange, StepKind.ORIENTATION)).held_because is HoldCause.SUSPENSION
    await world.advance(step.due_at + timedelta(minutes=5) - world.clock.last)
    assert ("escalation", "cqmu.housing_officer") in await heard(world, exchange, "register_residence")
    await resume(world)
    assert (await world.step(exchange, StepKind.REGISTER_RESIDENCE)).due_at == step.due_at


async def test_everybody_hears_of_it_once(world: World) -> None:
    exchanges = [await world.nominate(LAB_ONLY), await world.nominate(BOTH, rank=2)]
    await suspend(world, EVERYBODY)
    await resume(world)
    rows = await world.reading.messages(MessageFilter(limit=1000))
    told = sorted((m.kind, m.recipient_id) for m in rows if m.kind in {"suspended", "resumed"})
    students = [(await world.view(exchange)).student.id for exchange in exchanges]
    offices = [
        "cqmu.coordinator",
        "cqmu.housing_officer",
        "cqmu.occupational_health",
        "dartmouth.coordinator",
        "dartmouth.partner_office",
    ]
    assert told == sorted((kind, who) for kind in ("suspended", "resumed") for who in [*students, *offices])


async def test_who_is_nominated_meanwhile_is_suspended_too_and_exempt_ones_are_not(world: World) -> None:
    first = await world.nominate(LAB_ONLY)
    await suspend(world, EVERYBODY)
    second = await world.nominate(BOTH, rank=2)
    assert (await world.step(second, StepKind.VERIFY_NOMINATION)).held_because is HoldCause.SUSPENSION
    office = world.people.officer("cqmu", Role.PROGRAMME_OFFICE)
    await world.gateway.suspensions.exempt("s-1", first, office, "e-1")
    assert (await world.step(first, StepKind.VERIFY_NOMINATION)).held_because is None
    # The suspended one can still be acted on: only its clock stands still.
    await world.people.decide(await world.step(second, StepKind.VERIFY_NOMINATION), "verified")
    assert (await world.step(second, StepKind.SUBMIT_DOCUMENTS)).held_because is HoldCause.SUSPENSION
    progress = await resume(world)
    assert (progress.suspended, progress.coverage.exempt) == (0, (first,))
    third = await world.nominate(BOTH, rank=3, student_number="X-3", email="x3@dartmouth.example")
    assert (await world.step(third, StepKind.VERIFY_NOMINATION)).held_because is None


async def test_a_suspension_can_be_repeated_and_looked_at_before_and_after(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    cohort = (await world.view(exchange)).cohort_id
    coverage = Coverage(scope=Scope.COHORT, target=cohort)
    preview = await world.reading.preview_suspension(coverage, world.clock.last)
    assert (preview.exchanges, [c.kind for c in preview.held], preview.running) == (1, ["verify_nomination"], ())
    assert await world.reading.suspensions() == []
    step = await world.step(exchange, StepKind.VERIFY_NOMINATION)
    await suspend(world, coverage)
    again = await suspend(world, coverage)
    assert again.suspended == 1
    office = world.people.officer("cqmu", Role.PROGRAMME_OFFICE)
    start = world.gateway.suspensions.suspend
    await refused(KeyReused, "idempotency.another_request", start("s-1", EVERYBODY, OUTBREAK, office))
    await world.advance(timedelta(days=4))
    await resume(world)
    await refused(Conflict, "suspension.id_ended", start("s-1", coverage, OUTBREAK, office))
    await refused(Closed, "suspension.ended suspension=s-1", world.gateway.suspensions.resume("s-1", office, "late"))
    (found,) = await world.reading.suspensions("s-1")
    assert (found.exchanges, found.suspended, found.words) == (1, 0, "Stay where you are.")
    (moved,), _ = await world.reading.moved_by("s-1")
    after = await world.step(exchange, StepKind.VERIFY_NOMINATION)
    assert (moved.before, moved.after) == (step.due_at, after.due_at)
    assert after.due_at > step.due_at


async def test_only_the_programme_office_suspends(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    host = world.host(exchange)
    suspensions = world.gateway.suspensions
    await refused(NotAuthorised, "not_allowed.suspend", suspensions.suspend("s-2", EVERYBODY, OUTBREAK, host))
    await suspend(world, EVERYBODY)
    await refused(NotAuthorised, "not_allowed.end_suspension", suspensions.resume("s-1", host, "r-1"))
    await refused(NotAuthorised, "not_allowed.exempt", suspensions.exempt("s-1", exchange, host, "e-1"))
    office = world.people.officer("cqmu", Role.PROGRAMME_OFFICE)
    nobody = Coverage(scope=Scope.COHORT, target="2027-incoming-nowhere-cqmu")
    await refused(Unknown, "cohort.unknown", suspensions.suspend("s-3", nobody, OUTBREAK, office))
    await refused(Unknown, "suspension.unknown", suspensions.progress("s-9"))
