"""The form that gives a step to another office offers what the workflow accepts, no more and no less."""

import re
from types import SimpleNamespace
from typing import Any

from models.errors import SojournError
from models.messages.exchange import ReassignStep
from models.people.authorization import Actor
from models.vocabulary import Role, StepKind, StepStatus
from records.queries import Reading
from tests.portal.chinese import live_everything
from tests.portal.world import People, Portal
from workflows.acts.deadlines import check_reassign

HOST = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")


def accepted(portal: Portal, line: Any) -> set[Role]:
    """The roles to which the workflow lets the step be given."""
    policy = portal.office.programme.policy.step(line.kind)
    step = SimpleNamespace(owner=line.owner, policy=policy)
    case: Any = SimpleNamespace(seen=lambda *_: False, engine=SimpleNamespace(require_open=lambda _: step))
    found = set()
    for role in Role:
        change = ReassignStep(decision_id="d", step_id=line.step_id, actor=HOST, role=role, note_id="n-1")
        try:
            check_reassign(case, change)
        except SojournError:
            continue
        found.add(role)
    return found


def offered(page: str) -> set[str]:
    """The options of the form, without the empty one."""
    [select] = re.findall(r'<select[^>]*name="role".*?</select>', page, re.DOTALL)
    return {value for value in re.findall(r'<option[^>]*value="([^"]*)"', select) if value}


async def test_every_role_of_the_form_is_accepted_and_none_is_missing(portal: Portal, people: People) -> None:
    await live_everything(portal, people)
    view = await Reading(portal.office.sessions, portal.office.programme).exchange(people.living, None)
    assert view is not None
    client = await portal.signed_in(HOST.id)
    seen: set[StepKind] = set()
    for line in view.steps:
        if line.status is not StepStatus.OPEN:
            continue
        answer = await client.get(f"/exchanges/{people.living}/change/{line.step_id}/reassign")
        roles = accepted(portal, line)
        assert answer.status_code == (200 if roles else 404), line.step_id
        if roles:
            assert offered(answer.text) == roles, line.step_id
            seen.add(line.kind)
    assert {StepKind.VERIFY_NOMINATION, StepKind.CHECK_IN, StepKind.ACCEPT_STUDENT, StepKind.REGISTER_RESIDENCE} <= seen
