"""Stories of a student with two laboratories and two specialties, for tests that play them once and resumed."""

from datetime import date, timedelta

from demo.cohort import first_monday
from models.messages.exchange import EndEarly
from models.views import WorklistRow
from models.vocabulary import StepKind
from tests.workflows.world import BOTH, World

LABORATORIES = "cqmu-111-infection | cqmu-lipid"
SPECIALTIES = "cqmu-oncology | cqmu-neurology ; cqmu-geriatrics"


def cells(start: date) -> dict[str, str]:
    """Laboratory, clinic, a week without either, laboratory, clinic: eleven weeks."""

    def days(*weeks: int) -> str:
        return " | ".join((start + timedelta(weeks=week)).isoformat() for week in weeks)

    def ends(*weeks: int) -> str:
        return " | ".join((start + timedelta(weeks=week, days=-3)).isoformat() for week in weeks)

    return {
        "start": start.isoformat(),
        "end": (start + timedelta(weeks=11, days=-3)).isoformat(),
        "laboratory_start": days(0, 6),
        "laboratory_end": ends(3, 8),
        "laboratory_hours": "100",
        "laboratories": LABORATORIES,
        "clinical_start": days(3, 8),
        "clinical_end": ends(5, 11),
        "specialties": SPECIALTIES,
        "academic_lectures_start": days(1),
        "academic_lectures_end": ends(9),
    }


async def nominated(world: World) -> str:
    """Two of each, nominated."""
    return await world.nominate(BOTH, rank=1, **cells(first_monday(world.clock.last.date())))


async def about(world: World, exchange: str, kind: StepKind, subject: str) -> WorklistRow:
    """The open step of a kind about one block or place."""
    return next(step for step in await world.steps(exchange) if step.kind is kind and step.subject.endswith(subject))


async def several_blocks(world: World) -> str:
    """Two units do not take the student for the second specialty, a third one does; then completed."""
    exchange = await nominated(world)
    await world.until(exchange, StepKind.ACCEPT_STUDENT)
    for number in (401, 402):
        step = await about(world, exchange, StepKind.ACCEPT_STUDENT, f"clinical.{number}")
        await world.people.decide(step, "decline", note="On holiday.")
    await world.finish(exchange)
    return exchange


async def ended_between_blocks(world: World) -> str:
    """Force majeure in the week between the second block and the third."""
    exchange = await nominated(world)
    for _ in range(2):
        step = await world.until(exchange, StepKind.EVALUATE_STUDENT)
        await world.people.answer(step, world.travellers[exchange])
    start = world.travellers[exchange].plan.start
    await world.until_day(exchange, 5)
    world.travellers[exchange].last_day = start + timedelta(weeks=5)
    end = EndEarly(
        decision_id=f"{exchange}.ended",
        actor=world.host(exchange),
        last_day=start + timedelta(weeks=5),
        justified=True,
    )
    await world.gateway.end_early(exchange, end, note="Her father is ill.")
    await world.finish(exchange)
    return exchange
