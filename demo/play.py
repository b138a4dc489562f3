"""One run of the demo: everybody acts when their moment comes, and virtual time passes in between."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from demo.cohort import STUDENTS
from demo.people import Participants, Traveller, when
from demo.script import NEVER, PARTS, Scene, ScriptPart
from demo.stage import DemoService
from examples.papers import holder_of
from gateway.nomination_files import CheckedSheet, check_sheet, read_nominations
from models.rules.nomination import Nomination
from models.views import ExchangeFilter, MessageFilter, MessageView, WorklistFilter, WorklistRow
from models.vocabulary import Role

LONGEST_PAUSE = timedelta(days=1)
AT_MOST = timedelta(days=330)
PAGE = 1000

Show = Callable[[DemoService, datetime], Awaitable[None]]
"""Shows where everybody is."""


class Play:
    """One run: the students, the people around them, and what they still have to do."""

    def __init__(self, stage: DemoService, show: Show) -> None:
        self.stage = stage
        self._show = show
        self.programme = stage.services.programme
        self.people = Participants(stage.services.gateway, self.programme, stage.clock.read)
        self.scenes: dict[str, Scene] = {}
        self.parts: dict[str, ScriptPart] = {}
        self.numbers: dict[str, str] = {}
        """Exchange code by student number."""
        self.deeds: dict[str, datetime] = {}
        self.sheets: dict[str, CheckedSheet] = {}

    async def nominate(self, files: list[Path]) -> None:
        """Nominate every good row of every file, as the sending coordinators do."""
        for path in files:
            sheet = check_sheet(read_nominations(path), self.programme)
            self.sheets[path.name] = sheet
            for _, nomination in sheet.good:
                await self._nominate_one(nomination)

    async def _nominate_one(self, nomination: Nomination) -> None:
        actor = self.people.officer(nomination.sending, Role.COORDINATOR)
        reply = await self.stage.services.gateway.nominate(nomination, actor, request_id=nomination.student_number)
        exchange = reply.exchange_id
        part = PARTS[STUDENTS[nomination.student_number].part]
        holder = holder_of(nomination)
        traveller = Traveller(
            exchange_id=exchange,
            plan=nomination.to_plan(self.programme),
            holder=holder,
            papers={kind: [(f"{kind}.pdf", make()) for make in bad] for kind, bad in part.spoiled.items()},
            expires={kind: [nomination.end - timedelta(days=1)] for kind in part.ends_short},
            issued={kind: [self._just_enough(kind, nomination)] for kind in part.lasts_just},
            attends=part.attends,
        )
        self.scenes[exchange] = Scene(self.people, self.stage.services.gateway, traveller, nomination, nomination.end)
        self.parts[exchange] = part
        self.numbers[nomination.student_number] = exchange
        if part.deed is not None:
            self.deeds[exchange] = await self.stage.clock.read() + part.deed_after

    def _just_enough(self, kind: str, nomination: Nomination) -> date:
        """When a paper was issued that holds through the last day of the stay and no longer."""
        document = self.programme.policy.document(kind)
        assert document is not None
        assert document.max_age_days_at_start is not None
        return nomination.end - timedelta(days=document.max_age_days_at_start)

    async def play(self) -> None:
        """Act, and let time pass, until every exchange is closed."""
        began = await self.stage.clock.read()
        while not await self._over():
            now = await self.stage.clock.read()
            if now - began > AT_MOST:
                return
            await self._act(await self._open_steps(), now)
            await self._show(self.stage, now)
            await self._pass(now + self._pause(await self._open_steps(), now))
        await self._mail_is_out()

    async def _pass(self, until: datetime) -> None:
        """Let time pass; every morning on the way has its digests."""
        clock, mornings = self.stage.clock, self.stage.mornings
        while mornings.next <= until:
            await clock.advance(mornings.next - clock.last)
            if await mornings.pass_to(clock.last):
                await self._mail_is_out()
        if until > clock.last:
            await clock.advance(until - clock.last)

    async def _over(self) -> bool:
        rows = await self.stage.services.reading.exchanges(ExchangeFilter(closed=False, limit=PAGE))
        return all(self.parts[row.exchange_id].stays_open for row in rows)

    async def _open_steps(self) -> list[WorklistRow]:
        return await self.stage.services.reading.worklist(None, WorklistFilter(limit=PAGE))

    async def _act(self, steps: list[WorklistRow], now: datetime) -> None:
        """Answer what is due to be answered: one exchange after the other, exchanges side by side."""
        by_exchange: dict[str, list[WorklistRow]] = {}
        for step in steps:
            if self._moment(step) <= now:
                by_exchange.setdefault(step.exchange_id, []).append(step)
        for exchange, moment in self.deeds.items():
            if moment <= now:
                by_exchange.setdefault(exchange, [])
        await asyncio.gather(*(self._act_for(exchange, mine, now) for exchange, mine in by_exchange.items()))

    async def _act_for(self, exchange: str, steps: list[WorklistRow], now: datetime) -> None:
        scene, part = self.scenes[exchange], self.parts[exchange]
        if part.deed is not None and exchange in self.deeds and self.deeds[exchange] <= now:
            del self.deeds[exchange]
            await part.deed(scene)
            return
        if part.changes:
            await self._know_plan(scene.traveller)
            if part.stays_open and scene.traveller.plan.year != scene.nomination.intake_year:
                return  # what is owed for another intake is owed after the demo
        for step in steps:
            act = part.acts.get(step.kind)
            if act is not None:
                await act(scene, step)
            else:
                await self.people.answer(step, scene.traveller)

    async def _know_plan(self, traveller: Traveller) -> None:
        """A change may have been applied: from now on everybody goes by the plan and the places that hold."""
        view = await self.stage.services.reading.exchange(traveller.exchange_id, None)
        assert view is not None
        traveller.plan = view.plan
        traveller.worked = {one.placement_id: (one.start, one.end) for one in view.placements}

    def _moment(self, step: WorklistRow) -> datetime:
        """When a step is answered, by the script or by what is usual."""
        part = self.parts[step.exchange_id]
        if part.delays.get(step.kind) == NEVER:
            return datetime.max.replace(tzinfo=UTC)
        role = part.wait_for_rung.get(step.kind)
        if role is not None:
            ladder = self.programme.policy.ladder_of(step.kind)
            heard = any(role.value in ladder.rungs[rung].to for rung in step.rungs_fired)
            return step.opened_at if heard else datetime.max.replace(tzinfo=UTC)
        if step.kind in part.asked_again and not step.step_id.endswith(".1"):
            return step.opened_at + part.asked_again[step.kind]
        if step.kind in part.delays:
            return step.opened_at + part.delays[step.kind]
        host = self.programme.institutions[step.host]
        return when(step, self.scenes[step.exchange_id].traveller, ZoneInfo(host.zone))

    def _pause(self, steps: list[WorklistRow], now: datetime) -> timedelta:
        """Until the next act, a day at most: time is seen to move."""
        moments = [m for m in (self._moment(s) for s in steps) if m > now]
        moments += [m for m in self.deeds.values() if m > now]
        return min([m - now for m in moments] + [LONGEST_PAUSE])

    async def messages(self) -> list[MessageView]:
        """Everything the outbox ever held."""
        found: list[MessageView] = []
        while page := await self.stage.services.reading.messages(
            MessageFilter(limit=PAGE, after=found[-1].cursor if found else None)
        ):
            found += page
        return found

    async def _mail_is_out(self) -> None:
        """Wait, in real time, until the outbox sender has sent what the last acts caused."""
        for _ in range(1500):
            if not await self.stage.services.reading.messages(MessageFilter(status="queued", limit=1)):
                return
            await asyncio.sleep(0.02)
