"""One exchange from nomination to certificate, every act through the gateway and none waiting for a day to come."""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bench.partners import PASSPORT_EXPIRES
from bench.samples import Latencies
from demo.consent import agree
from demo.people import HOURS_PER_DAY
from examples.papers import holder_of, paper_for
from gateway.operations import Gateway
from models.catalogue.loading import load_programme
from models.catalogue.programme import Programme
from models.identifiers import placement_id, step_id
from models.messages.exchange import Decide, Evaluate, Plan, ReportArrival, ReportAttendance, ReportDeparture
from models.people.authorization import Actor
from models.rules.nomination import Nomination
from models.rules.objectives import StayPart, asked_for
from models.rules.stay import required_documents
from models.vocabulary import PROGRAMME_CONTENTS, ROTATION_CONTENTS, Content, Role, StepKind

LOOK_EVERY = 0.01
"""Seconds between two looks at the records, where nobody's answer says that the next step is open."""
PATIENCE = 60.0
Beside = Callable[[], Awaitable[float]]
"""Something measured beside every plain decision; answers how many seconds it took."""


class Lookout:
    """Sees in the records which steps are open; costs the service nothing."""

    def __init__(self, database: Path) -> None:
        self._connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, isolation_level=None)

    def close(self) -> None:
        self._connection.close()

    def count(self, query: str) -> int:
        """The number a query answers."""
        return int(self._connection.execute(query).fetchone()[0])

    async def until_open(self, step: str) -> None:
        """Wait until a step is open."""
        deadline = time.monotonic() + PATIENCE
        query = "SELECT 1 FROM steps WHERE id = ? AND status = 'open'"
        while self._connection.execute(query, (step,)).fetchone() is None:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{step} did not open.")
            await asyncio.sleep(LOOK_EVERY)


