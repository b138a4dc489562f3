"""Students whose documents are awaited, with all of them in the hand, for what measures uploads."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import httpx2

from bench.partners import PASSPORT_EXPIRES, Intake
from demo.consent import agree
from examples.papers import holder_of, paper_for
from gateway.composition import Services
from models.identifiers import step_id
from models.messages.exchange import Decide
from models.people.access import SignInMethod
from models.people.authorization import Actor
from models.rules.stay import required_documents
from models.vocabulary import Role, StepKind


@dataclass(frozen=True)
class Hand:
    """A paper in a student's hand, and what its form says."""

    exchange: str
    cookie: str
    form: dict[str, str]
    filename: str
    data: bytes


async def hands_of(services: Services, client: httpx2.AsyncClient, number: int, today: date) -> list[Hand]:
    """A student whose documents are awaited, with all of them in the hand."""
    gateway, nomination = services.gateway, Intake(today).student(number)
    office = services.programme.contacts("", Role.PROGRAMME_OFFICE)[0]
    actor = Actor(id=office.id, role=Role.PROGRAMME_OFFICE, institution=services.programme.home)
    reply = await gateway.nominate(nomination, actor)
    step = step_id(reply.exchange_id, StepKind.VERIFY_NOMINATION, 1)
    await gateway.decide(Decide(decision_id=f"{step}.v", step_id=step, outcome="verified", actor=actor))
    view = await services.reading.exchange(reply.exchange_id, actor, now=datetime.now(UTC))
    assert view is not None
    person = view.student.id
    student = Actor(id=person, role=Role.STUDENT, institution=nomination.sending)
    await agree(gateway, reply.exchange_id, student)
    opened = await gateway.access.open_session(person, SignInMethod.LINK, "bench", datetime.now(UTC))
    page = await client.get("/verify", headers={"cookie": f"sojourn={opened.token}"})
    csrf = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    plan, hands = nomination.to_plan(services.programme), []
    for place, kind in enumerate(required_documents(services.programme.policy, plan, StepKind.SUBMIT_DOCUMENTS)):
        name, data = paper_for(kind.kind, kind.title, holder_of(nomination), PASSPORT_EXPIRES)
        form = {"csrf": csrf, "key": f"{number:016d}{place:016d}", "kind": kind.kind}
        if kind.max_age_days_at_start:
            form["issued_on"] = (plan.start - timedelta(days=20)).isoformat()
        if kind.expires:
            form["expires_on"] = PASSPORT_EXPIRES.isoformat()
        hands.append(Hand(reply.exchange_id, opened.token, form, name, data + f"\n% {reply.exchange_id}".encode()))
    return hands
