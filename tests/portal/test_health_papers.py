"""Papers by purpose (D46): planted words reach, on every way out, those alone whom they are for."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from cli.output import clean
from cli.showing import exchange_parts
from mail.compose import Composer
from models.errors import Unavailable
from models.events import DocumentOpened
from models.messages.exchange import DocumentAnswer
from models.notifications.notices import NoticeKind
from models.people.papers import OPENED_BY
from models.tables import EventRow, MessageRow
from models.views import ExchangeFilter
from models.vocabulary import Purpose, Role, StepKind
from portal.policy import TOKEN
from records import papers
from records.access.signing import Signing
from records.store.engine import transaction
from tests.portal.planted import HEALTH, ISSUED, SIZE, Planted, plant, word
from tests.portal.test_api import system
from tests.portal.test_policy import actor_of, table, url_of
from tests.portal.world import ROLES, People, Portal

ABOUT_HEALTH = frozenset({Role.OCCUPATIONAL_HEALTH, Role.STUDENT})
DATES = (str(ISSUED), "13 Jul 2025", "2025年7月13日")


def reads(portal: Portal, role: Role) -> set[str]:
    """The planted words that a role may read, by the table of purposes."""
    kinds = [document.kind for document in portal.programme.policy.documents]
    return {word(portal, kind) for kind in kinds if role in OPENED_BY[portal.programme.policy.purpose(kind)]}


def leaked(portal: Portal, text: str, role: Role | None) -> list[str]:
    """The words of a text that somebody of a role may not read."""
    words = {word(portal, document.kind) for document in portal.programme.policy.documents}
    closed = words - (reads(portal, role) if role else set())
    # Of other papers everybody is told the rules that stand against them, but neither the file nor the words.
    found = [one for one in closed if (one if one == HEALTH else f"{one}.pdf") in text or f"says {one}" in text]
    return [*found, *(day for day in DATES if HEALTH in closed and day in text)]


async def test_no_page_tells_a_role_what_is_not_for_it(portal: Portal, people: People) -> None:
    planted = await plant(portal, people)
    for role in ROLES:
        client = await portal.signed_in(people.of(role))
        seen = ""
        for url in _pages(portal, people, planted, role):
            answer = await client.get(url)
            text = f"{answer.headers} {answer.text}".replace(f"q={HEALTH}", "").replace(f'value="{HEALTH}"', "")
            assert not leaked(portal, text, role), (role, url)
            seen += text
        for own in reads(portal, role):
            assert own in seen, (role, own)


def _pages(portal: Portal, people: People, planted: Planted, role: Role) -> list[str]:
    """Every page that a role is for, about the exchange or about none, and every way to a document."""
    urls = {f"/events?stream={people.exchange}", f"/exchanges?q={HEALTH}", f"/worklist?exchange={people.exchange}"}
    for step in ("submit_health_records", "clear_for_clinic"):
        of_step = f"{people.exchange}.{step}.1"
        urls |= {f"/steps/{of_step}", f"/exchanges/{people.exchange}/change/{of_step}/extend"}
    for method, route, policy in table(portal.app):
        lets_in = policy is not TOKEN and (policy.roles is None or role in policy.roles)
        if lets_in and method == "GET" and not route.path.endswith("/live"):
            kinds = ("tb_test", "cv_study_plan") if "{document_id" in route.path else ("passport",)
            urls |= {url_of(route, people.exchange, planted.documents[kind]) for kind in kinds}
    return sorted(urls)


async def test_a_refused_act_shows_no_more(portal: Portal, people: People) -> None:
    planted = await plant(portal, people)
    for role in ROLES:
        client = await portal.signed_in(people.of(role))
        form = {"csrf": await client.csrf(), "key": "k" * 32}
        for method, route, policy in table(portal.app):
            if policy is not TOKEN and method == "POST" and "{exchange_id}" in route.path:
                url = url_of(route, people.exchange, planted.documents["tb_test"])
                answer = await client.http.post(url, data=form)
                assert not leaked(portal, answer.text, role), (role, url)


async def test_what_is_read_of_an_exchange_is_what_the_role_is_for(portal: Portal, people: People) -> None:
    """The same for the command line and whatever else reads: the view itself, and as it is printed."""
    await plant(portal, people)
    for role in ROLES:
        view = await portal.context.services.reading.exchange(people.exchange, actor_of(portal, people, role))
        assert view is not None
        printed = " ".join(_plain(part) for part in exchange_parts(view, portal.programme))
        assert not leaked(portal, view.model_dump_json() + printed, role)
        assert (str(SIZE) in view.model_dump_json()) is (role in ABOUT_HEALTH)
        for document in view.documents:
            purpose = portal.programme.policy.purpose(document.kind)
            if purpose is Purpose.HEALTH and role not in ABOUT_HEALTH:
                told = (document.filename, document.media_type, document.size, document.pages, document.findings)
                assert told == ("", "", 0, None, ())
                assert document.issued_on is None
                assert document.submitted_at
                assert document.status == "rejected"
            if role not in OPENED_BY[purpose]:
                assert (document.filename, document.size) == ("", 0)
                assert not [finding.reason for finding in document.findings if finding.reason]
        assert (view.birth_date is not None) is (role is Role.OCCUPATIONAL_HEALTH)
        outcomes = {step.kind: step.outcome for step in view.steps}
        assert outcomes[StepKind.CLEAR_FOR_CLINIC] == "not_cleared"
        notes = [one.note for one in view.timeline if HEALTH in one.note]
        assert len(notes) == (7 if role in ABOUT_HEALTH else 0)


def _plain(part: Any) -> str:
    cells = [cell for column in getattr(part, "columns", ()) for cell in column.cells]
    return clean(" ".join(str(cell) for cell in cells) or str(part))


@pytest.mark.parametrize("institution", ["cqmu", "dartmouth"])
async def test_the_api_and_the_feed_tell_results(portal: Portal, people: People, institution: str) -> None:
    planted = await plant(portal, people)
    client = await system(portal, institution)
    urls = {f"/api/v1/events?after={after}" for after in range(0, 90, 10)}
    for method, route, policy in table(portal.app):
        if policy is TOKEN and method == "GET":
            urls.add(url_of(route, people.exchange, planted.documents["tb_test"]))
    for url in sorted(urls):
        answer = await client.get(url)
        assert answer.status_code < 500
        assert HEALTH not in answer.text, url
    view = (await client.get(f"/api/v1/exchanges/{people.exchange}")).json()
    for document in view["documents"]:
        if portal.programme.policy.purpose(document["kind"]) is Purpose.HEALTH:
            assert (document["filename"], document["size"], document["issued_on"]) == ("", 0, None)
            assert document["status"] == "rejected"


@pytest.mark.parametrize("uploaded_by", ["", "dartmouth.coordinator"])
async def test_mail_about_health_says_more_to_the_student_alone(
    portal: Portal, people: People, uploaded_by: str
) -> None:
    """Whoever handed a paper in for the student included, and for both languages of each letter."""
    await plant(portal, people, uploaded_by=uploaded_by)
    composer = Composer(portal.programme, "https://sojourn.example/", Signing("a secret for tests, long enough"))
    told, readers = 0, set()
    async with transaction(portal.office.sessions) as session:
        for row in await session.scalars(select(MessageRow)):
            readers.add(row.recipient_role)
            if row.kind in (NoticeKind.DIGEST, NoticeKind.SUMMARY):
                continue
            for row.language in ("en", "zh"):
                _, letter = await composer.compose(session, row)
                if HEALTH in repr(letter):
                    assert row.recipient_role is Role.STUDENT, row.key
                    told += repr(letter).count(HEALTH)  # one mail names all that was not accepted
        session.expunge_all()
    assert told >= 2 * 3, "each paper about health, in both languages"
    assert readers >= {Role.STUDENT, Role.COORDINATOR, Role.HEAD_OF_OFFICE, Role.PARTNER_OFFICE}


async def test_a_document_opens_for_whom_it_is_and_every_opening_is_on_record(portal: Portal, people: People) -> None:
    planted = await plant(portal, people)
    expected: list[tuple[str, Role]] = []
    for role in ROLES:
        client = await portal.signed_in(people.of(role))
        for kind, document in planted.documents.items():
            answer = await client.get(f"/exchanges/{people.exchange}/documents/{document}")
            allowed = role in OPENED_BY[portal.programme.policy.purpose(kind)]
            assert answer.status_code == (200 if allowed else 404), (role, kind)
            assert (word(portal, kind).encode() in answer.content) is allowed
            expected += [(people.of(role), role)] * allowed
        foreign = await client.get(f"/exchanges/{people.other}/documents/{planted.documents['tb_test']}")
        assert foreign.status_code == 404
    assert await _openings(portal, people) == expected


@pytest.mark.parametrize("person", ["dartmouth.occupational_health", "sample.occupational_health"])
async def test_health_papers_are_for_the_host_and_nobody_else(portal: Portal, people: People, person: str) -> None:
    planted = await plant(portal, people)
    client = await portal.signed_in(person)
    for document in planted.documents.values():
        assert (await client.get(f"/exchanges/{people.exchange}/documents/{document}")).status_code == 404
    assert await _openings(portal, people) == []


async def _openings(portal: Portal, people: People) -> list[tuple[str, Role]]:
    query = select(EventRow.actor_id, EventRow.actor_role).where(
        EventRow.stream == people.exchange, EventRow.kind == "document_opened"
    )
    return [(who, Role(role)) for who, role in await portal.office.rows(query.order_by(EventRow.seq))]


async def test_the_student_sees_who_looked_and_when(portal: Portal, people: People) -> None:
    planted = await plant(portal, people)
    officer = await portal.signed_in("cqmu.occupational_health")
    office = await portal.signed_in("dartmouth.coordinator")
    health, passport = (
        f"/exchanges/{people.exchange}/documents/{planted.documents[kind]}" for kind in ("tb_test", "passport")
    )
    before = await portal.context.services.reading.exchange(people.exchange)
    assert before is not None
    position, _ = await portal.context.services.reading.changed_since(None)
    for _ in range(3):  # a browser that asks for parts of one view
        assert (await officer.get(health)).status_code == 200
    assert (await office.get(passport)).status_code == 200
    portal.now += timedelta(hours=1)
    assert (await officer.get(health)).status_code == 200
    assert [who for who, _ in await _openings(portal, people)] == [
        "cqmu.occupational_health",
        "dartmouth.coordinator",
        "cqmu.occupational_health",
    ]
    # Looking is no news: no version changes, and no page is told to load anew.
    view = await portal.context.services.reading.exchange(people.exchange)
    assert view is not None
    assert view.revision == before.revision
    assert (await portal.context.services.reading.changed_since(position))[1] == frozenset()
    just_now = ExchangeFilter(modified_since=portal.now - timedelta(minutes=1))
    assert await portal.context.services.reading.exchanges(just_now) == []
    own = await portal.signed_in(people.student)
    page = (await own.get(f"/exchanges/{people.exchange}")).text
    assert "Opened 3 times" in page
    for role in set(ROLES) - {Role.STUDENT, Role.AUDITOR}:
        seen = await portal.context.services.reading.exchange(people.exchange, actor_of(portal, people, role))
        assert seen is not None
        assert not [one for one in seen.timeline if isinstance(one.event, DocumentOpened)], role


@pytest.mark.parametrize("kind", ["tb_test", "passport", "transcript", "photo"])
async def test_no_byte_leaves_before_the_opening_is_on_record(
    portal: Portal, people: People, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    planted = await plant(portal, people)
    client = await portal.signed_in(people.student)

    async def away(*_: object, **__: object) -> None:
        raise Unavailable("database.away")

    monkeypatch.setattr(papers, "append", away)
    answer = await client.get(f"/exchanges/{people.exchange}/documents/{planted.documents[kind]}")
    assert answer.status_code == 503
    assert word(portal, kind).encode() not in answer.content
    async with portal.office.sessions() as session:
        count = select(func.count()).select_from(EventRow).where(EventRow.kind == "document_opened")
        assert await session.scalar(count) == 0


@pytest.mark.parametrize("kind", ["tb_test", "physical_exam", "osha_training", "passport"])
@pytest.mark.parametrize("role", [Role.STUDENT, Role.COORDINATOR])
async def test_who_hands_in_for_a_student_is_told_the_result(
    portal: Portal, people: People, monkeypatch: pytest.MonkeyPatch, kind: str, role: Role
) -> None:
    gateway = portal.context.services.gateway

    async def checked(*_: object, **__: object) -> DocumentAnswer:
        return DocumentAnswer(document_id="d", accepted=False, findings=(f"D27.{HEALTH}",))

    monkeypatch.setattr(gateway._documents, "hand_in", checked)
    actor = actor_of(portal, people, role)
    answer = await gateway.add_document(people.exchange, kind, "paper.pdf", b"paper", actor)
    told = role in OPENED_BY[portal.programme.policy.purpose(kind)]
    assert answer.accepted is False
    assert answer.findings == ((f"D27.{HEALTH}",) if told else ())


def test_every_kind_of_document_is_for_somebody_at_work(portal: Portal) -> None:
    """What the table of purposes keeps from all but the student would be asked for in vain."""
    for purpose in Purpose:
        assert OPENED_BY[purpose] - {Role.STUDENT}
        assert Role.STUDENT in OPENED_BY[purpose]
    assert not OPENED_BY[Purpose.HEALTH] - ABOUT_HEALTH
