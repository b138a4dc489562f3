"""Every ending of an exchange: its result, what is given back, who is told, and that nothing stays open."""

import pytest

from gateway.operations import Gateway
from models.errors import NotAuthorised
from models.people.letters import LetterKind
from models.vocabulary import MobilityStatus, Outcome, Role, Stage, StepKind, StepStatus
from tests.workflows.endings import ENDINGS
from tests.workflows.world import BOTH, LAB_ONLY, World

CERTIFIED = {Outcome.COMPLETED, Outcome.ENDED_EARLY_JUSTIFIED}
SEAT_KEPT = {Outcome.COMPLETED, Outcome.ENDED_EARLY_JUSTIFIED, Outcome.ENDED_EARLY_UNJUSTIFIED}


@pytest.mark.parametrize("outcome", ENDINGS, ids=str)
async def test_ending(world: World, outcome: Outcome) -> None:
    exchange = await ENDINGS[outcome](world)
    result = await world.result(exchange)
    view = await world.view(exchange)

    assert result.outcome is outcome
    assert view.outcome is outcome
    assert view.stage is Stage.CLOSED
    recognized = outcome in {Outcome.COMPLETED, Outcome.ENDED_EARLY_JUSTIFIED}
    assert view.mobility is (MobilityStatus.RECOGNIZED if recognized else MobilityStatus.CANCELLED)
    assert [s.step_id for s in view.steps if s.status is StepStatus.OPEN] == []

    assert len(view.certificates) == (outcome in CERTIFIED)
    assert [one.letter for one in view.letters] == [LetterKind.TRANSCRIPT] * (outcome in CERTIFIED)
    assert (result.certificate is not None) == (outcome in CERTIFIED)

    cohort = await world.gateway.cohort_status(view.cohort_id)
    assert [s.exchange_id for s in cohort.seats] == ([exchange] if outcome in SEAT_KEPT else [])
    if outcome not in SEAT_KEPT:
        assert view.bed is None
        assert all(p.status == "released" for p in view.placements)

    told = {m.recipient_role for m in await world.messages(exchange, "outcome")}
    assert {"student", "coordinator"} <= told


async def test_a_certificate_is_reissued_under_its_number(world: World) -> None:
    exchange = await ENDINGS[Outcome.COMPLETED](world)
    first = await world.result(exchange)
    stranger = world.people.officer("sample", Role.COORDINATOR)
    with pytest.raises(NotAuthorised, match=r"not_allowed.reissue"):
        await world.gateway.reissue_certificate(exchange, stranger, request_id="r0")
    again = await world.gateway.reissue_certificate(exchange, world.host(exchange), request_id="r1")
    assert (again.number, again.version) == (first.certificate, 2)
    assert await world.gateway.reissue_certificate(exchange, world.host(exchange), request_id="r1") == again
    versions = (await world.view(exchange)).certificates
    assert [(c.number, c.version) for c in versions] == [(again.number, 2), (again.number, 1)]


async def test_without_certificate_where_attendance_is_short(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    world.travellers[exchange].attends = 0.8
    step = await world.until(exchange, StepKind.SETTLE_CERTIFICATE)
    assert "D42.attendance.laboratory" in step.subject.split(",")
    await world.people.decide(step, "close_without", note="The student missed too much.")
    result = await world.result(exchange)
    assert (result.outcome, result.reason, result.certificate) == (Outcome.COMPLETED, "without_certificate", None)


async def test_who_was_not_cleared_may_be_cleared_later(world: World) -> None:
    exchange = await world.nominate(BOTH)
    step = await world.until(exchange, StepKind.CLEAR_FOR_CLINIC)
    await world.people.decide(step, "not_cleared", note="The tuberculosis test is missing.")
    again = await world.until(exchange, StepKind.CLEAR_FOR_CLINIC)
    assert again.step_id != step.step_id
    await world.people.decide(again, "cleared", valid_through=world.travellers[exchange].plan.end)
    assert (await world.view(exchange)).clearance_through == world.travellers[exchange].plan.end


async def test_an_operator_who_cancels_withdraws(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, StepKind.CHECK_IN)
    await world.handle(exchange).cancel()
    result = await world.result(exchange)
    assert (result.outcome, result.reason) == (Outcome.WITHDRAWN, "cancelled_by_operator")
    view = await world.view(exchange)
    assert view.bed is None
    assert (await world.gateway.cohort_status(view.cohort_id)).seats == ()


async def test_an_old_file_starts_nothing_when_temporal_has_forgotten_the_exchange(world: World) -> None:
    exchange = await ENDINGS[Outcome.REJECTED](world)
    await world.result(exchange)
    forgetful = Gateway(Forgetful(), world.filing, world.programme, world.clock)  # type: ignore[arg-type]
    again = await forgetful.nominate(world.nominations[exchange], world.sending(exchange))
    assert again.already_known
    assert again.stage is Stage.CLOSED


class Forgetful:
    """A Temporal that must not be asked to start anything."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"nothing may be started: {name}")
