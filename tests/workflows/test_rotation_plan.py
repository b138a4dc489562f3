"""A stay of two laboratories and two specialties, from nomination to certificate (D8, D36, D38, D41, D42)."""

import shutil
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from temporalio.testing import WorkflowEnvironment

from certificates.letter_words import LetterWords
from demo.cohort import STUDENTS, first_monday
from demo.expectations import blocks_unmet
from models.catalogue import loading
from models.errors import BadInput, NotOpen
from models.messages.exchange import ReportAttendance
from models.people.letters import LetterKind
from models.rules.letters import lacks
from models.rules.stay import add_months
from models.vocabulary import Content, Outcome, StepKind, StepStatus
from records.letter_facts import letter_facts
from tests.databases import Database
from tests.workflows.several_blocks import about, ended_between_blocks, nominated, several_blocks
from tests.workflows.test_refusals import refused
from tests.workflows.test_resuming import Resuming
from tests.workflows.world import LAB_ONLY, World, open_world
from texts.names import Names

K = StepKind


async def report(world: World, exchange: str, block: str, first: date) -> None:
    """The host reports a week's hours in the place of a block."""
    placement = f"{exchange}.{block}"
    hours = ReportAttendance(
        report_id=f"{placement}.{first}",
        actor=world.host(exchange),
        content=Content(block.split(".")[0]),
        placement_id=placement,
        first_day=first,
        last_day=first + timedelta(days=6),
        hours_planned=20,
        hours_attended=20,
    )
    await world.gateway.report_attendance(exchange, hours)


async def test_two_of_each_are_worked_evaluated_and_certified(world: World) -> None:
    exchange = await several_blocks(world)
    assert (await world.result(exchange)).outcome is Outcome.COMPLETED
    view = await world.view(exchange)
    held = [p for p in view.placements if p.status == "assigned"]
    assert [(p.placement_id.removeprefix(f"{exchange}."), p.start, p.end) for p in held] == [
        (f"{block.key}{'03' if block.number == 4 else '01'}", block.start, block.end) for block in view.plan.rotations
    ]
    assert [p.unit_id for p in held][:3] == ["cqmu-111-infection", "cqmu-oncology", "cqmu-lipid"]
    assert {p.unit_id for p in view.placements if p.status == "released"} == {"cqmu-neurology", "cqmu-geriatrics"}
    evaluated = {one.placement_id for one in view.evaluations if one.placement_id}
    assert evaluated == {place.placement_id for place in held}
    assert {one.placement_id for one in view.attendance if one.placement_id} == evaluated
    assert len(view.certificates) == 1
    lectures = view.plan.block(Content.ACADEMIC_LECTURES)
    assert lectures is not None
    assert (lectures.start, lectures.end) != (view.plan.start, view.plan.end)
    await says_each_block(world, exchange)


async def says_each_block(world: World, exchange: str) -> None:
    """Letters name each block: its days where it is planned, unit and hours where it was worked."""
    async with world.filing.sessions() as session:
        facts = await letter_facts(session, exchange, world.programme)
    plan = (await world.view(exchange)).plan
    assert [(one.content, one.first, one.last) for one in facts.blocks] == [
        (block.content, block.start, block.end) for block in plan.rotations
    ]
    assert facts.blocks[0].planned == 100
    assert all(one.passed and one.attended > 0 and one.supervisor for one in facts.blocks)
    [(_, contents)] = LetterWords(facts, Names(world.programme, "en")).lines("contents")
    assert contents.count("Laboratory training (") == contents.count("Clinical observation (") == 2
    assert contents.count("Academic lectures") == 1
    assert "letter.lacks_place" not in {lack.message for lack in lacks(LetterKind.ACCEPTANCE, facts)}
    three = facts.model_copy(update={"blocks": facts.blocks[:3]})
    lacking = [lack.params for lack in lacks(LetterKind.ACCEPTANCE, three) if lack.message == "letter.lacks_place"]
    assert lacking == [{"content": "clinical"}]


