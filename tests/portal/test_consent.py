"""Consent in the portal: asked before the first document in the reader's language, answered, taken back, on paper."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from examples import papers
from models.tables import EventRow, ExchangeCodeRow, MessageRow
from models.vocabulary import Role
from records.store.engine import transaction
from tests.portal.world import People, Portal

NOTICE = {"notice": "from_united_states_1"}
YES = NOTICE | {"transfer": "yes", "sensitive": "yes"}


@pytest.fixture
async def asked(portal: Portal, people: People) -> People:
    """Students who are asked: they were nominated after there were notices."""
    async with transaction(portal.office.sessions) as session:
        await session.execute(update(ExchangeCodeRow).values(asks_consent=True))
    return people


async def events(portal: Portal, exchange: str) -> list[str]:
    query = select(EventRow.kind).where(EventRow.stream == exchange).order_by(EventRow.seq)
    async with transaction(portal.office.sessions) as session:
        return [kind for kind in await session.scalars(query) if kind.startswith("consent")]


@pytest.mark.parametrize(
    ("language", "why", "notice", "held"),
    [
        ("en", "Before the first document", "discloses your education records", "Dartmouth College"),
        ("zh", "首次提交材料前", "提供您的学籍记录", "达特茅斯学院"),
    ],
)
async def test_a_student_is_led_to_the_notice_and_answers_each_question_apart(
    portal: Portal, asked: People, language: str, why: str, notice: str, held: str
) -> None:
    client = await portal.signed_in(asked.living_student)
    client.http.cookies.set("sojourn-language", language, domain="portal.example")
    home, path = f"/exchanges/{asked.living}", f"/exchanges/{asked.living}/consent"
    page = (await client.get(home, headers={"Accept-Language": language})).text
    assert why in page
    assert f'href="{path}"' in page
    assert 'type="file"' not in page, "no form before the answer"
    shown = (await client.get(path, headers={"Accept-Language": language})).text
    assert notice in shown
    assert held in shown
    assert "checked" not in shown, "nothing is chosen for anybody"
    assert (await client.post(path, NOTICE)).status_code == 422
    assert await events(portal, asked.living) == ["consent_notice_shown"]
    done = await client.post(path, NOTICE | {"transfer": "yes", "sensitive": "no"})
    assert (done.status_code, done.headers["location"]) == (303, path)
    assert await events(portal, asked.living) == ["consent_notice_shown", "consent_given", "consent_refused"]
    page = (await client.get(home, headers={"Accept-Language": language})).text
    assert why not in page
    assert 'id="file-cv_study_plan"' in page
    assert 'id="file-passport"' not in page


async def test_a_consent_is_taken_back_by_who_gave_it_and_that_is_what_follows(portal: Portal, asked: People) -> None:
    exchange, path = asked.living, f"/exchanges/{asked.living}/consent"
    client, host = await portal.signed_in(asked.living_student), await portal.signed_in(asked.of(Role.COORDINATOR))
    document = await file(portal, exchange, "cv_study_plan")
    paper = f"/exchanges/{exchange}/documents/{document}"
    refused = await host.get(paper)
    assert refused.status_code == 409
    assert "the student&#39;s consent for it is missing" in refused.text
    assert "Not sent to your university" in (await host.get(f"/exchanges/{exchange}")).text
    await client.get(path)
    assert (await client.post(path, YES)).status_code == 303
    assert (await host.get(paper)).status_code == 200
    page = (await client.get(path)).text
    for said in ("What follows", "stays there, as the law allows", "coordinators of both universities are told"):
        assert said in page
    portal.now += timedelta(minutes=5)
    assert (await client.post(path, NOTICE | {"transfer": "no", "key": "b" * 32})).status_code == 303
    assert (await events(portal, exchange))[-1] == "consent_withdrawn"
    assert (await client.get(path)).text.count("<b>withdrawn</b>") == 2, "the sensitive one with it"
    assert (await host.get(paper)).status_code == 200, "what was sent stays"
    portal.now += timedelta(minutes=5)
    late = f"/exchanges/{exchange}/documents/{await file(portal, exchange, 'transcript')}"
    assert (await host.get(late)).status_code == 409
    assert (await client.get(late)).status_code == 200
    form = {"kind": "cv_study_plan", "key": "c" * 32}
    upload = await client.post(
        f"/exchanges/{exchange}/documents", form, files={"file": ("cv.pdf", papers.letter("CV"))}
    )
    assert upload.status_code == 409
    assert "the student did not agree that it goes to the host abroad" in upload.text
    async with transaction(portal.office.sessions) as session:
        mails = select(MessageRow.recipient_id).where(MessageRow.kind == "consent_withdrawn")
        told = set(await session.scalars(mails))
    assert told == {"dartmouth.coordinator", "cqmu.coordinator", asked.living_student}


async def file(portal: Portal, exchange: str, kind: str) -> str:
    """A document that somebody filed just now."""
    data = papers.letter(kind)
    return await portal.office.filing.file_document(exchange, kind, "p.pdf", data, "p", portal.now)


async def test_an_office_of_the_sending_side_enters_what_was_signed_on_paper(portal: Portal, asked: People) -> None:
    path = f"/exchanges/{asked.living}/consent"
    office = await portal.signed_in("dartmouth.coordinator")
    page = (await office.get(path)).text
    assert "Enter what the student signed on paper" in page
    assert "Send the answer" not in page
    form = {"transfer": "yes", "sensitive": "yes", "on": "2026-11-01", "reference": "Folder 7"}
    assert (await office.post(path, form | {"reference": ""})).status_code == 422
    assert (await office.post(path, form)).status_code == 303
    assert "Folder 7" in (await office.get(path)).text
    assert await events(portal, asked.living) == ["consent_given"], "an office is not shown it for the student"


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.OCCUPATIONAL_HEALTH, Role.HOUSING_OFFICER, Role.PARTNER_OFFICE])
async def test_nobody_else_gets_there(portal: Portal, asked: People, role: Role) -> None:
    client, path = await portal.signed_in(asked.of(role)), f"/exchanges/{asked.exchange}/consent"
    assert (await client.get(path)).status_code == 404
    assert (await client.post(path, YES)).status_code == 404
    assert await events(portal, asked.exchange) == []


async def test_another_student_and_the_host_answer_for_nobody(portal: Portal, asked: People) -> None:
    path = f"/exchanges/{asked.living}/consent"
    other = await portal.signed_in(asked.student)
    assert (await other.get(path)).status_code == 404
    assert (await other.post(path, YES)).status_code == 404
    host = await portal.signed_in(asked.of(Role.COORDINATOR))
    assert (await host.get(path)).status_code == 200
    assert (await host.post(path, YES | {"on": "2026-11-01", "reference": "F"})).status_code in (403, 404)
    assert await events(portal, asked.living) == []


async def test_where_nothing_is_asked_there_is_no_page(portal: Portal, people: People) -> None:
    client = await portal.signed_in(people.living_student)
    assert (await client.get(f"/exchanges/{people.living}/consent")).status_code == 404
    assert 'id="file-passport"' in (await client.get(f"/exchanges/{people.living}")).text
