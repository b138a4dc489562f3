"""The wrong person, the wrong moment, the wrong id: refused in words, nothing changed, and the exchange stays well."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import pytest_asyncio
from temporalio.client import WorkflowUpdateFailedError

from dev.stack import DevStack
from examples.papers import corrupt_pdf, passport_scan
from gateway.operations import Gateway
from models.errors import BadInput, KeyReused, NotAuthorised, NotOpen, Refused, Unknown
from models.identifiers import exchange_workflow_id
from models.messages.cohorts import SetQuota
from models.messages.exchange import Decide, Evaluate, ExtendDeadline, ReassignStep, ReportArrival, ReportAttendance
from models.people.authorization import Actor
from models.views import WorklistRow
from models.vocabulary import Content, Role, StepKind
from tests.journey.journey import COHORT, Journey, open_journey, past_nomination
from texts.refusals import refusal

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]

GONE = "EX-2027-DAR-999"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def journey(service: DevStack) -> AsyncIterator[Journey]:
    """Four students who have handed in nothing yet; each test takes one."""
    async with open_journey(service) as opened:
        await opened.nominate(COHORT[:4])
        yield opened


@pytest.fixture
def gateway(journey: Journey) -> Gateway:
    return journey.services.gateway


async def verified(journey: Journey, number: int) -> tuple[str, WorklistRow]:
    """An exchange that waits for its student's documents, and that step."""
    exchange = sorted(journey.travellers)[number]
    [step] = await journey.steps(exchange)
    if step.kind is StepKind.VERIFY_NOMINATION:
        await journey.people.decide(step, "verified")
        [step] = await journey.steps(exchange)
    return exchange, step


def decision(step: str, outcome: str, actor: Actor, decision_id: str = "nonsense") -> Decide:
    return Decide(decision_id=decision_id, step_id=step, outcome=outcome, actor=actor)


Act = Callable[[], Awaitable[object]]


async def refused(act: Act, error: type[Refused], about: str | None = None) -> None:
    """The act must be refused with this error, and its text must say what it is about."""
    with pytest.raises(error) as caught:
        await act()
    told = f"{caught.value.field}: {refusal(caught.value, 'en')}"
    assert about is None or about in told


async def test_only_who_owes_a_step_may_touch_it(journey: Journey, gateway: Gateway) -> None:
    exchange = sorted(journey.travellers)[0]
    [step] = await journey.steps(exchange)
    before = await journey.row(exchange)
    people = journey.people
    student = Actor(id=before.student.id, role=Role.STUDENT)
    strangers = [
        people.officer("sample", Role.COORDINATOR),
        people.officer("dartmouth", Role.COORDINATOR),
        people.officer("cqmu", Role.PARTNER_OFFICE),
        people.officer("cqmu", Role.HOUSING_OFFICER),
        people.officer("cqmu", Role.OCCUPATIONAL_HEALTH),
        student,
        Actor(id="cqmu.coordinator", role=Role.STUDENT, institution="cqmu"),
    ]
    for stranger in strangers:
        for outcome in ("verified", "rejected"):
            await refused(partial(gateway.decide, decision(step.step_id, outcome, stranger)), NotAuthorised)
    foreign = strangers[0]
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    later = ExtendDeadline(decision_id="later", step_id=step.step_id, actor=foreign, due_at=tomorrow)
    given = ReassignStep(decision_id="given", step_id=step.step_id, actor=foreign, role=Role.HEAD_OF_OFFICE)
    quota = SetQuota(decision_id="more", actor=foreign, cap=10)
    nomination = past_nomination(COHORT[5], 6, journey.programme)
    for act in (
        partial(gateway.extend_deadline, later),
        partial(gateway.reassign_step, given),
        partial(gateway.withdraw, exchange, foreign),
        partial(gateway.set_quota, before.cohort_id, quota),
        partial(gateway.nominate, nomination, foreign),
        partial(gateway.nominate, nomination, student),
        partial(gateway.reissue_certificate, exchange, foreign),
    ):
        await refused(act, NotAuthorised)
    assert await journey.row(exchange) == before


