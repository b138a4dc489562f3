"""The year report as page, spreadsheet and PDF: the same figures, in both languages."""

import io
from datetime import timedelta

import openpyxl
import pytest
from pypdf import PdfReader

from models.vocabulary import LANGUAGES
from tests.portal.chinese import faults_of, latin_names, lines_of
from tests.portal.world import People, Portal

TITLES = {"en": "Year report 2027", "zh": "2027年度报告"}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_page_spreadsheet_and_pdf_tell_the_same(portal: Portal, people: People, language: str) -> None:
    portal.now += timedelta(microseconds=7)  # as clocks are
    client = await portal.signed_in("dartmouth.partner_office")
    client.http.cookies.set("sojourn-language", language, domain="portal.example")
    page = await client.get("/year?year=2027")
    assert page.status_code == 200
    assert TITLES[language] in page.text
    lines = lines_of(page.text)
    if language == "zh":
        assert not [fault for line in lines for fault in faults_of(line, latin_names(portal))]
    sheet = await client.get("/year.xlsx?year=2027")
    book = openpyxl.load_workbook(io.BytesIO(sheet.content))
    rows = list(book.worksheets[0].values)
    incoming = next(row for row in rows[2:] if "Dartmouth" in str(row[0]) or "达特茅斯" in str(row[0]))
    assert incoming[2] == 2, "a number, not text"
    pdf = await client.get("/year.pdf?year=2027")
    assert pdf.headers["content-type"] == "application/pdf"
    text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(pdf.content)).pages)
    for row in rows[2:]:
        for cell in row[:3]:
            assert str(cell) in page.text
            assert "".join(str(cell).split()) in "".join(text.split())


async def test_who_may_look_and_what_is_typed_wrongly(portal: Portal, people: People) -> None:
    for person in (people.student, "cqmu.supervisor.lipid", "cqmu.housing_officer"):
        client = await portal.signed_in(person)
        for path in ("/year", "/year.xlsx", "/year.pdf"):
            assert (await client.get(path)).status_code == 404
    auditor = await portal.signed_in("cqmu.auditor")
    for year in ("", "x", "0", "99999", "-1"):
        assert (await auditor.get(f"/year?year={year}")).status_code == 200
    assert (await auditor.get("/year.exe")).status_code == 404
