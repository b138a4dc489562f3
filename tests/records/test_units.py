"""Units as their owners keep them: what breaks is shown before it is saved, stays until it is moved, and is listed."""

import asyncio
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from activities.placement import Placement
from models.catalogue.units import BlockReason, UnitTerms, whole_weeks
from models.errors import BadInput, Conflict, KeyReused, NotAuthorised, SojournError, Unknown
from models.events import PlaceReleased
from models.messages.units import UnitEdit, UnitEdits
from models.people.authorization import Actor
from models.rules.units import Hindrance
from models.tables import PlaceDayRow, UnitTermsRow
from models.vocabulary import Role
from records.queries import Reading
from records.store.append import NoOutbox, Wakers
from records.store.engine import transaction
from records.store.rebuild import rebuild
from records.store.seeding import sync_catalogue
from records.units import Units
from tests.activities.students import NOW, Office, OneMessage, processes
from tests.activities.test_allocation import place
from tests.activities.test_units import CHILD, LIPID, supervised
from tests.databases import Database
from tests.wakers import CountingWaker

COORDINATOR = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")
ANN = Actor(id="cqmu.ann", role=Role.SUPERVISOR, institution="cqmu", unit=LIPID)
PROGRAMME = Actor(id="cqmu.programme_office", role=Role.PROGRAMME_OFFICE, institution="cqmu")
ELSEWHERE = Actor(id="dartmouth.coordinator", role=Role.COORDINATOR, institution="dartmouth")
INSPECTED = whole_weeks(date(2027, 4, 14), date(2027, 4, 14), BlockReason.INSPECTION)


@pytest.fixture
async def office(database: Database, tmp_path: Path) -> Office:
    made = Office(database, tmp_path / "files", supervised())
    await made.seed()
    return made


def units(office: Office) -> Units:
    return Units(office.sessions, office.programme, NoOutbox())


def placement(office: Office, sessions: Any = None) -> Placement:
    return Placement(sessions or office.sessions, office.programme, OneMessage(), Wakers(CountingWaker()))


def edit(version: int = 0, unit: str = LIPID, seen: str = "", **terms: Any) -> UnitEdits:
    after = UnitTerms.model_validate({"capacity": 3} | terms)
    return UnitEdits(edits=(UnitEdit(unit_id=unit, version=version, terms=after),), seen=seen)


async def three_students(office: Office) -> list[str]:
    students = [(await office.nominate(n)).exchange_id for n in (1, 2, 3)]
    for student in students:
        assert (await placement(office).assign_place(place(student, only=LIPID))).unit_id == LIPID
    return students


async def moved(office: Office, unit: str = LIPID, actor: Actor = COORDINATOR) -> list[tuple[str, Hindrance]]:
    found = await Reading(office.sessions, office.programme).unit(actor, unit, NOW)
    assert found is not None
    return [(one.place.exchange_id, one.place.why) for one in found.unit.to_move]


async def waiting(office: Office, actor: Actor = COORDINATOR) -> list[str]:
    found = await Reading(office.sessions, office.programme).places_to_move(actor, NOW)
    return [one.place.exchange_id for one in found]


async def test_places_of_a_unit_that_nobody_supervises_any_more_are_to_be_moved(office: Office) -> None:
    ana, eva, ida = await three_students(office)
    assert await waiting(office) == []
    cqmu = office.programme.institutions["cqmu"]
    staying = tuple(one for one in cqmu.contacts if one.unit != LIPID)
    office.programme.institutions["cqmu"] = cqmu.model_copy(update={"contacts": staying})
    assert await moved(office) == [(one, Hindrance.UNSUPERVISED) for one in (ana, eva, ida)]
    assert await waiting(office) == [ana, eva, ida]