async def test_nobody_acts_for_a_student_but_the_sending_coordinator_hands_in(
    journey: Journey, gateway: Gateway
) -> None:
    exchange, step = await verified(journey, 1)
    other = Actor(id=(await journey.row(sorted(journey.travellers)[0])).student.id, role=Role.STUDENT)
    people = journey.people
    strangers = [
        other,
        people.officer("cqmu", Role.COORDINATOR),
        people.officer("cqmu", Role.PROGRAMME_OFFICE),
        people.officer("sample", Role.COORDINATOR),
        people.officer("dartmouth", Role.PARTNER_OFFICE),
    ]
    events = (await journey.row(exchange)).revision
    for stranger in strangers:
        hand_in = partial(gateway.add_document, exchange, "passport", "p.pdf", passport_scan(), stranger)
        await refused(hand_in, NotAuthorised)
        await refused(partial(gateway.decide, decision(step.step_id, "complete", stranger)), NotAuthorised)
    assert (await journey.row(exchange)).revision == events
    await refused(partial(gateway.withdraw, exchange, other), NotAuthorised)
    coordinator = people.officer("dartmouth", Role.COORDINATOR)
    answer = await gateway.add_document(exchange, "passport", "scan.pdf", corrupt_pdf(), coordinator)
    assert not answer.accepted
    assert "passport" in answer.missing


async def test_nonsense_is_refused_in_words_and_harms_nothing(journey: Journey, gateway: Gateway) -> None:
    exchange, step = await verified(journey, 2)
    student = journey.people.actor(step.owner)
    host = journey.people.officer("cqmu", Role.COORDINATOR)
    before = await journey.row(exchange)
    day = before.plan.start
    arrival = ReportArrival(report_id="early", actor=host, arrived_at=datetime.now(UTC))
    hours = ReportAttendance(
        report_id="hours",
        actor=host,
        content=Content.LABORATORY,
        placement_id=f"{GONE}.laboratory.1",
        first_day=day,
        last_day=day,
        hours_planned=8,
        hours_attended=8,
    )
    rating = Evaluate(decision_id="rating", step_id=step.step_id, actor=student, ratings={"skills": 9})
    decide, add = gateway.decide, gateway.add_document
    nowhere = hours.model_copy(update={"placement_id": None})
    acts: list[tuple[Act, type[Refused], str]] = [
        (partial(decide, decision(step.step_id, "complete", student)), BadInput, "hand in the documents"),
        (partial(decide, decision(step.step_id, "expired", student)), BadInput, "not an answer"),
        (partial(decide, decision(step.step_id, "'; DROP TABLE steps; --", student)), BadInput, "not an answer"),
        (partial(decide, decision(f"{exchange}.verify_nomination.1", "verified", host)), NotOpen, "already answered"),
        (partial(decide, decision(f"{exchange}.host_approval.1", "approve", host)), NotOpen, "no open step"),
        (partial(decide, decision(f"{GONE}.host_approval.1", "approve", host)), Unknown, GONE),
        (partial(decide, decision("nonsense", "approve", host)), Unknown, "nonsense"),
        (partial(decide, decision("nonsense", "approve", host), note="Why not."), Unknown, "nonsense"),
        (partial(decide, decision(step.step_id, "complete", student), note=" \x00 "), BadInput, "note"),
        (partial(add, exchange, "../../passport", "p.pdf", b"x", student), BadInput, "kind"),
        (partial(add, exchange, "love_letter", "p.pdf", b"x", student), BadInput, "needs no"),
        (partial(add, GONE, "passport", "p.pdf", b"x", student), Unknown, GONE),
        (partial(gateway.report_arrival, exchange, arrival), NotOpen, "not ready to travel"),
        (partial(gateway.report_attendance, exchange, hours), BadInput, "another exchange"),
        (partial(gateway.report_attendance, exchange, nowhere), BadInput, "rotation"),
        (partial(gateway.evaluate, rating), BadInput, "not the evaluation"),
        (partial(gateway.withdraw, GONE, host), Unknown, GONE),
    ]
    for act, error, about in acts:
        await refused(act, error, about)
    after = await journey.row(exchange)
    assert after.model_copy(update={"documents": ()}) == before.model_copy(update={"documents": ()})


