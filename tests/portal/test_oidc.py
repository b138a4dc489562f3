"""Signing in with a university's account, against a real OpenID provider in a process of its own."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from itsdangerous import URLSafeTimedSerializer

from dev.stack import free_port
from tests.databases import Database
from tests.portal.world import Client, Portal, open_portal

PEOPLE = (
    {"sub": "s-1", "email": "coordinator@cqmu.example", "email_verified": True},
    {"sub": "s-2", "email": "coordinator@dartmouth.example", "email_verified": True},
    {"sub": "s-3", "email": "head.of.office@cqmu.example", "email_verified": False},
)


@pytest.fixture
async def provider() -> AsyncIterator[str]:
    """The issuer of a running provider."""
    async with running_provider(free_port()) as issuer:
        yield issuer


@asynccontextmanager
async def running_provider(port: int) -> AsyncIterator[str]:
    """A provider with keys of its own until the end of the block."""
    people = [part for one in PEOPLE for part in ("--user-claims", json.dumps(one))]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true",
        *people, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    issuer = f"http://127.0.0.1:{port}"
    try:
        async with asyncio.timeout(20), httpx2.AsyncClient() as client:
            while True:
                try:
                    (await client.get(f"{issuer}/.well-known/openid-configuration")).raise_for_status()
                    break
                except httpx2.HTTPError:
                    await asyncio.sleep(0.05)
        yield issuer
    finally:
        process.terminate()
        await process.wait()


@pytest.fixture
async def portal(sqlite_database: Database, tmp_path: Path, provider: str) -> AsyncIterator[Portal]:
    async with portal_with(sqlite_database, tmp_path, provider) as opened:
        yield opened


@asynccontextmanager
async def portal_with(database: Database, tmp_path: Path, provider: str) -> AsyncIterator[Portal]:
    """The portal that knows one provider."""
    file = tmp_path / "oidc.toml"
    file.write_text(
        f"""
        [[providers]]
        id = "cqmu"
        name = "Chongqing Medical University"
        institution = "cqmu"
        issuer = "{provider}"
        client_id = "sojourn"
        client_secret = "secret"
        """
    )
    async with open_portal(database, tmp_path, oidc_file=file) as opened:
        yield opened


async def signed_in_as(browser: Client, subject: str, *, next_path: str = "/board") -> httpx2.Response:
    """Through the provider as a person would go; answers with what the portal says at the end."""
    return await browser.get(await way_back(browser, subject, next_path))


async def way_back(browser: Client, subject: str, next_path: str = "/board") -> str:
    """Where the provider sends the browser once the person has agreed."""
    started = await browser.get(f"/oidc/cqmu/start?next={next_path}")
    assert started.status_code == 303
    assert "code_challenge_method=S256" in started.headers["location"]
    async with httpx2.AsyncClient() as outside:
        agreed = await outside.post(started.headers["location"], data={"sub": subject})
    back = urlsplit(agreed.headers["location"])
    assert parse_qs(back.query)["code"]
    return f"{back.path}?{back.query}"


def kept(portal: Portal, browser: Client, **changed: object) -> str:
    """The cookie of a flow, with other values in it under a good signature."""
    signer = URLSafeTimedSerializer(portal.context.key, salt="oidc")
    session = signer.loads(browser.http.cookies["sojourn-oidc"])
    (state,) = [name for name in session if name.startswith("_state_cqmu_")]
    session[state]["data"] |= changed
    return str(signer.dumps(session))


async def test_who_the_university_vouches_for_comes_in(portal: Portal) -> None:
    browser = portal.browser()
    assert "Chongqing Medical University" in (await browser.get("/sign-in")).text
    answer = await signed_in_as(browser, "s-1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/board")
    assert "Liu Wenqing" in (await browser.get("/profile")).text


@pytest.mark.parametrize("subject", ["s-2", "s-3", "nobody-known"])
async def test_others_do_not(portal: Portal, subject: str) -> None:
    """Another university's person, an address that nobody verified, a stranger."""
    browser = portal.browser()
    answer = await signed_in_as(browser, subject)
    assert answer.status_code == 403
    assert (await browser.get("/worklist")).status_code == 303


