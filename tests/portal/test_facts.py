"""What a document says, typed in the portal: flat kinds, records with many lines, and who may do it (D46)."""

import io
from collections.abc import Mapping

import openpyxl
import pytest

from examples.papers import letter
from models.events import DocumentChecked, DocumentSubmitted
from models.facts import FACTS_OF
from tests.portal.world import TODAY, People, Portal
from tests.records.stays import student
from texts.facts import FACT_CHOICES, FACT_FIELDS
from texts.i18n import translated

COVER = {"first_day": "2027-03-01", "last_day": "2027-05-30", "insurer": "Example Mutual", "currency": "USD"}


async def handed_in(portal: Portal, people: People, kind: str) -> str:
    who, title = people.living_student, f"A paper: {kind}"
    id = await portal.office.filing.file_document(people.living, kind, f"{kind}.pdf", letter(title), who, TODAY)
    await portal.office.record(
        people.living,
        DocumentSubmitted(at=TODAY, actor=student(who), document_id=id, document=kind),
        DocumentChecked(at=TODAY, document_id=id, document=kind, accepted=True),
    )
    return id


def test_every_field_has_a_label_in_both_languages() -> None:
    flat = {name for kind, facts in FACTS_OF.items() if kind not in {"immunization_record", "tb_test"}
            for name in facts.model_fields}  # fmt: skip
    assert flat == set(FACT_FIELDS)
    for words in (*FACT_FIELDS.values(), *FACT_CHOICES.values()):
        assert translated(words, "zh") != words


async def test_an_insurance_is_stated_and_stated_anew(portal: Portal, people: People) -> None:
    place = f"/exchanges/{people.living}/facts/{await handed_in(portal, people, 'insurance')}"
    client = await portal.signed_in(people.living_student)
    assert f'href="{place}"' in (await client.get(f"/exchanges/{people.living}")).text
    form = (await client.get(place)).text
    assert "Nothing was stated yet." in form
    assert "First day of cover" in form
    for typed, said in (
        ({"last_day": "2027-02-01"}, "day"),
        ({"per_illness": "much"}, "number"),
        ({"last_day": ""}, "missing"),
    ):
        refused = await client.post(place, COVER | typed)
        assert refused.status_code == 422, said
        assert 'id="problem"' in refused.text, said
        assert "Example Mutual" in refused.text, "what was typed stays"
    stated = await client.post(place, COVER)
    assert (stated.status_code, stated.headers["location"]) == (303, place)
    await client.post(place, COVER | {"insurer": "Other Mutual", "key": "l" * 32})
    shown = (await client.get(place)).text
    assert 'value="Other Mutual"' in shown
    assert "Version 1, stated by" in shown


async def test_a_record_of_immunizations_is_typed_line_by_line(portal: Portal, people: People) -> None:
    place = f"/exchanges/{people.living}/facts/{await handed_in(portal, people, 'immunization_record')}"
    client = await portal.signed_in(people.living_student)
    doses = {"mmr.1.on": "2003-05-10", "mmr.2.on": "2004-05-10", "antibodies.varicella.on": "2026-10-01",
             "antibodies.varicella.result": "positive", "hepatitis_b.1.on": ""}  # fmt: skip
    assert (await client.post(place, doses)).status_code == 303
    shown = (await client.get(place)).text
    assert 'name="mmr.2.on" id="f-mmr.2.on" value="2004-05-10"' in shown
    assert '<option value="positive" selected>' in shown
    wrong = await client.post(place, doses | {"mmr.1.on": "soon"})
    assert (wrong.status_code, 'href="#f-mmr.1.on"' in wrong.text) == (422, True)
    assert (await client.post(place, doses | {"mmr.1.colour": "blue"})).status_code == 422


async def test_the_empty_form_goes_out_as_a_file(portal: Portal, people: People) -> None:
    client = await portal.signed_in(people.living_student)
    there = f"/exchanges/{people.living}/fact-forms"
    sheet = await client.get(f"{there}/tb_test.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(sheet.content))
    assert [cell.value for cell in next(book.worksheets[0].iter_rows())][:2] == ["line", "on"]
    assert (await client.get(f"{there}/immunization_record.pdf")).content.startswith(b"%PDF-")
    for name in ("passport.pdf", "tb_test.exe", "tb_test"):
        assert (await client.get(f"{there}/{name}")).status_code == 404


@pytest.mark.parametrize(
    ("kind", "readers"),
    [
        ("insurance", {"cqmu.coordinator": True, "cqmu.supervisor.lipid": False, "cqmu.auditor": False}),
        ("tb_test", {"cqmu.coordinator": False, "cqmu.occupational_health": True, "dartmouth.coordinator": False}),
    ],
)
async def test_what_it_says_is_for_those_who_may_open_it(
    portal: Portal, people: People, kind: str, readers: Mapping[str, bool]
) -> None:
    place = f"/exchanges/{people.living}/facts/{await handed_in(portal, people, kind)}"
    for person, reads in {**readers, people.other_student: False}.items():
        client = await portal.signed_in(person)
        assert (await client.get(place)).status_code == (200 if reads else 404), person
        if not reads:
            assert (await client.post(place, COVER)).status_code == 404, person
