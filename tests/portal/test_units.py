"""Units: the pages of those who keep them in both languages, the spreadsheet, the API and the command line."""

import io
import itertools
import re
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import update

from activities.placement import Placement
from models.people.access import ApiScope
from models.tables import ExchangeRow
from models.vocabulary import LANGUAGES, NominationStatus, StepKind
from records.store.append import NoOutbox, Wakers
from tests.activities.students import NOW
from tests.activities.test_allocation import place
from tests.portal.chinese import faults_of, latin_names, lines_of
from tests.portal.commands import command_line
from tests.portal.test_api import system
from tests.portal.world import People, Portal
from tests.records.stays import asked, of_host
from tests.wakers import CountingWaker
from texts.i18n import TAGS

LIPID, PATH = "cqmu-lipid", "/units/cqmu-lipid"
FORM: dict[str, Any] = {"version": "0", "capacity": "2"}
KEYS = (f"0123456789abcdef{number}" for number in itertools.count(10))
INSPECTION = {"first-0": "2027-03-10", "last-0": "", "reason-0": "inspection"}


@pytest.fixture
async def placed(portal: Portal, people: People) -> str:
    """A second student with a place in the laboratory, which has two, in March and April; the day is long before."""
    portal.now = NOW
    agent = Placement(portal.office.sessions, portal.programme, NoOutbox(), Wakers(CountingWaker()))
    request = place(people.living, only=LIPID, start=date(2027, 3, 1), end=date(2027, 4, 16))
    assert (await agent.assign_place(request)).unit_id == LIPID
    return people.living


def seen_on(page: str) -> str:
    found = re.search(r'name="seen" value="(\w{64})"', page)
    assert found is not None
    return found[1]


async def test_a_coordinator_sees_what_breaks_confirms_it_and_finds_it_listed(portal: Portal, placed: str) -> None:
    client = await portal.signed_in("cqmu.coordinator")
    assert "Places to move" not in (await client.get("/units")).text
    shown = await client.post(PATH, FORM | INSPECTION)
    assert shown.status_code == 409
    assert "Nothing is saved yet" in shown.text
    assert placed in shown.text
    assert "Inspection" in shown.text
    assert "None: it is as the catalogue has it." in shown.text
    saved = await client.post(PATH, FORM | INSPECTION | {"seen": seen_on(shown.text)})
    assert saved.status_code == 303
    for path in ("/units", PATH, "/worklist"):
        page = (await client.get(path)).text
        assert "Places to move" in page
        assert f"/exchanges/{placed}/changes?placement={placed}.laboratory.1#new-unit" in page
    async with portal.office.sessions.begin() as session:
        verified = update(ExchangeRow).where(ExchangeRow.id == placed)
        await session.execute(verified.values(nomination=NominationStatus.VERIFIED))
    asks = (await client.get(f"/exchanges/{placed}/changes?placement={placed}.laboratory.1")).text
    assert f'value="{placed}.laboratory.1" selected' in asks
    supervisor = (await (await portal.signed_in("cqmu.supervisor.lipid")).get("/worklist")).text
    assert f'href="/exchanges/{placed}"' in supervisor
    assert "changes?placement" not in supervisor, "a supervisor asks the office"
    others = (await (await portal.signed_in("dartmouth.coordinator")).get("/worklist")).text
    assert "Places to move" not in others
    page = (await client.get(PATH)).text
    assert 'value="2027-03-08"' in page, "the week of the day that was typed"
    assert "had to be moved" in page
    again = await client.post(PATH, FORM | {"key": next(KEYS)})
    assert (again.status_code, "was changed since this was shown" in again.text) == (409, True)


async def test_a_supervisor_keeps_their_unit_and_breaks_nobody(portal: Portal, placed: str) -> None:
    client = await portal.signed_in("cqmu.supervisor.lipid")
    listed = (await client.get("/units")).text
    assert PATH in listed
    assert "/units/cqmu-ncrc-child" not in listed
    assert (await client.get("/units/cqmu-ncrc-child")).status_code == 404
    assert (await client.post(PATH, FORM | {"capacity": "4", "level": ["phd"]})).status_code == 303
    masters = {"version": "1", "capacity": "4", "level": ["master"], "key": next(KEYS)}
    refused = await client.post(PATH, masters)
    assert refused.status_code == 404
    assert "can save it" in refused.text
    assert "Nothing is saved yet" in refused.text, "which places it is about is shown all the same"
    assert placed in refused.text


