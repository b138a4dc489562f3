"""A stay is shortened and a seat at the second host taken together, or nothing happens: each part fails."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from activities import changes as module
from activities.changes import SEAT, SECOND_HOST
from activities.onward import OnwardStays
from models.errors import Unavailable
from models.events import CohortOpened, ExchangeClosed, ExchangeOpened
from models.messages.changes import ApplyChange, ChangeStatus, SecondHostChange
from models.messages.onward import Continues, LookAtFirst, OnwardOpened, OpenOnward
from models.tables import ActRow, ExchangeCodeRow, SeatRow
from models.vocabulary import MobilityStatus, Outcome
from tests.activities.students import NOW, Office, with_beds
from tests.activities.test_changes import ASKED_BY, Parts, asked, break_part, housed, state
from tests.databases import Database


@pytest.fixture
async def office(database: Database, tmp_path: Path) -> Office:
    """CQMU, with a second host that has an agreement with the same sending university."""
    programme = with_beds("101:female:1", "102:female:1")
    cqmu = programme.institutions["cqmu"]
    there = cqmu.model_copy(update={"id": "helsinki", "code": "HEL", "units": (), "beds": ()})
    found = programme.model_copy(update={"institutions": programme.institutions | {"helsinki": there}})
    made = Office(database, tmp_path / "files", found)
    await made.seed()
    return made


class Journey:
    """A stay that is to go on at the second host."""

    def __init__(self, office: Office, request: ApplyChange, second: str) -> None:
        self.office, self.request, self.second = office, request, second
        self.continues = Continues(exchange_id=request.exchange_id, change_id=request.change_id)
        self.onward = OnwardStays(office.sessions, office.programme, lambda: NOW)

    async def seats(self) -> list[str | None]:
        """Who has a seat at the second host."""
        return [row[0] for row in await self.office.rows(select(SeatRow.exchange_id)) if row[0]]

    async def first(self) -> ChangeStatus:
        """What the second exchange reads of the first."""
        look = LookAtFirst(exchange_id=self.second, continues=self.continues)
        return (await self.onward.look_at_first(look)).status


async def journey(office: Office, *, cap: int = 1) -> Journey:
    """Housed at the first host, nominated at the second, whose cohort is open."""
    exchange_id, plan, places = await housed(office)
    start = plan.start + timedelta(weeks=6)
    change = SecondHostChange(
        host="helsinki", start=start, end=start + timedelta(weeks=5), laboratories=("cqmu-lipid",)
    )
    ask = OpenOnward(exchange_id=exchange_id, change_id="c-1", actor=ASKED_BY, change=change, at=NOW)
    stays = OnwardStays(office.sessions, office.programme, lambda: NOW)
    opened = await stays.open_onward(ask)
    assert await stays.open_onward(ask) == opened == OnwardOpened(exchange_id=opened.exchange_id)
    acts = await office.rows(select(ActRow.kind, ActRow.exchange_id))
    assert list(map(tuple, acts)) == [("nominate", opened.exchange_id)]
    registered = await office.filing.registered(opened.exchange_id)
    there = registered.nomination.to_plan(office.programme)
    cohort = {"sending": there.sending, "host": there.host, "year": there.year, "direction": there.direction}
    await office.record(
        there.cohort.id, CohortOpened.model_validate(cohort | {"at": NOW, "minimum": 1, "cap": cap, "closes_at": NOW})
    )
    begun = ExchangeOpened(at=NOW, student=registered.person_id, plan=there, policy_version="test")
    await office.record(opened.exchange_id, begun)
    request = asked(office, exchange_id, plan, places, change, onward=opened.exchange_id)
    return Journey(office, request, opened.exchange_id)


@pytest.mark.parametrize("part", ["onward", "taken", "bed", "papers", "plan", "outbox"])
async def test_a_failure_in_any_part_leaves_the_old_state_whole(
    office: Office, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    made = await journey(office)
    before, parts = await state(office), Parts(office)
    with monkeypatch.context() as broken:
        if part == "onward":
            broken.setattr(module, "take_seat", _fails)
        break_part(broken, parts, part)
        with pytest.raises(Unavailable):
            await parts.changes.apply_change(made.request)
    assert (await state(office), await made.seats(), await made.first()) == (before, [], ChangeStatus.OPEN)
    assert (await parts.changes.apply_change(made.request)).lacking == ""
    assert (await made.seats(), await made.first()) == ([made.second], ChangeStatus.APPLIED)
    _, _, _, plans, _ = await state(office)
    assert (made.request.exchange_id, made.request.plan.start, made.request.plan.end) in {one[:3] for one in plans}
    again = await state(office)
    await parts.changes.apply_change(made.request)
    assert (await state(office), await made.seats()) == (again, [made.second])


async def _fails(*args: object) -> None:
    raise Unavailable("database.away")


async def test_without_a_seat_or_an_exchange_there_nothing_is_changed(office: Office) -> None:
    made = await journey(office, cap=0)
    before = await state(office)
    assert (await Parts(office).changes.apply_change(made.request)).lacking == SEAT
    assert await state(office) == before
    ended = ExchangeClosed(at=NOW, outcome=Outcome.WITHDRAWN, reason="withdrawn", mobility=MobilityStatus.CANCELLED)
    await office.record(made.second, ended)
    before = await state(office)
    assert (await Parts(office).changes.apply_change(made.request)).lacking == SECOND_HOST
    assert await state(office) == before


async def test_one_change_begins_one_exchange_of_the_same_person(office: Office) -> None:
    made = await journey(office)
    codes = await office.rows(select(ExchangeCodeRow.person_id, func.count()).group_by(ExchangeCodeRow.person_id))
    assert [count for _, count in codes] == [2]
    change = made.request.change
    assert isinstance(change, SecondHostChange)
    again = OpenOnward(exchange_id=made.request.exchange_id, change_id="c-2", actor=ASKED_BY, change=change, at=NOW)
    assert (await made.onward.open_onward(again)).answer == "declined"  # nominated there already (D9)
