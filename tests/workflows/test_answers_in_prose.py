"""What the page of an answer says in a sentence of its own, played; the composed sentences are in `test_answers.py`."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.catalogue.loading import load_programme
from models.errors import NotOpen
from models.messages.exchange import ReportAttendance
from models.rules.reviews import REVIEWS
from models.tables import BedNightRow
from models.views import ExchangeView
from models.vocabulary import PROGRAMME_CONTENTS, Content, Outcome, StepKind
from records.store.engine import transaction
from tests.workflows import situations
from tests.workflows.situations import arrived, half_a_year, short_of_hours
from tests.workflows.test_answers import seats_given_back
from tests.workflows.test_cohort import approved
from tests.workflows.test_legal_clocks import CHINA, arrive, decide, spoken
from tests.workflows.test_refusals import refused
from tests.workflows.world import BOTH, LAB_ONLY, World

K = StepKind
Story = Callable[[World], Awaitable[None]]
STORIES: dict[tuple[StepKind, str], list[Story]] = {}


def plays(kind: StepKind, answer: str) -> Callable[[Story], Story]:
    """Marks a story that plays the sentence of an answer."""

    def marked(story: Story) -> Story:
        STORIES.setdefault((kind, answer), []).append(story)
        return story

    return marked


@plays(K.ANSWER_SEAT_OFFER, "decline")
async def the_next_on_the_waitlist_is_offered_the_seat(world: World) -> None:
    exchanges = await approved(world, 7)
    cohort = (await world.view(exchanges[0])).cohort_id
    status = await world.gateway.cohort_status(cohort)
    first, second = status.waitlist
    leaver = status.seats[0].exchange_id
    await world.gateway.withdraw(leaver, world.sending(leaver))
    offered = await world.until(first, K.ANSWER_SEAT_OFFER)
    assert K.ANSWER_SEAT_OFFER not in {s.kind for s in await world.steps(second)}
    await world.people.decide(offered, "decline")
    await world.until(second, K.ANSWER_SEAT_OFFER)


@plays(K.OBTAIN_VISA, "apply_again")
async def who_is_refused_the_visa_applies_again_and_keeps_what_is_held(world: World) -> None:
    exchange = await situations.last(world, K.OBTAIN_VISA)
    before = await world.view(exchange)
    for number in (1, 2):
        step = await world.step(exchange, K.OBTAIN_VISA)
        assert step.step_id.endswith(f".{number}")
        await world.people.decide(step, "apply_again", note="The consulate asks for proof of funds.")
        after = await world.view(exchange)
        assert (after.outcome, after.bed, after.placements) == (None, before.bed, before.placements)
        assert not seats_given_back(after)
    assert (await world.finish(exchange)).outcome is Outcome.COMPLETED
    view = await world.view(exchange)
    assert view.certificates
    assert [s.outcome for s in view.steps if s.kind is K.OBTAIN_VISA] == ["apply_again", "apply_again", "complete"]


@plays(K.OBTAIN_VISA, "apply_again")
async def who_does_not_get_it_is_withdrawn(world: World) -> None:
    exchange = await situations.last(world, K.OBTAIN_VISA)
    await world.people.decide(await world.step(exchange, K.OBTAIN_VISA), "apply_again")
    await world.until_day(exchange, 1)
    assert K.OBTAIN_VISA in {s.kind for s in await world.steps(exchange)}, "no clock ends it"
    await world.gateway.withdraw(exchange, world.host(exchange))
    assert (await world.result(exchange)).outcome is Outcome.WITHDRAWN
    view = await world.view(exchange)
    assert (view.bed, seats_given_back(view)) == (None, 1)


@plays(K.CLEAR_FOR_CLINIC, "not_cleared")
async def laboratory_work_goes_on_and_no_clinical_day(world: World) -> None:
    exchange = await world.nominate(BOTH)
    step = await world.until(exchange, K.CLEAR_FOR_CLINIC)
    await world.people.decide(step, "not_cleared", note="The tuberculosis test is missing.")
    await world.until(exchange, K.ORIENTATION, leave=(K.CLEAR_FOR_CLINIC,))
    plan = world.travellers[exchange].plan
    places = {p.content: p for p in (await world.view(exchange)).placements}

    def hours(content: Content) -> Awaitable[object]:
        block = plan.block(content)
        assert block is not None
        report = ReportAttendance(
            report_id=f"hours-{content}",
            actor=world.host(exchange),
            content=content,
            placement_id=places[content].placement_id,
            first_day=block.start,
            last_day=block.start,
            hours_planned=8,
            hours_attended=8,
        )
        return world.gateway.report_attendance(exchange, report)

    await refused(NotOpen, "clinic.not_cleared", hours(Content.CLINICAL))
    await hours(Content.LABORATORY)


@plays(K.CONFIRM_BED, "other_bed")
async def the_reserved_bed_stays_where_the_other_is_taken(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.until(exchange, K.CONFIRM_BED)
    before = await world.view(exchange)
    assert before.bed is not None
    other = next(b.id for b in world.programme.institutions[before.plan.host].beds if b.id != before.bed.bed_id)
    async with transaction(world.filing.sessions) as session:
        session.add(BedNightRow(bed_id=other, night=before.bed.first_night, exchange_id="EX-2027-DAR-999"))
    await world.people.decide(step, "other_bed", bed_id=other)
    await world.until(exchange, K.CONFIRM_BED)
    assert (await world.view(exchange)).bed == before.bed
    async with transaction(world.filing.sessions) as session:
        nights = await session.scalars(select(BedNightRow.bed_id).where(BedNightRow.exchange_id == exchange))
        assert set(nights) == {before.bed.bed_id}


@plays(K.ACCEPT_STUDENT, "decline")
async def every_unit_is_asked_once_for_a_student(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    host = world.programme.institutions[world.travellers[exchange].plan.host]
    laboratories = {unit.id for unit in host.units if unit.content is Content.LABORATORY}
    asked = []
    for _ in laboratories:
        step = await world.until(exchange, K.ACCEPT_STUDENT)
        [place] = [p for p in (await world.view(exchange)).placements if p.status == "assigned"]
        asked.append(place.unit_id)
        await world.people.decide(step, "decline", note="Nobody can take care of the student.")
    await world.until(exchange, K.FIND_PLACE)
    assert len(asked) == len(laboratories) > 1
    assert set(asked) == laboratories


@plays(K.SETTLE_CERTIFICATE, "recheck")
async def what_still_lacks_something_is_asked_again(world: World) -> None:
    exchange = await short_of_hours(world, K.SETTLE_CERTIFICATE)
    step = await world.step(exchange, K.SETTLE_CERTIFICATE)
    await world.people.decide(step, "recheck")
    again = await world.until(exchange, K.SETTLE_CERTIFICATE)
    assert again.step_id != step.step_id
    assert not (await world.view(exchange)).certificates


@plays(K.SETTLE_CERTIFICATE, "recheck")
async def what_lacks_nothing_any_more_is_issued_and_complete(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    departs, traveller = await world.until(exchange, K.DEPART), world.travellers[exchange]
    usual, traveller.attends = traveller.attends, 0.5
    await world.people.report_programme(departs, traveller)
    await world.people.depart(departs)
    traveller.attends = usual
    step = await world.until(exchange, K.SETTLE_CERTIFICATE)
    short = {code.rpartition(".")[2] for code in step.subject.split(",")}
    assert short == set(PROGRAMME_CONTENTS)
    for told in (await world.view(exchange)).attendance:
        if told.content not in PROGRAMME_CONTENTS:
            continue
        corrected = ReportAttendance(
            report_id=f"corrected-{told.content}",
            actor=world.host(exchange),
            content=told.content,
            placement_id=None,
            first_day=told.first_day,
            last_day=told.last_day,
            hours_planned=told.hours_planned,
            hours_attended=told.hours_planned,
            corrects=told.report_id,
        )
        await world.gateway.report_attendance(exchange, corrected)
    await world.people.decide(step, "recheck")
    assert (await world.result(exchange)).outcome is Outcome.COMPLETED
    assert (await world.view(exchange)).certificates


@plays(K.FILE_EXTENSION, "not_filed")
async def the_alarms_before_the_last_day_go_on(world: World) -> None:
    exchange, until = await arrive(world, 40)
    await decide(world, exchange, K.FILE_EXTENSION, "not_filed")
    watch = await world.step(exchange, K.WATCH_STAY)
    assert watch.due_at.astimezone(CHINA).date() == until
    await world.advance(watch.due_at - timedelta(hours=12) - world.clock.last)
    assert {days for kind, _, days in await spoken(world, exchange, K.WATCH_STAY)} == {30, 14, 7, 1}


@plays(K.AWAIT_EXTENSION, "refused")
async def everything_else_stays_as_it_was(world: World) -> None:
    exchange = await arrived(world, K.AWAIT_EXTENSION)
    before = await world.view(exchange)
    await world.people.decide(await world.step(exchange, K.AWAIT_EXTENSION), "refused")
    after = await world.view(exchange)
    assert _kept(after) == _kept(before)
    watch = await world.step(exchange, K.WATCH_STAY)
    assert watch.due_at.astimezone(CHINA).date() == before.permitted_until
    await world.advance(watch.due_at - timedelta(hours=12) - world.clock.last)
    assert 1 in {days for _, _, days in await spoken(world, exchange, K.WATCH_STAY)}


def _kept(view: ExchangeView) -> object:
    """Bed, rotations, plan and deadlines of the other steps."""
    deadlines = {s.step_id: s.due_at for s in view.steps if s.kind is not K.AWAIT_EXTENSION}
    return view.bed, view.placements, view.plan, view.permitted_until, deadlines


@plays(K.AWAIT_PERMIT, "refused")
async def who_is_refused_the_permit_may_apply_again(world: World) -> None:
    exchange = await half_a_year(world, K.AWAIT_PERMIT)
    before = (await world.step(exchange, K.WATCH_STAY)).due_at
    await world.people.decide(await world.step(exchange, K.AWAIT_PERMIT), "refused", note="A paper is missing.")
    assert {s.kind for s in await world.steps(exchange)} >= {K.APPLY_RESIDENCE_PERMIT, K.WATCH_STAY}
    assert (await world.step(exchange, K.WATCH_STAY)).due_at == before
    await world.people.decide(await world.step(exchange, K.APPLY_RESIDENCE_PERMIT), "applied")
    await world.people.answer(await world.step(exchange, K.AWAIT_PERMIT), world.travellers[exchange])
    assert (await world.step(exchange, K.WATCH_STAY)).due_at > before - timedelta(days=1)


@plays(K.WATCH_STAY, "left")
async def no_alarm_is_heard_after_the_student_left(world: World) -> None:
    exchange, until = await arrive(world, 40)
    assert until is not None
    await decide(world, exchange, K.FILE_EXTENSION, "not_filed")
    await world.advance(timedelta(days=5))
    before = await spoken(world, exchange, K.WATCH_STAY)
    await decide(world, exchange, K.WATCH_STAY, "left", world.clock.last.astimezone(CHINA).date())
    await world.advance(timedelta(days=40))
    assert await spoken(world, exchange, K.WATCH_STAY) == before


@plays(K.CONFIRM_REENTRY, "not_returning")
async def the_stay_ends_the_day_the_student_left(world: World) -> None:
    exchange = await arrived(world, K.CONFIRM_REENTRY)
    left = world.clock.last.astimezone(CHINA).date()
    await world.advance(timedelta(days=2))
    step = await world.step(exchange, K.CONFIRM_REENTRY)
    world.travellers[exchange].last_day = left
    await world.people.decide(
        step,
        "not_returning",
        note="The family needs her.",
        justified=True,
        valid_through=world.clock.last.astimezone(CHINA).date(),
    )
    asked = {(await world.until(exchange, kind)).kind for kind in (K.EVALUATE_STUDENT,)}
    asked |= {s.kind for s in await world.steps(exchange)}
    assert {K.DEPART, K.EVALUATE_PROGRAMME, K.EVALUATE_STUDENT} <= asked
    assert (await world.finish(exchange)).outcome is Outcome.ENDED_EARLY_JUSTIFIED
    view = await world.view(exchange)
    assert {p.released_from for p in view.placements} == {left + timedelta(days=1)}


POLICY = load_programme().policy
SENTENCES = {
    (kind, name): answer
    for kind, step in POLICY.steps.items()
    for name, answer in step.answers.items()
    if answer.follows or answer.follows_zh
}


def test_every_sentence_is_played_and_has_both_languages() -> None:
    # What people do with documents is played in tests/workflows/test_document_reviews.py.
    assert set(STORIES) == {(kind, name) for kind, name in SENTENCES if kind not in REVIEWS}
    for answer in SENTENCES.values():
        assert answer.follows.endswith(".")
        assert answer.follows_zh.endswith("。")


@pytest.mark.parametrize(
    "story", [pytest.param(s, id=f"{kind}-{name}-{s.__name__}") for (kind, name), ss in STORIES.items() for s in ss]
)
async def test_what_is_said_in_a_sentence_follows(world: World, story: Story) -> None:
    await story(world)
