"""A journey in real time: the whole service as processes of its own, and students whose stays lie in the past.

Nothing forbids to nominate a stay that is over; every wait for a day then ends at once, and people's acts alone carry
an exchange from nomination to certificate.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, cast

from demo.cohort import DARTMOUTH, SAMPLE, Nominee, row
from demo.hindsight import Hindsight, papers
from demo.people import NOBODY_ANSWERS, Traveller
from dev.stack import DevStack
from examples.papers import holder_of
from gateway.composition import Services, open_gateway
from gateway.operations import Gateway
from models.catalogue.programme import Programme
from models.rules.nomination import Nomination, parse_row
from models.views import ExchangeView, WorklistFilter, WorklistRow
from models.vocabulary import Role, Stage, StepKind
from settings import Settings
from tests.journey.people import Patient, insist

T = TypeVar("T")

YEAR = 2027
"""An intake year for which seats are agreed; the dates of the stays are another matter."""
WEEKS_AGO = timedelta(weeks=17)
"""When the stays began; they last fifteen weeks."""
DATES = ("start", "end", "laboratory_start", "laboratory_end", "clinical_start", "clinical_end")
LONGEST = 150.0
"""Seconds after which a journey is taken to be stuck."""
HEALTH = {StepKind.SUBMIT_HEALTH_RECORDS, StepKind.CLEAR_FOR_CLINIC}
COHORT = (*DARTMOUTH, *SAMPLE)


def settings_in(folder: Path, **values: object) -> Settings:
    """Settings of a service that keeps everything in a folder."""
    known = {"database_url": f"sqlite+aiosqlite:///{folder / 'sojourn.db'}", "files_dir": folder / "files"}
    return Settings.model_validate(known | {"mail_per_second": 1000} | values)


def stack_in(folder: Path, settings: Settings | None = None, *, own_sink: bool = True) -> DevStack:
    """The whole service on free ports, not started."""
    smtp_port = 0 if own_sink else None
    return DevStack(settings or settings_in(folder), folder, temporal_port=0, smtp_port=smtp_port, ui=False)


@dataclass
class Journey:
    """Some students, and everybody who acts for them."""

    services: Services
    acts: Patient
    people: Hindsight
    travellers: dict[str, Traveller] = field(default_factory=dict)

    @property
    def programme(self) -> Programme:
        """The catalogue."""
        return self.services.programme

    async def nominate(self, students: Iterable[Nominee]) -> None:
        """Nominate students, all at once."""
        rows = list(enumerate(students, start=1))
        await asyncio.gather(*(self._nominate(student, rank) for rank, student in rows))

    async def _nominate(self, student: Nominee, rank: int) -> None:
        nomination = past_nomination(student, rank, self.programme)
        actor = self.people.officer(nomination.sending, Role.COORDINATOR)
        reply = await self.acts.nominate(nomination, actor, request_id=f"nominate-{student.number}")
        plan = nomination.to_plan(self.programme)
        self.travellers[reply.exchange_id] = Traveller(
            reply.exchange_id, plan, holder_of(nomination), papers(self.programme, plan.end.year, holder_of(nomination))
        )

    async def go(self, until: StepKind | None = None) -> None:
        """Let everybody do what they owe, until all exchanges are closed or each has a step of this kind open."""
        async with asyncio.timeout(LONGEST), asyncio.TaskGroup() as everybody:
            for traveller in self.travellers.values():
                everybody.create_task(self._live(traveller, until))

    async def go_with(self, traveller: Traveller, until: StepKind | None) -> None:
        """Let everybody do what they owe to one student, until a step of this kind is open, or the exchange closed."""
        async with asyncio.timeout(LONGEST):
            await self._live(traveller, until)

    async def go_through(self, trouble: Coroutine[Any, Any, T]) -> T:
        """Let everybody do what they owe to the end, while something goes wrong; answers with what that answers."""
        going_wrong = asyncio.create_task(trouble)
        try:
            await self.go()
            assert going_wrong.done(), "all was over before everything had gone wrong"
            return going_wrong.result()
        finally:
            going_wrong.cancel()

    async def _live(self, traveller: Traveller, until: StepKind | None) -> None:
        while True:
            steps = await self.steps(traveller.exchange_id)
            kinds = {step.kind for step in steps}
            if until in kinds or (not steps and (await self.row(traveller.exchange_id)).stage is Stage.CLOSED):
                return
            # Who sees the clinic in hindsight was cleared for it before arriving.
            ready = [step for step in steps if step.kind is not StepKind.CHECK_IN or not kinds & HEALTH]
            ready = [step for step in ready if step.kind not in NOBODY_ANSWERS]
            for step in ready:
                await self.people.answer(step, traveller)
            if not ready:
                await asyncio.sleep(0.05)

    async def steps(self, exchange: str) -> list[WorklistRow]:
        """What is open, as the records say."""
        wanted = WorklistFilter(exchange_id=exchange)
        return await insist(lambda: self.services.reading.worklist(None, wanted))

    async def row(self, exchange: str) -> ExchangeView:
        """Where an exchange is, as the records say."""
        view = await insist(lambda: self.services.reading.exchange(exchange, None))
        assert view is not None
        return view


@asynccontextmanager
async def open_journey(stack: DevStack, before: Journey | None = None) -> AsyncIterator[Journey]:
    """Everybody for people of a running service; those of a journey `before` go on where they were."""
    async with open_gateway(stack.settings) as services:
        acts = Patient(services)
        journey = Journey(services, acts, Hindsight(cast(Gateway, acts), services.programme))
        if before is not None:
            acts.answered |= before.acts.answered
            journey.travellers = before.travellers
        yield journey


def past_nomination(student: Nominee, rank: int, programme: Programme) -> Nomination:
    """A nomination of a stay that ended some days ago, in an intake that has seats whatever year it is now."""
    written = date(YEAR, 3, 1)
    read = parse_row(row(student, written, rank), programme)
    assert isinstance(read, Nomination), read
    back = written - monday_before(datetime.now(UTC).date() - WEEKS_AGO)
    days = {name: value - back for name in DATES if (value := getattr(read, name)) is not None}
    return read.model_copy(update=days | {"late_reason": "Played on the clock, after the stay."})


def monday_before(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())