async def test_a_request_that_cannot_be_read_is_refused_and_the_exchange_stays_well(
    journey: Journey, service: DevStack
) -> None:
    exchange, _ = await verified(journey, 2)
    handle = (await service.client()).get_workflow_handle(exchange_workflow_id(exchange))
    for garbage in ({"decision_id": 3}, ["no", "object"], None, {"decision_id": "x" * 500}):
        with pytest.raises(WorkflowUpdateFailedError):
            await handle.execute_update("decide", garbage)
    assert (await journey.services.gateway.status(exchange)).open_steps


async def test_two_answers_to_one_step_at_once_are_one_answer(journey: Journey, gateway: Gateway) -> None:
    exchange = sorted(journey.travellers)[3]
    [step] = await journey.steps(exchange)
    host = [journey.people.officer("cqmu", role) for role in (Role.COORDINATOR, Role.HEAD_OF_OFFICE)]
    answers = await asyncio.gather(
        *(gateway.decide(decision(step.step_id, "verified", actor, f"by-{actor.id}")) for actor in host * 3),
        return_exceptions=True,
    )
    told = [answer for answer in answers if isinstance(answer, NotOpen)]
    assert len(told) == 3, "the other is told who was first"
    assert {answer.message for answer in told} == {"step.already_answered"}
    assert {answer.params["outcome"] for answer in told} == {"verified"}
    closed = [h for h in (await journey.row(exchange)).timeline if h.kind == "step_closed"]
    assert len(closed) == 1


async def test_a_closed_exchange_takes_nothing_more(journey: Journey, gateway: Gateway) -> None:
    exchange, step = await verified(journey, 3)
    student = journey.people.actor(step.owner)
    office = journey.people.officer("dartmouth", Role.COORDINATOR)
    await gateway.withdraw(exchange, student, decision_id="gone", note="Family reasons.")
    closed = await journey.row(exchange)
    assert (await gateway.withdraw(exchange, student, decision_id="gone", note="Family reasons.")).stage == "closed"
    host = journey.people.officer("cqmu", Role.COORDINATOR)
    arrival = ReportArrival(report_id="late", actor=host, arrived_at=datetime.now(UTC))
    for act in (
        partial(gateway.withdraw, exchange, student, decision_id="again"),
        partial(gateway.decide, decision(step.step_id, "complete", student)),
        partial(gateway.add_document, exchange, "passport", "p.pdf", passport_scan(), student),
        partial(gateway.report_arrival, exchange, arrival),
    ):
        await refused(act, NotOpen, "closed")
    again = await gateway.nominate(past_nomination(COHORT[3], 4, journey.programme), office)
    assert (again.exchange_id, again.already_known, again.stage) == (exchange, True, "closed")
    after = await journey.row(exchange)
    assert after.model_copy(update={"documents": ()}) == closed


async def test_an_id_used_for_another_act_changes_nothing(journey: Journey, gateway: Gateway) -> None:
    exchange, _ = await verified(journey, 2)
    before = await journey.row(exchange)
    done = next(line for line in before.steps if line.kind is StepKind.VERIFY_NOMINATION)
    actor = journey.people.officer("cqmu", Role.COORDINATOR)
    assert done.decision_id is not None
    with suppress(KeyReused):
        reply = await gateway.decide(decision(done.step_id, "rejected", actor, done.decision_id))
        assert reply.outcome == "verified", "it is answered as it was"
    assert await journey.row(exchange) == before
