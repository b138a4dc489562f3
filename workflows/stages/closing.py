"""The way out: certificate, compensation, and what an early end still owes."""

import asyncio
from collections.abc import Collection, Coroutine
from datetime import date, timedelta
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.certificates import Certificates
from models.events import ExchangeClosed, HoldingsReleased, PlaceReleased, SeatAnswered
from models.messages.cohorts import SeatReturn
from models.messages.contracts import CheckGate, GateRules, IssueCertificate
from models.messages.rotations import RotationEnd
from models.rules.stay import limit
from models.vocabulary import MobilityStatus, Outcome, Stage, StepKind
from workflows.case import Case, together
from workflows.ending import Ended, Ending
from workflows.engine.open_step import StepAnswer
from workflows.options import RECORD, RENDER
from workflows.stages import law
from workflows.stages.stay import MORNING, objectives, programme_evaluation, results

SEAT_IS_USED = frozenset({Outcome.COMPLETED, Outcome.ENDED_EARLY_JUSTIFIED, Outcome.ENDED_EARLY_UNJUSTIFIED})
CANNOT_BE_ISSUED = "certificate.cannot_be_issued"
RECOGNIZED = frozenset({Outcome.COMPLETED, Outcome.ENDED_EARLY_JUSTIFIED})


async def certificate(case: Case) -> Ending:
    """Issue the certificate once its conditions are met; what is missing is a person's step (D42)."""
    case.enter(Stage.CERTIFICATE)
    await case.end_health()
    await results(case)
    while True:
        number = await _issue(case)
        if number is not None:
            return Ending(outcome=Outcome.COMPLETED, reason="certificate_issued", certificate=number)
        unmet = await _unmet(case)
        await case.ask(StepKind.SETTLE_CERTIFICATE, subject=",".join(unmet) or CANNOT_BE_ISSUED)


def owes_check_out(case: Case, ending: Ending) -> bool:
    """Whether an exchange that ends is wound down: a stay that had begun was ended early (D40)."""
    if ending.outcome is Outcome.ENDED_EARLY_UNJUSTIFIED:
        return law.runs_on(case)
    return ending.outcome is Outcome.ENDED_EARLY_JUSTIFIED


async def wind_down(case: Case, ending: Ending) -> Ending:
    """What an early end still owes: the check-out, and what the law wants until then and of the end (D26, D40).

    A justified one also has its evaluations, and a certificate if that was earned (D42).
    """
    assert ending.last_day is not None
    counts = ending.outcome is Outcome.ENDED_EARLY_JUSTIFIED
    if law.runs_on(case):
        law.resume(case)  # what began, or began anew, after the end was decided
    ahead = ending.last_day > case.today() and case.departed_on is None
    check_out = await _announced(case, ending.last_day) if ahead else None
    last_day = min(ending.last_day, case.departed_on or ending.last_day)
    await stop_duties(case, besides=case.legal if law.runs_on(case) else ())
    case.enter(Stage.DEPARTURE)
    if not ahead or last_day < ending.last_day:
        _release_places(case, last_day)
    await end_rotations(case, RotationEnd(last_day=last_day, evaluate=counts))
    tracks: list[Coroutine[Any, Any, Any]] = []
    if check_out is not None:
        tracks.append(_answer_to(check_out))
    elif case.departed_on is None:
        tracks.append(case.ask(StepKind.DEPART, anchor_on=last_day))
    if counts and not case.evaluated_programme:
        tracks.append(case.ask(StepKind.EVALUATE_PROGRAMME, subject=objectives(case), anchor_on=last_day))
    tracks += law.after_early_end(case, last_day)
    case.left.set()
    await together(results(case), *tracks)
    if not counts:
        return ending
    case.enter(Stage.CERTIFICATE)
    return ending.model_copy(update={"certificate": await _issue(case)})


async def _announced(case: Case, last_day: date) -> "asyncio.Task[StepAnswer]":
    """Wait for the last day that was announced, or an earlier check-out; until then the stay goes on as it was.

    What comes after the last day is free at once, for others to plan with.
    """
    _release_places(case, last_day)
    check_out = case.engine.beside.begin(case.ask(StepKind.DEPART, anchor_on=last_day), Ended)
    morning = case.engine.beside.begin(case.engine.until("announced end", case.plan.host, last_day, MORNING))
    if case.engine.memory.known and not case.evaluated_programme and not case.engine.find(StepKind.EVALUATE_PROGRAMME):
        case.duty(programme_evaluation(case))  # the story that was left would have asked for it
    case.left.set()
    await workflow.wait([check_out, morning], return_when=asyncio.FIRST_COMPLETED)
    morning.cancel()
    return check_out


