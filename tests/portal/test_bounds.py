"""Nothing is read of a stranger; what others send has a size and a time."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.types import Message

from portal import bounds
from portal.bounds import AT_ONCE, AT_ONCE_EACH, LARGE, SMALL, TABLES, Turns
from portal.policy import ANYBODY, policy_of, routes_of
from tests.portal.test_policy import url_of
from tests.portal.world import People, Portal

FORM = {"content-type": "application/x-www-form-urlencoded"}


async def answered(portal: Portal, path: str) -> tuple[int, int]:
    """The status that a stranger's POST is answered with, and how often its body was asked for."""
    asked, status = 0, 0

    async def receive() -> Message:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": b"a" * 1000, "more_body": True}

    async def send(message: Message) -> None:
        nonlocal status
        status = message.get("status", status)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"portal.example"), (b"content-type", b"multipart/form-data; boundary=edge")],
        "client": ("203.0.113.9", 4000),
        "server": ("portal.example", 80),
        "scheme": "http",
        "root_path": "",
        "http_version": "1.1",
        "state": {},
    }
    await portal.app(scope, receive, send)
    return status, asked


async def test_nothing_is_read_of_a_stranger(portal: Portal, people: People) -> None:
    tried = 0
    for route in routes_of(portal.app.router.routes):
        if "POST" not in (route.methods or ()) or policy_of(route) is ANYBODY:
            continue
        status, asked = await answered(portal, url_of(route, people.exchange, people.document))
        assert (status, asked) in ((401, 0), (303, 0)), route.path
        tried += 1
    assert tried > 40


async def test_only_routes_that_say_so_take_more(portal: Portal) -> None:
    more = {
        route.path: most
        for route in routes_of(portal.app.router.routes)
        if (most := getattr(route.endpoint, "most", SMALL)) != SMALL
    }
    assert more == {
        "/api/v1/exchanges/{exchange_id}/documents": LARGE,
        "/exchanges/{exchange_id}/documents": LARGE,
        "/nominate/file": TABLES,
        "/nominate/rows": TABLES,
        "/units.xlsx": TABLES,
    }


@pytest.mark.parametrize("path", ["/profile/documents", "/documents", "/cohorts/x/documents", "/steps/x/documents"])
async def test_an_address_that_ends_like_an_upload_is_none(portal: Portal, people: People, path: str) -> None:
    client = await portal.signed_in("cqmu.coordinator")
    answer = await client.http.post(path, content=b"a=" + b"x" * (SMALL + 1), headers=FORM)
    assert answer.status_code in (404, 405, 413)


async def test_a_request_that_stops_coming_ends(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "SLOWEST", 0.1)

    async def stopping() -> AsyncIterator[bytes]:
        yield b"csrf="
        await asyncio.sleep(30)

    client = await portal.signed_in("cqmu.coordinator")
    answer = await client.http.post("/profile", content=stopping(), headers=FORM)
    assert (answer.status_code, answer.headers["connection"]) == (408, "close")


async def test_a_request_that_trickles_ends_too(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    client = await portal.signed_in("cqmu.coordinator")
    monkeypatch.setattr(bounds, "WITHIN", 0.3)

    async def trickling() -> AsyncIterator[bytes]:
        while True:
            yield b"a"
            await asyncio.sleep(0.02)

    answer = await client.http.post("/profile", content=trickling(), headers=FORM)
    assert answer.status_code == 503
    assert "Nothing is lost" in answer.text


async def test_files_are_read_a_few_at_a_time_and_of_one_person_fewer() -> None:
    turns, inside, most = Turns(), dict.fromkeys("abcdefgh", 0), {"each": 0, "all": 0}

    async def upload(whose: str) -> None:
        async with turns.turn(whose):
            inside[whose] += 1
            most["each"] = max(most["each"], inside[whose])
            most["all"] = max(most["all"], sum(inside.values()))
            await asyncio.sleep(0)
            inside[whose] -= 1

    await asyncio.gather(*(upload(whose) for whose in sorted("abcdefgh" * 10)))
    assert most == {"each": AT_ONCE_EACH, "all": AT_ONCE}


async def test_who_has_no_end_of_uploads_does_not_keep_others_waiting() -> None:
    turns, never = Turns(), asyncio.Event()

    async def hold() -> None:
        async with turns.turn("greedy"):
            await never.wait()

    holding = [asyncio.create_task(hold()) for _ in range(50)]
    await asyncio.sleep(0)
    async with asyncio.timeout(1), turns.turn("somebody else"):
        pass
    for task in holding:
        task.cancel()
    await asyncio.gather(*holding, return_exceptions=True)