async def test_the_demo_has_such_a_student_by_shares(world: World) -> None:
    exchange = await world.nominate(STUDENTS["S03"], rank=3)
    assert (await world.finish(exchange)).certificate is not None
    assert list(blocks_unmet(await world.view(exchange))) == []


async def test_every_clinical_block_waits_for_a_clearance_through_the_last(world: World) -> None:
    exchange = await nominated(world)
    await world.until(exchange, K.EVALUATE_STUDENT, leave=(K.CLEAR_FOR_CLINIC,))
    plan = world.travellers[exchange].plan
    first, second = plan.blocks(Content.CLINICAL)
    clear = await world.step(exchange, K.CLEAR_FOR_CLINIC)
    short = world.people.decide(clear, "cleared", valid_through=second.end - timedelta(days=1))
    await refused(BadInput, "answer.clearance_too_short", short)
    await world.until_day(exchange, 4)
    await refused(NotOpen, "clinic.not_cleared", report(world, exchange, "clinical.201", first.start))
    await world.people.decide(clear, "cleared", valid_through=second.end)
    cleared = world.clock.last.date()
    world.travellers[exchange].cleared_on = cleared
    await refused(BadInput, "clinic.before_clearance", report(world, exchange, "clinical.201", first.start))
    # The block that begins later is open from its own first day, whenever the clearance came.
    await world.until_day(exchange, 10)
    await refused(
        BadInput, "days.outside_block", report(world, exchange, "clinical.401", second.start - timedelta(days=1))
    )
    await report(world, exchange, "clinical.401", second.start)


async def test_no_place_for_one_block_is_that_blocks_step(world: World) -> None:
    exchange = await nominated(world)
    await world.until(exchange, K.ACCEPT_STUDENT)
    units = {"cqmu-lipid"}
    number = 301
    while True:
        step = await about(world, exchange, K.ACCEPT_STUDENT, f"laboratory.{number}")
        units.add(step.owner.unit or "")
        await world.people.decide(step, "decline", note="Full.")
        number += 1
        found = [s for s in await world.steps(exchange) if s.kind is K.FIND_PLACE]
        if found:
            break
    assert [step.subject for step in found] == ["laboratory.3"]
    await world.people.decide(found[0], "found", unit_id="cqmu-reproduction")
    step = await about(world, exchange, K.ACCEPT_STUDENT, f"laboratory.{number}")
    assert step.owner.unit == "cqmu-reproduction"
    result = await world.finish(exchange)
    assert result.outcome is Outcome.COMPLETED


async def test_a_block_that_was_missed_is_named_and_others_do_not_make_up_for_it(world: World) -> None:
    exchange = await nominated(world)
    traveller = world.travellers[exchange]
    while True:
        step = await world.until(exchange, K.EVALUATE_STUDENT)
        missed = step.subject.endswith("clinical.201")
        traveller.attends = 0.5 if missed else 1.0
        await world.people.answer(step, traveller)
        traveller.attends = 1.0
        if missed:
            break
    settle = await world.until(exchange, K.SETTLE_CERTIFICATE)
    assert settle.subject == "D42.attendance.clinical.2"


async def test_a_block_that_was_not_passed_keeps_the_certificate_back(world: World) -> None:
    exchange = await nominated(world)
    step = await world.until(exchange, K.EVALUATE_STUDENT)
    traveller = world.travellers[exchange]
    await world.people.report_rotation(step, traveller)
    await world.people.evaluate(step, passed=False)
    settle = await world.until(exchange, K.SETTLE_CERTIFICATE)
    assert settle.subject == f"D42.result.{exchange}.laboratory.101"