async def test_who_looks_for_a_place_sees_what_stands_against_each_unit(portal: Portal, people: People) -> None:
    portal.now = NOW
    client = await portal.signed_in("cqmu.coordinator")
    assert (await client.post(PATH, FORM | {"capacity": "1"})).status_code == 303
    child = {"version": "0", "capacity": "2", "level": ["master"], "key": next(KEYS)}
    assert (await client.post("/units/cqmu-ncrc-child", child)).status_code == 303
    step = asked(people.living, StepKind.FIND_PLACE, of_host(), subject="laboratory")
    await portal.office.record(people.living, step.model_copy(update={"outcomes": ("found", "none")}))
    form = (await client.get(f"/steps/{step.step_id}/found")).text
    offered = re.findall(r'<option value="(cqmu-[^"]+)"[^>]*>([^<]+)</option>', form)
    told = dict(offered)
    assert told[LIPID].startswith("Lab for Lipid Research (full")
    assert "another level" in told["cqmu-ncrc-child"]

    assert [unit for unit, _ in offered].index(LIPID) > [unit for unit, _ in offered].index("cqmu-nerc-ultrasonic")


async def test_the_public_page_says_whom_each_unit_takes_and_nothing_of_people(portal: Portal, people: People) -> None:
    client = await portal.signed_in("cqmu.coordinator")
    typed = FORM | {"capacity": "7", "level": ["phd"], "person-0": "cqmu.supervisor.lipid", "limit-0": "2"}
    assert (await client.post(PATH, typed)).status_code == 303
    page = (await portal.browser().get("/options")).text
    lipid = page.partition("Lab for Lipid Research")[2].partition("</li>")[0]
    supervisor = next(c for c in portal.programme.institutions["cqmu"].contacts if c.id == "cqmu.supervisor.lipid")
    assert "7 students at a time" in lipid
    assert "PhD" in lipid
    assert supervisor.name not in page


async def test_units_of_one_name_are_told_apart(portal: Portal, people: People) -> None:
    page = (await (await portal.signed_in("cqmu.coordinator")).get("/units")).text
    rows = [row for row in page.split("<tr>") if ">Ultrasonic Medicine</a>" in row]
    told = [re.search(r'<span class="small quiet">([^<]+)</span>', row) for row in rows]
    assert len({found[1] for found in told if found}) == len(rows) == 2


async def test_fields_at_fault_are_told(portal: Portal, people: People) -> None:
    client = await portal.signed_in("cqmu.coordinator")
    wrong: tuple[dict[str, Any], ...] = (
        {"capacity": "many"},
        {"capacity": "100"},
        {"first-0": "soon", "reason-0": "holiday"},
        {"first-0": "2027-03-10", "last-0": "2027-03-01", "reason-0": "holiday"},
        {"first-0": "2027-03-10", "reason-0": "boredom"},
        {"discipline": ["alchemy"]},
        {"person-0": "cqmu.nobody", "limit-0": "1"},
        {"language": ["fr"]},
    )
    for fields in wrong:
        refused = await client.post(PATH, FORM | fields)
        assert refused.status_code == 422, fields
        assert 'id="problem"' in refused.text
    assert (await client.post("/units/nowhere", FORM)).status_code == 404
    assert (await (await portal.signed_in("dartmouth.coordinator")).get(PATH)).status_code == 404
    housing = await portal.signed_in("cqmu.housing_officer")
    assert '<form method="post" class="narrow"' not in (await housing.get(PATH)).text
    assert (await housing.post(PATH, FORM | {"capacity": "9"})).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_pages_are_in_the_readers_language(portal: Portal, placed: str, language: str) -> None:
    client = await portal.signed_in("cqmu.coordinator")
    client.http.cookies.set("sojourn-language", language, domain="portal.example")
    typed = FORM | INSPECTION | {"level": ["phd"], "language": ["en", "zh"], "capacity": "1"}
    shown = await client.post(PATH, typed)
    await client.post(PATH, typed | {"seen": seen_on(shown.text)})
    pages = [shown, await client.get(PATH), await client.get("/units")]
    assert all(f'<html lang="{TAGS[language]}"' in page.text for page in pages)
    if language == "zh":
        lines = [line for page in pages for line in lines_of(page.text)]
        assert not [fault for line in lines for fault in faults_of(line, latin_names(portal))]


