"""Messages to many: the pages of an office in both languages, the API, and the command line over the same records."""

import io
import re
from typing import Any

import pytest

from models.people.access import ApiScope
from models.vocabulary import LANGUAGES
from tests.portal.chinese import faults_of, latin_names, lines_of
from tests.portal.commands import command_line
from tests.portal.test_api import system
from tests.portal.world import People, Portal
from texts.i18n import TAGS

COHORT = "2027-incoming-dartmouth-cqmu"
MESSAGE = {
    "kind": "cohort",
    "cohort": COHORT,
    "subject": "Welcome to {host}",
    "text": "Dear {name}, your stay begins on {start}.",
    "subject_zh": "欢迎来到{host}",
    "text_zh": "{name}：您好。",
    "go": "preview",
}


def seen_on(page: str) -> str:
    found = re.search(r'name="seen" value="(\w{64})"', page)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("person", ["cqmu.coordinator", "dartmouth.partner_office", "cqmu.programme_office"])
async def test_an_office_previews_sends_and_looks_who_got_it(portal: Portal, people: People, person: str) -> None:
    client = await portal.signed_in(person)
    assert "has not written to many students yet" in (await client.get("/messages")).text
    assert COHORT in (await client.get("/messages/write")).text
    preview = await client.post("/messages/write", MESSAGE)
    assert preview.status_code == 200
    assert "It goes to 1 student." in preview.text
    assert "Welcome to Chongqing Medical University" in preview.text
    assert "No mail yet" not in preview.text
    assert people.living in preview.text
    assert people.other not in preview.text
    sending = MESSAGE | {"go": "send", "seen": seen_on(preview.text)}
    sent = await client.post("/messages/write", sending)
    again = await client.post("/messages/write", sending)
    assert sent.status_code == again.status_code == 303
    assert sent.headers["location"] == again.headers["location"]
    shown = await client.get(sent.headers["location"])
    assert "Waiting to be sent" in shown.text
    assert people.living in shown.text
    listed = (await client.get("/messages")).text
    assert listed.count("Welcome to {host}") == 1
    assert (
        "Message of an office"
        in (await (await portal.signed_in("cqmu.coordinator")).get(f"/exchanges/{people.living}")).text
    )


async def test_what_changed_since_the_preview_is_looked_at_again(portal: Portal, people: People) -> None:
    client = await portal.signed_in("cqmu.coordinator")
    seen = seen_on((await client.post("/messages/write", MESSAGE)).text)
    other = MESSAGE | {"go": "send", "seen": seen, "text": "Something else."}
    refused = await client.post("/messages/write", other)
    assert refused.status_code == 409
    assert "It has changed since the preview" in refused.text
    assert "Something else." in refused.text
    assert "has not written" in (await client.get("/messages")).text


async def test_a_free_selection_holds_only_what_one_may_write_to(portal: Portal, people: People) -> None:
    client = await portal.signed_in("dartmouth.partner_office")
    page = (await client.get("/messages/write?kind=chosen")).text
    assert people.living in page
    assert people.other not in page
    link = re.search(r'href="(/messages/write\?[^"]*kind=chosen[^"]*)"', (await client.get("/exchanges?q=bo")).text)
    assert link is not None
    narrowed = (await client.get(link[1].replace("&amp;", "&"))).text
    assert people.living in narrowed
    foreign = MESSAGE | {"kind": "chosen", "cohort": "", "exchange": [people.other, people.living]}
    refused = await client.post("/messages/write", foreign)
    assert refused.status_code == 404
    assert f"There is no exchange {people.other} that you may see." in refused.text
    own = await client.post("/messages/write", foreign | {"exchange": [people.living]})
    assert "It goes to 1 student." in own.text


async def test_fields_at_fault_are_told_at_the_field(portal: Portal, people: People) -> None:
    client = await portal.signed_in("cqmu.coordinator")
    faults = {
        "cohort": {"cohort": ""},
        "text": {"text": "Dear {nmae}"},
        "subject": {"subject": ""},
        "text_zh": {"text_zh": ""},
        "last_day": {"kind": "arriving", "first_day": "2027-03-02", "last_day": "2027-03-01"},
        "first_day": {"kind": "arriving", "first_day": "soon", "last_day": "2027-03-01"},
    }
    for field, wrong in faults.items():
        refused = await client.post("/messages/write", MESSAGE | wrong)
        assert refused.status_code == 422, field
        assert f'id="e-{field}"' in refused.text, field
    assert (await client.post("/messages/write", MESSAGE | {"kind": "everybody"})).status_code == 422


