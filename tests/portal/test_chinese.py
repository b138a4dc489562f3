"""Chinese pages are Chinese: no English sentence, no raw code, no half-width punctuation between Chinese."""

import re

from models.vocabulary import Role
from tests.portal.chinese import faults_of, latin_names, lines_of, live_everything
from tests.portal.test_pages import PAGES, paths
from tests.portal.world import People, Portal


async def test_every_page_is_chinese(portal: Portal, people: People) -> None:
    ended = await live_everything(portal, people)
    clients = {role: await portal.signed_in(people.of(role)) for role in PAGES}
    office = [(Role.PROGRAMME_OFFICE, f"/exchanges/{exchange}") for exchange in ended]
    faults: list[str] = []
    for role, path in [*paths(people), *office]:
        client = clients[role]
        client.http.cookies.set("sojourn-language", "zh", domain="portal.example")
        page = await client.get(path)
        assert page.status_code == 200, path
        lines = lines_of(page.text)
        assert sum(bool(re.search("[\u4e00-\u9fff]", line)) for line in lines) > 10, path
        faults += [f"{path}: {fault}" for line in lines for fault in faults_of(line, latin_names(portal))]
    assert not faults, "\n".join(dict.fromkeys(faults))