class Journey:
    """The people around one student, who answer at once."""

    def __init__(
        self,
        gateway: Gateway,
        programme: Programme,
        lookout: Lookout,
        nomination: Nomination,
        student_of: Callable[[str], Awaitable[str]],
        latencies: Latencies,
        beside: Beside | None = None,
    ) -> None:
        self._gateway = gateway
        self._programme = programme
        self._lookout = lookout
        self._nomination = nomination
        self._student_of = student_of
        self._latencies = latencies
        self._beside = beside
        # Made before the clock runs: it is not the service that typesets them.
        holder = holder_of(nomination)
        documents = programme.policy.documents
        self._papers = {d.kind: paper_for(d.kind, d.title, holder, PASSPORT_EXPIRES) for d in documents}
        self._plan: Plan = nomination.to_plan(programme)
        office = programme.contacts("", Role.PROGRAMME_OFFICE)[0]
        self._office = Actor(id=office.id, role=Role.PROGRAMME_OFFICE, institution=programme.home)
        health = programme.contacts(self._plan.host, Role.OCCUPATIONAL_HEALTH)[0]
        self._health = Actor(id=health.id, role=Role.OCCUPATIONAL_HEALTH, institution=self._plan.host)
        self._student = self._office
        self.id = ""
        self.acts = 0
        self.documents = 0
        self.aside = 0.0
        """Seconds spent beside, which are not the service's."""

    async def nominate(self) -> None:
        reply = await self._gateway.nominate(self._nomination, self._office)
        self.id = reply.exchange_id
        self.acts += 1
        person = await self._student_of(self.id)
        self._student = Actor(id=person, role=Role.STUDENT, institution=self._nomination.sending)

    async def run(self) -> None:
        """From nomination to the last act; the certificate follows by itself."""
        await self.nominate()
        await self._application()
        await self._before_arrival()
        await self._stay()

    async def _application(self) -> None:
        await self.decide(StepKind.VERIFY_NOMINATION, "verified")
        await self._hand_in(StepKind.SUBMIT_DOCUMENTS)
        await self.decide(StepKind.SENDING_APPROVAL, "approve")
        await self._lookout.until_open(step_id(self.id, StepKind.HOST_APPROVAL, 1))
        await self.decide(StepKind.HOST_APPROVAL, "approve")
        terms = load_programme().policy.step(StepKind.ACCEPT_OFFER).answers["accept"].all_terms
        await self.decide(StepKind.ACCEPT_OFFER, "accept", acknowledged=terms)

    async def _before_arrival(self) -> None:
        for number in (1, 2):
            await self.decide(StepKind.ACCEPT_STUDENT, "accept", number=number)
        await self.decide(StepKind.CONFIRM_BED, "confirmed")
        await self._hand_in(StepKind.SUBMIT_HEALTH_RECORDS)
        await self.decide(StepKind.CLEAR_FOR_CLINIC, "cleared", valid_through=self._plan.end)
        for kind in (StepKind.ISSUE_INVITATION, StepKind.OBTAIN_VISA, StepKind.SUBMIT_INSURANCE):
            await self._hand_in(kind)
        await self.decide(StepKind.CONFIRM_ARRIVAL, "confirmed")

    async def _stay(self) -> None:
        zone = ZoneInfo(self._programme.institutions[self._plan.host].zone)
        morning = datetime.combine(self._plan.start, clock_time(10), zone).astimezone(UTC)
        await self._lookout.until_open(step_id(self.id, StepKind.CHECK_IN, 1))
        await self._act(
            self._gateway.report_arrival(
                self.id, ReportArrival(report_id=self._key("arrived"), actor=self._office, arrived_at=morning)
            )
        )
        await self.decide(StepKind.REGISTER_RESIDENCE, "registered")
        await self.decide(StepKind.ORIENTATION, "held")
        blocks = [c for c in self._plan.contents if c.content in ROTATION_CONTENTS]
        for number, block in enumerate(blocks, start=1):
            await self._rotation(placement_id(self.id, block.content, number), block.content)
        await self._lookout.until_open(step_id(self.id, StepKind.EVALUATE_PROGRAMME, 1))
        await self._evaluate(step_id(self.id, StepKind.EVALUATE_PROGRAMME, 1), self._student)
        for content in PROGRAMME_CONTENTS:
            await self._attendance(content, None)
        await self._lookout.until_open(step_id(self.id, StepKind.DEPART, 1))
        await self._act(
            self._gateway.report_departure(
                self.id,
                ReportDeparture(report_id=self._key("departed"), actor=self._office, departed_on=self._plan.end),
            )
        )

    async def decide(self, kind: StepKind, outcome: str, *, number: int = 1, **details: Any) -> None:
        """One plain decision, timed until the answer is there: then everything is recorded."""
        step = step_id(self.id, kind, number)
        own = {Role.STUDENT: self._student, Role.OCCUPATIONAL_HEALTH: self._health}
        actor = own.get(self._programme.policy.step(kind).role, self._office)
        decision = Decide(decision_id=f"{step}.{outcome}", step_id=step, outcome=outcome, actor=actor, **details)
        began = time.perf_counter()
        await self._gateway.decide(decision)
        self._latencies.add(kind, time.perf_counter() - began)
        self.acts += 1
        if self._beside is not None:
            self.aside += await self._beside()

    async def _hand_in(self, kind: StepKind) -> None:
        if kind is StepKind.SUBMIT_DOCUMENTS:
            await agree(self._gateway, self.id, self._student)
        for document in required_documents(self._programme.policy, self._plan, kind):
            name, data = self._papers[document.kind]
            age = timedelta(days=min(20, document.max_age_days_at_start or 20))
            await self._act(
                self._gateway.add_document(
                    self.id,
                    document.kind,
                    name,
                    data + f"\n% {self.id}".encode(),
                    self._student if kind is not StepKind.ISSUE_INVITATION else self._office,
                    issued_on=self._plan.start - age if document.max_age_days_at_start else None,
                    expires_on=PASSPORT_EXPIRES if document.expires else None,
                )
            )
            self.documents += 1

    async def _rotation(self, placement: str, content: Content) -> None:
        step = step_id(placement, StepKind.EVALUATE_STUDENT, 1)
        await self._lookout.until_open(step)
        await self._attendance(content, placement)
        await self._evaluate(step, self._office, passed=True)

    async def _attendance(self, content: Content, placement: str | None) -> None:
        block = self._plan.block(content)
        assert block is not None
        first, last = block.start, block.end
        hours = _hours(first, last)
        report = ReportAttendance(
            report_id=self._key(f"hours-{content}"),
            actor=self._office,
            content=content,
            placement_id=placement,
            first_day=first,
            last_day=last,
            hours_planned=hours,
            hours_attended=round(hours * 0.95, 1),
        )
        await self._act(self._gateway.report_attendance(self.id, report))

    async def _evaluate(self, step: str, actor: Actor, *, passed: bool | None = None) -> None:
        parts = [StayPart(content) for content in self._plan.kinds()]
        asked = asked_for(self._programme.policy, self._plan.host, parts)
        ratings = dict.fromkeys(asked, 5) if passed is None else {"skills": 4, "conduct": 5}
        evaluation = Evaluate(
            decision_id=f"{step}.evaluated", step_id=step, actor=actor, ratings=ratings, passed=passed
        )
        await self._act(self._gateway.evaluate(evaluation))

    async def _act(self, act: Awaitable[Any]) -> None:
        await act
        self.acts += 1

    def _key(self, what: str) -> str:
        return f"{self.id}.{what}"


def _hours(first: date, last: date) -> float:
    return max(1, ((last - first).days + 1) // 7) * 5 * HOURS_PER_DAY
