"""Every answer of every step, played: what its page says will follow is what follows, no more and no less."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from demo.cohort import CQMU, first_monday
from gateway.operations import Gateway
from models.catalogue.answers import AnswerPolicy, Ends, GivenBy, Need, Releases, Tells
from models.catalogue.loading import load_programme
from models.events import SeatAnswered
from models.messages.exchange import ReportArrival
from models.tables import BedRow, UnitRow
from models.views import ExchangeView, WorklistRow
from models.vocabulary import LANGUAGES, Content, Movement, Outcome, Role, Stage, StepKind, StepStatus
from records.store.engine import transaction
from tests.workflows.test_cohort import approved
from tests.workflows.test_legal_clocks import CHINA, move
from tests.workflows.world import BOTH, LAB_ONLY, World
from texts.answers import (
    ASKED,
    ENDS,
    GOES_ON,
    MAY_BE_ASKED,
    MAY_GO_ON,
    RELEASED,
    RELEASES,
    TELLS,
    TOLD,
    follows,
)
from texts.i18n import translated
from texts.labels import OUTCOMES, STAGES

K = StepKind
POLICY = load_programme().policy
OUTSIDE = {K.REVIEW_SERVICE_LEVEL}
"""Steps outside any exchange: tests/workflows/test_service_levels.py plays them."""
ANSWERS = [
    pytest.param(kind, name, id=f"{kind}-{name}")
    for kind, step in POLICY.steps.items()
    for name in step.answers
    if kind not in OUTSIDE
]


async def plain(world: World, kind: StepKind) -> str:
    """A student with laboratory and clinic, up to the step."""
    exchange = await world.nominate(BOTH if kind in CLINICAL else LAB_ONLY)
    await world.until(exchange, kind)
    return exchange


CLINICAL = {K.CLEAR_FOR_CLINIC, K.SUBMIT_HEALTH_RECORDS}


async def returned(world: World, kind: StepKind) -> str:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.until(exchange, K.VERIFY_NOMINATION)
    await world.people.decide(step, "returned", note="The given name differs from the passport.")
    return exchange


async def waiting(world: World, kind: StepKind) -> str:
    """The sixth of five."""
    exchanges = await approved(world, 6)
    cohort = (await world.view(exchanges[0])).cohort_id
    status = await world.gateway.cohort_status(cohort)
    (waits,) = status.waitlist
    if kind is K.ANSWER_SEAT_OFFER:
        leaver = status.seats[0].exchange_id
        await world.gateway.withdraw(leaver, world.sending(leaver))
        await world.until(waits, kind)
    return waits


async def four_weeks(world: World, kind: StepKind) -> str:
    end = (first_monday(world.clock.last.date()) + timedelta(days=27)).isoformat()
    exchange = await world.nominate(LAB_ONLY, end=end, laboratory_end=end)
    await world.until(exchange, kind)
    return exchange


async def half_a_year(world: World, kind: StepKind) -> str:
    start = first_monday(world.clock.last.date())
    end = (start + timedelta(days=180)).isoformat()
    exchange = await world.nominate(LAB_ONLY, end=end, laboratory_end=end)
    await world.until(exchange, kind)
    return exchange


async def full_house(world: World, kind: StepKind) -> str:
    """No bed of the host is free."""
    async with transaction(world.filing.sessions) as session:
        await session.execute(update(BedRow).values(active=False))
    exchange = await world.nominate(LAB_ONLY)
    found = await world.until(exchange, K.FIND_BED)
    if kind is K.SETTLE_BED:
        await world.people.decide(found, "none", note="Every building is full.")
    return exchange


async def no_unit(world: World, kind: StepKind) -> str:
    """No unit of the host has room."""
    async with transaction(world.filing.sessions) as session:
        await session.execute(update(UnitRow).values(capacity=0))
    exchange = await world.nominate(LAB_ONLY)
    found = await world.until(exchange, K.FIND_PLACE)
    if kind is K.SETTLE_PLACE:
        await world.people.decide(found, "none", note="Nobody has room.")
    return exchange


async def abroad(world: World, kind: StepKind) -> str:
    """A student of CQMU at Dartmouth."""
    exchange = await world.nominate(CQMU[0])
    await world.until(exchange, K.ORIENTATION)
    if kind is K.REPORT_ADDRESS:
        await move(world, exchange, Movement.MOVED)
    return exchange


async def short_of_hours(world: World, kind: StepKind) -> str:
    exchange = await world.nominate(LAB_ONLY)
    world.travellers[exchange].attends = 0.5
    await world.until(exchange, kind)
    return exchange


async def without_hours(world: World, kind: StepKind) -> str:
    """Nobody reported lectures before the departure."""
    exchange = await world.nominate(LAB_ONLY)
    departs = await world.until(exchange, K.DEPART)
    await world.people.depart(departs)
    return exchange


async def arrived(world: World, kind: StepKind) -> str:
    """At the residence in China, with a permitted stay that fits the step."""
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, K.CHECK_IN)
    plan = world.travellers[exchange].plan
    await world.advance(datetime.combine(plan.start, time(22), CHINA) - world.clock.last)
    days = {K.RECORD_STAY: None, K.FILE_EXTENSION: 60, K.AWAIT_EXTENSION: 60}.get(kind, 150)
    report = ReportArrival(
        report_id="arrived",
        actor=world.host(exchange, Role.HOUSING_OFFICER),
        arrived_at=world.clock.last,
        permitted_until=plan.start + timedelta(days=days) if days else None,
    )
    await world.gateway.report_arrival(exchange, report)
    if kind is K.AWAIT_EXTENSION:
        await world.people.decide(await world.step(exchange, K.FILE_EXTENSION), "filed")
    if kind is K.CONFIRM_REENTRY:
        await world.advance(timedelta(days=3))
        await move(world, exchange, Movement.LEFT_COUNTRY)
    return exchange


REACHED: dict[StepKind, Callable[[World, StepKind], Awaitable[str]]] = {
    K.CORRECT_NOMINATION: returned,
    K.WAIT_FOR_SEAT: waiting,
    K.ANSWER_SEAT_OFFER: waiting,
    K.DECIDE_FORM: four_weeks,
    K.FIND_BED: full_house,
    K.SETTLE_BED: full_house,
    K.FIND_PLACE: no_unit,
    K.SETTLE_PLACE: no_unit,
    K.VALIDATE_SEVIS: abroad,
    K.REPORT_ADDRESS: abroad,
    K.RECORD_ATTENDANCE: without_hours,
    K.SETTLE_CERTIFICATE: short_of_hours,
    K.APPLY_RESIDENCE_PERMIT: half_a_year,
    **dict.fromkeys((K.WATCH_STAY, K.RECORD_STAY, K.FILE_EXTENSION, K.AWAIT_EXTENSION, K.CONFIRM_REENTRY), arrived),
}


@pytest.mark.parametrize(("kind", "name"), ANSWERS)
async def test_what_is_said_to_follow_follows(world: World, kind: StepKind, name: str) -> None:
    answer = POLICY.step(kind).answers[name]
    exchange = await REACHED.get(kind, plain)(world, kind)
    step = await world.step(exchange, kind)
    before = await world.view(exchange)
    await GIVEN.get(answer.given_by, decided)(world, step, name, answer)
    after = await settled(world, before, step.step_id)

    new = opened_by(step.step_id, before, after)
    for language in LANGUAGES:
        page = Said.on_the_page(kind, answer, language)
        assert page.asked <= new <= page.asked | page.may_be_asked
        assert released(before, after) == page.released
        assert await told(world, exchange) == page.told
        assert after.outcome in page.ends if page.ends else after.outcome is None or kind in CERTIFIED_AT_ONCE
        if page.ends:
            assert after.stage is Stage.CLOSED
        elif page.goes_on:
            assert {after.stage} == page.goes_on
        elif answer.given_by is not GivenBy.CLOCK:  # by then the days go on to another stage by themselves
            assert after.stage in {before.stage} | page.may_go_on
    if answer.ends is Ends.EXCHANGE:
        assert after.outcome is answer.outcome
        assert after.reason == (answer.reason or kind)
    if answer.ends is Ends.NOTHING:
        assert kind in new


@dataclass(frozen=True)
class Said:
    """What the page of an answer says, read back from its sentences."""

    ends: frozenset[str]
    released: frozenset[str]
    told: frozenset[str]
    goes_on: frozenset[str]
    may_go_on: frozenset[str]
    asked: frozenset[str]
    may_be_asked: frozenset[str]

    @classmethod
    def on_the_page(cls, kind: StepKind, answer: AnswerPolicy, language: str) -> "Said":
        sentences = list(follows(kind, answer, POLICY, language))
        steps = {one: step.title_zh if language == "zh" else step.title for one, step in POLICY.steps.items()}
        found = cls(
            ends=_named(ENDS, OUTCOMES, sentences, language),
            released=_named(RELEASED, RELEASES, sentences, language),
            told=_named(TOLD, TELLS, sentences, language),
            goes_on=_named(GOES_ON, STAGES, sentences, language),
            may_go_on=_named(MAY_GO_ON, STAGES, sentences, language),
            asked=_named(ASKED, steps, sentences, language),
            may_be_asked=_named(MAY_BE_ASKED, steps, sentences, language),
        )
        prose = answer.follows_zh if language == "zh" else answer.follows
        assert sentences == [prose] * bool(prose), "tests/workflows/test_answers_in_prose.py plays the rest"
        return found


def _named(frame: str, things: Mapping[Any, str], sentences: list[str], language: str) -> frozenset[str]:
    """What a sentence of the page names; it is taken from the list."""
    before, after = translated(frame, language).split("%s")
    said = [one for one in sentences if one.startswith(before) and one.endswith(after)]
    if not said:
        return frozenset()
    [sentence] = said
    sentences.remove(sentence)
    rest, found = sentence.removeprefix(before).removesuffix(after), set()
    for thing, words in sorted(things.items(), key=lambda one: -len(translated(one[1], language))):
        if translated(words, language) in rest:
            rest = rest.replace(translated(words, language), "")
            found.add(thing)
    assert not set(rest.replace("and", "").replace("or", "")) - set(" ,、和或"), rest
    return frozenset(found)


CERTIFIED_AT_ONCE = {K.DEPART, K.RECORD_ATTENDANCE}
"""Steps after which the certificate may follow by itself."""


async def test_who_does_not_return_for_a_good_reason_has_ended_a_stay_that_counts(world: World) -> None:
    answer = POLICY.step(K.CONFIRM_REENTRY).answers["not_returning"]
    exchange = await arrived(world, K.CONFIRM_REENTRY)
    step = await world.step(exchange, K.CONFIRM_REENTRY)
    before = await world.view(exchange)
    world.travellers[exchange].last_day = world.clock.last.date()
    await world.people.decide(step, "not_returning", note="The family needs her.", justified=True)
    asked = opened_by(step.step_id, before, await once_open(world, before, step.step_id, answer.may_open))
    assert asked == {K.DEPART, K.EVALUATE_PROGRAMME, K.EVALUATE_STUDENT} == set(answer.may_open)
    assert (await world.finish(exchange)).outcome is answer.justified_outcome
    after = await world.view(exchange)
    assert after.reason == answer.reason
    assert released(before, after) == set(answer.releases)
    assert await told(world, exchange) == set(answer.tells)


async def test_an_exchange_that_began_earlier_ends_where_nothing_is_found(world: World) -> None:
    steps = {kind: step.model_copy(update={"answers": {}}) for kind, step in POLICY.steps.items()}
    policy = POLICY.model_copy(update={"version": "2026-11-01.earlier", "steps": steps})
    programme = world.programme.model_copy(update={"policy": policy})
    async with aclosing(Gateway(world.environment.client, world.filing, programme, world.clock)) as gateway:
        world.gateway = gateway
        exchange = await no_unit(world, K.FIND_PLACE)
        await world.people.decide(await world.step(exchange, K.FIND_PLACE), "none")
    assert (await world.result(exchange)).outcome is Outcome.REJECTED
    assert (await world.view(exchange)).reason == K.FIND_PLACE


def opened_by(step_id: str, before: ExchangeView, after: ExchangeView) -> set[StepKind]:
    """What was asked the moment a step was closed."""
    closed = next(s for s in after.steps if s.step_id == step_id)
    assert closed.decided_at is not None
    known = {s.step_id for s in before.steps}
    soon = closed.decided_at + timedelta(minutes=1)
    return {s.kind for s in after.steps if s.step_id not in known and closed.decided_at <= s.opened_at <= soon}


async def once_open(world: World, before: ExchangeView, step_id: str, kinds: Iterable[StepKind]) -> ExchangeView:
    """The exchange once the answer has opened these, or five seconds later.

    What another workflow answers first (a cohort its seats) opens when its signal has come, and a leg of the stay when
    it hears of its end: both after the person has been answered.
    """
    for _ in range(100):
        view = await world.view(before.exchange_id)
        if set(kinds) <= opened_by(step_id, before, view):
            break
        await asyncio.sleep(0.05)
    return view


async def settled(world: World, before: ExchangeView, step_id: str) -> ExchangeView:
    """The exchange once the answer and everything that follows at once are recorded."""
    exchange = before.exchange_id
    await world.gateway.status(exchange)
    view = await world.view(exchange)
    closed = next(s for s in view.steps if s.step_id == step_id)
    assert closed.status is not StepStatus.OPEN
    policy = POLICY.step(closed.kind).answer(closed.outcome or "")
    view = await once_open(world, before, step_id, () if policy is None else policy.opens)
    if policy is not None and policy.ends is Ends.EXCHANGE and view.outcome is None:
        await world.result(exchange)
        view = await world.view(exchange)
    return view


def released(before: ExchangeView, after: ExchangeView) -> set[Releases]:
    """What was given back between two looks."""
    found = set()
    if any(isinstance(h.event, SeatAnswered) and h.event.answer == "released" for h in after.timeline):
        found.add(Releases.SEAT)
    if before.bed is not None and (after.bed is None or after.bed.last_night < before.bed.last_night):
        found.add(Releases.BED)
    gone = {p.placement_id for p in after.placements if p.status == "released"}
    gone -= {p.placement_id for p in before.placements if p.status == "released"}
    if gone:
        found.add(Releases.PLACES if after.outcome is not None else Releases.PLACE)
    return found


async def told(world: World, exchange: str) -> set[Tells]:
    """Who was written to about the end of the exchange."""
    plan = world.travellers[exchange].plan
    whom = {plan.sending: Tells.SENDING, plan.host: Tells.HOST}
    found = set()
    for message in await world.messages(exchange, "outcome"):
        student = message.recipient_role == Role.STUDENT
        found.add(Tells.STUDENT if student else whom[message.recipient_id.partition(".")[0]])
    return found


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
    await world.people.decide(step, name, note="So it is." if Need.NOTE in answer.asks else None, **details)


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


async def by_act(world: World, step: WorklistRow, name: str, answer: AnswerPolicy) -> None:
    """The people of the demo know how."""
    await world.people.answer(step, world.travellers[step.exchange_id])


async def by_clock(world: World, step: WorklistRow, name: str, answer: AnswerPolicy) -> None:
    await world.advance((step.ends_at or step.due_at) - world.clock.last + timedelta(minutes=5))


GIVEN: dict[GivenBy, Callable[[World, WorklistRow, str, AnswerPolicy], Awaitable[None]]] = {
    GivenBy.DOCUMENTS: by_documents,
    GivenBy.CORRECTION: by_correction,
    GivenBy.COHORT: by_cohort,
    GivenBy.CLOCK: by_clock,
    **dict.fromkeys((GivenBy.ARRIVAL, GivenBy.DEPARTURE, GivenBy.ATTENDANCE, GivenBy.EVALUATION), by_act),
}
