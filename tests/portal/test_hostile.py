"""Input that nobody foresaw, in every form, address, header and call: it is answered by words, never by a fault."""

import os
import random
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from models.vocabulary import Role
from portal.policy import routes_of
from tests.databases import Database
from tests.portal.test_api import system
from tests.portal.test_policy import PARAMETERS, url_of
from tests.portal.world import Client, People, Portal, open_portal, populate

HOSTILE = [
    "0001-01-01T00:00+23:59",
    "9999-12-31T23:59-23:59",
    "9999-12-31",
    "0001-01-01",
    "2027-02-30",
    "²",
    "٣",
    "７",
    "9" * 25,
    "-" + "9" * 25,
    "1e400",
    "NaN",
    "Infinity",
    "a\x00b",
    "\ud800",
    "\u202e\u200b\u2066",
    "😀" * 100,
    "../../../etc/passwd",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "%00%ff%",
    "{{7*7}}${7*7}",
    "x" * 5000,
    " ",
]
EVERY = os.environ.get("HOSTILE") == "all"
"""Whether every value is sent everywhere, which takes minutes; else each place gets two, always the same."""
ROLES = (Role.COORDINATOR, Role.PROGRAMME_OFFICE, Role.STUDENT, Role.HOUSING_OFFICER, Role.PARTNER_OFFICE)


def values_for(place: str) -> list[str]:
    """The values that are sent to a place."""
    return HOSTILE if EVERY else random.Random(place).sample(HOSTILE, 2)


@pytest.fixture
async def portal(database: Database, tmp_path: Path) -> AsyncIterator[Portal]:
    """The portal over each of the databases: what one of them takes the other may not."""
    async with open_portal(database, tmp_path) as opened:
        yield opened


