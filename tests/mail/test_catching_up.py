"""After an outage: what was missed comes in one mail per person, on both databases, whoever writes at once."""

import asyncio
from datetime import timedelta

import pytest

from mail import ledger
from mail.catching_up import GATHER, LONGEST, MOST
from models.events import RungFired
from models.notifications.notices import OverviewFacts
from models.vocabulary import RungKind, StepKind, Target
from records.store.engine import transaction
from tests.databases import Database
from tests.mail.mornings import DAY, MORNING, Mornings
from tests.mail.world import CODE, opened

BACK = MORNING + timedelta(hours=2)
"""When the service is back."""
SECOND = timedelta(seconds=1)


@pytest.fixture
async def world(database: Database) -> Mornings:
    """An exchange that has begun, on each database; nothing of it is queued any more."""
    world = Mornings(database.sessions)
    await world.begin()
    return world


async def overdue(world: Mornings, count: int) -> None:
    """So many steps of the host's coordinator, overdue for a day."""
    await world.record(
        *(
            opened(StepKind.VERIFY_NOMINATION, number=n, due_at=MORNING - DAY, at=MORNING - 9 * DAY)
            for n in range(1, count + 1)
        )
    )


def step(number: int) -> str:
    return f"{CODE}.verify_nomination.{number}"


def late(number: int, at: timedelta = timedelta(0), *, to: tuple[Target, ...] = (Target.OWNER,)) -> RungFired:
    """A rung that should have spoken a day ago."""
    return RungFired(
        at=BACK + at,
        scheduled_at=MORNING - DAY,
        step_id=step(number),
        rung=3,
        rung_kind=RungKind.ESCALATION,
        to=to,
        copy_to=(Target.PARTNER_OFFICE,),
    )


async def gathered(world: Mornings) -> dict[str, tuple[str, ...]]:
    """The steps of each mail, by key."""
    rows = [m for m in await world.messages() if m.kind == "caught_up"]
    return {m.key: OverviewFacts.model_validate(m.params["facts"]).steps for m in rows}


async def test_a_person_gets_one_mail_however_many_steps_were_missed(world: Mornings) -> None:
    await overdue(world, 3)
    assert await world.record(late(1)) == 2, "the signal is woken the mail of each person"
    assert await world.record(late(2, SECOND)) == 0
    assert await world.record(late(3, 5 * SECOND, to=(Target.OWNER, Target.COORDINATOR))) == 0
    hour = "2026-12-01T02"
    assert await gathered(world) == {
        f"caught-up:cqmu.coordinator:{hour}:0": (step(1), step(2), step(3)),
        f"caught-up:dartmouth.partner_office:{hour}:0": (step(1), step(2), step(3)),
    }
    (mail, _) = [m for m in await world.messages() if m.kind == "caught_up"]
    assert mail.not_before == BACK + 5 * SECOND + GATHER, "it waits for what else was missed"


async def test_what_was_in_time_is_a_mail_of_its_own(world: Mornings) -> None:
    await overdue(world, 1)
    await world.record(late(1).model_copy(update={"scheduled_at": BACK - timedelta(minutes=59)}))
    assert {m.kind for m in await world.messages()} == {"escalation"}


async def test_what_comes_after_it_left_is_in_the_next(world: Mornings) -> None:
    await overdue(world, 2)
    await world.record(late(1))
    async with transaction(world.sessions) as session:
        for _ in range(2):
            row = await ledger.next_message(session, BACK + GATHER)
            assert row is not None
            ledger.claim(row, "a batch", BACK + GATHER)
    await world.record(late(2, timedelta(minutes=1)))
    found = {key: steps for key, steps in (await gathered(world)).items() if "coordinator" in key}
    assert list(found.values()) == [(step(1),), (step(2),)]


async def test_it_waits_ten_minutes_at_most_and_names_a_hundred_steps(world: Mornings) -> None:
    await overdue(world, MOST + 3)
    await world.record(*(late(n, (n - 1) * 6 * SECOND) for n in range(1, MOST + 4)))
    (first,) = [m for m in await world.messages() if m.kind == "caught_up" and m.recipient_id == "cqmu.coordinator"]
    facts = OverviewFacts.model_validate(first.params["facts"])
    assert (len(facts.steps), facts.more) == (MOST, 3)
    assert first.not_before == BACK + LONGEST
    found = await world.sections(first.key)
    (listed,) = found.values()
    assert listed[-2:] == ("and 60 more; see your worklist", "and 3 more became due; see your worklist")


async def test_steps_answered_meanwhile_are_left_out_and_an_empty_one_is_withdrawn(world: Mornings) -> None:
    await overdue(world, 2)
    await world.record(late(1), late(2))
    key = next(iter(await gathered(world)))
    await world.close(step(1), BACK)
    (listed,) = (await world.sections(key)).values()
    assert [line.split(" | ")[-1] for line in listed] == [step(2)]
    await world.close(step(2), BACK)
    assert await world.letter(key) is None


async def test_who_writes_at_once_loses_nothing(world: Mornings) -> None:
    """Sixteen ladders catch up at the same moment, each in a transaction of its own, with two people to tell."""
    count = 16
    await overdue(world, count)

    async def record(number: int) -> None:
        event = late(number)
        if number % 2:
            event = event.model_copy(update={"to": (Target.PARTNER_OFFICE, Target.OWNER), "copy_to": ()})
        async with transaction(world.sessions) as session:
            await world.outbox.post(session, CODE, 100 + number, event)

    await asyncio.gather(*(record(number) for number in range(1, count + 1)))
    found = await gathered(world)
    assert len(found) == 2
    for steps in found.values():
        assert sorted(steps) == sorted(step(number) for number in range(1, count + 1))
