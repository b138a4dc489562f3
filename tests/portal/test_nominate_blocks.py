"""Several laboratory and clinical blocks on the form: fields for each, and faults where they were typed."""

import re
from typing import Any

import pytest

from models.errors import NotAuthorised
from models.rules.nomination import Nomination
from models.vocabulary import Content
from tests.portal.world import Portal
from tests.programmes import GOOD_ROW

BLOCKS: dict[str, Any] = {
    "laboratory_start": ["2027-03-01", "2027-04-12", "", ""],
    "laboratory_end": ["2027-03-19", "2027-04-30", "", ""],
    "laboratory_share": ["", "", "", ""],
    "laboratory_hours": ["", "90", "", ""],
    "laboratories": ["Lab for Lipid Research", "", "", ""],
    "clinical_start": ["2027-03-22", "2027-05-03", "", ""],
    "clinical_end": ["2027-04-09", "2027-05-28", "", ""],
    "specialties": ["Neurology", "Oncology", "", ""],
}
ROW = GOOD_ROW | BLOCKS


def value(page: str, field: str) -> str:
    """What a field of the form holds."""
    found = re.search(rf'id="f-{field}"[^>]* value="([^"]*)"', page)
    assert found is not None, field
    return found[1]


def chosen(page: str, field: str) -> list[str]:
    """What is chosen in the lists of a block."""
    group = re.search(rf'<fieldset[^>]* id="f-{field}".*?</fieldset>', page, re.DOTALL)
    assert group is not None, field
    lists = re.findall(r"<select.*?</select>", group[0], re.DOTALL)
    picked = (re.search(r"<option(?: value=\"([^\"]*)\")? selected>([^<]*)", one) for one in lists)
    return [(found[1] or found[2]) if found else "" for found in picked]


async def test_units_are_chosen_from_lists_of_their_hosts(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Nomination] = []

    async def nominate(nomination: Nomination, *_: Any, **__: Any) -> None:
        told.append(nomination)
        raise NotAuthorised("not_allowed.nominate")

    monkeypatch.setattr(portal.context.services.gateway, "nominate", nominate)
    client = await portal.signed_in("dartmouth.coordinator")
    page = (await client.get("/nominate")).text
    assert '<option value="cqmu-lipid">Lab for Lipid Research (places: 2' in page
    assert 'value="dartmouth"' not in page[page.index('id="f-host"') : page.index('id="f-student_number"')]
    wishes = {
        "laboratories.1": ["cqmu-moe-child", "", "cqmu-lipid"],
        "laboratories.2": ["", "", ""],
        "specialties.1": ["cqmu-neurology", "", ""],
        "specialties.2": ["", "cqmu-oncology", ""],
    }
    row = {name: cell for name, cell in ROW.items() if name not in ("laboratories", "specialties")}
    page = (await client.post("/nominate", row | wishes)).text
    plan = told[0].to_plan(portal.programme)
    assert next(plan.wishes(block) for block in plan.blocks(Content.LABORATORY)) == ("cqmu-moe-child", "cqmu-lipid")
    assert plan.wishes(plan.blocks(Content.CLINICAL)[1]) == ("cqmu-oncology",)
    assert chosen(page, "laboratories") == ["cqmu-moe-child", "cqmu-lipid", ""]


async def test_a_wish_that_is_no_unit_stays_in_view_with_its_fault(portal: Portal) -> None:
    client = await portal.signed_in("dartmouth.coordinator")
    page = (await client.post("/nominate", ROW | {"laboratories.1": ["Lab for Lipids", "", ""]})).text
    assert chosen(page, "laboratories") == ["Lab for Lipids", "", ""]
    assert 'id="e-laboratories"' in page


async def test_the_form_nominates_two_laboratories_and_two_specialties(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Nomination] = []

    async def nominate(nomination: Nomination, *_: Any, **__: Any) -> None:
        told.append(nomination)
        raise NotAuthorised("not_allowed.nominate")

    monkeypatch.setattr(portal.context.services.gateway, "nominate", nominate)
    client = await portal.signed_in("dartmouth.coordinator")
    page = (await client.post("/nominate", ROW)).text
    [nomination] = told
    plan = nomination.to_plan(portal.context.services.programme)
    assert [(block.key, str(block.start), block.hours) for block in plan.rotations] == [
        ("laboratory.1", "2027-03-01", None),
        ("clinical.2", "2027-03-22", None),
        ("laboratory.3", "2027-04-12", 90),
        ("clinical.4", "2027-05-03", None),
    ]
    assert plan.wishes(plan.blocks(Content.CLINICAL)[1]) == ("cqmu-oncology",)
    # The form that comes back holds each block in its own fields.
    assert value(page, "laboratory_start") == "2027-03-01"
    assert value(page, "laboratory_start-2") == "2027-04-12"
    assert value(page, "laboratory_hours-2") == "90"
    assert chosen(page, "specialties-2") == ["cqmu-oncology", ""]
    assert value(page, "clinical_start-3") == ""


@pytest.mark.parametrize(
    ("language", "said"), [("en", "works in one unit a day"), ("zh", "学生一天只在一个科室或实验室")]
)
async def test_a_fault_of_a_later_block_stands_at_its_field(portal: Portal, language: str, said: str) -> None:
    client = await portal.signed_in("dartmouth.coordinator")
    client.http.cookies.set("sojourn-language", language, domain="portal.example")
    wrong = ROW | {"clinical_start": ["2027-03-22", "2027-04-30", "", ""]}
    answer = await client.post("/nominate", wrong)
    assert answer.status_code == 422
    [field] = re.findall(r'<span class="error" id="e-([^"]+)">', answer.text)
    assert field == "clinical_start-2"
    assert said in answer.text
    assert ("第2段" in answer.text) == (language == "zh")


async def test_shares_are_explained_on_the_form(portal: Portal) -> None:
    client = await portal.signed_in("dartmouth.coordinator")
    empty = {f"{content}_{of}": [""] for content in ("laboratory", "clinical") for of in ("start", "end", "hours")}
    shares = {"laboratory_share": ["30", "30"], "clinical_share": ["30"], "specialties": ["Neurology"]}
    page = (await client.post("/nominate", ROW | empty | shares)).text
    assert "add up to 90 %" in page
    assert value(page, "laboratory_share-2") == "30"


async def test_there_is_always_room_for_one_more_block(portal: Portal) -> None:
    client = await portal.signed_in("dartmouth.coordinator")
    assert 'id="f-laboratory_start-4"' in (await client.get("/nominate")).text
    four = ROW | {"laboratory_start": ["2027-03-01"] * 4, "laboratory_end": ["2027-03-02"] * 4}
    page = (await client.post("/nominate", four)).text
    assert 'id="f-laboratory_start-5"' in page
    assert 'id="f-laboratory_start-6"' not in page