def changed(data: bytes, **cells: Any) -> bytes:
    """The spreadsheet with other cells in the row of the laboratory."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.active
    assert sheet is not None
    header = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        if row[header.index("unit")].value == LIPID:
            for name, value in cells.items():
                row[header.index(name)].value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


async def test_a_spreadsheet_is_written_changed_and_read_back_whole_or_not_at_all(portal: Portal, placed: str) -> None:
    client = await portal.signed_in("cqmu.coordinator")
    data = (await client.get("/units.xlsx")).content

    async def send(content: bytes, **more: str) -> Any:
        fields = {"csrf": await client.csrf(), "key": "0123456789abcdef" + str(len(more))} | more
        files = {"file": ("units.xlsx", content)} if content else {"file": ("", b"")}
        return await client.http.post(
            "/units.xlsx", data=fields, files=files, headers={"origin": portal.context.origin}
        )

    assert "Nothing: the units are as the file says." in (await send(data)).text
    faulty = await send(changed(data, blocked="next week", capacity=0))
    assert faulty.status_code == 422
    assert "Nothing was saved" in faulty.text
    preview = await send(changed(data, blocked="2027-03-10 inspection", supervisors="cqmu.supervisor.lipid: 2"))
    assert preview.status_code == 200
    assert placed in preview.text
    assert "to be moved" in preview.text
    assert "had to be moved" not in (await client.get(PATH)).text
    again = re.search(r'name="again" value="([^"]+)"', preview.text)
    assert again is not None
    saved = await send(b"", again=again[1], seen=seen_on(preview.text), name="units.xlsx")
    assert saved.status_code == 303
    page = (await client.get(PATH)).text
    assert "had to be moved" in page
    written = openpyxl.load_workbook(io.BytesIO((await client.get("/units.xlsx")).content)).active
    assert written is not None
    row = next(values for values in written.iter_rows(values_only=True) if values[0] == LIPID)
    assert row[3:] == ("1", "2", "2027-03-08..2027-03-14 inspection", None, None, None, "cqmu.supervisor.lipid: 2")


async def test_a_system_shows_changes_and_is_answered_once_for_its_key(
    portal: Portal, people: People, placed: str
) -> None:
    cqmu = await system(portal, "cqmu", ApiScope.EXCHANGES_READ, ApiScope.DECISIONS_WRITE)
    listed = (await cqmu.get("/api/v1/units")).json()
    [lipid] = [one for one in listed if one["unit_id"] == LIPID]
    assert (lipid["terms"]["capacity"], lipid["version"], lipid["to_move"]) == (2, 0, [])
    body: dict[str, Any] = {"edits": [{"unit_id": LIPID, "version": 0, "terms": {"capacity": 0}}]}
    preview = (await cqmu.post("/api/v1/units/preview", json=body)).json()
    assert [one["place"]["exchange_id"] for one in preview["changes"][0]["to_move"]] == [people.exchange, placed]
    key = {"Idempotency-Key": "units-one"}
    refused = await cqmu.post("/api/v1/units", json=body, headers={"Idempotency-Key": "units-zero"})
    assert (refused.status_code, refused.json()["message"]) == (409, "unit.breaks_places")
    shown = body | {"seen": preview["seen"]}
    first = await cqmu.post("/api/v1/units", json=shown, headers=key)
    again = await cqmu.post("/api/v1/units", json=shown, headers=key)
    assert (first.status_code, first.json()["changed"]) == (200, [LIPID])
    assert again.headers["Idempotency-Replayed"] == "true"
    history = (await cqmu.get(f"/api/v1/units/{LIPID}")).json()
    assert [one["after"]["capacity"] for one in history["versions"]] == [0]
    assert [one["place"]["why"] for one in history["unit"]["to_move"]] == ["full", "full"]
    dartmouth = await system(portal, "dartmouth", ApiScope.EXCHANGES_READ)
    assert (await dartmouth.get(f"/api/v1/units/{LIPID}")).status_code == 404
    assert (await dartmouth.get("/api/v1/units?host=cqmu")).status_code == 404
    assert (await dartmouth.post("/api/v1/units", json=body, headers=key)).status_code == 403


async def test_the_command_line_writes_a_file_and_reads_it_back(
    portal: Portal,
    placed: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    sojourn = command_line(portal, capsys, monkeypatch, "units")

    file = tmp_path / "units.xlsx"
    code, said = await sojourn("export", str(file))
    assert (code, "units.xlsx" in said) == (0, True)
    assert "Nothing: the units" in (await sojourn("import", str(file)))[1]
    file.write_bytes(changed(file.read_bytes(), capacity="0"))
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    code, said = await sojourn("import", str(file))
    assert (code, placed in said) == (1, True)
    code, said = await sojourn("import", str(file), "--yes")
    assert (code, "Units changed: 1. Places to move: 2." in said) == (0, True), said
    code, said = await sojourn("list")
    assert (code, "Places to move" in said, placed in said) == (0, True, True)
    file.write_bytes(changed(file.read_bytes(), capacity="some"))
    assert (await sojourn("import", str(file)))[0] == 2
