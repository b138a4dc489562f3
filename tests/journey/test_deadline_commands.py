"""`sojourn plan, away, preferences, suspension, sla, snooze …` as people type them, against a running service."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest

from dev.stack import DevStack
from tests.journey.test_command_line import EXAMPLES, HOST, SENDING, USAGE, Terminal

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]

INCOMING = "nominations-incoming-2027.csv"
OFFICE, DEPUTY = "programme_office@cqmu", "housing_officer@cqmu"
EXCHANGE = "EX-2027-DAR-001"
VERIFY = f"{EXCHANGE}.verify_nomination.1"


async def until(look: Callable[[], Awaitable[Any]], is_so: Callable[[Any], bool]) -> Any:
    """Look until it is so."""
    for _ in range(200):
        if is_so(found := await look()):
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(found)


@pytest.fixture(scope="module")
def terminal(service: DevStack, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    folder = tmp_path_factory.mktemp("deadlines")
    shutil.copy(EXAMPLES / INCOMING, folder)
    return Terminal(service, folder)


async def test_a_plan_before_anything_starts(terminal: Terminal) -> None:
    plans = await terminal.ok("plan", INCOMING)
    assert len(plans) == 12
    kinds = [step["kind"] for step in plans[0]["steps"]]
    assert kinds[:3] == ["verify_nomination", "submit_documents", "sending_approval"]
    assert all(step["rule"] and step["due_at"] and step["zone"] for plan in plans for step in plan["steps"])
    shown = await terminal.run("plan", INCOMING, "--rungs")
    assert "Row 14 is not planned" in shown.err
    assert "not announced yet" in shown.err
    assert "Reminders and escalations" in shown.out
    assert "is neither a file nor an exchange" in await terminal.refused("plan", "nowhere.csv")
    assert await terminal.ok("list", "--as", OFFICE) == [], "nothing was started"


async def test_deadlines_move_with_reasons_and_limits(terminal: Terminal) -> None:
    await terminal.run("nominate", INCOMING, "--as", SENDING)
    soon = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    assert "--note: Say why" in await terminal.refused("extend", VERIFY, soon, "--as", HOST)
    far = (datetime.now(UTC) + timedelta(days=60)).date().isoformat()
    told = await terminal.refused("extend", VERIFY, far, "--as", HOST, "--note", "Busy.")
    assert "at most 10 days" in told
    await terminal.ok("extend", VERIFY, soon, "--as", HOST, "--note", "The committee meets then.", "--id", "x-1")
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    await terminal.ok("snooze", VERIFY, tomorrow, "--as", HOST, "--id", "z-1")
    assert "nobody" not in (await terminal.run("show", EXCHANGE, "--as", HOST)).err
    timeline = (await terminal.ok("show", EXCHANGE, "--as", HOST))["timeline"]
    moved = next(entry for entry in timeline if entry["kind"] == "deadline_extended")
    assert moved["event"]["before"] < moved["event"]["due_at"]
    assert moved["note"] == "The committee meets then."
    theirs = await terminal.ok("worklist", "--waiting", "--as", SENDING)
    assert {row["kind"] for row in theirs} == {"verify_nomination"}


async def test_a_deputy_acts_for_who_is_away(terminal: Terminal) -> None:
    today = datetime.now(UTC).date()
    days = ("--from", today.isoformat(), "--to", (today + timedelta(days=3)).isoformat())
    for_her = f"{DEPUTY} for cqmu.coordinator"
    assert "may not" in await terminal.refused("decide", VERIFY, "verified", "--as", for_her)
    assert "deputy" in await terminal.refused("away", "plan", *days, "--as", HOST)
    planned = await terminal.ok("away", "plan", *days, "--deputy", "cqmu.housing_officer", "--as", HOST, "--id", "a-1")
    assert (planned["absence_id"], planned["repeated"]) == ("a-1", False)
    listed = await terminal.ok("away", "list", "--as", HOST)
    assert [absence["person"] for absence in listed] == ["cqmu.coordinator"]
    mine = await terminal.ok("worklist", "--as", DEPUTY)
    assert {row["instead_of"] for row in mine} == {"cqmu.coordinator"}
    await terminal.ok("decide", VERIFY, "verified", "--as", for_her)
    shown = await terminal.run("show", EXCHANGE, "--as", HOST)
    assert "(for " in shown.out
    await terminal.ok("away", "cancel", "a-1", "--as", HOST)
    other = f"EX-2027-DAR-002.{'verify_nomination'}.1"
    assert "may not" in await terminal.refused("decide", other, "verified", "--as", for_her)
    assert "nobody of the catalogue" in await terminal.refused(
        "worklist", "--as", f"{DEPUTY} for cqmu.nobody", code=USAGE
    )


async def test_preferences_are_kept_and_bring_a_digest_to_a_new_zone(terminal: Terminal) -> None:
    found = await terminal.ok("preferences", "--zone", "Asia/Urumqi", "--digest", "weekdays", "--as", HOST)
    assert (found["zone"], found["digest"]) == ("Asia/Urumqi", "weekdays")
    assert (await terminal.ok("preferences", "--as", HOST)) == found
    assert "zone" in await terminal.refused("preferences", "--zone", "Nowhere/Land", "--as", HOST)
    client = await terminal.stack.client()
    schedules = {schedule.id async for schedule in await client.list_schedules()}
    assert {"digest/Asia/Urumqi", "digest/Asia/Shanghai", "digest/America/New_York"} <= schedules
    assert "service-level-review" in schedules


async def test_a_suspension_from_preview_to_report(terminal: Terminal) -> None:
    scope = ("--scope", "host", "--target", "cqmu")
    assert "may not" in await terminal.refused("suspension", "preview", *scope, "--as", HOST)
    seen = await terminal.ok("suspension", "preview", *scope, "--as", OFFICE)
    assert seen["exchanges"] == 12
    assert await terminal.ok("suspension", "list", "--as", OFFICE) == []
    said = await terminal.run("suspension", "start", *scope, "--reason", "outbreak", "--as", OFFICE)
    assert said.code == 1, "nobody said yes"
    start = ("suspension", "start", *scope, "--reason", "outbreak", "--note", "Stay put.", "--yes", "--as", OFFICE)
    await terminal.ok(*start, "--id", "s-1")

    async def show() -> Any:
        return await terminal.ok("suspension", "show", "s-1", "--as", OFFICE)

    await until(show, lambda one: one["suspended"] == 12)
    row = (await terminal.ok("worklist", "--as", HOST))[0]
    assert row["held_because"] == "suspension"
    await terminal.ok("suspension", "exempt", "s-1", EXCHANGE, "--as", OFFICE)
    await terminal.ok("suspension", "resume", "s-1", "--as", OFFICE)
    over = await until(show, lambda one: one["suspended"] == 0)
    assert (over["exchanges"], over["exempt"], over["words"]) == (12, [EXCHANGE], "Stay put.")
    assert len(over["steps"]) == 12
    assert all(step["before"] <= step["after"] for step in over["steps"])


async def test_service_levels_as_table_json_and_chart(terminal: Terminal) -> None:
    levels = await terminal.ok("sla", "--by", "institution,kind", "--as", OFFICE)
    assert {"institution": "cqmu", "kind": "verify_nomination"} in [level["group"] for level in levels]
    said = await terminal.run("sla", "--svg", "levels.svg", "--as", HOST)
    assert said.code == 0
    chart = ElementTree.fromstring((terminal.folder / "levels.svg").read_text(encoding="utf-8"))
    assert chart.find("{http://www.w3.org/2000/svg}desc") is not None
    assert "may not" in await terminal.refused("sla", "--as", DEPUTY)
    assert "--by" in await terminal.refused("sla", "--by", "weather", "--as", OFFICE, code=USAGE)
