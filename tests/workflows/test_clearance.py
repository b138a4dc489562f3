"""A clearance is taken back or lapses: the clinic stops and goes on, the laboratory is not concerned (D36)."""

from collections.abc import Coroutine
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.clearances import ClearanceKind, ClearanceState
from models.errors import BadInput, NotAuthorised, NotOpen
from models.messages.clearance import RevokeClearance
from models.messages.exchange import Acknowledged, ReportAttendance
from models.vocabulary import Content, DocumentStatus, Role, StepKind
from tests.workflows.test_changes import changed, other_days
from tests.workflows.test_refusals import refused
from tests.workflows.world import BOTH, World

CHINA = ZoneInfo("Asia/Shanghai")
RECORDS = StepKind.SUBMIT_HEALTH_RECORDS


def revocation(
    world: World, exchange: str, key: str, *documents: str, role: Role = Role.OCCUPATIONAL_HEALTH
) -> Coroutine[Any, Any, Acknowledged]:
    """Occupational health takes the clearance back."""
    asked = RevokeClearance(decision_id=key, actor=world.host(exchange, role), documents=documents)
    return world.gateway.revoke_clearance(exchange, asked)


def hours(
    world: World, exchange: str, placement: str, content: Content, day: date
) -> Coroutine[Any, Any, Acknowledged]:
    """Eight hours of a day."""
    report = ReportAttendance(
        report_id=f"{placement}-{day}",
        actor=world.host(exchange),
        content=content,
        placement_id=placement,
        first_day=day,
        last_day=day,
        hours_planned=8,
        hours_attended=8,
    )
    return world.gateway.report_attendance(exchange, report)


def today(world: World) -> date:
    """At the host."""
    return world.clock.last.astimezone(CHINA).date()


async def test_the_clinic_stops_when_a_clearance_is_taken_back_or_lapses(world: World) -> None:
    exchange = await world.nominate(BOTH)
    await world.until(exchange, StepKind.CHECK_IN)
    await refused(BadInput, "document.not_of_health", revocation(world, exchange, "r0", "passport"))
    await refused(
        NotAuthorised, "not_allowed.revoke_clearance", revocation(world, exchange, "r0", role=Role.COORDINATOR)
    )
    await world.until(exchange, StepKind.EVALUATE_PROGRAMME)
    clinic = world.travellers[exchange].plan.block(Content.CLINICAL)
    assert clinic is not None
    await world.advance(timedelta(days=max(0, (clinic.start - today(world)).days + 7)))
    view = await world.view(exchange)
    place = next(p.placement_id for p in view.placements if p.content is Content.CLINICAL)
    last = today(world)
    await revocation(world, exchange, "r1", "tb_test")
    await revocation(world, exchange, "r1", "tb_test")
    await refused(NotOpen, "clearance.none", revocation(world, exchange, "r2"))
    assert (await world.view(exchange)).clearance_through is None
    assert (await world.step(exchange, RECORDS)).subject == "tb_test"
    told = {m.recipient_id for m in await world.messages(exchange, "clearance_changed")}
    unit = next(p.unit_id for p in view.placements if p.content is Content.CLINICAL)
    supervisors = {contact.id for contact in world.programme.contacts("cqmu", Role.SUPERVISOR, unit)}
    assert told == {world.host(exchange).id, world.sending(exchange).id, view.student.id, *supervisors}

    await hours(world, exchange, place, Content.CLINICAL, last)
    await world.advance(timedelta(days=3))
    missed = last + timedelta(days=2)
    await refused(BadInput, "clinic.clearance_revoked", hours(world, exchange, place, Content.CLINICAL, missed))

    await world.until(exchange, StepKind.CLEAR_FOR_CLINIC)
    step, short = await world.step(exchange, StepKind.CLEAR_FOR_CLINIC), today(world) + timedelta(days=4)
    assert short < clinic.end
    await world.people.decide(step, "cleared", valid_through=short)
    await world.advance(timedelta(minutes=5))
    await hours(world, exchange, place, Content.CLINICAL, today(world))
    await refused(BadInput, "clinic.between_clearances", hours(world, exchange, place, Content.CLINICAL, missed))

    await world.advance(timedelta(days=6))
    again = await world.step(exchange, StepKind.CLEAR_FOR_CLINIC)
    assert (await world.view(exchange)).clearance_through is None
    after = short + timedelta(days=1)
    await refused(BadInput, "clinic.after_clearance", hours(world, exchange, place, Content.CLINICAL, after))
    await world.people.decide(again, "cleared", valid_through=clinic.end)
    await world.advance(timedelta(minutes=5))
    # Taken back, given, lapsed and given: each of them is told to the same people.
    assert len(await world.messages(exchange, "clearance_changed")) == 4 * len(told)
    await hours(world, exchange, place, Content.CLINICAL, today(world))


async def test_nobody_is_cleared_anew_before_the_records_are_there_that_a_change_asks_for(world: World) -> None:
    exchange = await world.nominate(BOTH)
    traveller = world.travellers[exchange]
    lasts, planned = world.programme.policy.document("tb_test"), traveller.plan.end
    assert lasts is not None
    assert lasts.max_age_days_at_start is not None
    traveller.issued["tb_test"] = [planned - timedelta(days=lasts.max_age_days_at_start)]
    await world.until(exchange, StepKind.EVALUATE_PROGRAMME)
    await changed(world, exchange, await other_days(world, exchange, end=21))
    assert (await world.step(exchange, RECORDS)).subject == "tb_test"
    assert (await world.view(exchange)).clearance_through == planned
    # What a newer one is asked for of is good until its own last day.
    shown = await world.gateway.statements.clearances(exchange, world.host(exchange), None, None)
    [decided] = [one for one in shown.clearances if one.kind is ClearanceKind.OCCUPATIONAL]
    assert (decided.state, decided.holds, decided.through) == (ClearanceState.SHORT, True, planned)
    await world.advance(timedelta(days=(planned - today(world)).days + 3))
    assert (await world.view(exchange)).clearance_through is None
    assert StepKind.CLEAR_FOR_CLINIC not in {step.kind for step in await world.steps(exchange)}
    asked = await world.until(exchange, StepKind.CLEAR_FOR_CLINIC)
    tests = [one for one in (await world.view(exchange)).documents if one.kind == "tb_test"]
    assert sorted(one.status for one in tests) == [DocumentStatus.ACCEPTED, DocumentStatus.REPLACED]
    await world.people.decide(asked, "cleared", valid_through=traveller.plan.end)
    await world.advance(timedelta(minutes=5))
    assert (await world.view(exchange)).clearance_through == planned + timedelta(days=21)
