"""Files on the page: an encoding is asked for, what was left out is told, and nobody waits for a hostile one."""

import asyncio
import csv
import io
import re
from html import unescape
from pathlib import Path

import pytest
from httpx2 import Response

from models.errors import BadInput
from models.rules.again import typed as typed_cells
from models.rules.nomination import Nomination
from portal.file_reading import LARGEST_UNPACKED, packed, unpacked
from tests.gateway.sheet_files import SHEET, comma_text, row_of, sheet_with, with_parts
from tests.portal.test_nominate import send, typed, upload
from tests.portal.world import Client, People, Portal

CASES = Path(__file__).parents[1] / "gateway" / "cases"


async def post_file(client: Client, data: bytes, name: str) -> Response:
    fields = {"csrf": await client.csrf(), "key": "k" * 32}
    return await client.http.post("/nominate/file", data=fields, files={"file": (name, data)})


@pytest.mark.parametrize(
    ("name", "encoding", "native"),
    [("k20-euc-kr.csv", "euc-kr", "김민수"), ("k20-cp1252.csv", "windows-1252", "Muñóz")],
)
async def test_an_encoding_is_shown_and_confirmed(portal: Portal, name: str, encoding: str, native: str) -> None:
    client = await portal.signed_in("dartmouth.coordinator")
    page = await upload(client, (CASES / name).read_bytes())
    assert 'value="nominate"' not in page
    assert re.search(rf'value="{encoding}" required> {encoding}: {native}<', page)
    kept = re.search(r'name="again" value="([^"]+)"', page)
    assert kept is not None
    fields = {"csrf": await client.csrf(), "key": "k" * 32, "again": kept[1], "encoding": encoding}
    plain = (await client.http.post("/nominate/file", data=fields)).text
    assert f"The file was read as {encoding}" in plain
    assert native in plain
    assert "1 row is right" in plain


@pytest.mark.parametrize("name", ["k08-hidden-row.xlsx", "k08-filtered.xlsx"])
async def test_what_was_left_out_is_told(portal: Portal, name: str) -> None:
    client = await portal.signed_in("dartmouth.coordinator")
    page = await upload(client, (CASES / name).read_bytes(), name)
    assert "2 rows are right" in page
    assert "Hidden or filtered rows that were left out (1): 3." in page


async def test_a_name_that_cannot_be_printed_is_told_beside_its_row(portal: Portal) -> None:
    client = await portal.signed_in("dartmouth.coordinator")
    page = await upload(client, (CASES / "k15-korean.csv").read_bytes())
    assert "1 row is right" in page
    assert "The certificate cannot print this name" in page
    again = await send(client, typed(page), "check")
    assert "The certificate cannot print this name" in again


async def test_who_is_known_already_is_said_before_anybody_is_nominated(portal: Portal, people: People) -> None:
    form = await portal.context.services.reading.nomination(people.living)
    cells = typed_cells(Nomination.model_validate(form))
    known = {name: re.sub(r";? *cqmu-child", "", value) for name, value in cells.items()}  # it is no laboratory
    other = known | {"student_number": "F00909", "given_name": "Quite Another", "birth_date": "2001-02-03"}
    other |= {"email": "another@example.edu", "passport_number": "X0909090"}
    table = io.StringIO()
    writer = csv.DictWriter(table, list(known))
    writer.writeheader()
    writer.writerows([known, other])
    client = await portal.signed_in("dartmouth.coordinator")
    page = await upload(client, table.getvalue().encode())
    assert "2 rows are right" in page
    assert "1 of them is known already" in page
    [row] = re.findall(r"<li>row (\d+): <span class=\"tag\">known already</span>", page)
    assert row == "2"
    assert f'href="/exchanges/{people.living}"' in page


async def test_one_student_is_told_before_anything_begins(portal: Portal) -> None:
    client = await portal.signed_in("dartmouth.coordinator")
    row = {column: value for column, value in row_of(native_name="김민수", student_number="Ｆ001").items() if value}
    row |= {"laboratories": "Child Development and Disease"}
    told = await client.post("/nominate", row)
    assert told.status_code == 200, re.findall(r'class="error"[^>]*>([^<]+)', told.text)
    assert "Nobody is nominated yet" in told.text
    assert "The certificate cannot print this name" in told.text
    assert "Wide letters or digits were read as ordinary ones" in told.text
    seen = re.search(r'name="seen" value="([^"]+)"', told.text)
    assert seen is not None
    sent = await client.post("/nominate", row | {"seen": unescape(seen[1])})
    assert "Nobody is nominated yet" not in sent.text
    assert sent.status_code == 202  # it is kept for the workflow service, which is away here
    other = await client.post("/nominate", row | {"seen": unescape(seen[1]), "family_name": "Ｋim"})
    assert "Nobody is nominated yet" in other.text


async def test_a_stay_that_has_begun_needs_a_reason(portal: Portal) -> None:
    portal.now = portal.now.replace(year=2028)
    client = await portal.signed_in("dartmouth.coordinator")
    row = {column: value for column, value in row_of().items() if value}
    row |= {"laboratories": "Child Development and Disease"}
    refused = await client.post("/nominate", row)
    assert refused.status_code == 422
    assert 'href="#f-end"' in refused.text
    assert "This stay is over" in refused.text
    short = await client.post("/nominate", row | {"late_reason": "late"})
    assert 'href="#f-late_reason"' in short.text
    taken = await client.post("/nominate", row | {"late_reason": "The list came by post."})
    assert taken.status_code == 202


async def test_others_are_answered_while_a_hostile_file_is_read(portal: Portal) -> None:
    hostile = with_parts({SHEET: sheet_with("<row/>" * 400_000)})
    sender, other = await portal.signed_in("dartmouth.coordinator"), await portal.signed_in("cqmu.coordinator")
    await other.get("/worklist")
    reading = asyncio.create_task(post_file(sender, hostile, "n.xlsx"))
    while not portal.context.file_reading.busy:
        await asyncio.wait({reading}, timeout=0.01)
    answered = await other.get("/worklist")
    assert answered.status_code == 200
    assert not reading.done()
    second = await post_file(sender, comma_text(row_of()).encode(), "n.csv")
    assert second.status_code == 409
    assert "Another file of yours is still being read" in second.text
    assert not reading.done()
    assert (await reading).status_code == 422
    assert not portal.context.file_reading.busy


def test_a_file_is_sent_along_only_where_it_fits() -> None:
    data = comma_text(*[row_of(student_number=f"F{n}") for n in range(200)]).encode("cp949")
    assert unpacked(packed(data)) == data
    assert packed(b"a" * (LARGEST_UNPACKED + 1)) == ""


@pytest.mark.parametrize("field", ["", "%%%", "aaaa", packed(b"a" * 100)[:-4], packed(b"x" * LARGEST_UNPACKED)[4:]])
def test_what_was_never_sent_along_is_refused(field: str) -> None:
    with pytest.raises(BadInput, match=r"file\.choose"):
        unpacked(field)
