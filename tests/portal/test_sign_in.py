"""Signing in as people do it: any spelling, a code from another device, several roles, and who is counted for whom."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import select

from models.people.access import Member
from models.people.authorization import Actor
from models.tables import SignInLinkRow
from models.vocabulary import Role
from portal.callers import addresses_of, network_of
from records.access.throttle import MOST_PER_ADDRESS, PER_CALLER_AND_ADDRESS
from settings import Settings
from tests.activities.students import NOW
from tests.databases import Database
from tests.portal.test_oidc import portal_with, provider, signed_in_as
from tests.portal.world import BASE, Client, Portal, open_portal

__all__ = ["provider"]

HOST = "coordinator@cqmu.example"
OFFICE = Actor(id="cqmu.programme_office", role=Role.PROGRAMME_OFFICE, institution="cqmu")


@pytest.fixture
async def proxied(sqlite_database: Database, tmp_path: Path) -> AsyncIterator[Portal]:
    """The portal behind proxies that it trusts."""
    async with open_portal(sqlite_database, tmp_path, trusted_proxies="198.51.100.7, 2001:db8:ffff::/48") as opened:
        yield opened


async def links(portal: Portal) -> list[str]:
    return [row[0] for row in await portal.office.rows(select(SignInLinkRow.id).order_by(SignInLinkRow.created_at))]


async def second_role(portal: Portal, address: str = HOST) -> None:
    member = Member(person="cqmu.auditor.2", role=Role.AUDITOR, institution="cqmu", name="Liu", email=address)
    await portal.context.services.gateway.members.save(member, OFFICE, NOW, "second role", new=True)


def code_of(portal: Portal, link: str) -> str:
    return portal.context.services.gateway.access.signing.code(link)


async def signed_in(client: Client) -> bool:
    return (await client.get("/profile")).status_code == 200


@pytest.mark.parametrize("spelling", [HOST, HOST.upper(), f" {HOST}. ", "ｃｏｏｒｄｉｎａｔｏｒ＠cqmu。example"])
async def test_any_spelling_of_an_address_gets_a_link(portal: Portal, spelling: str) -> None:
    asked = await portal.browser().post("/sign-in", {"email": spelling})
    assert asked.status_code == 303
    assert len(await links(portal)) == 1


@pytest.mark.parametrize("text", ["", "nobody", "a b@cqmu.example", "mateo.ramírez@example.edu", "<a@b.example>"])
async def test_what_is_no_address_is_told(portal: Portal, text: str) -> None:
    asked = await portal.browser().post("/sign-in", {"email": text})
    assert asked.status_code == 422
    assert "Enter an address like" in asked.text


async def test_a_code_read_elsewhere_signs_in_where_it_was_asked_for(portal: Portal) -> None:
    asking, other = portal.browser(), portal.browser()
    await asking.post("/sign-in", {"email": HOST, "next": "/board"})
    [link] = await links(portal)
    code = code_of(portal, link)
    page = await asking.get("/sign-in/sent")
    assert 'action="/sign-in/code"' in page.text
    await other.get("/")
    assert (await other.post("/sign-in/code", {"code": code})).status_code == 422
    wrong = await asking.post("/sign-in/code", {"code": "00000000" if code != "00000000" else "1"})
    assert wrong.status_code == 422
    assert "does not fit" in wrong.text
    answer = await asking.post("/sign-in/code", {"code": f"{code[:4]} {code[4:]}"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/board")
    assert await signed_in(asking)
    assert (await asking.post("/sign-in/code", {"code": code})).status_code in (403, 422)


async def test_a_wrong_code_says_the_same_whether_somebody_is_known(portal: Portal) -> None:
    known, unknown = portal.browser(), portal.browser()
    await known.post("/sign-in", {"email": HOST})
    await unknown.post("/sign-in", {"email": "nobody@cqmu.example"})
    said = {
        ((answer := await one.post("/sign-in/code", {"code": "no code"})).status_code, "does not fit" in answer.text)
        for one in (known, unknown)
        for _ in range(7)
    }
    assert said == {(422, True)}


@pytest.mark.parametrize("way", ["link", "code"])
async def test_who_has_two_roles_chooses_one(portal: Portal, way: str) -> None:
    await second_role(portal)
    browser = portal.browser()
    await browser.post("/sign-in", {"email": HOST})
    [link] = await links(portal)
    token = portal.context.services.gateway.access.signing.sign_in(link)
    path = "/sign-in/code" if way == "code" else f"/sign-in/{token}"
    form = {"code": code_of(portal, link)} if way == "code" else {}
    asked = await browser.post(path, form)
    assert asked.status_code == 200
    assert {f'value="{one}"' in asked.text for one in ("cqmu.coordinator", "cqmu.auditor.2")} == {True}
    assert not await signed_in(browser)
    assert (await browser.post(path, form | {"person": "cqmu.head_of_office"})).status_code in (410, 422)
    assert not await signed_in(browser)
    assert (await browser.post(path, form | {"person": "cqmu.auditor.2"})).status_code == 303
    assert "Auditor" in (await browser.get("/profile")).text


async def test_who_has_two_roles_chooses_one_after_the_university_vouched(
    sqlite_database: Database, tmp_path: Path, provider: str
) -> None:
    async with portal_with(sqlite_database, tmp_path, provider) as portal:
        await second_role(portal)
        browser, other = portal.browser(), portal.browser()
        asked = await signed_in_as(browser, "s-1", next_path="/events")
        assert asked.status_code == 200
        assert 'action="/oidc/choose"' in asked.text
        await other.get("/")
        assert (await other.post("/oidc/choose", {"person": "cqmu.auditor.2"})).status_code == 403
        for foreign in ("", "cqmu.head_of_office", "dartmouth.coordinator"):
            assert (await browser.post("/oidc/choose", {"person": foreign})).status_code in (403, 404)
            assert not await signed_in(browser)
        answer = await browser.post("/oidc/choose", {"person": "cqmu.auditor.2"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/events")
        assert "sojourn-oidc" not in browser.http.cookies
        assert "Auditor" in (await browser.get("/profile")).text


async def test_nobody_who_asks_in_their_name_keeps_them_out(portal: Portal) -> None:
    """The browser of an earlier sign-in is known by a cookie; it is known for that address alone."""
    mine = portal.browser()
    await mine.post("/sign-in", {"email": HOST})
    token = portal.context.services.gateway.access.signing.sign_in((await links(portal))[0])
    await mine.post(f"/sign-in/{token}")
    await mine.post("/sign-out")
    for number in range(100):
        await from_peer(portal, f"192.0.2.{number}", HOST)
    flooded = len(await links(portal))
    assert flooded == MOST_PER_ADDRESS
    await mine.post("/sign-in", {"email": HOST.upper()})
    assert len(await links(portal)) == flooded + 1
    stranger = portal.browser()
    stranger.http.cookies.set("sojourn-known", mine.http.cookies["sojourn-known"][:-2] + "xx", domain="portal.example")
    await stranger.post("/sign-in", {"email": HOST})
    assert len(await links(portal)) == flooded + 1, "nobody makes a cookie of their own"
    assert HOST not in mine.http.cookies["sojourn-known"]


async def from_peer(portal: Portal, peer: str, email: str, **headers: str) -> None:
    """Ask for a link from an address."""
    transport = httpx2.ASGITransport(portal.app, client=(peer, 40000), raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=BASE, headers=headers) as http:
        assert (await Client(http).post("/sign-in", {"email": email})).status_code == 303


FORWARDED = "x-forwarded-for"


@pytest.mark.parametrize(
    ("peer", "headers", "together"),
    [
        # The proxy is trusted: whom it names is counted, each by themself.
        ("198.51.100.7", "192.0.2.{n}", False),
        ("2001:db8:ffff::1", "192.0.2.{n}", False),
        ("::ffff:198.51.100.7", "192.0.2.{n}", False),
        ("::ffff:198.51.100.8", "192.0.2.{n}", True),
        # What the caller claims stands before what the proxy adds.
        ("198.51.100.7", "192.0.2.{n}, 203.0.113.9", True),
        ("198.51.100.7", "192.0.2.{n}, 203.0.113.9, 2001:db8:ffff::1", True),
        # Nobody else is believed.
        ("203.0.113.9", "192.0.2.{n}", True),
        ("198.51.100.8", "192.0.2.{n}", True),
        # An IPv6 network of 64 bits is one caller, another one is another.
        ("198.51.100.7", "2001:db8:1:2::{n}", True),
        ("198.51.100.7", "2001:db8:1:{n}::1", False),
        ("198.51.100.7", "::ffff:203.0.113.9, 203.0.113.9", True),
    ],
)
async def test_who_is_counted_behind_a_proxy(proxied: Portal, peer: str, headers: str, together: bool) -> None:
    for number in range(1, PER_CALLER_AND_ADDRESS + 4):
        await from_peer(proxied, peer, HOST, **{FORWARDED: headers.format(n=number)})
    assert len(await links(proxied)) == (PER_CALLER_AND_ADDRESS if together else PER_CALLER_AND_ADDRESS + 3)


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:DB8:0:0:ffff::", "2001:db8::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_what_counts_as_one_caller(host: str, network: str) -> None:
    assert network_of(host) == network


@pytest.mark.parametrize("proxies", ["*", "0.0.0.0/0", "::/0", "10.0.0.1/8", "10.0.0.1, *"])
def test_everybody_is_no_proxy(proxies: str) -> None:
    with pytest.raises(ValueError, match="trusted_proxies"):
        Settings(trusted_proxies=proxies)


def test_proxies_are_named_by_address_network_or_name() -> None:
    named = Settings(trusted_proxies="192.0.2.1, 2001:db8::/32,localhost,no-such-host.invalid").proxies
    found = addresses_of(named)
    assert found[:2] == ["192.0.2.1", "2001:db8::/32"]
    assert "127.0.0.1" in found[2:]
    assert set(found[2:]) <= {"127.0.0.1", "::1", "::ffff:127.0.0.1/128", "::ffff:192.0.2.1/128"}
    assert addresses_of(["10.0.0.0/8"]) == ["10.0.0.0/8", "::ffff:10.0.0.0/104"]
