"""What the page says of stays, played by people: who comes, for how long, what they do, who pays, where they live."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from demo.cohort import CQMU, DARTMOUTH, SAMPLE, first_monday, row
from docs.page import lines
from models.catalogue.programme import Programme
from models.errors import BadInput, Conflict
from models.messages.cohorts import SetQuota
from models.messages.suspensions import Coverage
from models.notifications.notices import NoticeKind
from models.people.letters import LetterKind
from models.rules.nomination import Nomination, parse_row
from models.rules.stay import Fault
from models.tables import BedRow
from models.views import MessageFilter
from models.vocabulary import Content, Outcome, Role, Scope, StepKind
from records.store.engine import transaction
from tests.portal.world import Portal
from tests.programme.conftest import Say
from tests.workflows.test_cohort import approved
from tests.workflows.test_suspension import resume, suspend
from tests.workflows.world import BOTH, LAB_ONLY, World

MONDAY = first_monday(date(2026, 11, 2))
OBJECTIVES = [number for number in lines() if number.startswith("objective.")]
CONTENTS = dict(zip(("F.i", "F.ii", "F.iii", "F.iv", "F.v"), Content, strict=True))


def read(programme: Programme, **cells: str) -> Nomination | tuple[Fault, ...]:
    """What becomes of a good row with other cells."""
    return parse_row(row(LAB_ONLY, MONDAY, 1) | cells, programme)


def lasting(programme: Programme, last_day: date) -> Nomination | tuple[Fault, ...]:
    """What becomes of a stay in the laboratory that ends on this day."""
    return read(programme, end=last_day.isoformat(), laboratory_end=last_day.isoformat())


@pytest.mark.plays("title", "F.i", "F.ii", "F.iii", "F.iv", "F.v", "E.1")
async def test_a_stay_with_all_contents(world: World, came_out: Say) -> None:
    """A student of Dartmouth goes through a stay at CQMU with all five contents, from nomination to certificate."""
    exchange = await world.nominate(BOTH)
    await world.until(exchange, StepKind.CHECK_IN)
    held = (await world.view(exchange)).bed
    plan = world.travellers[exchange].plan
    assert held is not None
    assert (held.first_night, held.last_night) == (plan.start, plan.end - timedelta(days=1))
    result = await world.finish(exchange)
    view = await world.view(exchange)
    assert result.outcome is Outcome.COMPLETED
    assert len(view.certificates) == 1
    assert [one.letter for one in view.letters] == [LetterKind.TRANSCRIPT]
    came_out(f"closed as {result.outcome}, with a certificate and a transcript", "title")
    came_out(f"a bed of CQMU for all {(plan.end - plan.start).days} nights, first to last", "E.1")
    for line, content in CONTENTS.items():
        reports = [one for one in view.attendance if one.content is content]
        attended, planned = sum(one.hours_attended for one in reports), sum(one.hours_planned for one in reports)
        assert attended > 0
        came_out(f"{attended:g} of {planned:g} hours on record", line)


@pytest.mark.plays("purpose.1")
async def test_an_outbreak(world: World, came_out: Say) -> None:
    """An outbreak: the programme office suspends the whole programme for 14 days while a stay is prepared."""
    exchange = await world.nominate(LAB_ONLY)
    step = await world.until(exchange, StepKind.SUBMIT_DOCUMENTS)
    progress = await suspend(world, Coverage(scope=Scope.PROGRAMME))
    await world.advance(timedelta(days=14))
    await resume(world)
    moved = (await world.step(exchange, StepKind.SUBMIT_DOCUMENTS)).due_at - step.due_at
    assert moved == timedelta(days=14)
    assert (await world.finish(exchange)).outcome is Outcome.COMPLETED
    came_out(f"{progress.suspended} exchange stood still, its due time moved by {moved.days} days; completed after it")


@pytest.mark.plays("purpose.2")
def test_graduate_students_only(programme: Programme, came_out: Say) -> None:
    """Students of every level are nominated, and one who is no graduate student."""
    assert isinstance(read(programme, level="master", discipline="master-biology"), Nomination)
    assert isinstance(read(programme, level="phd"), Nomination)
    faults = read(programme, level="bachelor")
    assert not isinstance(faults, Nomination)
    assert "level" in {one.field for one in faults}
    came_out("Master and PhD students are taken; a Bachelor student is refused")


@pytest.mark.plays("A")
def test_the_institutes(programme: Programme, came_out: Say) -> None:
    """Students are nominated between CQMU and its partners in both directions, and between two that are no partners."""
    taken = [
        f"{student.sending} to {student.host}"
        for student in (DARTMOUTH[0], SAMPLE[0], CQMU[0])
        if isinstance(parse_row(row(student, MONDAY, 1), programme), Nomination)
    ]
    assert len(taken) == 3
    stranger = parse_row(row(DARTMOUTH[0], MONDAY, 1) | {"sending": "nowhere"}, programme)
    apart = parse_row(row(DARTMOUTH[0], MONDAY, 1) | {"sending": "sample", "host": "dartmouth"}, programme)
    for refused in (stranger, apart):
        assert not isinstance(refused, Nomination)
        assert {"sending", "host"} & {one.field for one in refused}
    came_out(f"taken: {', '.join(taken)}; refused: an unknown university, and two without an agreement")


@pytest.mark.plays("B")
def test_how_long_a_stay_is(programme: Programme, came_out: Say) -> None:
    """Stays of four weeks and of six months are nominated, and of a day less and a day more."""
    shortest, longest = MONDAY + timedelta(days=27), six_months(MONDAY)
    assert isinstance(lasting(programme, shortest), Nomination)
    assert isinstance(lasting(programme, longest), Nomination)
    for last_day in (shortest - timedelta(days=1), longest + timedelta(days=1)):
        faults = lasting(programme, last_day)
        assert not isinstance(faults, Nomination)
        assert "D1" in {one.rule for one in faults}
    came_out("28 days and six months are taken, 27 days and six months and a day refused (D1)")


def six_months(first_day: date) -> date:
    """The last day of six months."""
    month = first_day.month + 6
    same_day = first_day.replace(year=first_day.year + (month - 1) // 12, month=(month - 1) % 12 + 1)
    return same_day - timedelta(days=1)


@pytest.mark.plays("C")
async def test_how_many_students(world: World, came_out: Say) -> None:
    """Eleven students of Dartmouth are approved for one year, where there are ten seats."""
    exchanges = await approved(world, 11, cap=10)
    status = await world.gateway.cohort_status((await world.view(exchanges[0])).cohort_id)
    assert (len(status.seats), len(status.waitlist)) == (10, 1)
    came_out("ten have seats, one is first on the waitlist (D4)")


@pytest.mark.plays("C")
async def test_fewer_than_five(world: World, came_out: Say) -> None:
    """One student is nominated until the intake closes."""
    exchange = await world.nominate(LAB_ONLY)
    cohort = await world.reading.cohort((await world.view(exchange)).cohort_id)
    assert cohort is not None
    await world.advance(cohort.closes_at - world.clock.last + timedelta(minutes=1))
    closed = await world.reading.cohort(cohort.cohort_id)
    assert closed is not None
    assert closed.closed_below_minimum
    told = await world.reading.messages(MessageFilter(kind=NoticeKind.COHORT_BELOW_MINIMUM, limit=1000))
    assert told
    came_out(f"told that it closed with fewer than five: {', '.join(sorted({one.recipient_id for one in told}))}")


@pytest.mark.plays("C.notes")
async def test_the_number_of_a_year(world: World, came_out: Say) -> None:
    """The programme office sets the number of the year to 6, then to 7, then to fewer than have seats."""
    exchanges = await approved(world, 6, cap=6)
    cohort = (await world.view(exchanges[0])).cohort_id
    office = world.people.officer("cqmu", Role.PROGRAMME_OFFICE)
    await world.gateway.set_quota(cohort, SetQuota(decision_id="more", actor=office, cap=7))
    assert (await world.gateway.cohort_status(cohort)).cap == 7
    with pytest.raises(Conflict, match=r"cap.below_taken"):
        await world.gateway.set_quota(cohort, SetQuota(decision_id="fewer", actor=office, cap=5))
    came_out("6 and 7 are taken, 5 is refused while six students have seats")


@pytest.mark.plays("D.1")
def test_no_fee(programme: Programme, came_out: Say) -> None:
    """A student is nominated with a programme fee of 500."""
    assert isinstance(read(programme, programme_fee="0"), Nomination)
    faults = read(programme, programme_fee="500")
    assert not isinstance(faults, Nomination)
    assert [(one.field, one.rule) for one in faults] == [("programme_fee", "D6")]
    came_out("refused: the programme fee is waived (D6)")


@pytest.mark.plays("D.2", "D.3")
async def test_who_pays(world: World, came_out: Say) -> None:
    """A student accepts the offer without, and then with, having acknowledged who pays what."""
    terms = world.programme.policy.step(StepKind.ACCEPT_OFFER).answers["accept"].all_terms
    assert "fees" in terms
    exchange = await world.nominate(LAB_ONLY)
    step = await world.until(exchange, StepKind.ACCEPT_OFFER)
    with pytest.raises(BadInput, match=r"answer.terms_missing"):
        await world.people.decide(step, "accept", acknowledged=[one for one in terms if one != "fees"])
    await world.people.answer(step, world.travellers[exchange])
    await world.until(exchange, StepKind.SUBMIT_INSURANCE)
    came_out("not taken without; taken with it, and on record", "D.2")
    came_out("not taken without; then insurance for every day of the stay is asked for (D25)", "D.3")


@pytest.mark.plays("D.1", "D.2", "D.3")
async def test_the_page_says_who_pays(portal: Portal, came_out: Say) -> None:
    """Anybody opens the page of what is offered."""
    page = (await portal.browser().get("/options")).text
    text = re.sub(r"<[^>]+>", "\n", page)
    for line, words in (("D.1", "fee waived"), ("D.2", "tuition"), ("D.3", "international transportation")):
        (said,) = [one for one in text.splitlines() if words in one]
        came_out(f"it says: {said.strip()}", line)


@pytest.mark.plays(*OBJECTIVES)
async def test_objectives_are_rated(world: World, came_out: Say) -> None:
    """A student at CQMU with all contents, and one at Dartmouth, come to the evaluation of the programme."""
    at_cqmu, at_dartmouth = await world.nominate(BOTH), await world.nominate(CQMU[0])
    asked = {}
    for exchange in (at_cqmu, at_dartmouth):
        step = await world.until(exchange, StepKind.EVALUATE_PROGRAMME)
        asked[exchange] = step.subject.split(",")
        await world.people.answer(step, world.travellers[exchange])
    keys = {text: key for key, text in world.programme.policy.objectives.items()}
    (rated,) = [one.ratings for one in (await world.view(at_cqmu)).evaluations if one.placement_id is None]
    assert set(rated) == set(asked[at_cqmu])
    for line in OBJECTIVES:
        key = keys[lines()[line].rstrip(".;")]
        elsewhere = "asked" if key in asked[at_dartmouth] else "not asked"
        came_out(f"`{key}`: at CQMU asked and rated {rated[key]} of 5; at Dartmouth {elsewhere}", line)
    assert "society_and_culture" not in asked[at_dartmouth]


@pytest.mark.plays("E.2")
async def test_housing_at_dartmouth(world: World, came_out: Say) -> None:
    """A student of CQMU is housed in a bed of Dartmouth, and another one when none is free."""
    first, second = await world.nominate(CQMU[0]), await world.nominate(CQMU[1], rank=2)
    await world.until(first, StepKind.CONFIRM_BED)
    held = (await world.view(first)).bed
    assert held is not None
    async with transaction(world.filing.sessions) as session:
        await session.execute(update(BedRow).values(active=False))
    step = await world.until(second, StepKind.FIND_BED)
    assert (await world.view(second)).bed is None
    await world.people.decide(step, "found")
    await world.until(second, StepKind.CHECK_IN)
    assert {one.kind for one in await world.steps(second)} & {StepKind.FIND_BED, StepKind.CONFIRM_BED} == set()
    came_out("the first has a free bed; for the second the housing officer finds supported housing outside")
