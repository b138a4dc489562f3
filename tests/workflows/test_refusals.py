"""What people may not do, update by update: the refusal names the reason, and leaves no trace in history."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from temporalio.api.enums.v1 import EventType

from examples.papers import letter, paper_for
from models.errors import BadInput, NotAuthorised, NotOpen, Refused, Unknown
from models.messages.cohorts import SetQuota
from models.messages.exchange import (
    Decide,
    EndEarly,
    Evaluate,
    ExtendDeadline,
    ReassignStep,
    ReportArrival,
    ReportAttendance,
    ReportDeparture,
)
from models.people.authorization import Actor
from models.vocabulary import Content, Role, Stage, StepKind
from tests.workflows.world import BOTH, LAB_ONLY, World

STRANGER = Actor(id="sample.coordinator", role=Role.COORDINATOR, institution="sample")


async def refused(kind: type[Refused], text: str, act: Awaitable[object]) -> None:
    with pytest.raises(kind, match=text):
        await act


async def _events(world: World, exchange: str) -> list[int]:
    """What happened, without the workflow tasks: the time-skipping server keeps those of refused updates."""
    tasks = {EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED}
    tasks.add(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
    history = await world.handle(exchange).fetch_history()
    return [event.event_type for event in history.events if event.event_type not in tasks]


async def test_decisions_that_are_not_allowed(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.step(exchange, StepKind.VERIFY_NOMINATION)
    host, sending = world.host(exchange), world.sending(exchange)
    before = await _events(world, exchange)

    def decide(outcome: str, actor: Actor, step_id: str = step.step_id, **more: object) -> Awaitable[object]:
        values = {"decision_id": "d1", "step_id": step_id, "outcome": outcome, "actor": actor, **more}
        return world.gateway.decide(Decide.model_validate(values))

    await refused(NotAuthorised, "not_allowed.answer", decide("verified", STRANGER))
    await refused(NotAuthorised, "not_allowed.answer", decide("verified", sending))
    await refused(BadInput, r"answer.not_offered answer=maybe answers=.*verified", decide("maybe", host))
    await refused(NotOpen, "step.not_open", decide("verified", host, f"{exchange}.verify_nomination.9"))
    await refused(
        Unknown, "exchange.unknown exchange=EX-2031", decide("verified", host, "EX-2031-DAR-999.verify_nomination.1")
    )
    assert await _events(world, exchange) == before


async def test_who_comes_second_is_told_who_was_first(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.step(exchange, StepKind.VERIFY_NOMINATION)
    first = Decide(decision_id="d1", step_id=step.step_id, outcome="verified", actor=world.host(exchange))
    head = world.host(exchange, Role.HEAD_OF_OFFICE)
    second = Decide(decision_id="d2", step_id=step.step_id, outcome="rejected", actor=head)

    assert (await world.gateway.decide(first)).stage is Stage.DOCUMENTS
    await refused(
        NotOpen, r"step.already_answered by=cqmu.coordinator .*outcome=verified", world.gateway.decide(second)
    )


async def test_the_same_decision_twice_changes_nothing(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.step(exchange, StepKind.VERIFY_NOMINATION)
    decision = Decide(decision_id="d1", step_id=step.step_id, outcome="verified", actor=world.host(exchange))
    await world.gateway.decide(decision)
    before = await world.view(exchange)
    await world.gateway.decide(decision)
    assert (await world.view(exchange)).timeline == before.timeline


async def test_documents_that_nobody_waits_for(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, StepKind.SUBMIT_DOCUMENTS)
    student = world.people.actor((await world.step(exchange, StepKind.SUBMIT_DOCUMENTS)).owner)

    def hand_in(kind: str, actor: Actor) -> Awaitable[object]:
        return world.gateway.add_document(exchange, kind, "a.pdf", b"%PDF-1.4 nothing", actor)

    await refused(NotOpen, "document.not_awaited field=kind kind=visa kinds=.*passport", hand_in("visa", student))
    await refused(NotAuthorised, "not_allowed.hand_in", hand_in("passport", STRANGER))
    await refused(NotAuthorised, "not_allowed.hand_in", hand_in("passport", world.host(exchange)))
    await refused(Refused, "kind.unknown field=kind", hand_in("kind.unknown field=kind", student))


async def test_an_offer_is_accepted_with_its_terms(world: World) -> None:
    exchange = await world.nominate(BOTH)
    step = await world.until(exchange, StepKind.ACCEPT_OFFER)

    def accept(*terms: str) -> Awaitable[object]:
        return world.people.decide(step, "accept", acknowledged=terms)

    await refused(BadInput, r"answer.terms_missing .*terms=\('fees', 'housing', 'observer'\)", accept())
    await refused(BadInput, r"answer.terms_missing .*terms=\('observer',\)", accept("fees", "housing"))
    await refused(BadInput, "answer.not_offered", world.people.decide(step, "expired"))


async def test_returned_documents_are_named(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.until(exchange, StepKind.SENDING_APPROVAL)
    await refused(BadInput, "answer.documents_to_replace", world.people.decide(step, "return"))
    await refused(BadInput, "answer.documents_to_replace", world.people.decide(step, "return", documents=("visa",)))
    await world.people.decide(step, "return", documents=("transcript",), note="Page 2 is missing.")
    again = await world.until(exchange, StepKind.SUBMIT_DOCUMENTS)
    assert again.subject == "transcript"
    student = world.travellers[exchange]
    student.papers["transcript"] = [paper_for("transcript", "Transcript of records", student.holder)]
    await refused(BadInput, "document.returned_before", world.people.answer(again, student))
    whole = letter("Transcript of records", student.holder, pages=2, remark="Complete")
    world.travellers[exchange].papers["transcript"] = [("transcript.pdf", whole)]
    await world.until(exchange, StepKind.SENDING_APPROVAL)


async def test_corrections(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    nomination = world.nominations[exchange]
    sending = world.sending(exchange)
    await refused(BadInput, "nomination.unchanged", world.gateway.correct_nomination(exchange, nomination, sending))
    step = await world.step(exchange, StepKind.VERIFY_NOMINATION)
    await world.people.decide(step, "returned", note="Please check the dates.")
    other = nomination.model_copy(update={"student_number": "D99"})
    await refused(
        Refused,
        "nomination.field_fixed field=student_number",
        world.gateway.correct_nomination(exchange, other, sending),
    )
    another_year = nomination.model_copy(update={"intake_year": nomination.intake_year + 1})
    await refused(
        Refused,
        "nomination.field_fixed field=intake_year",
        world.gateway.correct_nomination(exchange, another_year, sending),
    )
    await refused(
        NotAuthorised, "not_allowed.correct", world.gateway.correct_nomination(exchange, nomination, STRANGER)
    )
    await world.gateway.correct_nomination(exchange, nomination.model_copy(update={"given_name": "Gracie"}), sending)
    assert (await world.gateway.status(exchange)).open_steps[0].kind is StepKind.VERIFY_NOMINATION


async def test_reports_before_their_time(world: World) -> None:
    exchange = await world.nominate(BOTH)
    host = world.host(exchange)
    now = world.clock.last
    arrival = ReportArrival(report_id="r1", actor=host, arrived_at=now)
    await refused(NotOpen, "arrival.not_awaited", world.gateway.report_arrival(exchange, arrival))
    departure = ReportDeparture(report_id="r2", actor=host, departed_on=now.date())
    await refused(NotOpen, "student.not_arrived", world.gateway.report_departure(exchange, departure))
    early = EndEarly(decision_id="e1", actor=host, last_day=now.date(), justified=True)
    await refused(NotOpen, "stay.not_begun", world.gateway.end_early(exchange, early))
    hours = ReportAttendance(
        report_id="a1",
        actor=host,
        content=Content.ACADEMIC_LECTURES,
        first_day=world.travellers[exchange].plan.start,
        last_day=world.travellers[exchange].plan.start,
        hours_planned=2,
        hours_attended=2,
    )
    await refused(NotOpen, "student.not_arrived", world.gateway.report_attendance(exchange, hours))
    await refused(NotAuthorised, "not_allowed.withdraw", world.gateway.withdraw(exchange, STRANGER))
    step = await world.until(exchange, StepKind.CHECK_IN)
    tomorrow = ReportArrival(report_id="r3", actor=host, arrived_at=world.clock.last + timedelta(days=1))
    await refused(BadInput, "arrival.not_yet", world.gateway.report_arrival(exchange, tomorrow))
    await refused(BadInput, "answer.before_start", world.people.decide(step, "no_show"))
    await refused(BadInput, "answer.given_otherwise act=arrival", world.people.decide(step, "arrived"))


async def test_during_the_stay(world: World) -> None:
    exchange = await world.nominate(BOTH)
    await world.until(exchange, StepKind.ORIENTATION, leave=(StepKind.CLEAR_FOR_CLINIC,))
    host = world.host(exchange)
    plan = world.travellers[exchange].plan
    clinic = plan.block(Content.CLINICAL)
    assert clinic is not None
    await refused(NotOpen, "stay.begun", world.gateway.withdraw(exchange, host))

    def hours(**values: object) -> Awaitable[object]:
        report = {
            "report_id": f"a{len(str(values))}",
            "actor": host,
            "content": Content.LABORATORY,
            "placement_id": f"{exchange}.laboratory.1",
            "first_day": plan.start,
            "last_day": plan.start,
            "hours_planned": 8,
            "hours_attended": 8,
        }
        return world.gateway.report_attendance(exchange, ReportAttendance.model_validate(report | values))

    await refused(BadInput, "placement.of_rotation", hours(placement_id=None))
    await refused(BadInput, "placement.of_another_exchange", hours(placement_id="EX-2027-DAR-999.laboratory.1"))
    await refused(BadInput, "content.of_another_rotation content=laboratory", hours(content=Content.CLINICAL))
    await refused(BadInput, "days.outside_block", hours(first_day=plan.start - timedelta(days=1)))
    await refused(
        BadInput, "attendance.not_yet", hours(first_day=plan.start + timedelta(20), last_day=plan.start + timedelta(20))
    )
    await refused(BadInput, "hours.more_than_planned", hours(hours_attended=9))
    await refused(NotAuthorised, "not_allowed.report_hours", hours(actor=STRANGER))
    clinical: dict[str, object] = {"content": Content.CLINICAL, "placement_id": f"{exchange}.clinical.2"}
    await refused(NotOpen, "clinic.not_cleared", hours(**clinical, first_day=clinic.start, last_day=clinic.start))
    await hours()

    after = plan.end + timedelta(days=1)
    late = EndEarly(decision_id="e1", actor=host, last_day=after, justified=False)
    await refused(BadInput, "last_day.outside_stay", world.gateway.end_early(exchange, late))
    student = Actor(id=world.travellers[exchange].exchange_id, role=Role.STUDENT, institution=plan.sending)
    mine = EndEarly(decision_id="e2", actor=student, last_day=plan.start, justified=True)
    await refused(NotAuthorised, "not_allowed.end_early", world.gateway.end_early(exchange, mine))


async def test_clearance_must_reach_the_last_clinical_day(world: World) -> None:
    exchange = await world.nominate(BOTH)
    step = await world.until(exchange, StepKind.CLEAR_FOR_CLINIC)
    too_short = world.travellers[exchange].plan.end - timedelta(days=1)
    await refused(BadInput, "clearance.too_short", world.people.decide(step, "cleared", valid_through=too_short))


async def test_evaluations_rate_every_objective(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.until(exchange, StepKind.EVALUATE_PROGRAMME)
    student = world.people.actor(step.owner)

    def rate(ratings: dict[str, int], actor: Actor = student, step_id: str = step.step_id) -> Awaitable[object]:
        return world.gateway.evaluate(Evaluate(decision_id="v1", step_id=step_id, actor=actor, ratings=ratings))

    objectives = step.subject.split(",")
    assert set(world.programme.policy.objectives) - set(objectives) == {"healthcare_system", "rare_cases"}, "no clinic"
    await refused(BadInput, "ratings.none", rate({}))
    await refused(
        BadInput,
        "ratings.missing field=ratings objectives=" + re.escape(str(tuple(objectives[1:]))),
        rate({objectives[0]: 5}),
    )
    await refused(BadInput, "ratings.out_of_range", rate(dict.fromkeys(objectives, 6)))
    await refused(BadInput, "ratings.not_served", rate(dict.fromkeys([*objectives, "rare_cases"], 5)))
    await refused(
        NotAuthorised, "not_allowed.evaluate_programme", rate(dict.fromkeys(objectives, 4), world.host(exchange))
    )
    await rate(dict.fromkeys(objectives, 4))


async def test_deadlines(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.step(exchange, StepKind.VERIFY_NOMINATION)
    later = step.due_at + timedelta(days=10)
    host = world.host(exchange)

    def extend(actor: Actor, note: str | None = "Spring Festival.", **more: object) -> Awaitable[object]:
        values = {"decision_id": "x1", "step_id": step.step_id, "actor": actor, "due_at": later, **more}
        return world.gateway.extend_deadline(ExtendDeadline.model_validate(values), note=note)

    def reassign(actor: Actor, role: str, note: str | None = "On leave.") -> Awaitable[object]:
        change = ReassignStep(decision_id="x2", step_id=step.step_id, actor=actor, role=role)
        return world.gateway.reassign_step(change, note=note)

    await refused(NotAuthorised, "not_allowed.move_deadline", extend(STRANGER, note=None))
    await refused(BadInput, "time.not_ahead", extend(host, due_at=world.clock.last - timedelta(days=1)))
    for nearer in (timedelta(), timedelta(seconds=1), step.due_at - world.clock.last - timedelta(seconds=9)):
        await refused(BadInput, "due_time.nearer field=due_at", extend(host, due_at=step.due_at - nearer))
    await refused(BadInput, "due_time.after_limit days=10", extend(host, due_at=later + timedelta(seconds=1)))
    await refused(BadInput, "note.needed", extend(host, note=None))
    await refused(BadInput, "note.needed", reassign(host, "head_of_office", note=None))
    for role in ("student", "housing_officer", "occupational_health", "partner_office", "programme_office"):
        await refused(BadInput, "reassign.not_to", reassign(host, role))
    await refused(NotAuthorised, "not_allowed.reassign", reassign(world.sending(exchange), "head_of_office", note=None))
    await extend(host)
    await reassign(host, "head_of_office")
    moved = await world.step(exchange, StepKind.VERIFY_NOMINATION)
    assert moved.due_at == later
    assert moved.owner.role is Role.HEAD_OF_OFFICE


async def test_the_law_extends_for_nobody(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.until(exchange, StepKind.REGISTER_RESIDENCE)
    assert step.due_at - step.opened_at < timedelta(hours=24)
    change = ExtendDeadline(
        decision_id="x1", step_id=step.step_id, actor=world.host(exchange), due_at=world.clock.last + timedelta(days=3)
    )
    await refused(BadInput, r"due_time.legal field=step_id laws=.*Art\. 39.*D29", world.gateway.extend_deadline(change))


async def test_a_closed_exchange_says_so(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.step(exchange, StepKind.VERIFY_NOMINATION)
    host = world.host(exchange)
    await world.gateway.withdraw(exchange, world.sending(exchange), note="Changed plans.")
    assert (await world.result(exchange)).outcome == "withdrawn"
    acts: list[Callable[[], Awaitable[object]]] = [
        lambda: world.people.decide(step, "verified"),
        lambda: world.gateway.withdraw(exchange, host),
        lambda: world.gateway.add_document(exchange, "passport", "a.pdf", b"%PDF", host),
    ]
    for act in acts:
        await refused(NotOpen, "exchange.closed", act())
    again = await world.gateway.nominate(world.nominations[exchange], world.sending(exchange))
    assert again.already_known
    assert again.stage is Stage.CLOSED


async def test_nobody_nominates_for_another_university(world: World) -> None:
    nomination = world.nomination(LAB_ONLY)
    await refused(NotAuthorised, "not_allowed.nominate", world.gateway.nominate(nomination, STRANGER))


async def test_nominating_twice_gives_one_exchange_and_says_so(world: World) -> None:
    first = await world.nominate(LAB_ONLY)
    again = await world.gateway.nominate(world.nominations[first], world.sending(first))
    assert again.exchange_id == first
    assert again.already_known
    opened = (await world.view(first)).timeline[0]
    assert (opened.kind, opened.actor_id) == ("exchange_opened", "dartmouth.coordinator")


async def test_quota_is_set_by_the_programme_office(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    cohort = (await world.view(exchange)).cohort_id
    office = world.people.officer("cqmu", Role.PROGRAMME_OFFICE)
    await refused(
        NotAuthorised,
        "not_allowed.set_quota",
        world.gateway.set_quota(cohort, SetQuota(decision_id="q", actor=STRANGER, cap=9)),
    )
    await world.gateway.set_quota(cohort, SetQuota(decision_id="q", actor=office, cap=6))
    assert (await world.gateway.cohort_status(cohort)).cap == 6
