"""Nominating by form and by file: what is wrong is told at its field, corrected in place, and nothing typed is lost."""

import re
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import select

from models.errors import Difference, Differs, Param
from models.messages.exchange import Nominated
from models.rules.again import UNANSWERED, Answers
from models.tables import ExchangeCodeRow
from tests.portal.world import Client, Portal

FILE = Path(__file__).parents[2] / "examples" / "nominations-incoming-2027.csv"


def typed(page: str) -> list[tuple[str, str]]:
    """Every field of the page's form, as a browser would send it."""
    form = page[page.index('action="/nominate/rows"') :]
    found = re.findall(r'<input type="(?:text|hidden)" name="([^"]+)" value="([^"]*)"', form)
    return [(unescape(name), unescape(value)) for name, value in found]


async def upload(client: Client, data: bytes, name: str = "nominations.csv") -> str:
    fields = {"csrf": await client.csrf(), "key": "k" * 32}
    answer = await client.http.post("/nominate/file", data=fields, files={"file": (name, data)})
    assert answer.status_code in (200, 422), answer.status_code
    return answer.text


async def send(client: Client, fields: list[tuple[str, str]], do: str) -> str:
    named: dict[str, list[str]] = {}
    for name, value in [*fields, ("do", do)]:
        named.setdefault(name, []).append(value)
    return (await client.http.post("/nominate/rows", data=named)).text


async def test_rows_of_a_file_are_corrected_on_the_page(portal: Portal) -> None:
    client = await portal.signed_in("dartmouth.coordinator")
    page = await upload(client, FILE.read_bytes())
    assert "1 row to correct" in page
    assert "12 rows are right" in page
    assert "is not an e-mail address" in page
    assert page.count('aria-invalid="true"') >= 5
    mended = {
        "email": "corrected@example.edu", "birth_date": "2001-05-17", "nationality": "US", "end": "2027-05-28",
        "specialties": "", "discipline": "Neurology",
    }  # fmt: skip
    fields = [
        (name, mended.get(name.partition(".")[2], value) if name.startswith("r14.") else value)
        for name, value in typed(page)
    ]
    again = await send(client, fields, "check")
    assert "to correct" not in again, re.findall(r'class="error"[^>]*>([^<]+)', again)
    assert "13 rows are right" in again
    tried = await send(client, typed(again), "nominate")
    assert tried.count("kept, not yet taken") == 13
    assert len(await portal.office.rows(select(ExchangeCodeRow.exchange_id))) == 13


async def test_a_file_that_is_none_is_refused_in_words(portal: Portal) -> None:
    client = await portal.signed_in("dartmouth.coordinator")
    for data, name in (
        (b"", "a.csv"),
        (b"\x00\x01\x02", "b.xlsx"),
        (b"a,b\n1,2", "../../c.csv"),
        (b"PK\x03\x04x", "d.xlsx"),
    ):
        page = await upload(client, data, name)
        assert 'role="alert"' in page, name
        assert "/tmp" not in page


async def test_nothing_that_must_be_known_is_chosen_beforehand(portal: Portal) -> None:
    client = await portal.signed_in("dartmouth.coordinator")
    page = (await client.get("/nominate")).text
    for name in ("gender", "level"):
        field = page.partition(f'<select id="f-{name}"')[2].partition("</select>")[0]
        assert '<option value="">Choose</option>' in field, name
        assert " selected" not in field, name
    answer = await client.post("/nominate", {"sending": "dartmouth", "host": "cqmu", "gender": "", "level": ""})
    assert answer.status_code == 422
    assert 'href="#f-gender"' in answer.text
    assert 'href="#f-level"' in answer.text


async def test_a_form_says_at_each_field_what_is_wrong_and_keeps_the_rest(portal: Portal) -> None:
    client = await portal.signed_in("dartmouth.coordinator")
    answer = await client.post(
        "/nominate", {"sending": "dartmouth", "host": "cqmu", "family_name": "Rivera", "email": "x"}
    )
    assert answer.status_code == 422
    assert 'id="e-email"' in answer.text
    assert 'href="#f-email"' in answer.text
    assert 'aria-describedby="h-email e-email"' in answer.text
    assert 'name="family_name" value="Rivera"' in answer.text


async def test_nobody_nominates_for_another_university(portal: Portal) -> None:
    client = await portal.signed_in("dartmouth.coordinator")
    page = (await client.get("/nominate")).text
    offered = re.search(r'name="sending".*?</select>', page, re.DOTALL)
    assert offered is not None
    assert 'value="dartmouth"' in offered[0]
    assert 'value="cqmu"' not in offered[0]
    evil = FILE.read_text(encoding="utf-8").replace("dartmouth,cqmu", "cqmu,dartmouth").encode()
    checked = await upload(client, evil)
    if 'value="nominate"' in checked:
        tried = await send(client, typed(checked), "nominate")
        assert "0 students are nominated" in tried


async def test_the_templates_can_be_had(portal: Portal) -> None:
    client = await portal.signed_in("dartmouth.partner_office")
    csv = await client.get("/nominate/template.csv")
    assert "student_number" in csv.text
    sheet = await client.get("/nominate/template.xlsx")
    assert sheet.content[:2] == b"PK"
    assert "attachment" in sheet.headers["content-disposition"]


DIFFERENT = (Difference("given_name", "Clarissa", "Clara <Joan>"),)
WHERE: dict[str, Param] = {"exchange": "EX-2027-DAR-001", "host": "cqmu", "cells": ["given_name"]}
VERIFIED = Differs(
    "nomination.differs_verified",
    "given_name",
    DIFFERENT,
    exchange="EX-2027-DAR-001",
    host="cqmu",
    cells=["given_name"],
)
PENDING = Differs("nomination.differs", "given_name", DIFFERENT, **WHERE)


@pytest.mark.parametrize(("told", "asked"), [(VERIFIED, False), (PENDING, True)], ids=["verified", "pending"])
async def test_a_row_that_differs_shows_both_cells_and_asks_where_an_answer_helps(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, told: Differs, asked: bool
) -> None:
    given: list[Answers] = []

    async def nominate(*_: object, answers: Answers, **__: object) -> Nominated:
        given.append(answers)
        raise told

    monkeypatch.setattr(portal.context.services.gateway, "nominate", nominate)
    client = await portal.signed_in("dartmouth.coordinator")
    page = await send(client, typed(await upload(client, FILE.read_bytes())), "nominate")
    assert page.count("Clarissa") == page.count("Clara &lt;Joan&gt;") == 12
    assert ('name="r2.known"' in page) is asked
    assert given[0] == UNANSWERED
    if asked:
        await send(client, [*typed(page), ("r2.known", "correct")], "nominate")
        assert "correct" in {answers.known for answers in given}