async def test_an_answer_is_good_in_the_browser_that_asked_and_once(portal: Portal) -> None:
    browser, other = portal.browser(), portal.browser()
    started = await browser.get("/oidc/cqmu/start")
    async with httpx2.AsyncClient() as outside:
        agreed = await outside.post(started.headers["location"], data={"sub": "s-1"})
    back = urlsplit(agreed.headers["location"])
    callback = f"{back.path}?{back.query}"
    assert (await other.get(callback)).status_code == 403
    assert (await browser.get(callback.replace("state=", "state=x"))).status_code == 403
    assert (await browser.get(callback)).status_code == 303
    assert (await browser.get(callback)).status_code == 403


async def test_a_token_for_somebody_else_is_refused(portal: Portal, provider: str) -> None:
    """Nonce and state belong to this attempt: an answer to another one is not taken."""
    browser = portal.browser()
    first = await browser.get("/oidc/cqmu/start")
    async with httpx2.AsyncClient() as outside:
        agreed = await outside.post(first.headers["location"], data={"sub": "s-1"})
    code = parse_qs(urlsplit(agreed.headers["location"]).query)["code"][0]
    second = await browser.get("/oidc/cqmu/start")
    state = parse_qs(urlsplit(second.headers["location"]).query)["state"][0]
    assert (await browser.get(f"/oidc/cqmu/callback?code={code}&state={state}")).status_code == 403
    assert (await browser.get("/oidc/other/start")).status_code == 404


async def test_a_state_is_good_once_even_where_the_cookie_was_kept(portal: Portal) -> None:
    browser = portal.browser()
    callback = await way_back(browser, "s-1")
    cookie = browser.http.cookies["sojourn-oidc"]
    assert (await browser.get(callback)).status_code == 303
    again = portal.browser()
    again.http.cookies.set("sojourn-oidc", cookie, domain="portal.example")
    assert (await again.get(callback)).status_code == 403
    assert (await again.get("/worklist")).status_code == 303


async def test_a_token_with_another_nonce_is_refused(portal: Portal) -> None:
    browser = portal.browser()
    callback = await way_back(browser, "s-1")
    browser.http.cookies.set("sojourn-oidc", kept(portal, browser, nonce="another"), domain="portal.example")
    assert (await browser.get(callback)).status_code == 403
    assert (await browser.get("/worklist")).status_code == 303


async def test_what_the_browser_keeps_cannot_be_made_by_others(portal: Portal) -> None:
    browser = portal.browser()
    callback = await way_back(browser, "s-1")
    head, _, _ = browser.http.cookies["sojourn-oidc"].rpartition(".")
    browser.http.cookies.set("sojourn-oidc", f"{head}.forged", domain="portal.example")
    assert (await browser.get(callback)).status_code == 403


async def test_new_keys_of_a_provider_are_taken_up(sqlite_database: Database, tmp_path: Path) -> None:
    port = free_port()
    async with running_provider(port) as issuer, portal_with(sqlite_database, tmp_path, issuer) as portal:
        assert (await signed_in_as(portal.browser(), "s-1")).status_code == 303
    async with running_provider(port) as issuer, portal_with(sqlite_database, tmp_path, issuer) as portal:
        assert (await signed_in_as(portal.browser(), "s-1")).status_code == 303


async def test_a_provider_that_answers_as_another_is_not_believed(sqlite_database: Database, tmp_path: Path) -> None:
    """The same provider under a name that it does not give itself."""
    async with (
        running_provider(free_port()) as issuer,
        portal_with(sqlite_database, tmp_path, f"{issuer}/") as portal,
    ):
        assert (await portal.browser().get("/oidc/cqmu/start")).status_code == 403


async def test_a_provider_that_is_away_is_said_and_asked_again(sqlite_database: Database, tmp_path: Path) -> None:
    port = free_port()
    async with portal_with(sqlite_database, tmp_path, f"http://127.0.0.1:{port}") as portal:
        assert (await portal.browser().get("/oidc/cqmu/start")).status_code == 503
        async with running_provider(port):
            assert (await signed_in_as(portal.browser(), "s-1")).status_code == 303
