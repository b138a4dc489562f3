"""The register of what the authority wrote: the clocks of a stay follow an entry at once, and numbers never travel."""

from collections.abc import Coroutine
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from examples.papers import paper_for
from models.authority import PaperKind
from models.errors import BadInput, NotAuthorised, NotOpen
from models.events import PaperRecorded
from models.identifiers import exchange_workflow_id
from models.messages.authority import RecordPaper
from models.messages.exchange import Acknowledged
from models.people.authorization import Actor
from models.views import WorklistRow
from models.vocabulary import Movement, Role, StepKind
from tests.workflows.test_legal_clocks import arrive, move
from tests.workflows.test_refusals import refused
from tests.workflows.world import LAB_ONLY, World

NUMBER = "E12345678"


def enter(
    world: World, exchange: str, key: str, paper: PaperKind, actor: Actor | None = None, **more: Any
) -> Coroutine[Any, Any, Acknowledged]:
    """The host's coordinator enters a paper."""
    entry = RecordPaper(decision_id=key, actor=actor or world.host(exchange), paper=paper, **more)
    return world.gateway.record_paper(exchange, entry, number=NUMBER, visa_type="X2")


async def renewed(world: World, exchange: str, asked: WorklistRow) -> None:
    """The student hands in another passport, as the step asks."""
    traveller = world.travellers[exchange]
    until = date(traveller.plan.end.year + 6, 3, 31)
    traveller.holder = replace(traveller.holder, number="N00000007")
    traveller.papers["passport"] = [paper_for("passport", "Passport", traveller.holder, until)]
    await world.people.answer(asked, traveller)


async def due(world: World, exchange: str, kind: StepKind) -> date:
    """The due day of an open step."""
    return (await world.step(exchange, kind)).due_at.date()


async def kinds(world: World, exchange: str) -> set[StepKind]:
    """What is open."""
    return {step.kind for step in await world.steps(exchange)}


async def test_the_clocks_follow_what_was_written(world: World) -> None:
    exchange, _ = await arrive(world, None)
    plan = world.travellers[exchange].plan
    assert StepKind.RECORD_STAY in await kinds(world, exchange)
    short = plan.start + timedelta(days=40)
    await enter(world, exchange, "stamp", PaperKind.ENTRY, valid_until=short, single_entry=True)
    assert StepKind.RECORD_STAY not in await kinds(world, exchange)
    assert await due(world, exchange, StepKind.WATCH_STAY) == short

    corrected = short + timedelta(days=5)
    fix: dict[str, Any] = {"valid_until": corrected, "single_entry": False, "corrects": "stamp"}
    await enter(world, exchange, "fixed", PaperKind.ENTRY, **fix)
    assert await due(world, exchange, StepKind.WATCH_STAY) == corrected
    await refused(BadInput, "paper.nothing_to_correct", enter(world, exchange, "again", PaperKind.ENTRY, **fix))
    await move(world, exchange, Movement.LEFT_COUNTRY)
    assert StepKind.CONFIRM_REENTRY not in await kinds(world, exchange), "good for several entries"
    await world.advance(timedelta(days=1))
    await move(world, exchange, Movement.REENTERED, single_entry=False)

    await world.people.decide(await world.step(exchange, StepKind.REGISTER_RESIDENCE), "registered")
    await world.people.decide(await world.step(exchange, StepKind.FILE_EXTENSION), "filed")
    assert StepKind.AWAIT_EXTENSION in await kinds(world, exchange)
    longer = corrected + timedelta(days=30)
    await enter(world, exchange, "extension", PaperKind.EXTENSION, valid_until=longer)
    assert StepKind.AWAIT_EXTENSION not in await kinds(world, exchange)
    assert await due(world, exchange, StepKind.WATCH_STAY) == longer
    await enter(world, exchange, "passport", PaperKind.PASSPORT, valid_until=plan.end + timedelta(days=3650))
    assert StepKind.REGISTER_RESIDENCE in await kinds(world, exchange), "a new passport is registered anew (D29)"


async def test_an_extension_asks_anew_for_what_does_not_reach_so_far(world: World) -> None:
    exchange, _ = await arrive(world, 60)
    plan = world.travellers[exchange].plan
    again = {StepKind.SUBMIT_DOCUMENTS, StepKind.SUBMIT_INSURANCE}
    await enter(world, exchange, "first", PaperKind.EXTENSION, valid_until=plan.start + timedelta(days=70))
    assert not again & await kinds(world, exchange), "everything handed in reaches so far"
    await enter(world, exchange, "passport", PaperKind.PASSPORT, valid_until=plan.end + timedelta(days=30))
    assert not again & await kinds(world, exchange), "a new passport extends no stay"
    await enter(world, exchange, "second", PaperKind.EXTENSION, valid_until=plan.end)
    asked = await world.step(exchange, StepKind.SUBMIT_DOCUMENTS)
    assert asked.subject == "passport", "it is good for less than six months after the stay (D18)"
    assert again & await kinds(world, exchange) == {StepKind.SUBMIT_DOCUMENTS}, "the insurance is in order"
    noted = [h.event for h in (await world.view(exchange)).timeline if isinstance(h.event, PaperRecorded)]
    assert [one.handed_in_anew for one in noted] == [(), (), ("passport",)]

    await renewed(world, exchange, asked)
    assert not again & await kinds(world, exchange)
    await enter(world, exchange, "third", PaperKind.EXTENSION, valid_until=plan.end + timedelta(days=10))
    assert not again & await kinds(world, exchange), "the passport handed in anew counts"


async def test_what_is_entered_stays_in_the_records(world: World) -> None:
    exchange, _ = await arrive(world, 60)
    until = world.travellers[exchange].plan.start + timedelta(days=60)
    await enter(world, exchange, "visa", PaperKind.VISA, valid_until=until)
    await enter(world, exchange, "visa", PaperKind.VISA, valid_until=until)
    await enter(world, exchange, "better", PaperKind.VISA, valid_until=until, corrects="visa")
    first, second = await world.reading.papers(exchange, world.host(exchange))
    assert (first.number, first.visa_type, first.corrected_by, second.corrects) == (NUMBER, "X2", "better", "visa")
    stranger = world.people.officer("sample", Role.COORDINATOR)
    assert await world.reading.papers(exchange, stranger) == ()
    handle = world.environment.client.get_workflow_handle(exchange_workflow_id(exchange))
    assert NUMBER not in (await handle.fetch_history()).to_json()


async def test_who_may_enter_what(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    until = world.travellers[exchange].plan.end
    await refused(NotOpen, "paper.not_now", enter(world, exchange, "e", PaperKind.VISA, valid_until=until))
    await world.until(exchange, StepKind.CHECK_IN)
    student = world.people.actor((await world.view(exchange)).steps[0].owner)
    partner = world.sending(exchange, Role.PARTNER_OFFICE)
    for actor in (partner, student.model_copy(update={"role": Role.STUDENT})):
        attempt = enter(world, exchange, "e", PaperKind.VISA, actor, valid_until=until)
        await refused(NotAuthorised, "not_allowed.record_paper", attempt)
    await refused(BadInput, "field.missing", enter(world, exchange, "e", PaperKind.VISA))
    days: dict[str, Any] = {"valid_from": until, "valid_until": until - timedelta(days=1)}
    await refused(BadInput, "paper.ends_before", enter(world, exchange, "e", PaperKind.VISA, **days))
    await enter(world, exchange, "e", PaperKind.VISA, world.sending(exchange), valid_until=until)