async def _answer_to(step: "asyncio.Task[StepAnswer]") -> None:
    await step


def _release_places(case: Case, last_day: date) -> None:
    for place in case.places:
        free_from = last_day + timedelta(days=1)
        case.note(PlaceReleased(at=workflow.now(), placement_id=place.placement_id, from_day=free_from))


async def close(case: Case, ending: Ending) -> None:
    """Give back whatever was taken, and say how it ended (D40)."""
    case.outcome = ending.outcome
    case.engine.drop_unclaimed()
    await end_rotations(case, RotationEnd(last_day=case.today(), evaluate=False))
    await stop_duties(case)
    gives_back_seat = case.wants_seat and ending.outcome not in SEAT_IS_USED
    if case.engine.memory.last(ExchangeClosed) is None:
        _say_how_it_ended(case, ending, gives_back_seat=gives_back_seat)
    case.left.set()
    await case.engine.recorder.settled()
    if gives_back_seat:
        await case.signal_cohort("return_seat", SeatReturn(exchange_id=case.id, reason=ending.reason))


def _say_how_it_ended(case: Case, ending: Ending, *, gives_back_seat: bool) -> None:
    """One record: what is given back, and that the exchange is closed."""
    if case.departed_on is None or case.departed_on < case.plan.end:
        # A completed stay that ended on its last day has used what it took; everything else is given back.
        last_day = ending.last_day or case.today()
        first_free = case.departed_on or last_day + timedelta(days=1)
        case.note(HoldingsReleased(at=workflow.now(), from_day=first_free if case.arrived_at else None))
    if gives_back_seat:
        case.note(SeatAnswered(at=workflow.now(), answer="released"))
    case.mobility = MobilityStatus.RECOGNIZED if ending.outcome in RECOGNIZED else MobilityStatus.CANCELLED
    case.stage = Stage.CLOSED
    case.note(
        ExchangeClosed(
            at=workflow.now(),
            actor=ending.actor,
            note_id=ending.note_id,
            outcome=ending.outcome,
            reason=ending.reason,
            mobility=case.mobility,
        ),
        outcome=ending.outcome,
    )


async def stop_duties(case: Case, besides: Collection["asyncio.Task[None]"] = ()) -> None:
    """Close what went on beside the stages; nobody owes it any more. Some duties may go on."""
    await case.end_health()
    over = [duty for duty in case.duties if duty not in besides]
    for duty in over:
        duty.cancel()
    await asyncio.gather(*over, return_exceptions=True)
    case.duties = [duty for duty in case.duties if duty in besides]


async def end_rotations(case: Case, end: RotationEnd) -> None:
    """Tell every rotation still running that it ends."""
    for placement, rotation in list(case.rotations.items()):
        if not rotation.done():
            await case.answered(rotation.signal("end", end))
        if not end.evaluate:
            await rotation.over()
            del case.rotations[placement]


async def _unmet(case: Case) -> tuple[str, ...]:
    request = CheckGate(exchange_id=case.id, gate=_gate(case))
    return await case.answered(workflow.execute_local_activity_method(Certificates.check_gate, request, **RECORD))


async def _issue(case: Case) -> str | None:
    """The number of the certificate; `None` where a condition is not met, or it cannot be typeset (D42)."""
    await case.engine.recorder.settled()
    request = IssueCertificate(key=f"certificate/{case.id}", exchange_id=case.id, at=workflow.now(), gate=_gate(case))
    try:
        issued = await case.answered(
            workflow.execute_activity_method(Certificates.issue_certificate, request, **RENDER)
        )
    except ActivityError:
        return None
    return issued.number


def _gate(case: Case) -> GateRules:
    """The conditions in force when the student was nominated."""
    return GateRules(
        attendance_above=case.policy.attendance_above,
        minimum_days=limit(case.policy, "D1", "min_days"),
        late_arrival_days=limit(case.policy, "D1", "late_arrival_days"),
        least_hours_a_week=limit(case.policy, "D42", "least_hours_a_week"),
    )