async def test_what_would_break_is_shown_first_and_stays_until_it_is_moved(office: Office) -> None:
    ana, eva, ida = await three_students(office)
    asked = edit(capacity=1, blocked=(INSPECTED,))
    [seen] = (await units(office).preview(asked, COORDINATOR, NOW)).changes
    assert [(one.place.exchange_id, one.place.why) for one in seen.to_move] == [
        (one, Hindrance.BLOCKED) for one in (ana, eva, ida)
    ]
    assert [one.student.name for one in seen.to_move] == ["RIVERA Ana Lucia"] * 3
    asked = edit(capacity=2)
    preview = await units(office).preview(asked, COORDINATOR, NOW)
    assert [one.place.exchange_id for one in preview.changes[0].to_move] == [ida]
    with pytest.raises(Conflict, match=r"unit.breaks_places"):
        await units(office).save(asked, COORDINATOR, NOW, "k-1")
    assert await office.rows(select(UnitTermsRow.unit_id)) == []
    confirmed = asked.model_copy(update={"seen": preview.seen})
    saved = await units(office).save(confirmed, COORDINATOR, NOW, "k-1")
    assert (saved.changed, saved.to_move) == ((LIPID,), (f"{ida}.laboratory.1",))
    # The places stay as they are, and the unit lists the one to move.
    assert (await office.rows(select(func.count(PlaceDayRow.placement_id.distinct()))))[0][0] == 3
    assert await moved(office) == [(ida, Hindrance.FULL)]
    assert await waiting(office) == await waiting(office, ANN) == [ida]
    assert await waiting(office, PROGRAMME) == await waiting(office, ELSEWHERE) == []
    # Moved elsewhere, it is listed no more.
    assert (await placement(office).assign_place(place(ida, only=CHILD))).unit_id == CHILD
    assert await moved(office) == []
    assert await waiting(office) == []
    # So is one whose student gave it back.
    await units(office).save(await shown(office, edit(1, capacity=1)), COORDINATOR, NOW, "k-2")
    assert await moved(office) == [(eva, Hindrance.FULL)]
    await office.record(eva, PlaceReleased(at=NOW, placement_id=f"{eva}.laboratory.1"))
    assert await moved(office) == []


async def shown(office: Office, asked: UnitEdits) -> UnitEdits:
    preview = await units(office).preview(asked, COORDINATOR, NOW)
    return asked.model_copy(update={"seen": preview.seen})


async def test_what_was_confirmed_is_what_was_shown(office: Office) -> None:
    confirmed = await shown(office, edit(capacity=1))  # nobody is there yet
    await three_students(office)
    with pytest.raises(Conflict, match=r"unit.breaks_places .*count=2"):
        await units(office).save(confirmed, COORDINATOR, NOW, "k-1")


async def test_changes_say_who_when_before_and_after(office: Office) -> None:
    await units(office).save(edit(capacity=5), ANN, NOW, "k-1")
    await units(office).save(edit(1, capacity=4, supervisors={"cqmu.bo": 2}), COORDINATOR, NOW, "k-2")
    found = await Reading(office.sessions, office.programme).unit(ANN, LIPID, NOW)
    assert found is not None
    assert [(one.version, one.actor_id, one.before.capacity, one.after.capacity) for one in found.versions] == [
        (2, "cqmu.coordinator", 5, 4),
        (1, "cqmu.ann", 3, 5),
    ]
    assert (found.unit.version, found.unit.terms.supervisors) == (2, {"cqmu.bo": 2})


async def test_who_keeps_a_unit_and_who_may_break_places(office: Office) -> None:
    other = Actor(id="dartmouth.coordinator", role=Role.COORDINATOR, institution="dartmouth")
    housing = Actor(id="cqmu.housing", role=Role.HOUSING_OFFICER, institution="cqmu")
    for actor, unit in ((other, LIPID), (housing, LIPID), (ANN, CHILD)):
        with pytest.raises(NotAuthorised, match=r"not_allowed.keep_unit"):
            await units(office).save(edit(unit=unit, capacity=9), actor, NOW, "k-1")
        with pytest.raises(NotAuthorised):
            await units(office).preview(edit(unit=unit, capacity=9), actor, NOW)
    await three_students(office)
    confirmed = await shown(office, edit(capacity=2))
    with pytest.raises(NotAuthorised, match=r"not_allowed.break_places"):
        await units(office).save(confirmed, ANN, NOW, "k-2")
    office_of_all = Actor(id="cqmu.programme", role=Role.PROGRAMME_OFFICE, institution="cqmu")
    assert (await units(office).save(confirmed, office_of_all, NOW, "k-3")).changed == (LIPID,)
    seen = await Reading(office.sessions, office.programme).units(ANN, "cqmu", NOW)
    assert [(one.unit_id, one.keeps, one.taken) for one in seen] == [(LIPID, True, 0)]
    assert await Reading(office.sessions, office.programme).unit(ANN, CHILD, NOW) is None


