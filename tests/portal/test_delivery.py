"""How pages and files go out: compressed where that gives nothing away, named by content, folded on a phone."""

import gzip
import re

import pytest

from models.catalogue.logos import Logo
from portal.assets import FOR_A_YEAR, FOR_AN_HOUR, STATIC, address_of
from portal.visitor import Visitor
from tests.logos import png
from tests.portal.world import Client, People, Portal

GZIP = {"accept-encoding": "gzip"}


async def raw(client: Client, path: str, **headers: str) -> tuple[bytes, str]:
    """The bytes of an answer as they went out, and how they are coded."""
    async with client.http.stream("GET", path, headers=GZIP | headers) as answer:
        return b"".join([piece async for piece in answer.aiter_raw()]), answer.headers.get("content-encoding", "")


async def test_text_goes_out_compressed_but_for_what_carries_a_secret(portal: Portal, people: People) -> None:
    client = await portal.signed_in("cqmu.coordinator")
    small, coding = await raw(client, f"/exchanges/{people.exchange}")
    plain, none = await raw(client, f"/exchanges/{people.exchange}", **{"accept-encoding": "identity"})
    assert (coding, none) == ("gzip", "")
    assert len(small) * 3 < len(plain)
    assert b"</html>" in gzip.decompress(small)
    signing = portal.context.services.gateway.access.signing
    for path in ("/profile", "/sign-in", f"/rhythm/{signing.rhythm('cqmu.coordinator', portal.now)}"):
        assert (await raw(client, path))[1] == "", path
    async with client.http.stream("POST", "/sign-in", headers=GZIP, data={"csrf": "x"}) as answer:
        assert "content-encoding" not in answer.headers
    kept = await client.http.get(address_of("portal.css"))
    assert kept.headers["vary"] == "Accept-Encoding"


async def test_a_token_of_a_form_never_looks_the_same_and_is_one(portal: Portal, people: People) -> None:
    client = await portal.signed_in("cqmu.coordinator")
    page = (await client.get("/profile")).text
    tokens = re.findall(r'name="csrf" value="(\w+)"', page)
    assert len(set(tokens)) == len(tokens) > 3
    for token in tokens[:2]:
        answer = await client.http.post("/language", data={"csrf": token, "language": "en"})
        assert answer.status_code == 303
    for wrong in (tokens[0][:64], tokens[0][:-2] + ("00" if tokens[0][-2:] != "00" else "11"), "zz", "0" * 128):
        answer = await client.http.post("/language", data={"csrf": wrong, "language": "en"})
        assert answer.status_code == 403, wrong


@pytest.mark.parametrize("token", ["", "0" * 64, "00" * 65, "é" * 64])
def test_what_is_no_token_is_none(token: str) -> None:
    visitor = Visitor(None, None, (), "en", "UTC", "ab" * 32, "browser")
    assert visitor.has_token(visitor.csrf)
    assert not visitor.has_token(token)


async def test_files_are_named_by_content_and_kept_for_a_year(portal: Portal) -> None:
    client = portal.browser()
    page = (await client.get("/sign-in")).text
    named = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(named) == 3
    for path in named:
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, FOR_A_YEAR)
    other = re.sub(r"\.\w{16}\.", ".0123456789abcdef.", named[0])
    for path in (other, "/static/portal.css"):
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, FOR_AN_HOUR), "a page of another version"
    assert (await client.get("/static/nothing.0123456789abcdef.css")).status_code == 404


async def test_pages_have_the_colours_of_the_readers_university(portal: Portal, people: People) -> None:
    for person, name, accent in (
        ("cqmu.coordinator", "Chongqing Medical University", "#1d4e89"),
        ("dartmouth.coordinator", "Dartmouth College", "#00693e"),
    ):
        client = await portal.signed_in(person)
        page = (await client.get("/worklist")).text
        [path] = re.findall(r'href="(/looks/[^"]+)"', page)
        sheet = await client.get(path)
        assert (sheet.headers["content-type"], sheet.headers["cache-control"]) == (
            "text/css; charset=utf-8",
            FOR_A_YEAR,
        )
        assert f"--accent: {accent};" in sheet.text
        assert name in page.partition("</header>")[0]
    assert "/looks/" not in (await portal.browser().get("/sign-in")).text
    for wrong, status in (("/looks/cqmu.0.css", 200), ("/looks/nowhere.0.css", 404), ("/looks/cqmu.js", 404)):
        assert (await portal.browser().get(wrong)).status_code == status


async def test_pages_have_the_logo_of_the_readers_university(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    logo = Logo(png=png(80, 40), width=80, height=40)
    monkeypatch.setitem(portal.context.services.programme.logos, "dartmouth", logo)
    client = await portal.signed_in("dartmouth.coordinator")
    head = (await client.get("/worklist")).text.partition("</header>")[0]
    [(path, name)] = re.findall(r'<img class="logo" src="(/looks/[^"]+)" alt="([^"]+)" width="80" height="40">', head)
    assert name == "Dartmouth College"
    answer = await portal.browser().get(path)
    assert answer.content == logo.png
    said = [answer.headers[one] for one in ("content-type", "cache-control", "x-content-type-options")]
    assert said == ["image/png", FOR_A_YEAR, "nosniff"]
    assert 'class="logo"' not in (await (await portal.signed_in("cqmu.coordinator")).get("/worklist")).text
    other = await portal.browser().get("/looks/dartmouth.0.png")
    assert (other.content, other.headers["cache-control"]) == (logo.png, FOR_AN_HOUR)
    assert (await portal.browser().get("/looks/cqmu.0.png")).status_code == 404


def test_letters_have_the_sizes_of_one_scale() -> None:
    css = (STATIC / "portal.css").read_text()
    scale = set(re.findall(r"--(text-\w+):", css))
    assert len(scale) == 6
    used = re.findall(r"font-size: *([^;}]+)", css)
    assert {one for one in used if one != "inherit"} == {f"var(--{step})" for step in scale}
    assert set(re.findall(r"[ ;{]font: *([^;}]+)", css)) == {"inherit"}