class Forms(HTMLParser):
    """The forms of a page that send something: where to, and their fields."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take down a form and its fields."""
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = said.get("method", "get").lower() == "post"
            if self._open:
                self.found.append((said.get("action", ""), {}))
        elif self._open and tag in ("input", "select", "textarea", "button") and said.get("name"):
            self.found[-1][1].setdefault(said["name"], said.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        """Leave a form."""
        if tag == "form":
            self._open = False


async def forms_of(client: Client, portal: Portal, people: People) -> dict[str, dict[str, str]]:
    """Every form that a person finds on any page, by where it is sent to."""
    places = {url_of(r, e, people.document) for r in _pages(portal) for e in (people.living, people.exchange)}
    found: dict[str, dict[str, str]] = {}
    seen: set[str] = set()
    while places - seen:
        place = sorted(places - seen)[0]
        seen.add(place)
        page = await client.get(place)
        if page.status_code != 200 or "html" not in page.headers["content-type"]:
            continue
        forms = Forms()
        forms.feed(page.text)
        found |= {action or place: fields for action, fields in forms.found}
        linked = re.findall(r'href="(/(?:steps|exchanges)/[^"#?]+)"', page.text)
        places |= {link for link in linked if people.living in link}
    return found


def _pages(portal: Portal) -> list[Any]:
    routes = routes_of(portal.app.router.routes)
    skipped = ("/live", "/sign-out", "/documents/{document_id:path}")
    pages = [r for r in routes if "GET" in (r.methods or ()) and not r.path.startswith("/api/")]
    return [r for r in pages if not r.path.endswith(skipped)]


@pytest.mark.parametrize("role", ROLES)
async def test_no_form_answers_with_a_fault(portal: Portal, people_there: People, role: Role) -> None:
    person = people_there.living_student if role is Role.STUDENT else people_there.of(role)
    client = await portal.signed_in(person)
    forms = await forms_of(client, portal, people_there)
    forms = {action: fields for action, fields in forms.items() if not action.startswith(("/sign-out", "/sessions"))}
    assert len(forms) > 3
    faults, sent = [], 0
    for action, fields in sorted(forms.items()):
        names = [name for name in fields if name not in ("csrf", "key")]
        for value in values_for(action.replace(people_there.living, "")):
            for wrong in [[*names]] if len(names) < 2 else [[*names], names[:1], names[-1:]]:
                body = fields | dict.fromkeys(wrong, value) | {"key": "k" * 32}
                content = urlencode(body, errors="surrogatepass")
                answer = await client.http.post(action, content=content, headers=FORM)
                sent += 1
                if answer.status_code == 500 or (
                    answer.status_code == 303 and answer.headers["location"] == "/sign-in"
                ):
                    faults.append((action, wrong, value[:30], answer.status_code))
    assert sent >= 2 * len(forms)
    assert not faults


FORM = {"content-type": "application/x-www-form-urlencoded"}


async def test_no_address_answers_with_a_fault(portal: Portal, people_there: People) -> None:
    clients = [await portal.signed_in(people_there.of(role)) for role in (Role.PROGRAMME_OFFICE, Role.AUDITOR)]
    names = "q after at before by closed cohort cursor day exchange from intake kind limit lang next page placement "
    names += "role stage state to token unit until week what year zone"
    faults = []
    for route in _pages(portal):
        for value in values_for(route.path):
            asked = quote(value[:200], safe="", errors="surrogatepass")
            query = "&".join(f"{name}={asked}" for name in names.split())
            places = [f"{url_of(route, people_there.living, people_there.document)}?{query}"]
            if "{" in route.path:
                places.append(re.sub(r"\{[^}]+\}", asked, route.path))
            for client in clients:
                for place in places:
                    answer = await client.get(place)
                    if answer.status_code == 500:
                        faults.append((place[:120], value[:30]))
    assert not faults


async def test_no_call_answers_with_a_fault(portal: Portal, people_there: People) -> None:
    client = await system(portal, "cqmu")
    faults, asked = [], 0
    described = (await client.get("/api/v1/openapi.json")).json()
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            for value in values_for(f"{method} {path}"):
                safe = quote(value[:200], safe="", errors="surrogatepass")
                place = re.sub(r"\{[^}]+\}", safe, path)
                given = re.sub(r"\{(\w+)\}", lambda m: _known(m[1], people_there), path)
                headers = {"idempotency-key": "k" * 20, "content-type": "application/json"}
                query = "&".join(f"{p['name']}={safe}" for p in operation.get("parameters", []) if p["in"] == "query")
                for where in (place, f"{given}?{query}"):
                    for body in _bodies(described, operation, value) if method == "post" else [b""]:
                        answer = await client.request(method, where, content=body, headers=headers)
                        asked += 1
                        if answer.status_code == 500:
                            faults.append((method, where[:100], body[:80]))
                        assert answer.status_code != 429 or _forget(portal)
    assert asked > 50
    assert not faults


def _forget(portal: Portal) -> bool:
    raise AssertionError("the calls were counted: raise the limit of the test")


def _known(name: str, people: People) -> str:
    return people.living if name == "exchange_id" else PARAMETERS[name].replace("{exchange}", people.living)


def _bodies(described: dict[str, Any], operation: dict[str, Any], value: str) -> list[bytes]:
    """Bodies of an operation in which every field is hostile, and some that are no JSON worth reading."""
    text = value.encode(errors="surrogatepass").decode(errors="replace").replace("\\", "\\\\").replace('"', '\\"')
    escaped = "".join(
        c if c.isprintable() else f"\\u{ord(c):04x}" for c in value[:300].replace("\\", "\\\\").replace('"', '\\"')
    )
    content = operation.get("requestBody", {}).get("content", {})
    schema: dict[str, Any] = next(iter(content.values()), {"schema": {}})["schema"]
    if "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    names = list(schema.get("properties", {})) or ["row"]
    as_text = "{" + ",".join(f'"{name}":"{escaped}"' for name in names) + "}"
    as_number = "{" + ",".join(f'"{name}":{"9" * 25}' for name in names) + "}"
    return [as_text.encode(errors="replace"), as_number.encode(), text.encode()[:300]]


@pytest.fixture
async def people_there(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> People:
    """Somebody for every role; calls are not counted."""
    monkeypatch.setattr("portal.api.caller.PER_MINUTE", 10**6)
    return await populate(portal)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"outcome":' * 20_000,
        b'{"outcome":NaN}',
        b'{"outcome":"a","outcome":"b"}',
        b'\xff\xfe{"outcome":"a"}',
        b"\x00",
        b'"\\ud800"',
        b'{"outcome":"\\ud800"}',
        b"1e999",
        b"",
    ],
)
async def test_json_that_is_none_is_told(portal: Portal, people_there: People, body: bytes) -> None:
    client = await system(portal, "cqmu")
    path = f"/api/v1/steps/{people_there.living}.verify_nomination.1/decision"
    headers = {"idempotency-key": "key-12345678", "content-type": "application/json"}
    assert (await client.post(path, content=body, headers=headers)).status_code in (202, 400, 409, 422)


@pytest.mark.parametrize("header", ["accept-language", "cookie", "if-none-match", "authorization", "x-forwarded-for"])
async def test_no_header_brings_a_fault(portal: Portal, people_there: People, header: str) -> None:
    client = await system(portal, "cqmu")
    browser = portal.browser()
    for value in (
        b"\xff\xfe",
        b"a" * 8000,
        b"=;=;,,q=9;q=x",
        b"Bearer",
        b"Bearer \xc3\xa9",
        b"sojourn=\x80; sojourn=\x80",
    ):
        for http, place in (
            (client, f"/api/v1/exchanges/{people_there.living}"),
            (browser.http, "/"),
            (browser.http, "/sign-in"),
        ):
            assert (await http.get(place, headers={header.encode(): value})).status_code < 500
