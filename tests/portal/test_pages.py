"""Every page in both languages, for whoever may open it; nothing raw shows, and everything says what it must."""

import re

import pytest

from models.errors import Unavailable
from models.vocabulary import Role
from tests.portal.world import People, Portal

PAGES: dict[Role, tuple[str, ...]] = {
    Role.PROGRAMME_OFFICE: (
        "/worklist", "/worklist?tab=others", "/worklist?tab=overdue", "/exchanges", "/exchanges/{exchange}",
        "/exchanges/{other}", "/exchanges/{living}", "/exchanges/{living}/clearances",
        "/steps/{step}", "/steps/{step}/return", "/board",
        "/board?view=table", "/overdue",
        "/places", "/places?view=students&from=2027-03-01", "/places?view=units&from=2027-03-01",
        "/places?view=beds&from=2027-03-01", "/arrivals?from=2027-03-01",
        "/cohorts", "/cohorts/2027-incoming-dartmouth-cqmu", "/levels", "/levels?by=unit", "/connections", "/admin",
        "/admin/people", "/admin/people/new", "/admin/people/cqmu.coordinator", "/admin/absences", "/admin/suspensions",
        "/admin/mail", "/admin/mail?status=sent", "/events", "/profile", "/nominate", "/options", "/verify",
        "/exchanges/{exchange}/change/{step}/extend", "/exchanges/{exchange}/change/{step}/reassign",
    ),
    Role.STUDENT: ("/exchanges", "/exchanges/{exchange}", "/profile"),
    Role.SUPERVISOR: ("/worklist", "/exchanges/{exchange}", "/places?from=2027-03-01"),
    Role.PARTNER_OFFICE: ("/board", "/exchanges/{exchange}", "/nominate", "/connections"),
    Role.HOUSING_OFFICER: ("/worklist", "/arrivals", "/places?view=beds&from=2027-03-01", "/overdue"),
    Role.AUDITOR: ("/events", "/exchanges/{exchange}", "/board", "/overdue"),
}  # fmt: skip


def paths(people: People) -> list[tuple[Role, str]]:
    """Every page with who opens it."""
    names = {"exchange": people.exchange, "other": people.other, "step": people.open_step, "living": people.living}
    return [(role, path.format(**names)) for role, found in PAGES.items() for path in found]


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_every_page_is_whole(portal: Portal, people: People, language: str) -> None:
    clients = {role: await portal.signed_in(people.of(role)) for role in PAGES}
    for client in clients.values():
        client.http.cookies.set("sojourn-language", language, domain="portal.example")
    for role, path in paths(people):
        page = await clients[role].get(path)
        assert page.status_code == 200, (role, path, page.status_code)
        assert page.headers["content-language"] == language
        assert f'<html lang="{"zh-Hans" if language == "zh" else "en"}">' in page.text
        assert page.text.count("<h1>") + page.text.count("<h1 ") == 1, path
        assert not re.search(r"None\b(?!\.)|Undefined|\{\{|\}\}|<built-in|datetime\.|Role\.|Stage\.", page.text), path
        assert "style=" not in page.text, path
        assert not re.search(r"<script(?! src=)|onclick=|javascript:", page.text), path


async def test_names_stand_in_both_scripts_and_the_family_name_is_marked(portal: Portal, people: People) -> None:
    page = await (await portal.signed_in(people.of(Role.PROGRAMME_OFFICE))).get(f"/exchanges/{people.other}")
    assert '<b class="family">LI</b> Na' in page.text
    assert '<span lang="zh-Hans">李娜</span>' in page.text


async def test_a_due_time_says_its_zone_and_the_readers(portal: Portal, people: People) -> None:
    page = await (await portal.signed_in("dartmouth.coordinator")).get(f"/exchanges/{people.living}")
    assert "China time" in page.text
    assert "for you: " in page.text
    assert "US Eastern time" in page.text


async def test_late_is_said_in_words(portal: Portal, people: People) -> None:
    page = await (await portal.signed_in(people.of(Role.PROGRAMME_OFFICE))).get("/worklist?tab=overdue")
    assert re.search(r'<span class="tag late">overdue, \d+ hours ago</span>', page.text)


async def test_a_filter_is_in_the_address(portal: Portal, people: People) -> None:
    client = await portal.signed_in(people.of(Role.PROGRAMME_OFFICE))
    found = await client.get("/exchanges?q=rivera")
    assert people.exchange in found.text
    assert people.other not in found.text
    assert 'value="rivera"' in found.text


async def test_a_page_says_that_temporal_is_away_and_shows_what_it_knows(portal: Portal, people: People) -> None:
    client = await portal.signed_in(people.of(Role.PROGRAMME_OFFICE))
    portal.context.temporal_away_since = portal.now
    page = await client.get(f"/exchanges/{people.exchange}")
    assert page.status_code == 200
    assert "what you ask is kept" in page.text


async def test_an_act_that_could_not_be_kept_keeps_its_form_and_its_key(
    portal: Portal, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await portal.signed_in("cqmu.coordinator")

    async def away(*_: object, **__: object) -> None:
        raise Unavailable("database.busy", error="OperationalError")

    monkeypatch.setattr(portal.context.services.gateway.asking.register, "ask", away)
    note = "Replace the <b>photo</b>, please."
    form = {"note": note, "documents": "photo", "key": "a" * 32}
    page = await client.post(f"/steps/{people.open_step}/return", form)
    assert page.status_code == 503
    assert "send the same form again" in page.text
    assert f'name="key" value="{"a" * 32}"' in page.text
    assert "Replace the &lt;b&gt;photo&lt;/b&gt;, please." in page.text
    assert 'value="photo" checked' in page.text


async def test_without_the_records_a_page_says_so(
    portal: Portal, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await portal.signed_in("cqmu.coordinator")

    async def away(*_: object, **__: object) -> None:
        raise Unavailable("database.busy", error="OperationalError")

    monkeypatch.setattr(portal.context.services.gateway.access, "session", away)
    page = await client.get("/worklist")
    assert page.status_code == 503
    assert "Nothing is lost" in page.text


async def test_the_export_cannot_carry_a_formula(portal: Portal) -> None:
    evil = await portal.office.nominate(7, native_name="@SUM(1+1)")
    client = await portal.signed_in("cqmu.programme_office")
    csv = (await client.get("/board.csv")).text
    line = next(line for line in csv.splitlines() if evil.exchange_id in line)
    assert ",'@SUM(1+1)," in line
    sheet = await client.get("/board.xlsx")
    assert sheet.headers["content-type"].startswith("application/vnd.openxml")
    assert sheet.content[:2] == b"PK"


async def test_who_evaluated_is_named(portal: Portal, people: People) -> None:
    page = (await (await portal.signed_in("cqmu.coordinator")).get(f"/exchanges/{people.exchange}")).text
    told = re.findall(r"Evaluated by ([^,]+),", page)
    assert len(told) == 2
    assert people.student not in told
