"""Reports that a mail host hands in: with its secret, about messages of ours, once."""

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from mail.return_paths import ReturnPaths
from models.notifications.notices import NoticeKind
from models.tables import BounceRow, MessageRow, MessageStatus, OperatorTaskRow
from models.vocabulary import Role
from records.access.signing import Signing
from records.store.engine import transaction
from tests.activities.students import NOW
from tests.databases import Database
from tests.mail.test_bounces import report
from tests.portal.world import SECRET, Portal, open_portal

HOOK = "a secret for the mail host alone!"
BEARER = {"authorization": f"Bearer {HOOK}"}
WHERE = "/api/mail/bounces"


@pytest.fixture
async def hooked(sqlite_database: Database, tmp_path: Path) -> AsyncIterator[Portal]:
    """The portal that takes reports."""
    async with open_portal(sqlite_database, tmp_path, bounce_secret=HOOK) as opened:
        yield opened


async def sent(portal: Portal) -> str:
    """A message that was sent; answers with its return path."""
    async with transaction(portal.office.sessions) as session:
        row = MessageRow(
            key="digest:1", kind=NoticeKind.DIGEST, stream="digest", recipient_id="cqmu.coordinator",
            recipient_role=Role.COORDINATOR, on_behalf_of="", language="en", params={}, status=MessageStatus.SENT,
            attempts=1, created_at=NOW, not_before=NOW, sent_at=NOW, sent_to="coordinator@cqmu.example",
        )  # fmt: skip
        session.add(row)
        await session.flush()
        return ReturnPaths("bounces@sojourn.example", Signing(SECRET)).of(row.id, "a@b.example")


async def outcome(portal: Portal) -> tuple[int, str, int]:
    bounces = await portal.office.rows(select(BounceRow.id))
    tasks = await portal.office.rows(select(OperatorTaskRow.key))
    (status,), *_ = await portal.office.rows(select(MessageRow.status).order_by(MessageRow.id))
    return len(bounces), str(status), len(tasks)


@pytest.mark.parametrize("kind", ["message/rfc822", "application/json"])
async def test_a_report_is_taken_once(hooked: Portal, kind: str) -> None:
    path = await sent(hooked)
    event = {"return_path": path, "action": "failed", "status": "5.1.1"}
    body = report("postfix-failed", path) if kind == "message/rfc822" else json.dumps(event).encode()
    for _ in range(2):
        answer = await hooked.browser().http.post(WHERE, content=body, headers=BEARER | {"content-type": kind})
        assert (answer.status_code, answer.json()) == (200, {"noted": 1})
    assert await outcome(hooked) == (1, "refused", 1)
    operator = await hooked.signed_in("cqmu.programme_office")
    assert "came back" in (await operator.get("/admin")).text


@pytest.mark.parametrize(
    "authorization",
    [
        "", "Bearer", "Bearer wrong", f"Bearer {HOOK[:-1]}", f"bearer{HOOK}", HOOK, f"Digest {HOOK}", "Basic ???",
        "Basic " + base64.b64encode(b"mail:wrong").decode(), "Basic " + base64.b64encode(HOOK.encode()).decode(),
    ],
)  # fmt: skip
async def test_nobody_hands_reports_in_without_the_secret(hooked: Portal, authorization: str) -> None:
    path = await sent(hooked)
    headers = {"content-type": "message/rfc822", "authorization": authorization}
    answer = await hooked.browser().http.post(WHERE, content=report("postfix-failed", path), headers=headers)
    assert answer.status_code == 401
    assert await outcome(hooked) == (0, "sent", 0)


async def test_the_secret_may_be_a_password(hooked: Portal) -> None:
    path = await sent(hooked)
    headers = {"content-type": "message/rfc822"}
    headers["authorization"] = "Basic " + base64.b64encode(f"mail:{HOOK}".encode()).decode()
    answer = await hooked.browser().http.post(WHERE, content=report("exim-failed", path), headers=headers)
    assert answer.json() == {"noted": 1}


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("text/plain", b"5.1.1", 415),
        ("", b"", 415),
        ("application/json", b"{", 422),
        ("application/json", b"[{}]", 422),
        ("message/rfc822", b"\xff\x00", 200),
        ("message/rfc822", report("holiday"), 200),
        ("message/rfc822", report("postfix-failed", "bounces+1-" + "0" * 20 + "@sojourn.example"), 200),
        ("message/rfc822", b"x" * 300_000, 413),
    ],
)
async def test_what_is_no_report_of_ours_changes_nothing(hooked: Portal, kind: str, body: bytes, status: int) -> None:
    await sent(hooked)
    answer = await hooked.browser().http.post(WHERE, content=body, headers=BEARER | {"content-type": kind})
    assert answer.status_code == status
    assert status != 200 or answer.json() == {"noted": 0}
    assert await outcome(hooked) == (0, "sent", 0)


async def test_where_no_secret_is_set_nobody_hands_anything_in(portal: Portal) -> None:
    for headers in ({}, BEARER, {"authorization": "Bearer "}, {"authorization": "Bearer None"}):
        answer = await portal.browser().http.post(
            WHERE, content=report("postfix-failed"), headers=headers | {"content-type": "message/rfc822"}
        )
        assert answer.status_code == 401
