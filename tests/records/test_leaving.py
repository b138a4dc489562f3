"""Who is removed leaves no way in: sessions, links, tokens and endpoints end, or are kept by somebody's choice."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from mail.outbox import Outbox
from models.catalogue.loading import load_programme
from models.errors import BadInput, Conflict, Unknown
from models.people.access import ApiScope, Member, SignInMethod
from models.people.authorization import Actor
from models.tables import EndpointRow, EventRow, SignInLinkRow
from models.vocabulary import Role
from records.access.members import Members
from records.access.sessions import Access
from records.access.signing import Signing
from records.access.tokens import MOST_OF_A_PERSON, MOST_OF_AN_INSTITUTION, Tokens
from records.store.engine import transaction
from tests.activities.students import NOW, Office
from tests.databases import Database

OFFICE = Actor(id="cqmu.programme_office", role=Role.PROGRAMME_OFFICE, institution="cqmu")
SECOND = Actor(id="cqmu.coordinator.2", role=Role.COORDINATOR, institution="cqmu")
FIRST = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")
UNTIL = NOW + timedelta(days=90)
SCOPES = (ApiScope.EXCHANGES_READ,)


@pytest.fixture
async def office(sqlite_database: Database, tmp_path: Any) -> Office:
    made = Office(sqlite_database, tmp_path / "files", load_programme())
    await made.seed()
    return made


@pytest.fixture
def members(office: Office) -> Members:
    return Members(office.sessions, office.programme, Outbox(office.programme))


@pytest.fixture
def tokens(office: Office) -> Tokens:
    return Tokens(office.sessions, office.programme, Outbox(office.programme))


def member(person: str, **values: Any) -> Member:
    given = {"role": Role.COORDINATOR, "institution": "cqmu", "name": "Sun Li", "email": "sun@cqmu.example"}
    return Member.model_validate({"person": person} | given | values)


async def endpoint(office: Office, name: str, by: str, at: datetime = NOW) -> None:
    """An endpoint that somebody added."""
    async with transaction(office.sessions) as session:
        row = EndpointRow(
            id=name, institution_id="cqmu", url=f"https://{name}.example", description="", kinds=[], secret="x",
            active=True, created_by=by, created_at=at, position=0,
        )  # fmt: skip
        session.add(row)


async def test_every_way_in_ends_and_what_is_kept_goes_on(office: Office, members: Members, tokens: Tokens) -> None:
    access = Access(office.sessions, office.programme, Outbox(office.programme), Signing("a secret for tests, long"))
    await members.save(member(SECOND.id), OFFICE, NOW, "added", new=True)
    session = await access.open_session(SECOND.id, SignInMethod.LINK, "", NOW)
    await access.ask_link("sun@cqmu.example", "browser", "caller", NOW)
    assert await access.by_subject("https://login.example", "s-1", "sun@cqmu.example", "cqmu", NOW) is not None
    ended = await tokens.issue("cqmu", "ended", SCOPES, UNTIL, SECOND, NOW)
    kept = await tokens.issue("cqmu", "kept", SCOPES, UNTIL, SECOND, NOW)
    others = await tokens.issue("cqmu", "of another", SCOPES, UNTIL, FIRST, NOW)
    for name, by in (("ep-1", SECOND.id), ("ep-2", SECOND.id), ("ep-3", FIRST.id)):
        await endpoint(office, name, by)
    listed = await members.connections(SECOND.id, OFFICE, NOW)
    assert {one.name for one in listed} == {"ended", "kept", "https://ep-1.example", "https://ep-2.example"}
    partner = Actor(id="dartmouth.coordinator", role=Role.COORDINATOR, institution="dartmouth")
    assert await members.connections(SECOND.id, partner, NOW) == []
    keep = (f"token:{kept.token.token_id}", "endpoint:ep-2", "endpoint:ep-3", "token:nonsense")
    await members.remove(SECOND.id, OFFICE, NOW, "removed", keep)
    await members.remove(SECOND.id, OFFICE, NOW, "removed", keep)
    assert await access.session(session.token, NOW) is None
    assert await office.rows(select(SignInLinkRow.id).where(SignInLinkRow.used_at.is_(None))) == []
    assert await access.by_subject("https://login.example", "s-1", "sun@cqmu.example", "cqmu", NOW) is None
    assert await tokens.principal(ended.secret, NOW) is None
    assert await tokens.principal(kept.secret, NOW) is not None
    assert await tokens.principal(others.secret, NOW) is not None
    active = await office.rows(select(EndpointRow.id).where(EndpointRow.active).order_by(EndpointRow.id))
    assert [name for (name,) in active] == ["ep-2", "ep-3"]
    kinds = [kind for (kind,) in await office.rows(select(EventRow.kind))]
    assert (kinds.count("token_revoked"), kinds.count("endpoint_changed")) == (1, 1)


async def test_tokens_have_a_limit_per_person(tokens: Tokens) -> None:
    for number in range(MOST_OF_A_PERSON):
        await tokens.issue("dartmouth" if number % 2 else "cqmu", str(number), SCOPES, UNTIL, OFFICE, NOW)
    for institution in ("cqmu", "dartmouth", "sample"):
        with pytest.raises(BadInput, match=f"token.too_many_own field=name most={MOST_OF_A_PERSON}"):
            await tokens.issue(institution, "more", SCOPES, UNTIL, OFFICE, NOW)
    await tokens.issue("cqmu", "of another", SCOPES, UNTIL, FIRST, NOW)
    mine = next(token for token in await tokens.tokens(OFFICE) if token.created_by == OFFICE.id)
    await tokens.revoke(mine.token_id, OFFICE, NOW)
    await tokens.issue("cqmu", "again", SCOPES, UNTIL, OFFICE, NOW)
    await tokens.issue("cqmu", "when those have ended", SCOPES, UNTIL + timedelta(days=9), OFFICE, UNTIL)


async def test_tokens_have_a_limit_per_institution(tokens: Tokens) -> None:
    for number in range(MOST_OF_AN_INSTITUTION):
        who = FIRST.model_copy(update={"id": f"cqmu.coordinator.{number // 8}"})
        await tokens.issue("cqmu", str(number), SCOPES, UNTIL, who, NOW)
    with pytest.raises(BadInput, match=f"token.too_many field=institution most={MOST_OF_AN_INSTITUTION}"):
        await tokens.issue("cqmu", "more", SCOPES, UNTIL, SECOND.model_copy(update={"id": "cqmu.x"}), NOW)
    await tokens.issue("dartmouth", "elsewhere", SCOPES, UNTIL, OFFICE, NOW)


async def test_nobody_is_entered_under_the_id_of_somebody_else(office: Office, members: Members) -> None:
    ana = await office.nominate(1)
    unit, bed = office.programme.institutions["cqmu"].units[0], office.programme.institutions["cqmu"].beds[0]
    await members.save(member("cqmu.old"), OFFICE, NOW, "old", new=True)
    await members.remove("cqmu.old", OFFICE, NOW, "old-removed")
    taken = (
        *(ana.person_id, "p-0000000000000000", "p-x", "cqmu", "dartmouth", "sample", unit.id, bed.id.lower()),
        *("clock", "cqmu.coordinator", "dartmouth.coordinator", "cqmu.supervisor.lipid", "cqmu.old"),
    )
    for person in taken:
        with pytest.raises((Conflict, BadInput), match=r"person.id_taken field=person"):
            await members.save(member(person), OFFICE, NOW, f"key-{person}", new=True)
    for person in (ana.person_id, "cqmu", "clock"):
        with pytest.raises((Unknown, BadInput)):
            await members.save(member(person), OFFICE, NOW, f"key-{person}", new=False)
    for person in ("CQMU.Coordinator", "token:1", "ab", "x" * 90):
        with pytest.raises(BadInput, match=r"person.id_form field=person"):
            await members.save(member(person), OFFICE, NOW, f"key-{len(person)}", new=True)
