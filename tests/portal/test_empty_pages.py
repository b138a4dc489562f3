"""Pages without anything say what fills them, and lead there whoever may go."""

import re

import pytest

from models.people.access import Member
from models.people.authorization import Actor
from models.vocabulary import Role
from tests.portal.world import Portal

OFFICE = Actor(id="cqmu.programme_office", role=Role.PROGRAMME_OFFICE, institution="cqmu")
LEADS = {
    "/worklist": {"/nominate", "/exchanges"},
    "/exchanges": {"/nominate"},
    "/board": {"/nominate"},
    "/cohorts": {"/nominate"},
    "/places?view=students": {"/board", "/units"},
    "/messages": {"/messages/write"},
    "/sessions": {"/exchanges"},
    "/levels": {"/worklist"},
    "/year": {"/nominate"},
}
"""Where an empty page leads a coordinator."""
LOOKS_ONLY = {"/places?view=students": {"/board", "/units"}, "/sessions": {"/exchanges"}}
"""Where it leads an auditor, who fills nothing."""


def led_to(page: str) -> set[str]:
    """The links of what says that nothing is there."""
    [empty] = re.findall(r'<div class="empty">(.*?)</div>', page, re.DOTALL)
    assert re.sub(r"<[^>]+>", "", empty).strip()
    return set(re.findall(r'href="([^"]+)"', empty))


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.AUDITOR])
async def test_an_empty_page_leads_to_what_fills_it(portal: Portal, role: Role) -> None:
    if role is Role.AUDITOR:
        member = Member(person="cqmu.auditor", role=role, institution="cqmu", name="Li", email="audit@cqmu.example")
        await portal.context.services.gateway.members.save(member, OFFICE, portal.now, "enter the auditor", new=True)
    client = await portal.signed_in(f"cqmu.{role}")
    for path, leads in LEADS.items():
        if role is Role.AUDITOR and path == "/worklist":
            continue
        found = led_to((await client.get(path)).text)
        assert found == (leads if role is Role.COORDINATOR else LOOKS_ONLY.get(path, set())), path
        for where in found:
            assert (await client.get(where)).status_code == 200, where
