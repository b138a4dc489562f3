"""Somebody is away: their steps, messages and power go to who stands in, on their behalf and on record."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from models.errors import BadInput, Conflict, KeyReused, NotAuthorised, Unknown
from models.messages.exchange import Decide
from models.people.absences import Absence, Preferences, institution_of, standing_in
from models.people.authorization import Actor
from models.posting import DigestChoice
from models.views import WorklistFilter
from models.vocabulary import Role, StepKind
from tests.workflows.test_ladder import heard
from tests.workflows.test_refusals import STRANGER, refused
from tests.workflows.world import LAB_ONLY, World

AWAY = "cqmu.coordinator"
DEPUTY = "cqmu.housing_officer"


def today(world: World) -> date:
    """The day in Chongqing."""
    return world.clock.last.astimezone(ZoneInfo("Asia/Shanghai")).date()


async def leave(world: World, days: int = 20, person: str = AWAY, deputy: str = DEPUTY, name: str = "a-1") -> Absence:
    """Somebody is away from today on."""
    found = institution_of(world.programme, person)
    assert found is not None
    actor = Actor(id=person, role=found[1].role, institution=found[0])
    first = today(world)
    absence = Absence(
        absence_id=name, person=person, first_day=first, last_day=first + timedelta(days=days), deputy=deputy
    )
    assert not await world.gateway.people.plan_absence(absence, actor, world.clock.last)
    return absence


def deputy(world: World) -> Actor:
    """The housing officer in their own right."""
    return world.people.officer("cqmu", Role.HOUSING_OFFICER)


async def test_the_ladder_reaches_the_deputy_and_escalations_the_absent_too(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.step(exchange, StepKind.VERIFY_NOMINATION)
    await leave(world)
    await world.advance(step.due_at + timedelta(minutes=1) - world.clock.last)
    assert await heard(world, exchange, "verify_nomination") == [
        ("reminder", DEPUTY),
        ("escalation", AWAY),
        ("escalation", DEPUTY),
    ]
    rows = [m for m in await world.messages(exchange) if m.recipient_id == DEPUTY]
    assert {m.on_behalf_of for m in rows} == {AWAY}


async def test_who_stands_in_is_told_once_and_sees_the_steps(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await leave(world)
    told = [m for m in await world.reading.messages() if m.kind == "standing_in"]
    assert [(m.recipient_id, m.key) for m in told] == [(DEPUTY, "absence:a-1")]
    wanted = WorklistFilter(now=world.clock.last)
    (row,) = await world.reading.worklist(deputy(world), wanted)
    assert (row.exchange_id, row.kind, row.instead_of) == (exchange, StepKind.VERIFY_NOMINATION, AWAY)
    await world.gateway.people.cancel_absence("a-1", world.people.officer("cqmu", Role.COORDINATOR), world.clock.last)
    assert await world.reading.worklist(deputy(world), wanted) == []


async def test_a_deputy_decides_on_behalf_and_only_while_the_absence_lasts(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.step(exchange, StepKind.VERIFY_NOMINATION)
    instead = standing_in(deputy(world), world.programme, AWAY)

    def decide(actor: Actor, name: str = "d1") -> Decide:
        return Decide(decision_id=name, step_id=step.step_id, outcome="verified", actor=actor)

    await refused(NotAuthorised, "not_allowed.stand_in", world.gateway.decide(decide(instead)))
    await leave(world, days=3)
    await refused(NotAuthorised, "not_allowed.answer", world.gateway.decide(decide(deputy(world))))
    stranger = standing_in(world.people.officer("dartmouth", Role.COORDINATOR), world.programme, AWAY)
    await refused(NotAuthorised, "not_allowed.stand_in", world.gateway.decide(decide(stranger)))
    forged = instead.model_copy(update={"role": Role.PROGRAMME_OFFICE})
    await refused(NotAuthorised, "not_allowed.stand_in", world.gateway.decide(decide(forged)))
    await world.gateway.decide(decide(instead))
    view = await world.view(exchange)
    closed = next(h for h in view.timeline if h.kind == "step_closed")
    assert (closed.actor_id, closed.on_behalf_of) == (DEPUTY, AWAY)
    await world.advance(timedelta(days=5))
    documents = await world.step(exchange, StepKind.SUBMIT_DOCUMENTS)
    late = Decide(decision_id="d2", step_id=documents.step_id, outcome="complete", actor=instead)
    await refused(NotAuthorised, "not_allowed.stand_in", world.gateway.decide(late))


async def test_deputies_of_deputies_and_nobody_there(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.step(exchange, StepKind.VERIFY_NOMINATION)
    await leave(world)
    await leave(world, person=DEPUTY, deputy="cqmu.head_of_office", name="a-2")
    await leave(world, person="cqmu.head_of_office", deputy=AWAY, name="a-3")
    await world.advance(step.due_at + timedelta(minutes=1) - world.clock.last)
    # They stand in for each other in a circle: the absent one is told, and the next above who is there.
    about = await heard(world, exchange, "verify_nomination")
    assert [who for kind, who in about if kind == "escalation"] == [AWAY, "cqmu.programme_office"]


async def test_what_cannot_be_planned(world: World) -> None:
    await world.nominate(LAB_ONLY)
    absence = await leave(world)
    people, at = world.gateway.people, world.clock.last
    own = world.people.officer("cqmu", Role.COORDINATOR)
    assert await people.plan_absence(absence, own, at)
    other = absence.model_copy(update={"absence_id": "a-9"})
    await refused(Conflict, "absence.overlaps absence=a-1", people.plan_absence(other, own, at))
    renamed = absence.model_copy(update={"deputy": "cqmu.head_of_office"})
    await refused(KeyReused, "idempotency.another_request", people.plan_absence(renamed, own, at))
    later = {"absence_id": "a-8", "first_day": absence.last_day + timedelta(days=9)}
    free = absence.model_copy(update={**later, "last_day": absence.last_day + timedelta(days=10)})
    await refused(BadInput, "last_day.before_first", people.plan_absence(absence.model_copy(update=later), own, at))
    await refused(BadInput, "deputy.oneself", people.plan_absence(free.model_copy(update={"deputy": AWAY}), own, at))
    abroad = free.model_copy(update={"deputy": "dartmouth.coordinator"})
    await refused(BadInput, "deputy.elsewhere", people.plan_absence(abroad, own, at))
    stranger = world.people.officer("dartmouth", Role.COORDINATOR)
    await refused(NotAuthorised, "not_allowed.set_absence", people.plan_absence(free, stranger, at))
    await refused(Unknown, "absence.unknown", people.cancel_absence("a-1", stranger, at))
    assert not await people.plan_absence(free, world.people.officer("cqmu", Role.HEAD_OF_OFFICE), at)


async def test_students_say_for_themselves_how_they_are_written_to(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, StepKind.SUBMIT_DOCUMENTS)
    student = Actor(id=(await world.view(exchange)).student.id, role=Role.STUDENT)
    people, at = world.gateway.people, world.clock.last
    wanted = Preferences(person=student.id, language="zh", zone="Asia/Shanghai", digest=DigestChoice.OFF)
    await refused(NotAuthorised, "not_allowed.set_preferences", people.set_preferences(wanted, STRANGER, at, "k0"))
    klingon = wanted.model_copy(update={"language": "tlh"})
    await refused(BadInput, "language.choose", people.set_preferences(klingon, student, at, "k1"))
    nobody = wanted.model_copy(update={"person": "p-0"})
    await refused(
        Unknown,
        "person.nobody person=p-0",
        people.set_preferences(nobody, Actor(id="p-0", role=Role.STUDENT), at, "k2"),
    )
    await people.set_preferences(wanted, student, at, "k3")
    await people.set_preferences(wanted, student, at + timedelta(minutes=1), "k3")
    other = wanted.model_copy(update={"zone": ""})
    await refused(KeyReused, "idempotency.another_request", people.set_preferences(other, student, at, "k3"))
    step = await world.step(exchange, StepKind.SUBMIT_DOCUMENTS)
    await world.advance(step.due_at - timedelta(days=9) - at)
    # Whoever wants no digest gets every reminder at once, in their language.
    (reminder,) = [m for m in await world.messages(exchange, "reminder") if m.recipient_id == student.id]
    assert reminder.language == "zh"
