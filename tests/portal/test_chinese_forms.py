"""Every route and every form of a step's answer in Chinese, with what it says when it refuses."""

import csv
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest

from models.errors import Unavailable
from models.rules.nomination_columns import COLUMNS
from models.vocabulary import Role, StepKind
from portal.bounds import SMALL
from tests.portal.chinese import faults_of, latin_names, lines_of, live_everything
from tests.portal.test_nominate import FILE
from tests.portal.test_policy import table, url_of
from tests.portal.world import Client, People, Portal

CASES = Path(__file__).parents[1] / "gateway" / "cases"
TOLD = ("k08-hidden-row.xlsx", "k14-past.csv", "k15-korean.csv", "k20-euc-kr.csv")
NAMES_IN_FILE = {
    f"{row['family_name'].upper()} {row['given_name']}"
    for row in csv.DictReader(FILE.read_text("utf-8-sig").splitlines())
}
FORM = {"content-type": "application/x-www-form-urlencoded"}
READERS = ("cqmu.programme_office", "cqmu.coordinator", "dartmouth.coordinator")
PREVIEW = {"scope": "all", "target": "", "reason": "outbreak", "words": "", "exempt": "", "until": ""}
FORMS: list[tuple[str, dict[str, Any]]] = [
    ("/exchanges/{exchange}/report/attendance", {"hours_planned": "x", "content": "laboratory"}),
    ("/exchanges/{exchange}/report/attendance", {"hours_planned": "-1", "hours_attended": "1", "content": "moon"}),
    ("/exchanges/{exchange}/report/movement", {"movement": "flew", "moved_at": "2027-03-01T10:00"}),
    ("/exchanges/{exchange}/report/arrival", {"arrived_at": "2027-03-01T10:00"}),
    ("/exchanges/{exchange}/report/departure", {"departed_on": "tomorrow"}),
    ("/exchanges/{exchange}/report/departure", {"departed_on": "2027-05-28", "other": "1"}),
    ("/exchanges/{exchange}/withdraw", {"sure": "yes"}),
    ("/exchanges/{exchange}/end-early", {"sure": "yes", "note": "x", "justified": "yes"}),
    ("/exchanges/{exchange}/change/{step}/extend", {"day": "2027-03-09", "note": "x"}),
    ("/exchanges/{exchange}/change/{step}/extend", {"day": "x", "note": "x"}),
    ("/exchanges/{exchange}/change/{step}/snooze", {"day": "2027-03-09"}),
    ("/exchanges/{exchange}/change/{step}/reassign", {"role": "pilot", "note": "x"}),
    ("/exchanges/{exchange}/documents", {"kind": "passport"}),
    ("/worklist/bulk", {"step": "{step}", "outcome": "approved"}),
    ("/worklist/bulk", {"step": ["x"] * 60, "outcome": "approved"}),
    ("/worklist/bulk/do", {"step": "{step}", "outcome": "approved"}),
    ("/worklist/bulk/do", {"step": ["{step}", "EX-2027-DAR-001.host_approval.9"], "outcome": "verified"}),
    ("/admin/suspensions/preview", PREVIEW),
    ("/admin/suspensions/preview", PREVIEW | {"scope": "host", "target": "nowhere"}),
    ("/admin/suspensions/preview", PREVIEW | {"scope": "moon"}),
    ("/admin/suspensions", PREVIEW),
    ("/admin/people/new", {"person": "x y", "role": "pilot"}),
    ("/admin/people/new", {"person": "new.one", "role": "coordinator", "institution": "cqmu", "name": "Wu",
                           "email": "-", "language": "fr"}),
    ("/admin/people/cqmu.coordinator", {"role": "supervisor", "institution": "cqmu", "name": "W",
                                        "email": "w@x.example", "language": "zh", "deputies": "nobody"}),
    ("/admin/absences", {"person": "cqmu.coordinator", "first_day": "2027-03-09", "last_day": "2027-03-01"}),
    ("/admin/absences", {"person": "cqmu.coordinator", "first_day": "2027-03-09", "last_day": "2027-03-19",
                         "deputy": "nobody"}),
    ("/profile/absence", {"first_day": "x", "last_day": "2027-03-01"}),
    ("/profile", {"language": "fr", "zone": "Mars/Base"}),
    ("/connections/tokens", {"institution": "cqmu", "name": "", "scopes": "read", "expires": "2027-03-03"}),
    ("/connections/tokens", {"institution": "cqmu", "name": "x", "scopes": "read", "expires": "2037-03-03"}),
    ("/connections/endpoints", {"institution": "cqmu", "url": "http://x.example", "description": "x"}),
    ("/connections/endpoints", {"institution": "cqmu", "url": "https://x.example/", "kinds": "moon"}),
    ("/nominate", {"sending": "nowhere", "start": "x", "end": "2027-01-01", "email": "x", "rank": "first"}),
    ("/sign-in", {"email": "nobody"}),
]  # fmt: skip
"""What is sent beyond the empty form of each route, and by those who may."""


