"""What somebody would try: forged forms, other sites, stolen cookies, more fields than asked, hostile input."""

import re
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from models.tables import SignInLinkRow
from models.vocabulary import Role
from tests.portal.world import BASE, People, Portal

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(2)>'{{7*7}}"


async def test_a_form_without_its_token_does_nothing(portal: Portal, people: People) -> None:
    client = await portal.signed_in("cqmu.coordinator")
    path = f"/steps/{people.open_step}/approve"
    for token in ("", "0" * 64, (await (await portal.signed_in("cqmu.head_of_office")).csrf())):
        answer = await client.post(path, {"csrf": token})
        assert answer.status_code == 403, token


async def test_a_form_from_another_site_does_nothing(portal: Portal) -> None:
    client = await portal.signed_in("cqmu.coordinator")
    for headers in (
        {"origin": "https://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ):
        answer = await client.post("/profile", {"language": "zh", "zone": "", "digest": "daily"}, headers=headers)
        assert answer.status_code == 403, headers
    assert (await client.post("/profile", {"language": "zh"}, headers={"origin": BASE})).status_code == 303


async def test_a_form_of_another_kind_is_not_read(portal: Portal) -> None:
    client = await portal.signed_in("cqmu.coordinator")
    body = {"csrf": await client.csrf(), "language": "zh"}
    assert (await client.http.post("/profile", json=body)).status_code == 422
    assert (
        await client.http.post("/profile", content=b"csrf=1", headers={"content-type": "text/plain"})
    ).status_code == 422


async def test_signing_in_gives_another_session_whatever_the_browser_brought(portal: Portal) -> None:
    """Session fixation: a planted cookie is worth nothing before and after."""
    client = portal.browser()
    client.http.cookies.set("sojourn", "planted", domain="portal.example")
    await client.get("/")
    browser = client.http.cookies["sojourn-browser"]
    access = portal.context.services.gateway.access
    await access.ask_link("coordinator@cqmu.example", browser, "here", portal.now)
    link = await _link(portal)
    answer = await client.post(f"/sign-in/{access.signing.sign_in(link)}")
    assert answer.status_code == 303
    assert client.http.cookies["sojourn"] != "planted"
    other = portal.browser()
    other.http.cookies.set("sojourn", "planted", domain="portal.example")
    assert (await other.get("/worklist")).status_code == 303


async def _link(portal: Portal) -> str:
    rows = await portal.office.rows(select(SignInLinkRow.id).order_by(SignInLinkRow.created_at))
    return str(rows[-1][0])


async def test_links_to_sign_in_are_good_once_and_in_their_browser(portal: Portal) -> None:
    asking, stolen = portal.browser(), portal.browser()
    sent = await asking.post("/sign-in", {"email": "Coordinator@CQMU.example", "next": "/board"})
    assert sent.headers["location"] == "/sign-in/sent"
    token = portal.context.services.gateway.access.signing.sign_in(await _link(portal))
    await stolen.get("/")
    elsewhere = await stolen.post(f"/sign-in/{token}")
    assert elsewhere.status_code == 403
    assert "another browser" in elsewhere.text
    for _ in range(3):
        assert (await asking.get(f"/sign-in/{token}")).status_code == 200, "a scanner's look uses nothing up"
    first = await asking.post(f"/sign-in/{token}")
    assert (first.status_code, first.headers["location"]) == (303, "/board")
    assert (await asking.post(f"/sign-in/{token}")).status_code == 410
    assert (await asking.get(f"/sign-in/{token}")).status_code == 410
    assert (await asking.get(f"/sign-in/{token}x")).status_code == 410


async def test_the_answer_is_the_same_whether_an_address_is_known(portal: Portal) -> None:
    known, unknown = portal.browser(), portal.browser()
    one = await known.post("/sign-in", {"email": "coordinator@cqmu.example"})
    other = await unknown.post("/sign-in", {"email": "nobody@cqmu.example"})
    assert (one.status_code, one.headers["location"], one.text) == (
        other.status_code,
        other.headers["location"],
        other.text,
    )


@pytest.mark.parametrize("place", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
async def test_no_link_leads_elsewhere(portal: Portal, place: str) -> None:
    client = await portal.signed_in("cqmu.coordinator")
    answer = await client.post("/language", {"language": "zh", "next": place})
    assert answer.headers["location"] == "/"
    page = await portal.browser().get("/sign-in", params={"next": place})
    assert 'name="next" value="/"' in page.text


async def test_a_foreign_host_header_is_refused(portal: Portal) -> None:
    answer = await portal.browser().get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.text


async def test_fields_that_were_not_asked_for_are_refused(portal: Portal, people: People) -> None:
    """Mass assignment: nobody becomes somebody else, or answers with more than the form has."""
    client = await portal.signed_in("cqmu.coordinator")
    for field in ("actor", "role", "institution", "person", "decision_id", "at"):
        answer = await client.post(f"/steps/{people.open_step}/approve", {field: "programme_office"})
        assert answer.status_code == 422, field
        assert (await client.post("/profile", {"language": "zh", field: "x"})).status_code == 422, field


async def test_hostile_text_is_shown_as_text(portal: Portal, people: People) -> None:
    """HTML in every field that somebody else reads: names, notes, search, profiles, suspensions."""
    office = await portal.signed_in("cqmu.programme_office")
    evil = await portal.office.nominate(9, native_name=HOSTILE[:60])
    pages = [
        await office.get(f"/exchanges/{evil.exchange_id}"),
        await office.get("/exchanges", params={"q": HOSTILE}),
        await office.get("/board", params={"q": HOSTILE, "cohort": HOSTILE}),
        await office.get("/worklist", params={"cohort": HOSTILE, "tab": HOSTILE}),
        await office.get("/verify", params={"code": HOSTILE}),
        await office.get("/sign-in", params={"next": f"/{HOSTILE}"}),
        await office.post(f"/steps/{people.open_step}/return", {"note": HOSTILE, "documents": "photo"}),
        await office.post("/admin/suspensions/preview", {"scope": "programme", "words": HOSTILE, "exempt": HOSTILE}),
        await office.post("/admin/people/new", dict.fromkeys(("person", "name", "email", "deputies"), HOSTILE)),
        await office.post("/nominate", dict.fromkeys(("family_name", "given_name", "email", "rank"), HOSTILE)),
        await office.post("/connections/endpoints", {"institution": "cqmu", "url": HOSTILE, "description": HOSTILE}),
        await office.get(f"/exchanges/{HOSTILE}"),
    ]
    for page in pages:
        assert "<script>alert" not in page.text, page.url
        assert "<img src=x" not in page.text, page.url
        assert "49" not in re.findall(r"\{\{7\*7\}\}|'49", page.text), page.url


async def test_no_answer_carries_a_planted_header(portal: Portal) -> None:
    client = portal.browser()
    for planted in ("/\r\nSet-Cookie: a=b", "/%0d%0aSet-Cookie: a=b"):
        answer = await client.post("/language", {"language": "zh", "next": planted})
        assert not set("\r\n") & set(answer.headers["location"])
        assert "a=b" not in answer.headers.get("set-cookie", "")


async def test_a_download_has_a_safe_name_and_is_never_a_page(portal: Portal, people: People) -> None:
    filing = portal.office.filing
    name = '..\\..\\evil"; filename="x.html'
    kept = await filing.file_document(people.exchange, "photo", name, b"<html>", people.student, portal.now)
    client = await portal.signed_in(people.of(Role.STUDENT))
    answer = await client.get(f"/exchanges/{people.exchange}/documents/{kept}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/octet-stream"
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; ")
    assert disposition.count('"') == 2
    assert ".." not in disposition.partition("filename*")[0].replace("...", "") or "\\" not in disposition
    assert "sandbox" in answer.headers["content-security-policy"]


async def test_what_is_too_large_is_refused_while_it_comes(portal: Portal) -> None:
    client = await portal.signed_in("cqmu.coordinator")
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        yield b'--edge\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
        while taken < 50_000_000:
            taken += 65536
            yield b"a" * 65536

    kind = {"content-type": "multipart/form-data; boundary=edge"}
    answer = await client.http.post("/profile", content=endless(), headers=kind)
    assert answer.status_code == 413
    assert taken < 2_000_000
    declared = await client.http.post(
        "/profile",
        content=b"",
        headers={"content-length": "99999999999", "content-type": "application/x-www-form-urlencoded"},
    )
    assert declared.status_code == 413


async def test_every_answer_has_its_headers(portal: Portal, people: People) -> None:
    client = await portal.signed_in("cqmu.coordinator")
    for path in (
        "/",
        "/worklist",
        "/nowhere",
        "/static/portal.css",
        "/api/v1/exchanges",
        f"/exchanges/{people.exchange}",
    ):
        headers = (await client.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-frame-options"] == "DENY"
        assert "server" not in headers


async def test_cookies_are_out_of_reach(portal: Portal) -> None:
    answer = await portal.browser().get("/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "domain=" not in cookie


async def test_a_session_can_be_seen_and_ended_from_elsewhere(portal: Portal) -> None:
    here, there = await portal.signed_in("cqmu.coordinator"), await portal.signed_in("cqmu.coordinator")
    other = await portal.signed_in("dartmouth.coordinator")
    page = (await here.get("/profile")).text
    [session] = set(re.findall(r'name="session" value="(\w{32})"', page))
    assert (await other.post("/profile/sessions/end", {"session": session})).status_code == 404
    assert (await there.get("/worklist")).status_code == 200
    assert (await here.post("/profile/sessions/end", {"session": session})).status_code == 303
    assert (await there.get("/worklist")).status_code == 303
    assert (await here.get("/worklist")).status_code == 200
    await here.post("/sign-out")
    assert (await here.get("/worklist")).status_code == 303


async def test_nothing_personal_is_logged(portal: Portal, people: People, caplog: pytest.LogCaptureFixture) -> None:
    client = await portal.signed_in("cqmu.programme_office")

    async def broken(*_: object, **__: object) -> None:
        raise ValueError("LI Na 李娜 li.na@cqmu.example")

    portal.context.services.gateway.people.preferences = broken  # type: ignore[method-assign,assignment]
    answer = await client.get("/profile")
    assert answer.status_code == 500
    assert "our fault" in answer.text
    await client.get("/exchanges", params={"q": "李娜"})
    await client.post("/sign-in", {"email": "li.na@cqmu.example"})
    logged = " ".join(record.getMessage() for record in caplog.records)
    assert "/profile" in logged
    for personal in ("李娜", "li.na", "LI Na"):
        assert personal not in logged
