"""Letters on their page and in the API: what is missing and where, who opens which, and the authority's form."""

from datetime import date, timedelta

from activities.letters import LetterWriting
from models.events import DocumentSubmitted, LetterWritten, PersonCorrected, StatusChanged
from models.messages.contracts import WriteLetter, WrittenLetter
from models.people.access import ApiScope
from models.people.authorization import Actor
from models.people.letters import LetterKind
from models.tables import IdentityRow
from models.vocabulary import MobilityStatus, NominationStatus, Role
from records.store.append import NoOutbox, Wakers
from tests.activities.students import NOW
from tests.portal.test_api import system
from tests.portal.world import People, Portal
from tests.wakers import CountingWaker

HOST = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")


async def transcript(portal: Portal, exchange: str) -> WrittenLetter:
    """As a worker writes it."""
    office = portal.office
    letters = LetterWriting(office.sessions, office.files, portal.programme, NoOutbox(), Wakers(CountingWaker()))
    key = f"letter/{exchange}/a"
    request = WriteLetter(key=key, exchange_id=exchange, letter=LetterKind.TRANSCRIPT, at=NOW, actor=HOST)
    return await letters.write_letter(request)


async def test_the_page_says_what_is_missing_and_where_it_is_filled_in(portal: Portal, people: People) -> None:
    path = f"/exchanges/{people.living}/letters"
    host = (await (await portal.signed_in("cqmu.coordinator")).get(path)).text
    assert "No bed is reserved." in host
    assert f'href="/exchanges/{people.living}#now"' in host
    assert f'href="/exchanges/{people.living}#documents"' in host
    assert "The host has not approved the student." in host
    assert 'value="nomination"' not in host, "it is the sending university's"
    sending = (await (await portal.signed_in("dartmouth.coordinator")).get(path)).text
    assert 'value="nomination"' in sending
    assert "No bed is reserved." not in sending
    student = (await (await portal.signed_in(people.living_student)).get(path)).text
    assert '<form method="post" action="/exchanges/' not in student
    assert "No letters yet." in student


async def test_a_letter_is_opened_from_the_page_by_those_who_may(portal: Portal, people: People) -> None:
    written = await transcript(portal, people.exchange)
    path = f"/exchanges/{people.exchange}/letters/{written.number}/1/zh"
    for person in ("cqmu.coordinator", "dartmouth.partner_office", people.student):
        client = await portal.signed_in(person)
        assert path in (await client.get(f"/exchanges/{people.exchange}")).text
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF")
        assert f"{written.number}-v1-zh.pdf" in answer.headers["content-disposition"]
    for person in ("cqmu.occupational_health", "cqmu.supervisor.lipid", people.other_student):
        client = await portal.signed_in(person)
        assert (await client.get(path)).status_code == 404
        assert path not in (await client.get(f"/exchanges/{people.exchange}")).text


async def test_no_kind_of_letter_but_those_there_are(portal: Portal, people: People) -> None:
    host = await portal.signed_in("cqmu.coordinator")
    path = f"/exchanges/{people.living}/letters"
    assert (await host.post(path, {"letter": "poem"})).status_code == 422
    foreign = await portal.signed_in(people.other_student)
    assert (await foreign.post(path, {"letter": "nomination"})).status_code == 404


async def test_the_api_lists_and_gives_out_letters(portal: Portal, people: People) -> None:
    written = await transcript(portal, people.exchange)
    path = f"/api/v1/exchanges/{people.exchange}/letters"
    client = await system(portal, "cqmu", ApiScope.EXCHANGES_READ)
    kinds = {one["letter"]: one for one in (await client.get(path)).json()["letters"]}
    assert kinds["transcript"]["versions"][0]["number"] == written.number
    assert kinds["early_end"]["lacks"][0]["message"] == "letter.lacks_early_end"
    assert (await client.get(f"{path}/{written.number}/1/en")).content.startswith(b"%PDF")
    assert (await client.get(f"{path}/{written.number}/2/en")).status_code == 404
    assert (await client.post(path, json={"letter": "transcript"})).status_code == 403
    writer = await system(portal, "cqmu", ApiScope.DECISIONS_WRITE)
    assert (await writer.post(path, json={"letter": "poem"})).status_code == 422
    foreign = await system(portal, "sample", ApiScope.EXCHANGES_READ)
    assert (await foreign.get(path)).status_code == 404


async def test_the_form_is_compared_with_the_sheet_that_was_there(portal: Portal, people: People) -> None:
    exchange, office = people.exchange, portal.office
    paper = await office.filing.file_document(exchange, "dq_form", "dq.pdf", b"%PDF-1.4 form", "cqmu.coordinator", NOW)
    sheet = LetterWritten(
        at=NOW,
        letter=LetterKind.DATA_SHEET,
        number="CQMU-2026-000001",
        version=1,
        issuer="cqmu",
        file_en="a" * 64,
        file_zh="b" * 64,
        issued_on=date(2026, 11, 2),
        nomination_version=1,
    )
    handed = DocumentSubmitted(at=NOW + timedelta(hours=1), document_id=paper, document="dq_form")
    await office.record(exchange, sheet, handed)
    host = await portal.signed_in("cqmu.coordinator")
    path = f"/exchanges/{exchange}/letters"
    assert "Name, dates and host are on record as they were on that sheet." in (await host.get(path)).text
    async with office.sessions.begin() as session:
        row = await session.get_one(IdentityRow, (exchange, 1))
        values = {one.key: getattr(row, one.key) for one in IdentityRow.__table__.columns}
        session.add(IdentityRow(**(values | {"version": 2, "family_name": "Riviera"})))
    verified = StatusChanged(at=NOW, mobility=MobilityStatus.NOMINATION, nomination=NominationStatus.VERIFIED)
    later = NOW + timedelta(days=1)
    corrected = PersonCorrected(at=later, columns=("family_name",), nomination_version=2, nomination_before=1)
    await office.record(exchange, verified, corrected)
    page = (await host.get(path)).text
    assert "the form is to be issued again" in page
    assert "Rivera" in page
    assert "Riviera" in page
    sending = await portal.signed_in("dartmouth.coordinator")
    assert "the form is to be issued again" not in (await sending.get(path)).text
