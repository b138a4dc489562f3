"""The reference of the API says everything that its description does, on pages that load at once."""

import re

from tests.portal.world import Portal

MOST = 60_000


async def test_every_operation_and_shape_has_its_place_and_every_link_leads_somewhere(portal: Portal) -> None:
    client = portal.browser()
    described = (await client.get("/api/v1/openapi.json")).json()
    index = (await client.get("/api/v1/docs")).text
    groups = set(re.findall(r'href="(/api/v1/docs/\w+)"', index))
    pages = {path: (await client.get(path)).text for path in groups}
    for path, methods in described["paths"].items():
        for method, one in methods.items():
            page = pages[f"/api/v1/docs/{one['tags'][0]}"]
            assert f'id="{one["operationId"]}"' in page
            assert f"{method.upper()} {path}" in page
    shapes = set(re.findall(r'href="(/api/v1/docs/shapes/\w+)"', "".join(pages.values())))
    seen: set[str] = set()
    while new := shapes - seen:
        path = new.pop()
        seen.add(path)
        pages[path] = (await client.get(path)).text
        shapes |= set(re.findall(r'href="(/api/v1/docs/shapes/\w+)"', pages[path]))
    assert len(seen) > 100
    for path, page in pages.items():
        assert len(page.encode()) < MOST, path
        assert "</html>" in page, path
        assert "<script>" not in page
        assert "style=" not in page
    for unknown in ("/api/v1/docs/nothing", "/api/v1/docs/shapes/Nothing"):
        assert (await client.get(unknown)).status_code == 404


async def test_an_operation_says_what_it_takes_and_answers(portal: Portal) -> None:
    client = portal.browser()
    client.http.cookies.set("sojourn-language", "zh", domain="portal.example")
    page = (await client.get("/api/v1/docs/acts")).text
    section = page.partition('id="decide_step"')[2].partition("</section>")[0]
    for said in ("Idempotency-Key", "必填", "/api/v1/docs/shapes/Decision", "412", "It has changed since", "示例"):
        assert said in section, said
    assert "&#34;outcome&#34;: " in section, "an example of the body"
