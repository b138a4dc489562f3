"""The parts that do not go as planned: who is silent, late, refused or gone, and what everybody does about it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from demo.people import HOURS_PER_DAY, Participants, Traveller
from examples.papers import STRANGER, corrupt_pdf, holder_of, passport_scan
from gateway.operations import Gateway
from models.messages.changes import DatesChange, IntakeChange, UnitChange
from models.messages.exchange import EndEarly, ReportAttendance
from models.messages.replans import Replanning
from models.messages.suspensions import Coverage, SuspensionReason
from models.rules.nomination import Nomination
from models.views import WorklistRow
from models.vocabulary import Content, Role, Scope, StepKind

NEVER = timedelta(days=10_000)
EXTENDED_BY = timedelta(weeks=3)
SWAPPED_AFTER = timedelta(weeks=7)
A_YEAR = timedelta(weeks=52)
REPLANNED_BY = timedelta(weeks=2)
OUTBREAK = "demo-outbreak"
SWAPPED_TO = "cqmu-moe-diagnostics"


@dataclass(frozen=True)
class Scene:
    """Everybody and everything a part needs to act."""

    people: Participants
    gateway: Gateway
    traveller: Traveller
    nomination: Nomination
    planned_end: date
    """Of the stay, as it was nominated."""


Act = Callable[[Scene, WorklistRow], Awaitable[None]]
Deed = Callable[[Scene], Awaitable[None]]


@dataclass(frozen=True)
class ScriptPart:
    """How one student's exchange differs from one where all goes well."""

    delays: dict[StepKind, timedelta] = field(default_factory=dict)
    acts: dict[StepKind, Act] = field(default_factory=dict)
    spoiled: dict[str, tuple[Callable[[], bytes], ...]] = field(default_factory=dict)
    """Papers handed in first, one after the other, by document kind."""
    ends_short: tuple[str, ...] = ()
    """Papers that first end a day before the stay, by document kind."""
    lasts_just: tuple[str, ...] = ()
    """Papers that first hold through the planned clinic and no day longer, by document kind."""
    asked_again: dict[StepKind, timedelta] = field(default_factory=dict)
    """Delays of steps that are asked another time."""
    attends: float = 0.95
    wait_for_rung: dict[StepKind, Role] = field(default_factory=dict)
    """Steps that nobody answers until the ladder reaches this role."""
    deed: Deed | None = None
    """What happens apart from any step."""
    deed_after: timedelta = timedelta()
    """When, counted from the nomination."""
    changes: bool = False
    """Whether the plan of the stay changes on the way."""
    stays_open: bool = False
    """Whether the exchange goes on in another intake, after the demo."""


async def _return(scene: Scene, step: WorklistRow) -> None:
    """Return a nomination the first time, verify it the second."""
    if step.step_id.endswith(".1"):
        await scene.people.decide(step, "returned", note="The given name differs from the passport.")
    else:
        await scene.people.decide(step, "verified")


async def _correct(scene: Scene, step: WorklistRow) -> None:
    corrected = scene.nomination.model_copy(update={"given_name": "Elsa Maria"})
    scene.traveller.holder = holder_of(corrected)
    await scene.gateway.correct_nomination(
        step.exchange_id,
        corrected,
        scene.people.actor(step.owner),
        decision_id=f"{step.step_id}.corrected",
        note="Name corrected as in the passport.",
    )


async def _head_decides(scene: Scene, step: WorklistRow) -> None:
    head = scene.people.officer(step.owner.institution, Role.HEAD_OF_OFFICE)
    await scene.people.decide(step, "approve", actor=head, note="Decided after the escalation.")


async def _reject(scene: Scene, step: WorklistRow) -> None:
    await scene.people.decide(step, "reject", note="No supervisor for this project this year.")


async def _decline(scene: Scene, step: WorklistRow) -> None:
    await scene.people.decide(step, "decline", note="Accepted elsewhere.")


async def _withdraw(scene: Scene) -> None:
    plan = scene.traveller.plan
    actor = scene.people.officer(plan.sending, Role.COORDINATOR)
    exchange = scene.traveller.exchange_id
    await scene.gateway.withdraw(exchange, actor, decision_id=f"{exchange}.withdrawn", note="Family reasons.")


async def _force_majeure(scene: Scene) -> None:
    plan = scene.traveller.plan
    exchange = scene.traveller.exchange_id
    end = EndEarly(
        decision_id=f"{exchange}.ended",
        actor=scene.people.officer(plan.host, Role.COORDINATOR),
        last_day=plan.start + timedelta(weeks=9),
        justified=True,
    )
    scene.traveller.last_day = end.last_day
    await scene.gateway.end_early(exchange, end, note="The region was closed after a flood.")


async def _extend(scene: Scene) -> None:
    """Three weeks more, asked for by the sending university during the stay."""
    plan, exchange = scene.traveller.plan, scene.traveller.exchange_id
    longer = DatesChange(start=plan.start, end=plan.end + EXTENDED_BY)
    office = scene.people.officer(plan.sending, Role.COORDINATOR)
    changes = scene.gateway.changes
    await changes.request(exchange, longer, office, decision_id=f"{exchange}.longer", note="The project takes longer.")


async def _clear_again(scene: Scene, step: WorklistRow) -> None:
    """After a lapse: the hours until it are reported, then occupational health clears the student once more."""
    if not step.step_id.endswith(".1"):
        await _report_until_lapse(scene)
    await scene.people.answer(step, scene.traveller)


