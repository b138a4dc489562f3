"""What ended by mistake goes on under its id (D10), and what is corrected until it is verified (D11)."""

import asyncio

import pytest

from models.errors import BadInput, Differs, NotAuthorised, NotOpen
from models.people.authorization import Actor
from models.rules.again import Answers
from models.vocabulary import MobilityStatus, NominationStatus, Outcome, Role, Stage, StepKind
from portal.api.lists import etag
from tests.workflows.endings import taken_back
from tests.workflows.situations import came_back
from tests.workflows.test_refusals import refused
from tests.workflows.world import LAB_ONLY, World

OFFICE = Actor(id="cqmu.programme_office", role=Role.PROGRAMME_OFFICE, institution="cqmu")


async def test_a_rejected_nomination_is_reopened_by_the_host_and_known_already(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.step(exchange, StepKind.VERIFY_NOMINATION)
    await world.people.decide(step, "rejected", note="Not this one.")
    closed = await world.view(exchange)
    assert closed.outcome is Outcome.REJECTED
    host, sending = world.host(exchange), world.sending(exchange)
    with pytest.raises(NotAuthorised, match=r"not_allowed.reopen"):
        await world.gateway.reopen(exchange, sending, note="Please.")
    with pytest.raises(BadInput, match=r"field.missing field=note"):
        await world.gateway.reopen(exchange, host)
    replies = await asyncio.gather(
        *(world.gateway.reopen(exchange, host, decision_id="back", note="The wrong row.") for _ in range(2))
    )
    assert sorted(one.repeated for one in replies) in ([False, False], [False, True])
    view = await world.view(exchange)
    assert (view.stage, view.outcome, view.closed_at) == (Stage.NOMINATION, None, None)
    assert (view.mobility, view.nomination) == (MobilityStatus.NOMINATION, NominationStatus.PENDING)
    assert etag(view) != etag(closed)
    assert [one.note for one in view.timeline if one.kind == "exchange_reopened"] == ["The wrong row."]
    assert [s.step_id for s in await world.steps(exchange)] == [f"{exchange}.verify_nomination.2"]
    told = await world.messages(exchange, "reopened")
    assert len(told) == len(await world.messages(exchange, "outcome")) == 3
    again = await world.gateway.nominate(world.nominations[exchange], sending)
    assert (again.exchange_id, again.already_known, again.stage) == (exchange, True, Stage.NOMINATION)
    assert (await world.gateway.reopen(exchange, host, decision_id="back", note="The wrong row.")).repeated
    with pytest.raises(NotOpen, match=r"exchange.not_ended"):
        await world.gateway.reopen(exchange, host, decision_id="another", note="Once more.")


async def test_one_that_was_withdrawn_with_seat_and_places_goes_on_to_the_certificate(world: World) -> None:
    exchange = await taken_back(world)
    assert await world.filing.person_of(exchange)
    result = await world.finish(exchange)
    assert (result.outcome, result.certificate is not None) == (Outcome.COMPLETED, True)
    view = await world.view(exchange)
    assert [one.status for one in view.placements] == ["released", "assigned"]
    assert len({step.step_id for step in view.steps}) == len(view.steps)
    (cohort,) = await world.reading.cohorts(OFFICE)
    assert [seat.exchange_id for seat in cohort.seats if seat.exchange_id] == [exchange]
    with pytest.raises(NotOpen, match=r"exchange.not_reopened"):
        await world.gateway.reopen(exchange, OFFICE, note="No.")


async def test_a_stay_that_changed_asks_for_its_documents_again(world: World) -> None:
    exchange = await taken_back(world)
    sending, before = world.sending(exchange), world.nominations[exchange]
    shorter = before.model_copy(
        update={"end": before.end - (before.end - before.start) / 6, "laboratory_end": None, "laboratory_start": None}
    )
    shorter = shorter.model_copy(update={"laboratory_start": shorter.start, "laboratory_end": shorter.end})
    reply = await world.gateway.nominate(shorter, sending, answers=Answers(known="correct"))
    assert (reply.exchange_id, reply.already_known, reply.stage) == (exchange, True, Stage.NOMINATION)
    view = await world.view(exchange)
    assert view.plan.end == shorter.end
    assert {one.status for one in view.documents if one.kind == "passport"} == {"rejected"}
    verify = await world.step(exchange, StepKind.VERIFY_NOMINATION)
    await world.people.decide(verify, "verified")
    assert "passport" in (await world.step(exchange, StepKind.SUBMIT_DOCUMENTS)).subject


async def test_other_cells_are_told_and_corrected_until_verified(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    sending, known = world.sending(exchange), world.nominations[exchange]
    other = known.model_copy(update={"given_name": "Grace Ann", "rank": 7})
    with pytest.raises(Differs, match=r"nomination.differs ") as told:
        await world.gateway.nominate(other, sending)
    assert [one.column for one in told.value.differences] == [
        "given_name",
        "rank",
    ]
    before = await world.view(exchange)
    assert known.given_name in before.student.name
    await world.gateway.nominate(other, sending, answers=Answers(known="correct"))
    view = await world.view(exchange)
    assert ("Grace Ann" in view.student.name, view.plan.rank) == (True, 7)
    assert etag(view) != etag(before)
    assert [one.kind for one in view.timeline].count("nomination_corrected") == 1
    assert (await world.gateway.nominate(other, sending)).already_known
    await world.people.decide(await world.step(exchange, StepKind.VERIFY_NOMINATION), "verified")
    for answers in (Answers(), Answers(known="correct")):
        with pytest.raises(Differs, match=r"nomination.differs_verified .*host=cqmu"):
            await world.gateway.nominate(known, sending, answers=answers)
    with pytest.raises(NotOpen, match=r"step.not_awaited"):
        await world.gateway.correct_nomination(exchange, known, sending)
    assert view.student.name == (await world.view(exchange)).student.name


async def test_what_later_steps_ask_for_is_not_returned_with_the_application(world: World) -> None:
    exchange = await came_back(world, StepKind.SENDING_APPROVAL)
    step = await world.step(exchange, StepKind.SENDING_APPROVAL)
    assert "insurance" in {d.kind for d in (await world.view(exchange)).documents if d.status == "accepted"}
    message = r"answer.documents_to_replace .*kinds=(?!.*insurance).*passport"
    await refused(BadInput, message, world.people.decide(step, "return", documents=("insurance",), note="Anew."))
    await refused(
        BadInput, message, world.people.decide(step, "return", documents=("insurance", "photo"), note="Anew.")
    )
