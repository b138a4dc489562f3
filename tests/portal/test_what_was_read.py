"""What a machine read of a document, beside the page and where people state what it says; for who may open it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from examples.papers import Holder, letter, machine_readable_zone, passport_scan
from models.events import DocumentChecked, DocumentSubmitted
from models.reading import DocumentReading, Line, PageRead, ReadOutcome, Source, ZoneRead
from models.vocabulary import StepKind
from records.fact_seals import SealedByPerson
from records.readings import keep_reading
from records.store.engine import transaction
from tests.portal.world import TODAY, People, Portal
from tests.records.stays import asked, of_sending, student
from tests.sealed import VAULT

OFFICER = "dartmouth.coordinator"
EXPIRES = date(2031, 4, 30)
BOX = (0.1, 0.8, 0.9, 0.9)


async def read(portal: Portal, people: People, kind: str, reading: dict[str, Any], *, review: bool = False) -> str:
    """A document that was handed in and read."""
    who = people.living_student
    data = passport_scan() if kind == "passport" else letter(kind)
    id = await portal.office.filing.file_document(people.living, kind, f"{kind}.pdf", data, who, TODAY)
    about: dict[str, Any] = {"document_id": id, "document": kind}
    await portal.office.record(
        people.living,
        DocumentSubmitted(at=TODAY, actor=student(who), **about),
        DocumentChecked(at=TODAY, accepted=not review, review=review, read=True, **about),
    )
    sealing = SealedByPerson(VAULT, lambda: TODAY)
    purpose = portal.programme.policy.purpose(kind)
    async with transaction(portal.office.sessions) as session:
        said = DocumentReading(outcome=ReadOutcome.READ, **reading)
        await keep_reading(session, sealing, people.living, id, purpose, said)
    return id


def scanned(holder: Holder) -> dict[str, Any]:
    """A passport of which two readers saw one character of the number differently."""
    lines = machine_readable_zone(holder, EXPIRES)
    second = (lines[0], "X" + lines[1][1:])
    page = PageRead(number=1, source=Source.SCAN, turned=90)
    return {"pages": (page,), "zones": (ZoneRead(page=1, box=BOX, lines=lines, second=second),)}


@pytest.fixture
async def passport(portal: Portal, people: People) -> str:
    view = await portal.context.services.reading.nomination(people.living)
    assert view is not None
    born = date.fromisoformat(str(view["birth_date"]))
    holder = Holder(view["family_name"], view["given_name"], born, view["nationality"])
    return await read(portal, people, "passport", scanned(replace(holder, number="A12345678")), review=True)


async def test_both_readings_stand_beside_the_picture(portal: Portal, people: People, passport: str) -> None:
    step = asked(people.living, StepKind.REVIEW_DOCUMENT, of_sending(), subject="passport")
    await portal.office.record(people.living, step)
    client = await portal.signed_in(OFFICER)
    for path in (f"/steps/{step.step_id}", f"/exchanges/{people.living}/look/{passport}"):
        said = (await client.get(path)).text
        assert "<code><mark>A</mark>12345678" in said, path
        assert "<code><mark>X</mark>12345678" in said, path
        assert said.count("compare them</b>") == 1, path
        assert '<rect x="0.8" y="0.1" width="0.1" height="0.8"/>' in said, "on the page as its file has it"
    client.http.cookies.set("sojourn-language", "zh", domain="portal.example")
    said = (await client.get(f"/exchanges/{people.living}/look/{passport}")).text
    assert "两个识别程序所见。两者不一致的字符均已标出" in said
    assert "<mark>X</mark>" in said


async def test_who_may_not_open_it_reads_nothing_of_it(portal: Portal, people: People, passport: str) -> None:
    for person in ("cqmu.housing_officer", "cqmu.occupational_health", people.other_student, "cqmu.auditor"):
        client = await portal.signed_in(person)
        for path in (f"look/{passport}", f"facts/{passport}", ""):
            said = (await client.get(f"/exchanges/{people.living}/{path}".rstrip("/"))).text
            assert "12345678" not in said, (person, path)


async def test_what_was_read_fills_the_form_until_somebody_states_it(portal: Portal, people: People) -> None:
    lines = ("Valid from 2027-03-01", "Valid until 2027-08-31", "Deductible USD 250.00", "Deductible USD 500.00")
    page = PageRead(number=1, source=Source.TEXT, lines=tuple(Line(text=one, box=BOX) for one in lines))
    id = await read(portal, people, "insurance", {"pages": (page,)})
    place = f"/exchanges/{people.living}/facts/{id}"
    client = await portal.signed_in(people.living_student)
    form = (await client.get(place)).text
    assert 'name="first_day" value="2027-03-01"' in form
    assert 'name="last_day" value="2027-08-31"' in form
    assert 'name="deductible" value=""' in form, "of two amounts none is chosen"
    assert "Found on it: 250; 500" in form
    assert "Nothing was stated yet." in form
    await client.post(place, {"first_day": "2027-03-02", "last_day": "2027-08-31", "currency": "USD"})
    form = (await client.get(place)).text
    assert 'name="first_day" value="2027-03-02"' in form, "what a person stated stays"
    assert "Found on it: " in form
