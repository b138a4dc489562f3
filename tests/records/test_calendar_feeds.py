"""Calendar feeds: a secret told once, for what its owner may know of, until it is revoked or they leave."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from mail.outbox import Outbox
from models.catalogue.loading import load_programme
from models.errors import BadInput, Conflict, NotAuthorised, Unknown
from models.people.authorization import Actor
from models.people.calendar_feeds import CalendarKind
from models.tables import CalendarFeedRow, EventRow
from models.vocabulary import Role
from records.access.calendar_feeds import MOST_CALENDARS, CalendarFeeds
from records.access.leaving import end_access
from records.store.engine import transaction
from tests.activities.students import NOW, Office
from tests.databases import Database
from tests.records.stays import HOST, LIPID, STRANGER, open_cohort

HOUSING = Actor(id="cqmu.housing_officer", role=Role.HOUSING_OFFICER, institution="cqmu")
PARTNER = Actor(id="dartmouth.coordinator", role=Role.COORDINATOR, institution="dartmouth")
HOUR = timedelta(hours=1)
MINE = CalendarKind.MINE


@pytest.fixture
async def office(database: Database, tmp_path: object) -> Office:
    made = Office(database, tmp_path / "files", load_programme())  # type: ignore[operator]
    await made.seed()
    return made


@pytest.fixture
def feeds(office: Office) -> CalendarFeeds:
    return CalendarFeeds(office.sessions, office.programme, Outbox(office.programme))


async def test_an_address_is_good_until_it_is_revoked_and_its_secret_is_not_kept(
    office: Office, feeds: CalendarFeeds
) -> None:
    issued = await feeds.issue(MINE, "ignored", HOST, NOW, key="a")
    assert len(issued.secret) >= 43
    assert (await feeds.fetched(issued.secret, NOW)).about == ""
    await feeds.fetched(issued.secret, NOW + HOUR)
    [listed] = await feeds.feeds(HOST.id)
    assert (listed.owner, listed.last_fetched_at) == (HOST, NOW + HOUR)
    with pytest.raises(Conflict):
        await feeds.issue(MINE, "", HOST, NOW, key="a")
    with pytest.raises(Unknown):
        await feeds.revoke(listed.feed_id, PARTNER, NOW)
    for _ in range(2):
        await feeds.revoke(listed.feed_id, HOST, NOW)
    for secret in (issued.secret, "guessed", ""):
        with pytest.raises(Unknown):
            await feeds.fetched(secret, NOW)
    assert await feeds.feeds(HOST.id) == []
    events = await office.rows(select(EventRow.kind, EventRow.payload).order_by(EventRow.position))
    ours = [(kind, str(payload)) for kind, payload in events if kind.startswith("calendar_")]
    assert [kind for kind, _ in ours] == ["calendar_issued", "calendar_revoked"]
    kept = str(await office.rows(select(*CalendarFeedRow.__table__.columns)))
    assert issued.secret not in kept + str(ours)


async def test_who_may_have_what(office: Office, feeds: CalendarFeeds) -> None:
    await open_cohort(office)
    exchange = (await office.nominate(1)).exchange_id
    for number, (kind, about, actor, refusal) in enumerate((
        (CalendarKind.EXCHANGE, exchange, HOST, None),
        (CalendarKind.EXCHANGE, exchange, STRANGER, BadInput),
        (CalendarKind.EXCHANGE, exchange, LIPID, BadInput),
        (CalendarKind.EXCHANGE, "EX-2027-DAR-999", HOST, BadInput),
        (CalendarKind.ARRIVALS, "", HOUSING, None),
        (CalendarKind.ARRIVALS, "", LIPID, NotAuthorised),
        (CalendarKind.UNIT, "cqmu-lipid", LIPID, None),
        (CalendarKind.UNIT, "cqmu-lipid", HOST, None),
        (CalendarKind.UNIT, "cqmu-lipid", PARTNER, BadInput),
        (CalendarKind.UNIT, "cqmu-lipid", HOUSING, NotAuthorised),
        (MINE, "", HOST.model_copy(update={"on_behalf_of": "cqmu.somebody"}), NotAuthorised),
        (MINE, "", Actor(id="cqmu.auditor", role=Role.AUDITOR, institution="cqmu"), NotAuthorised),
    )):  # fmt: skip
        if refusal is None:
            assert (await feeds.issue(kind, about, actor, NOW, key=str(number))).feed.about == about
            continue
        with pytest.raises(refusal):
            await feeds.issue(kind, about, actor, NOW, key=str(number))


async def test_there_are_at_most_so_many_and_all_end_with_the_role(office: Office, feeds: CalendarFeeds) -> None:
    secrets = [(await feeds.issue(MINE, "", HOST, NOW, key=str(n))).secret for n in range(MOST_CALENDARS)]
    with pytest.raises(BadInput):
        await feeds.issue(MINE, "", HOST, NOW, key="one more")
    other = await feeds.issue(MINE, "", PARTNER, NOW, key="0")
    async with transaction(office.sessions) as session:
        await end_access(session, HOST.id, NOW)
    for secret in secrets:
        with pytest.raises(Unknown):
            await feeds.fetched(secret, NOW)
    assert (await feeds.fetched(other.secret, NOW)).owner == PARTNER
    await feeds.issue(MINE, "", HOST, NOW, key="again")
