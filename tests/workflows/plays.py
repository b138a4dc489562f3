"""How each kind of answer is given, and the situations in which each is played."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from demo.keys import give_back
from models.catalogue.answers import AnswerPolicy, GivenBy, Need
from models.identifiers import exchange_workflow_id
from models.messages.exchange import ReportArrival
from models.views import WorklistRow
from models.vocabulary import Content, StepKind
from tests.workflows.situations import (
    Situation,
    abroad,
    bed_came_free,
    came_back,
    evaluated,
    form_decided,
    four_weeks,
    gone_from_america,
    half_a_year,
    house_filled_up,
    in_finland,
    keys_handed,
    last,
    last_unit,
    no_seat_left,
    nothing_free,
    place_came_free,
)
from tests.workflows.world import World

K = StepKind
Giving = Callable[[World, WorklistRow, str, AnswerPolicy], Awaitable[None]]


async def decided(world: World, step: WorklistRow, name: str, answer: AnswerPolicy) -> None:
    plan = world.travellers[step.exchange_id].plan
    if answer.after_start:
        await world.until_day(step.exchange_id, 1)
    details: dict[str, Any] = {}
    host = world.programme.institutions[plan.host]
    for need in answer.needs:
        match need:
            case Need.DOCUMENTS:
                details["documents"] = ("cv_study_plan",)
            case Need.TERMS:
                details["acknowledged"] = answer.all_terms
            case Need.BED:
                details["bed_id"] = host.beds[-1].id
            case Need.UNIT:
                details["unit_id"] = next(u.id for u in host.units if u.content is Content.LABORATORY)
            case Need.JUSTIFIED:
                details["justified"] = False
            case Need.CLEARANCE_UNTIL | Need.STAY_UNTIL:
                details["valid_through"] = plan.end
            case Need.EXTENSION_UNTIL:
                details["valid_through"] = plan.start + timedelta(days=100)
            case Need.LEFT_ON | Need.KNOWN_ON:
                details["valid_through"] = _today(world, step)
    await world.people.decide(step, name, note="So it is." if Need.NOTE in answer.asks else None, **details)


def _today(world: World, step: WorklistRow) -> date:
    """The day at the host."""
    return world.clock.last.astimezone(ZoneInfo(world.programme.zone_of(step.host))).date()


async def by_documents(world: World, step: WorklistRow, name: str, answer: AnswerPolicy) -> None:
    await world.people.hand_in(step, world.travellers[step.exchange_id])


async def by_correction(world: World, step: WorklistRow, name: str, answer: AnswerPolicy) -> None:
    nomination = world.nominations[step.exchange_id]
    corrected = nomination.model_copy(update={"given_name": "Grace E."})
    await world.gateway.correct_nomination(
        step.exchange_id, corrected, world.sending(step.exchange_id), decision_id="c-1"
    )


async def by_cohort(world: World, step: WorklistRow, name: str, answer: AnswerPolicy) -> None:
    status = await world.gateway.cohort_status(step.cohort_id)
    leaver = status.seats[0].exchange_id
    await world.gateway.withdraw(leaver, world.sending(leaver))
    await world.until(step.exchange_id, K.ANSWER_SEAT_OFFER)


async def by_second_host(world: World, step: WorklistRow, name: str, answer: AnswerPolicy) -> None:
    """The second host verifies the nomination there, or turns it down."""
    (there,) = (await world.view(step.exchange_id)).linked
    asked = await world.step(there.exchange_id, K.VERIFY_NOMINATION)
    await world.people.decide(asked, "verified" if name == "agreed" else "rejected")
    await world.rest(exchange_workflow_id(step.exchange_id))


async def by_act(world: World, step: WorklistRow, name: str, answer: AnswerPolicy) -> None:
    """The people of the demo know how."""
    await world.people.answer(step, world.travellers[step.exchange_id])


async def by_clock(world: World, step: WorklistRow, name: str, answer: AnswerPolicy) -> None:
    await world.advance((step.ends_at or step.due_at) - world.clock.last + timedelta(minutes=5))


GIVEN: dict[GivenBy, Giving] = {
    GivenBy.DOCUMENTS: by_documents,
    GivenBy.CORRECTION: by_correction,
    GivenBy.COHORT: by_cohort,
    GivenBy.SECOND_HOST: by_second_host,
    GivenBy.CLOCK: by_clock,
    **dict.fromkeys((GivenBy.ARRIVAL, GivenBy.DEPARTURE, GivenBy.ATTENDANCE, GivenBy.EVALUATION), by_act),
}


async def departed(world: World, step: WorklistRow, name: str, answer: AnswerPolicy) -> None:
    """Without the hours of lectures."""
    await world.people.depart(step)


def permitted(*, days: int | None) -> Giving:
    """The arrival, and so many days of permitted stay from the first day on, where it is known."""

    async def given(world: World, step: WorklistRow, name: str, answer: AnswerPolicy) -> None:
        report = ReportArrival(
            report_id="arrived",
            actor=world.people.actor(step.owner),
            arrived_at=world.clock.last,
            permitted_until=None
            if days is None
            else world.travellers[step.exchange_id].plan.start + timedelta(days=days),
            confirmed=True,
        )
        await world.gateway.report_arrival(step.exchange_id, report)

    return given


async def until_before_the_end(world: World, step: WorklistRow, name: str, answer: AnswerPolicy) -> None:
    """A permitted stay that is shorter than the exchange."""
    day = world.travellers[step.exchange_id].plan.start + timedelta(days=60)
    await world.people.decide(step, name, valid_through=day)


async def gone_for_good(world: World, step: WorklistRow, name: str, answer: AnswerPolicy) -> None:
    """Not returning, and what an early end owes is done."""
    world.travellers[step.exchange_id].last_day = world.clock.last.date()
    await world.people.decide(step, name, justified=False, valid_through=_today(world, step))
    await world.finish(step.exchange_id)


async def keys_back(world: World, step: WorklistRow, name: str, answer: AnswerPolicy) -> None:
    """Recorded in the inspection, which answers the step."""
    await give_back(world.gateway, step.exchange_id, world.people.actor(step.owner), world.clock.last.date())


async def in_a_bed(world: World, step: WorklistRow, name: str, answer: AnswerPolicy) -> None:
    """In one that the host has, free or not."""
    bed = world.programme.institutions[step.host].beds[-1]
    await world.people.decide(step, name, bed_id=bed.id)


@dataclass(frozen=True)
class Play:
    """An answer in one situation, and which of the steps that may be asked next are asked next there."""

    opens: frozenset[StepKind] = frozenset()
    situation: Situation | None = None
    """Where it is another than the usual one of the step."""
    given: Giving | None = None
    """Where it is given in another way than the usual one of the answer."""


def opens(*kinds: StepKind, situation: Situation | None = None, given: Giving | None = None) -> Play:
    """A play after which these steps are asked next."""
    return Play(frozenset(kinds), situation, given)


def last_before_check_in() -> tuple[Play, ...]:
    """What must be done before the student travels, done last."""
    return (opens(K.CHECK_IN, situation=last),)


def form(name: str) -> tuple[Play, ...]:
    """A form of the visa, decided for the first time, and again for an exchange that was reopened."""
    return (
        opens(K.ISSUE_INVITATION),
        opens(K.OBTAIN_VISA, situation=form_decided(name, visa=False)),
        opens(K.CHECK_IN, situation=form_decided(name, visa=True)),
    )


PAPERS = (K.SUBMIT_INSURANCE, K.SUBMIT_HEALTH_RECORDS)
HELD = (K.CONFIRM_BED, K.ACCEPT_STUDENT)
VARIANTS: dict[tuple[StepKind, str], tuple[Play, ...]] = {
    (K.VERIFY_NOMINATION, "verified"): (
        opens(K.SUBMIT_DOCUMENTS),
        opens(K.SENDING_APPROVAL, situation=came_back),
    ),
    (K.SENDING_APPROVAL, "approve"): (
        opens(K.HOST_APPROVAL),
        opens(K.WAIT_FOR_SEAT, situation=no_seat_left),
    ),
    (K.ACCEPT_OFFER, "accept"): (
        opens(K.ISSUE_INVITATION, *PAPERS, *HELD),
        opens(K.DECIDE_FORM, *PAPERS, *HELD, situation=four_weeks),
        opens(K.ISSUE_INVITATION, *PAPERS, K.FIND_BED, K.FIND_PLACE, situation=nothing_free),
        opens(K.OBTAIN_VISA, K.CLEAR_FOR_CLINIC, *HELD, situation=came_back),
    ),
    (K.DECIDE_FORM, "DQ"): form("DQ"),
    (K.DECIDE_FORM, "JW202"): form("JW202"),
    (K.ISSUE_INVITATION, "complete"): (
        opens(K.OBTAIN_VISA),
        opens(K.CHECK_IN, situation=form_decided("DQ", visa=True)),
    ),
    (K.OBTAIN_VISA, "complete"): last_before_check_in(),
    (K.SUBMIT_INSURANCE, "complete"): last_before_check_in(),
    (K.SUBMIT_HEALTH_RECORDS, "complete"): (opens(K.CLEAR_FOR_CLINIC),),
    (K.RENEW_HEALTH_RECORDS, "complete"): (opens(K.CLEAR_FOR_CLINIC),),
    (K.CONFIRM_BED, "confirmed"): last_before_check_in(),
    (K.FIND_BED, "found"): (
        opens(K.CHECK_IN, situation=house_filled_up),
        opens(K.FIND_BED, given=in_a_bed),
        opens(K.CONFIRM_BED, situation=bed_came_free, given=in_a_bed),
    ),
    (K.ACCEPT_STUDENT, "accept"): last_before_check_in(),
    (K.ACCEPT_STUDENT, "decline"): (opens(K.ACCEPT_STUDENT), opens(K.FIND_PLACE, situation=last_unit)),
    (K.FIND_PLACE, "found"): (opens(K.FIND_PLACE), opens(K.ACCEPT_STUDENT, situation=place_came_free)),
    (K.CONFIRM_ARRIVAL, "confirmed"): last_before_check_in(),
    (K.CHECK_IN, "arrived"): (
        opens(K.REGISTER_RESIDENCE, K.WATCH_STAY),
        opens(K.REGISTER_RESIDENCE, K.RECORD_STAY, given=permitted(days=None)),
        opens(K.REGISTER_RESIDENCE, K.WATCH_STAY, K.FILE_EXTENSION, given=permitted(days=60)),
        opens(K.REGISTER_RESIDENCE, K.WATCH_STAY, K.APPLY_RESIDENCE_PERMIT, situation=half_a_year),
        opens(K.VALIDATE_SEVIS, situation=abroad),
        opens(K.STUDENT_DUTY, K.SUBMIT_ARRIVAL_PAPERS, K.WATCH_STAY, situation=in_finland),
    ),
    (K.RECORD_ATTENDANCE, "recorded"): (Play(), opens(K.SETTLE_CERTIFICATE, situation=evaluated)),
    (K.DEPART, "departed"): (
        Play(),
        opens(K.RECORD_ATTENDANCE, given=departed),
        opens(K.SETTLE_HOUSING, situation=keys_handed),
        opens(K.SETTLE_CERTIFICATE, situation=evaluated),
    ),
    (K.AWAIT_SECOND_HOST, "agreed"): (opens(K.ISSUE_INVITATION),),
    (K.SETTLE_HOUSING, "settled"): (Play(given=keys_back),),
    (K.SETTLE_CERTIFICATE, "recheck"): (opens(K.SETTLE_CERTIFICATE),),
    (K.RECORD_STAY, "recorded"): (Play(), opens(K.FILE_EXTENSION, given=until_before_the_end)),
    (K.AWAIT_PERMIT, "granted"): (Play(), opens(K.FILE_EXTENSION, given=until_before_the_end)),
    (K.AWAIT_EXTENSION, "granted"): (opens(K.FILE_EXTENSION),),
    (K.CONFIRM_REENTRY, "not_returning"): (
        opens(K.REPORT_LEAVING, given=gone_for_good),
        opens(K.END_SEVIS, situation=gone_from_america, given=gone_for_good),
    ),
}
"""Answers after which a step may be asked next: one play at least for every such step."""
ELSEWHERE = {(K.CONFIRM_REENTRY, "not_returning"): {K.EVALUATE_PROGRAMME, K.EVALUATE_STUDENT}}
"""What is asked next in a play of its own, as the exchange ends in another way there."""