class Reading:
    """Reads answers in Chinese and keeps what is wrong with them."""

    def __init__(self, portal: Portal) -> None:
        self.names = latin_names(portal) | {"Firefox, Linux", *NAMES_IN_FILE, *(column.name for column in COLUMNS)}
        self.faults: list[str] = []
        self.statuses: dict[int, int] = {}

    def read(self, what: str, answer: httpx2.Response) -> None:
        """Read one page; redirects and files say nothing."""
        if not answer.headers.get("content-type", "").startswith("text/html"):
            return
        assert answer.headers["content-language"] == "zh", what
        self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
        lines = lines_of(answer.text)
        assert sum(bool(re.search("[\u4e00-\u9fff]", line)) for line in lines) > 5, (what, lines)
        self.faults += [f"{what}: {fault}" for line in lines for fault in faults_of(line, self.names)]

    def require(self, *statuses: int) -> None:
        """That nothing was wrong, and pages of these statuses were among what was read."""
        assert not self.faults, "\n".join(dict.fromkeys(self.faults))
        assert set(statuses) <= set(self.statuses), self.statuses


async def chinese(portal: Portal, person: str) -> Client:
    """Somebody who reads Chinese."""
    client = await portal.signed_in(person) if person else portal.browser()
    speak_chinese(client)
    return client


def speak_chinese(client: Client) -> None:
    """Have the browser ask for Chinese."""
    client.http.cookies.set("sojourn-language", "zh", domain="portal.example")


async def test_every_route_is_chinese_for_whoever_may_open_it(portal: Portal, people: People) -> None:
    await live_everything(portal, people)
    reading = Reading(portal)
    for person in (*READERS, people.of(Role.STUDENT), ""):
        client = await chinese(portal, person)
        for method, route, _ in table(portal.app):
            if route.path.startswith("/api/") or route.path.endswith("/live") or route.path == "/sign-out":
                continue
            url = url_of(route, people.exchange, people.document)
            speak_chinese(client)  # saving the profile took it away
            answer = await (client.post(url) if method == "POST" else client.get(url))
            if not url.endswith("/html"):
                reading.read(f"{person} {method} {url}", answer)
    reading.require(200, 404, 410, 422)


async def test_every_form_of_every_answer_is_chinese(portal: Portal, people: People) -> None:
    await live_everything(portal, people)
    reading = Reading(portal)
    now, policy = portal.now, portal.programme.policy
    signing = portal.context.services.gateway.access.signing
    shown: set[StepKind] = set()
    for person in ("cqmu.coordinator", "cqmu.head_of_office", people.of(Role.SUPERVISOR), people.living_student):
        client = await chinese(portal, person)
        for kind, step in policy.steps.items():
            step_id = f"{people.living}.{kind}.1"
            links = [f"/steps/{step_id}", f"/act/{signing.action(step_id, person, now)}"]
            for link in links:
                for path in (link, *(f"{link}/{outcome}" for outcome in step.answers)):
                    answer = await client.get(path)
                    reading.read(f"{person} GET {path}", answer)
                    if answer.status_code == 200:
                        shown.add(kind)
                        if path != link:
                            reading.read(f"{person} POST {path}", await client.post(path, {"note": "", "day": "x"}))
    assert shown == set(policy.steps), set(policy.steps) - shown
    reading.require(200, 202, 404, 410, 422)


async def test_what_forms_refuse_is_chinese(portal: Portal, people: People) -> None:
    await live_everything(portal, people)
    reading = Reading(portal)
    step = f"{people.living}.sending_approval.1"
    fill = {"{exchange}": people.living, "{step}": step}
    for person in READERS:
        client = await chinese(portal, person)
        for path, form in FORMS:
            for mark, value in fill.items():
                path = path.replace(mark, value)
                form = {k: v.replace(mark, value) if isinstance(v, str) else v for k, v in form.items()}
            reading.read(f"{person} POST {path} {form}", await client.post(path, form))
        evil = (("a.csv", b"x,y\n1,2\n"), ("a.xlsx", b"PK"), ("a.csv", FILE.read_bytes()), ("a.csv", b"\xff\xfe\x00"))
        told = [(name, (CASES / name).read_bytes()) for name in TOLD]
        for name, data in (*evil, *told):
            fields = {"csrf": await client.csrf(), "key": "k" * 32}
            answer = await client.http.post("/nominate/file", data=fields, files={"file": (name, data)})
            reading.read(f"{person} file {data[:10]!r}", answer)
    assert 500 not in reading.statuses, reading.statuses
    reading.require(200, 202, 404, 422)


async def test_what_is_no_page_or_no_form_is_refused_in_chinese(
    portal: Portal, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = Reading(portal)
    client = await chinese(portal, "cqmu.coordinator")
    reading.read("404", await client.get("/moon"))
    reading.read("405", await client.http.put("/worklist"))
    reading.read("413", await client.http.post("/profile", content=b"x" * (SMALL + 1), headers=FORM))
    reading.read("403 forged", await client.http.post("/profile", data={"csrf": "x"}))
    reading.read("422 no form", await client.http.post("/profile", json={}))
    reading.read("422 number", await client.post("/connections/deliveries/x/redeliver"))

    async def away(*_: object, **__: object) -> None:
        raise Unavailable("database.busy", error="OperationalError")

    monkeypatch.setattr(portal.context.services.gateway.access, "session", away)
    reading.read("503", await client.get("/worklist"))

    async def broken(*_: object, **__: object) -> None:
        raise ValueError

    monkeypatch.setattr(portal.context.services.gateway.access, "session", broken)
    reading.read("500", await client.get("/worklist"))
    reading.require(403, 404, 405, 413, 422, 500, 503)