async def _report_until_lapse(scene: Scene) -> None:
    plan, exchange = scene.traveller.plan, scene.traveller.exchange_id
    block = plan.blocks(Content.CLINICAL)[0]
    hours = float((scene.planned_end - block.start).days // 7 * 5 * HOURS_PER_DAY)
    report = ReportAttendance(
        report_id=f"{exchange}.until-lapse",
        actor=scene.people.officer(plan.host, Role.COORDINATOR),
        content=Content.CLINICAL,
        placement_id=next(place for place in scene.traveller.worked if f".{Content.CLINICAL}." in place),
        first_day=block.start,
        last_day=scene.planned_end,
        hours_planned=hours,
        hours_attended=hours,
    )
    await scene.gateway.report_attendance(exchange, report)


async def _swap_units(scene: Scene) -> None:
    """Another laboratory from the eighth week on, asked for by the host."""
    plan, exchange = scene.traveller.plan, scene.traveller.exchange_id
    swap = UnitChange(placement_id=f"{exchange}.laboratory.1", unit_id=SWAPPED_TO, from_day=plan.start + SWAPPED_AFTER)
    office = scene.people.officer(plan.host, Role.COORDINATOR)
    changes = scene.gateway.changes
    await changes.request(exchange, swap, office, decision_id=f"{exchange}.swap", note="The supervisor is away.")


async def _defer(scene: Scene) -> None:
    """The same stay in next year's intake, asked for by the sending university."""
    plan, exchange = scene.traveller.plan, scene.traveller.exchange_id
    later = IntakeChange(start=plan.start + A_YEAR, end=plan.end + A_YEAR)
    office = scene.people.officer(plan.sending, Role.COORDINATOR)
    changes = scene.gateway.changes
    await changes.request(exchange, later, office, decision_id=f"{exchange}.next-year", note="Military service.")


async def _suspend_cohort(scene: Scene) -> None:
    """An outbreak at the host: the clocks of the whole cohort stand still."""
    cohort = scene.traveller.plan.cohort.id
    office = scene.people.officer(scene.traveller.plan.sending, Role.PROGRAMME_OFFICE)
    coverage = Coverage(scope=Scope.COHORT, target=cohort)
    await scene.gateway.suspensions.suspend(OUTBREAK, coverage, SuspensionReason.OUTBREAK, office)


async def _replan_cohort(scene: Scene) -> None:
    """The outbreak is over: the clocks go on, and all stays of the cohort are two weeks later."""
    cohort = scene.traveller.plan.cohort.id
    office = scene.people.officer(scene.traveller.plan.sending, Role.PROGRAMME_OFFICE)
    await scene.gateway.suspensions.resume(OUTBREAK, office, f"{OUTBREAK}-over")
    wanted = Replanning(shift=REPLANNED_BY.days)
    await scene.gateway.replans.decide(cohort, wanted, office, decision_id=f"{OUTBREAK}-replanned")


PARTS: dict[str, ScriptPart] = {
    "completes": ScriptPart(),
    "several_blocks": ScriptPart(),
    "extends": ScriptPart(deed=_extend, deed_after=timedelta(weeks=17), changes=True),
    "short_insurance": ScriptPart(ends_short=("insurance",)),
    "clinic_lapses": ScriptPart(
        lasts_just=("tb_test",),
        deed=_extend,
        deed_after=timedelta(weeks=22),
        changes=True,
        asked_again={StepKind.SUBMIT_HEALTH_RECORDS: timedelta(days=30)},
        acts={StepKind.CLEAR_FOR_CLINIC: _clear_again},
    ),
    "swaps_units": ScriptPart(deed=_swap_units, deed_after=timedelta(weeks=16), changes=True),
    "deferred": ScriptPart(deed=_defer, deed_after=timedelta(weeks=7), changes=True, stays_open=True),
    "suspended": ScriptPart(deed=_suspend_cohort, deed_after=timedelta(weeks=7), changes=True),
    "late_clearance": ScriptPart(delays={StepKind.CLEAR_FOR_CLINIC: timedelta(weeks=20)}),
    "bad_passport": ScriptPart(spoiled={"passport": (corrupt_pdf, partial(passport_scan, STRANGER))}),
    "returned": ScriptPart(acts={StepKind.VERIFY_NOMINATION: _return, StepKind.CORRECT_NOMINATION: _correct}),
    "silent_host": ScriptPart(
        wait_for_rung={StepKind.HOST_APPROVAL: Role.HEAD_OF_OFFICE}, acts={StepKind.HOST_APPROVAL: _head_decides}
    ),
    "offer_expires": ScriptPart(delays={StepKind.ACCEPT_OFFER: NEVER}),
    "no_show": ScriptPart(delays={StepKind.CHECK_IN: NEVER}),
    "withdraws": ScriptPart(deed=_withdraw, deed_after=timedelta(days=8)),
    "promoted": ScriptPart(delays={StepKind.SENDING_APPROVAL: timedelta(days=4)}),
    "declines_seat": ScriptPart(
        delays={StepKind.SENDING_APPROVAL: timedelta(days=4, hours=6)}, acts={StepKind.ANSWER_SEAT_OFFER: _decline}
    ),
    "force_majeure": ScriptPart(deed=_force_majeure, deed_after=timedelta(weeks=21, days=2)),
    "misses_too_much": ScriptPart(
        attends=0.70, deed=_replan_cohort, deed_after=timedelta(weeks=7, days=4), changes=True
    ),
    "third_country": ScriptPart(),
    "host_rejects": ScriptPart(acts={StepKind.HOST_APPROVAL: _reject}),
}
