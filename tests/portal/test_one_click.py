"""Coming in as anybody by one click: where all stays on this machine, and nowhere else."""

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models.tables import EventRow
from portal.one_click import is_for_trying_out
from settings import Settings
from tests.databases import Database
from tests.portal.world import open_portal, populate

HERE = "http://127.0.0.1:8080"
HOST = "cqmu.coordinator"
LIST = "/sign-in/as"


async def test_everybody_is_listed_and_comes_in_by_one_click(sqlite_database: Database, tmp_path: Path) -> None:
    async with open_portal(sqlite_database, tmp_path, public_url=HERE, mailbox_dir=tmp_path) as portal:
        people = await populate(portal)
        browser = portal.browser()
        page = (await browser.get("/sign-in?next=/board")).text
        listed = re.findall(r'name="person" value="([^"]+)"', page)
        staff = [one.id for at in portal.programme.institutions.values() for one in at.contacts]
        assert sorted(listed) == sorted([*staff, people.living_student, people.other_student])
        assert page.index("<h3>Coordinator</h3>") < page.index("<h3>Student</h3>")

        for person in (HOST, people.living_student):
            browser = portal.browser()
            answer = await browser.post(LIST, {"person": person, "next": "/profile"})
            assert (answer.status_code, answer.headers["location"]) == (303, "/profile")
            assert (await browser.get("/profile")).status_code == 200
            events = await portal.office.rows(select(EventRow.payload).where(EventRow.stream == f"person:{person}"))
            assert [body["method"] for (body,) in events if "method" in body] == ["development"]

        stranger = portal.browser()
        assert (await stranger.post(LIST, {"person": "nobody.at.all"})).status_code == 404
        assert (await stranger.post(LIST, {"person": HOST, "csrf": "forged"})).status_code == 403
        assert (await stranger.get("/profile")).status_code == 303


@pytest.mark.parametrize(
    "configured",
    [
        {"public_url": "https://exchange.example"},
        {"public_url": "http://192.0.2.7:8080"},
        {"public_url": "https://127.0.0.1:8080"},
        {"smtp_host": "mail.example"},
        {"smtp_username": "exchange"},
        {"portal_host": "0.0.0.0"},
        {"trusted_proxies": "127.0.0.1"},
        {"mailbox_dir": None},
    ],
)
async def test_with_anything_configured_nobody_is_listed_and_there_is_no_page(
    sqlite_database: Database, tmp_path: Path, configured: dict[str, Any]
) -> None:
    async with open_portal(
        sqlite_database, tmp_path, **{"public_url": HERE, "mailbox_dir": tmp_path} | configured
    ) as portal:
        browser = portal.browser()
        page = await browser.get("/sign-in")
        assert page.status_code == 200
        assert LIST not in page.text
        assert (await browser.post(LIST, {"person": HOST})).status_code == 404
        assert (await browser.get("/profile")).status_code == 303


def test_the_settings_of_a_service_that_is_set_up_are_not_for_trying_out() -> None:
    assert not is_for_trying_out(Settings())