@pytest.mark.parametrize("template", ["arrival", "orientation", "safety", "before_departure"])
async def test_a_template_is_filled_into_the_form_and_can_be_sent(
    portal: Portal, people: People, template: str
) -> None:
    client = await portal.signed_in("cqmu.coordinator")
    form = (await client.get(f"/messages/write?template={template}")).text
    words = portal.programme.messages[template]
    assert words.subject_zh in form
    typed = {name: getattr(words, name) for name in ("subject", "text", "subject_zh", "text_zh")}
    preview = await client.post("/messages/write", MESSAGE | typed)
    assert "It goes to 1 student." in preview.text
    sample = preview.text.partition('id="preview"')[2].partition("</section>")[0]
    assert not re.search(r"\{\w+\}", sample), "everything in braces is filled in"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_pages_are_in_the_readers_language(portal: Portal, people: People, language: str) -> None:
    client = await portal.signed_in("cqmu.coordinator")
    client.http.cookies.set("sojourn-language", language, domain="portal.example")
    words = MESSAGE if language == "en" else MESSAGE | {"subject": "欢迎", "text": "{name}：您好。"}
    shown = [await client.get(f"/messages/write?kind={kind}") for kind in ("cohort", "unit", "arriving", "chosen")]
    preview = await client.post("/messages/write", words)
    sent = await client.post("/messages/write", words | {"go": "send", "seen": seen_on(preview.text)})
    shown += [preview, await client.get(sent.headers["location"]), await client.get("/messages")]
    assert all(page.status_code == 200 for page in shown)
    assert all(f'<html lang="{TAGS[language]}"' in page.text for page in shown)
    if language == "zh":
        lines = [line for page in shown for line in lines_of(page.text)]
        assert not [fault for line in lines for fault in faults_of(line, latin_names(portal))]


async def test_who_only_reads_is_offered_no_form(portal: Portal, people: People) -> None:
    auditor = await portal.signed_in("cqmu.auditor")
    assert "/messages/write" not in (await auditor.get("/messages")).text
    assert (await auditor.get("/messages/write")).status_code == 404
    for person in (people.living_student, "cqmu.supervisor.lipid", "cqmu.housing_officer"):
        client = await portal.signed_in(person)
        assert (await client.get("/messages")).status_code == 404
        assert (await client.post("/messages/write", MESSAGE)).status_code == 404


async def test_a_system_writes_once_for_its_key_within_its_scope(portal: Portal, people: People) -> None:
    dartmouth = await system(portal, "dartmouth", ApiScope.MESSAGES_WRITE, ApiScope.EXCHANGES_READ)
    body: dict[str, Any] = {
        "audience": {"kind": "cohort", "cohort": COHORT},
        "wording": {"subject": "Hello", "text": "Dear {name}"},
    }
    preview = (await dartmouth.post("/api/v1/messages/preview", json=body)).json()
    assert [one["exchange_id"] for one in preview["recipients"]] == [people.living]
    key = {"Idempotency-Key": "message-one"}
    sent = await dartmouth.post("/api/v1/messages", json=body | {"seen": preview["seen"]}, headers=key)
    again = await dartmouth.post("/api/v1/messages", json=body | {"seen": preview["seen"]}, headers=key)
    assert (sent.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == sent.json() | {"repeated": True}
    shown = (await dartmouth.get(f"/api/v1/messages/{sent.json()['broadcast_id']}")).json()
    assert [line["delivery"] for line in shown["lines"]] == ["waiting"]
    assert len((await dartmouth.get("/api/v1/messages")).json()["items"]) == 1
    foreign = body | {"audience": {"kind": "chosen", "exchanges": [people.other]}}
    assert (await dartmouth.post("/api/v1/messages/preview", json=foreign)).status_code == 404
    reader = await system(portal, "dartmouth", ApiScope.EXCHANGES_READ)
    assert (await reader.post("/api/v1/messages", json=body, headers=key)).status_code == 403
    stranger = await system(portal, "cqmu", ApiScope.EXCHANGES_READ)
    assert (await stranger.get(f"/api/v1/messages/{sent.json()['broadcast_id']}")).status_code == 404


async def test_the_command_line_does_the_same(
    portal: Portal, people: People, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sojourn = command_line(portal, capsys, monkeypatch, "message")

    to = ("--cohort", COHORT, "--template", "arrival")
    code, said = await sojourn("preview", *to)
    assert (code, people.living in said, "Recipients: 1." in said) == (0, True, True)
    for answer, expected in (("n\n", 1), ("y\n", 0)):
        monkeypatch.setattr("sys.stdin", io.StringIO(answer))
        code, said = await sojourn("send", *to, "--id", "message-of-cli")
        assert (code, "Written" in said) == (expected, expected == 0), said
    for _ in range(2):
        code, said = await sojourn("send", *to, "--yes", "--id", "message-of-cli")
        assert code == 0
        assert "Recipients: 1." in said
    assert "nothing was done twice" in said
    code, said = await sojourn("list", "--json")
    assert said.count("broadcast_id") == 1
    code, said = await sojourn("list")
    found = re.search(r"b-\w{24}", said)
    assert found is not None
    code, said = await sojourn("show", found[0])
    assert "Waiting to be sent" in said
    assert (await sojourn("show", "b-none"))[0] == 1
    assert (await sojourn("preview", "--template", "arrival"))[0] == 2
    assert (await sojourn("preview", "--cohort", COHORT, "--template", "nothing"))[0] == 2
