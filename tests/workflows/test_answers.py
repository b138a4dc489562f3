"""Every answer of every step, played: what its page says will follow is what follows, no more and no less."""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gateway.operations import Gateway
from models.catalogue.answers import AnswerPolicy, Ends, GivenBy, Releases, Tells
from models.catalogue.loading import load_programme
from models.events import SeatAnswered
from models.rules.reviews import REVIEWS
from models.views import ExchangeView
from models.vocabulary import LANGUAGES, Outcome, Role, Stage, StepKind, StepStatus
from tests.workflows.plays import ELSEWHERE, GIVEN, VARIANTS, Play, decided
from tests.workflows.situations import REACHED, arrived, no_unit, plain
from tests.workflows.world import World
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
OUTSIDE = {K.REVIEW_SERVICE_LEVEL, K.EVALUATE_MIDPOINT, *REVIEWS}
"""Steps outside any exchange, of rotations longer than a stay may be today, and for what checks leave to a person:
tests/workflows/test_service_levels.py, test_rotation_plan.py and test_document_reviews.py play them."""
PLAYS = [
    pytest.param(kind, name, play, id="-".join((kind, name, *sorted(play.opens))))
    for kind, step in POLICY.steps.items()
    for name in step.answers
    for play in VARIANTS.get((kind, name), (Play(),))
    if kind not in OUTSIDE
]


def test_every_step_that_may_be_asked_next_is_asked_next_in_some_play() -> None:
    for kind, step in POLICY.steps.items():
        for name, answer in step.answers.items():
            seen = {one for play in VARIANTS.get((kind, name), ()) for one in play.opens}
            assert seen | ELSEWHERE.get((kind, name), set()) == set(answer.may_open), f"{kind}: {name}"


@pytest.mark.parametrize(("kind", "name", "play"), PLAYS)
async def test_what_is_said_to_follow_follows(world: World, kind: StepKind, name: str, play: Play) -> None:
    answer = POLICY.step(kind).answers[name]
    exchange = await (play.situation or REACHED.get(kind, plain))(world, kind)
    step = await world.step(exchange, kind)
    before, told_before = await world.view(exchange), await written(world, exchange)
    await (play.given or GIVEN.get(answer.given_by, decided))(world, step, name, answer)
    after = await settled(world, before, step.step_id, play.opens)

    new = opened_by(step.step_id, before, after)
    for language in LANGUAGES:
        page = Said.on_the_page(kind, answer, language)
        assert play.opens <= page.may_be_asked
        assert new == page.asked | play.opens
        assert released(before, after) == page.released
        assert await told(world, exchange, told_before) == page.told
        assert after.outcome in page.ends if page.ends else after.outcome is None or kind in CERTIFIED_AT_ONCE
        goes_on = {POLICY.step(one).stage for one in play.opens} & page.may_go_on
        if page.ends:
            assert after.stage is Stage.CLOSED
        elif page.goes_on or goes_on:
            assert {after.stage} == (page.goes_on or goes_on)
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
    today = world.clock.last.astimezone(ZoneInfo("Asia/Shanghai")).date()
    await world.people.decide(step, "not_returning", note="The family needs her.", justified=True, valid_through=today)
    expected = {*answer.opens, K.REPORT_LEAVING} | ELSEWHERE[K.CONFIRM_REENTRY, "not_returning"]
    asked = opened_by(step.step_id, before, await once_open(world, before, step.step_id, expected))
    assert asked == expected
    assert (await world.finish(exchange)).outcome is answer.justified_outcome
    after = await world.view(exchange)
    assert after.reason == answer.reason
    assert released(before, after) == set(answer.releases)
    assert await told(world, exchange, set()) == set(answer.tells)


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


async def settled(world: World, before: ExchangeView, step_id: str, also: Iterable[StepKind]) -> ExchangeView:
    """The exchange once the answer and everything that follows at once are recorded."""
    exchange = before.exchange_id
    await world.gateway.status(exchange)
    view = await world.view(exchange)
    closed = next(s for s in view.steps if s.step_id == step_id)
    assert closed.status is not StepStatus.OPEN
    policy = POLICY.step(closed.kind).answer(closed.outcome or "")
    view = await once_open(world, before, step_id, (*also, *(() if policy is None else policy.opens)))
    if policy is not None and policy.ends is Ends.EXCHANGE and view.outcome is None:
        await world.result(exchange)
        view = await world.view(exchange)
    return view


def released(before: ExchangeView, after: ExchangeView) -> set[Releases]:
    """What was given back between two looks."""
    found = set()
    if seats_given_back(after) > seats_given_back(before):
        found.add(Releases.SEAT)
    shorter = after.plan.end < before.plan.end  # the nights of a shortened stay go with its days
    if before.bed is not None and (after.bed is None or (after.bed.last_night < before.bed.last_night and not shorter)):
        found.add(Releases.BED)
    gone = {p.placement_id for p in after.placements if p.status == "released"}
    gone -= {p.placement_id for p in before.placements if p.status == "released"}
    if gone:
        found.add(Releases.PLACES if after.outcome is not None else Releases.PLACE)
    return found


def seats_given_back(view: ExchangeView) -> int:
    """How often: an exchange that was reopened has given one back before."""
    return sum(isinstance(h.event, SeatAnswered) and h.event.answer == "released" for h in view.timeline)


async def written(world: World, exchange: str) -> set[str]:
    """The messages about an end of the exchange, by key."""
    return {message.key for message in await world.messages(exchange, "outcome")}


async def told(world: World, exchange: str, before: set[str]) -> set[Tells]:
    """Who was written to about the end of the exchange, since then."""
    plan = world.travellers[exchange].plan
    whom = {plan.sending: Tells.SENDING, plan.host: Tells.HOST}
    found = set()
    for message in await world.messages(exchange, "outcome"):
        if message.key in before:
            continue
        student = message.recipient_role == Role.STUDENT
        found.add(Tells.STUDENT if student else whom[message.recipient_id.partition(".")[0]])
    return found
