"""Plays what the recipes added: copied into the copy of the project on which they were followed, and run there."""

import pytest
from sqlalchemy import select

from mail.compose import Composer
from mail.render import render
from models.errors import NotAuthorised
from models.events import KINDS
from models.events.outward import event_type
from models.rules.forecast import ForecastStep
from models.tables import MessageRow
from models.views import WorklistFilter
from models.vocabulary import Outcome, Role, StepKind
from portal.policy import ACTING, FIRST_PLACES, MANAGING
from records.access.signing import Signing
from records.store.engine import transaction
from tests.workflows.world import LAB_ONLY, World
from texts.i18n import translated
from texts.labels import HOLDERS, ROLES
from webhooks.cloudevents import Outward
from webhooks.feed import Feed

ADVISER, FIND_ADVISER = Role("academic_adviser"), StepKind("find_adviser")


async def test_the_new_step_is_asked_answered_told_and_on_record(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    nomination = world.nominations[exchange]
    step = await world.until(exchange, FIND_ADVISER)
    adviser = world.people.actor(step.owner)
    assert (adviser.id, adviser.role) == ("cqmu.academic_adviser", ADVISER)
    asked = await world.reading.worklist(adviser, WorklistFilter(now=world.clock.last))
    assert [row.step_id for row in asked] == [step.step_id]
    with pytest.raises(NotAuthorised):
        await world.people.decide(step, "found", actor=world.host(exchange, Role.PARTNER_OFFICE))
    forecast = world.reading.forecast(nomination.to_plan(world.programme), world.clock.last).steps
    [foreseen] = [one for one in forecast if one.kind is FIND_ADVISER]
    assert foreseen.opens_at == _of(forecast, StepKind.HOST_APPROVAL).due_at
    assert _of(forecast, StepKind.ACCEPT_OFFER).opens_at == foreseen.due_at

    await world.people.answer(step, world.travellers[exchange])
    await world.until(exchange, StepKind.ACCEPT_OFFER)
    assert (await world.finish(exchange)).outcome is Outcome.COMPLETED
    [happened] = [one for one in (await world.view(exchange)).timeline if one.kind == "adviser_found"]
    assert (happened.event.actor.id, happened.event.title) == (adviser.id, "Adviser found")
    feed = Feed(world.filing.sessions, Outward("https://sojourn.example", frozenset()))
    events, _ = await feed.after(world.sending(exchange), 0, 1000)
    [event] = [one for one in events if one["type"] == event_type("adviser_found")]
    assert event["data"]["from_day"] == nomination.start.isoformat()
    await _told(world, exchange)


def _of(steps: tuple[ForecastStep, ...], kind: StepKind) -> ForecastStep:
    [found] = [one for one in steps if one.kind is kind]
    return found


async def _told(world: World, exchange: str) -> None:
    """Its mail says the same in both languages."""
    composer = Composer(world.programme, "https://sojourn.example", Signing("a secret for tests, long enough"))
    about = select(MessageRow).where(MessageRow.exchange_id == exchange, MessageRow.kind == "adviser_found")
    async with transaction(world.filing.sessions) as session:
        [row] = await session.scalars(about)
        assert row.recipient_role is Role.STUDENT
        for language, headline in (("en", "You have an adviser"), ("zh", "您已有顾问")):
            row.language = language
            _, letter = await composer.compose(session, row)
            mail = render(letter)
            assert headline in mail.text
            assert headline in mail.html


def test_the_new_role_has_its_pages_and_its_words() -> None:
    assert ADVISER in (ACTING.roles or ())
    assert ADVISER not in (MANAGING.roles or ())
    assert FIRST_PLACES[ADVISER] == "/exchanges"
    assert ROLES[ADVISER] == "Academic adviser"
    assert "{institution}" in HOLDERS[ADVISER]
    assert translated(KINDS["adviser_found"].title, "zh") == "已确定顾问"