async def test_an_end_between_blocks_certifies_what_was_worked(world: World) -> None:
    exchange = await ended_between_blocks(world)
    result = await world.result(exchange)
    assert result.outcome is Outcome.ENDED_EARLY_JUSTIFIED
    assert result.certificate is not None
    view = await world.view(exchange)
    assert {one.placement_id for one in view.evaluations if one.placement_id} == {
        f"{exchange}.laboratory.101",
        f"{exchange}.clinical.201",
    }
    given_back = {p.placement_id for p in view.placements if p.released_from == p.start}
    assert given_back == {f"{exchange}.laboratory.301", f"{exchange}.clinical.401"}
    assert all(step.status is not StepStatus.OPEN for step in view.steps)


@pytest.fixture
async def months(
    temporal: WorkflowEnvironment, sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    """A programme of up to nine months; workflows read their records again at every step."""
    copy = Path(shutil.copytree(Path(str(loading.packaged_catalogue())), tmp_path / "catalogue"))
    rules = (copy / "rules.toml").read_text(encoding="utf-8")
    assert "max_months = 6" in rules
    (copy / "rules.toml").write_text(rules.replace("max_months = 6", "max_months = 9"), encoding="utf-8")
    monkeypatch.setattr(loading, "packaged_catalogue", lambda: copy)
    loading._packaged.cache_clear()
    async with open_world(temporal, sqlite_database.url, tmp_path, Resuming) as opened:
        yield opened
    loading._packaged.cache_clear()


async def long_rotation(world: World, days: int) -> str:
    """A laboratory block of so many days, once the student evaluates the programme."""
    start = first_monday(world.clock.last.date())
    end = start + timedelta(days=days - 1)
    dates = {"start": start, "laboratory_start": start, "end": end, "laboratory_end": end}
    cells = {name: day.isoformat() for name, day in dates.items()}
    exchange = await world.nominate(LAB_ONLY, rank=1, **cells)
    await world.until(exchange, K.ORIENTATION)
    return exchange


async def test_a_rotation_of_more_than_six_months_is_evaluated_at_its_middle_too(months: World) -> None:
    start = first_monday(months.clock.last.date())
    longest = (add_months(start, 6) - start).days
    exchange = await long_rotation(months, longest + 1)
    step = await months.until(exchange, K.EVALUATE_MIDPOINT)
    plan = months.travellers[exchange].plan
    zone = ZoneInfo(months.programme.zone_of("cqmu"))
    assert step.opened_at.astimezone(zone).date() == plan.start + (plan.end - plan.start) // 2
    assert step.due_at.astimezone(zone).date() == step.opened_at.astimezone(zone).date() + timedelta(days=10)
    await refused(BadInput, "passed.not_yet", months.people.evaluate(step, passed=True))
    await months.people.evaluate(step, midpoint=True)
    [middle] = [one for one in (await months.view(exchange)).evaluations if one.placement_id]
    assert (middle.placement_id, middle.passed) == (f"{exchange}.laboratory.1", None)
    end = await months.until(exchange, K.EVALUATE_STUDENT)
    await refused(BadInput, "passed.needed", months.people.evaluate(end, midpoint=True))
    assert (await months.finish(exchange)).certificate is not None


async def test_one_of_six_months_is_evaluated_at_its_end_alone(months: World) -> None:
    start = first_monday(months.clock.last.date())
    exchange = await long_rotation(months, (add_months(start, 6) - start).days)
    assert (await months.finish(exchange)).certificate is not None
    assert K.EVALUATE_MIDPOINT not in {step.kind for step in (await months.view(exchange)).steps}


async def test_a_midpoint_that_nobody_evaluated_is_over_with_the_rotation(months: World) -> None:
    exchange = await long_rotation(months, 210)
    assert (await months.finish(exchange, leave=(K.EVALUATE_MIDPOINT,))).certificate is not None
    [middle] = [step for step in (await months.view(exchange)).steps if step.kind is K.EVALUATE_MIDPOINT]
    assert middle.status is StepStatus.CANCELLED
