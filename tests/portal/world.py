"""The portal in this process, over records of its own; Temporal is away unless a test brings it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from fastapi import FastAPI
from pydantic import SecretStr

from models.catalogue.loading import load_programme
from models.catalogue.programme import Programme
from models.people.access import Member, SignInMethod
from models.people.authorization import Actor
from models.vocabulary import Role, StepKind
from portal.app import create_app
from portal.context import RequestContext
from settings import Settings
from tests.activities.students import NOW, Office
from tests.databases import Database
from tests.records.stays import OUTGOING, asked, live_through, of_host, of_student, open_cohort

BASE = "http://portal.example"
SECRET = "a secret for tests that is long enough"
TODAY = NOW + timedelta(days=1)
NOBODYS_PORT = 1
PAPERS = ",".join(
    sorted(one.kind for one in load_programme().policy.documents if one.step is StepKind.SUBMIT_DOCUMENTS)
)
"""What a step asks for that takes all papers of the application."""
"""Nothing listens here: Temporal is away, and known to be."""


@dataclass
class Client:
    """A browser with a session, or without one."""

    http: httpx2.AsyncClient
    person: str = ""

    async def get(self, path: str, **options: Any) -> httpx2.Response:
        """Open a page."""
        return await self.http.get(path, **options)

    async def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> httpx2.Response:
        """Send a form as its page would: with the token and a fresh key, unless others are given."""
        form = {"csrf": await self.csrf(), "key": "k" * 32} | (data or {})
        return await self.http.post(path, data=form, **options)

    async def csrf(self) -> str:
        """The token of this session's forms."""
        page = await self.http.get("/verify")
        found = re.search(r'name="csrf" value="(\w+)"', page.text)
        assert found is not None
        return found[1]


@dataclass
class Portal:
    """The application, its records, and who may sign in."""

    app: FastAPI
    office: Office
    programme: Programme
    clients: list[httpx2.AsyncClient] = field(default_factory=list)
    now: datetime = TODAY

    @property
    def context(self) -> RequestContext:
        """What its requests share."""
        context: RequestContext = self.app.state.context
        return context

    def browser(self, **headers: str) -> Client:
        """A browser in which nobody is signed in."""
        transport = httpx2.ASGITransport(self.app, client=("203.0.113.7", 40000), raise_app_exceptions=False)
        http = httpx2.AsyncClient(transport=transport, base_url=self.context.settings.public_url, headers=headers)
        self.clients.append(http)
        return Client(http)

    async def signed_in(self, person: str) -> Client:
        """A browser in which somebody is signed in."""
        client = self.browser()
        access = self.context.services.gateway.access
        opened = await access.open_session(person, SignInMethod.LINK, "Firefox, Linux", self.now)
        client.http.cookies.set("sojourn", opened.token, domain="portal.example")
        client.person = person
        return client


@asynccontextmanager
async def open_portal(database: Database, folder: Path, **values: Any) -> AsyncIterator[Portal]:
    """The portal over a database."""
    programme = load_programme()
    office = Office(database, folder / "files", programme)
    await office.seed()
    settings = Settings(
        database_url=database.url,
        files_dir=folder / "files",
        secret_key=SecretStr(SECRET),
        temporal_address=f"127.0.0.1:{NOBODYS_PORT}",
        **{"public_url": BASE} | values,
    )
    portal: Portal
    app = create_app(settings, clock=lambda: portal.now)
    portal = Portal(app, office, programme)
    async with app.router.lifespan_context(app):
        portal.context.services.gateway.availability.up = False
        yield portal
        for client in portal.clients:
            await client.aclose()


@dataclass(frozen=True)
class People:
    """Somebody for every role, and what belongs to whom."""

    exchange: str
    """Dartmouth to CQMU, with everything recorded of a whole stay but its end."""
    other: str
    """CQMU to Dartmouth: foreign to the units of CQMU and to the first student."""
    student: str
    other_student: str
    document: str
    open_step: str
    living: str
    """Dartmouth to CQMU, at its beginning: the student owes documents and the host an answer."""
    living_student: str

    def of(self, role: Role) -> str:
        """Who holds a role, of those for whom `exchange` is their own."""
        named = {
            Role.STUDENT: self.student,
            Role.PARTNER_OFFICE: "dartmouth.partner_office",
            Role.SUPERVISOR: "cqmu.supervisor.lipid",
            Role.AUDITOR: "cqmu.auditor",
        }
        return named.get(role, f"cqmu.{role}")


ROLES = tuple(role for role in Role if role is not Role.CLOCK)


async def populate(portal: Portal) -> People:
    """A cohort, one exchange with a whole stay and an open step, and one in the other direction."""
    office = portal.office
    await open_cohort(office)
    ana = await office.nominate(1)
    document = await live_through(office, ana.exchange_id, ana.person_id)
    step = asked(ana.exchange_id, StepKind.SENDING_APPROVAL, of_host(), due=TODAY - timedelta(hours=5))
    await office.record(ana.exchange_id, step)
    li = await office.nominate(2, **OUTGOING)
    papers = asked(li.exchange_id, StepKind.SUBMIT_DOCUMENTS, of_student(li.person_id), subject=PAPERS)
    await office.record(li.exchange_id, papers)
    bo = await office.nominate(3, given_name="Bo")
    await office.record(
        bo.exchange_id,
        asked(bo.exchange_id, StepKind.VERIFY_NOMINATION, of_host(), due=TODAY + timedelta(days=2)),
        asked(bo.exchange_id, StepKind.SUBMIT_DOCUMENTS, of_student(bo.person_id), subject=PAPERS),
    )
    await _auditor(portal)
    return People(
        exchange=ana.exchange_id,
        other=li.exchange_id,
        student=ana.person_id,
        other_student=li.person_id,
        document=document,
        open_step=step.step_id,
        living=bo.exchange_id,
        living_student=bo.person_id,
    )


async def _auditor(portal: Portal) -> None:
    office = Actor(id="cqmu.programme_office", role=Role.PROGRAMME_OFFICE, institution="cqmu")
    auditor = Member(
        person="cqmu.auditor", role=Role.AUDITOR, institution="cqmu", name="Zhao Lin", email="auditor@cqmu.example"
    )
    await portal.context.services.gateway.members.save(auditor, office, NOW, "auditor", new=True)