async def test_an_edit_is_saved_once_and_never_over_another(office: Office) -> None:
    first = await units(office).save(edit(capacity=5), COORDINATOR, NOW, "k-1")
    again = await units(office).save(edit(capacity=5), COORDINATOR, NOW, "k-1")
    assert (first.changed, first.repeated, again.repeated) == ((LIPID,), False, True)
    with pytest.raises(KeyReused):
        await units(office).save(edit(capacity=6), COORDINATOR, NOW, "k-1")
    with pytest.raises(Conflict, match=r"unit.changed_meanwhile"):
        await units(office).save(edit(capacity=6), COORDINATOR, NOW, "k-2")
    assert (await units(office).save(edit(1, capacity=5), COORDINATOR, NOW, "k-3")).changed == ()
    [(version,)] = await office.rows(select(UnitTermsRow.version))
    assert version == 1


async def test_edits_are_saved_together_or_not_at_all(office: Office) -> None:
    both = UnitEdits(edits=(*edit(capacity=7).edits, *edit(4, unit=CHILD, capacity=7).edits))
    with pytest.raises(Conflict, match=r"unit.changed_meanwhile"):
        await units(office).save(both, COORDINATOR, NOW, "k-1")
    assert await office.rows(select(UnitTermsRow.unit_id)) == []
    for wrong, expected in (
        (edit(unit="nowhere"), Unknown),
        (edit(disciplines=("alchemy",)), BadInput),
        (edit(supervisors={"cqmu.nobody": 1}), BadInput),
        (UnitEdits(edits=edit().edits * 2), BadInput),
    ):
        with pytest.raises(expected):
            await units(office).save(wrong, COORDINATOR, NOW, "k-2")


async def test_the_catalogue_read_again_and_the_log_told_again_leave_what_the_owner_set(office: Office) -> None:
    await units(office).save(edit(capacity=4), COORDINATOR, NOW, "k-1")
    students = [(await office.nominate(n)).exchange_id for n in range(1, 5)]
    for student in students:
        assert (await placement(office).assign_place(place(student, only=LIPID))).unit_id == LIPID
    for student in students[1:]:
        await office.record(student, PlaceReleased(at=NOW, placement_id=f"{student}.laboratory.1"))
    await units(office).save(edit(1, capacity=1), COORDINATOR, NOW, "k-2")
    async with transaction(office.sessions) as session:
        await sync_catalogue(session, office.programme)
        await rebuild(session)
    found = await Reading(office.sessions, office.programme).unit(COORDINATOR, LIPID, NOW)
    assert found is not None
    assert (found.unit.terms.capacity, found.unit.version, found.unit.to_move) == (1, 2, ())


async def test_takers_and_an_owner_at_once_leave_nobody_unseen(office: Office) -> None:
    """Whoever is first: an edit that was shown an empty unit is refused, or no place is taken beyond it."""
    students = [(await office.nominate(n)).exchange_id for n in range(1, 9)]
    asked = await shown(office, edit(capacity=1))
    async with processes(office.database, 2) as sessions:
        keeper = Units(sessions[0], office.programme, NoOutbox())

        async def save() -> str:
            try:
                return ",".join((await keeper.save(asked, COORDINATOR, NOW, "k-1")).changed)
            except SojournError as error:
                return error.message

        agents = [placement(office, own) for own in sessions]
        answers = await asyncio.gather(
            *(agents[n % 2].assign_place(place(one, only=LIPID)) for n, one in enumerate(students[:4])),
            save(),
            *(agents[n % 2].assign_place(place(one, only=LIPID)) for n, one in enumerate(students[4:])),
        )
    got = sum(getattr(answer, "unit_id", None) == LIPID for answer in answers)
    assert (answers[4], got) in ((LIPID, 1), ("unit.breaks_places", 3))
