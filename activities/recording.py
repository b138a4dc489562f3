"""Recording what an activation of a workflow brought about: one transaction, once per key."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from models.catalogue.policy import DueRule, LadderRule
from models.errors import Broken
from models.events import (
    DeadlineExtended,
    Event,
    ExchangeOpened,
    ExchangeReopened,
    StepOpened,
    StepReplanned,
    StepResumed,
)
from models.messages.exchange import StepPlan
from models.messages.recording import Batch, Recorded, Remember, Remembered, StepRules
from models.messages.suspensions import Suspend
from models.rules.deadlines import Hold
from models.tables import StepRow
from models.wire import Moment
from records.queries.suspensions import covering
from records.remembering import keep_policy, remembered, taken
from records.store.append import MessageWriter, Wakers, Writer, append
from records.store.engine import Sessions, transaction

PLANNED = StepOpened | DeadlineExtended | StepReplanned | StepResumed
"""Events that carry a plan."""


class StepPlanner(Protocol):
    """Due times and ladders on the calendars of the institutions."""

    def plan(
        self,
        step_id: str,
        due: DueRule,
        ladder: LadderRule,
        owner_institution: str,
        opened_at: datetime,
        anchor_on: date | None = None,
        anchor_at: datetime | None = None,
        due_at: datetime | None = None,
        held: tuple[Hold, ...] = (),
    ) -> StepPlan:
        """The due time and rungs of a step; `due_at` where a person set it, `held` where it was paused."""

    def moment(self, institution: str, on: date, at: time) -> datetime:
        """A day and time of an institution's calendar as a moment; the home institution's where it is empty."""


class Records:
    """The records of all exchanges and cohorts."""

    def __init__(
        self,
        sessions: Sessions,
        calendars: StepPlanner,
        outbox: MessageWriter,
        wakers: Wakers,
    ) -> None:
        self._sessions = sessions
        self._calendars = calendars
        self._outbox = outbox
        self._wakers = wakers

    @activity.defn
    async def record(self, batch: Batch) -> Recorded:
        """Record a batch, and answer with the plans of the steps that it opened or moved, and the moments asked for.

        Raises:
            OutOfStep: the workflow does not know what is on record; nothing was recorded.
            Unavailable: if the database is away or busy.
            Broken: if a step comes without its rules.
        """
        events: tuple[Event, ...] = ()
        suspensions: tuple[Suspend, ...] = ()
        # A batch that only asks for days needs no record.
        if batch.events:
            async with transaction(self._sessions) as session:
                planned = await self._planned(session, batch)
                appended = await append(session, self._outbox, batch.stream, batch.key, planned, writer=_writer(batch))
                if any(isinstance(event, ExchangeOpened | ExchangeReopened) for event in batch.events):
                    suspensions = await covering(session, batch.stream)
                if batch.policy is not None and batch.writer is not None:
                    await keep_policy(session, batch.writer, batch.policy)
                if batch.acts:
                    await taken(session, batch.workflow_id, batch.acts, batch.events[-1].at)
            events = appended.events
            self._wakers.after(appended)
        return Recorded(plans=_plans(events), moments=self._moments(batch), suspensions=suspensions)

    @activity.defn
    async def remember(self, request: Remember) -> Remembered:
        """What is on record of a workflow, for it to tell its story again.

        Raises:
            Unavailable: if the database is away or busy.
        """
        async with transaction(self._sessions) as session:
            return await remembered(session, request)

    async def _planned(self, session: AsyncSession, batch: Batch) -> list[Event]:
        """The events, with due times and ladders where they open or move a step."""
        rules = list(batch.rules)
        owners = {event.step_id: event.owner.institution for event in batch.events if isinstance(event, StepOpened)}
        planned: list[Event] = []
        for event in batch.events:
            if isinstance(event, PLANNED):
                owner = owners.get(event.step_id)
                if owner is None:
                    owner = await _owner(session, event.step_id)
                event = event.model_copy(update={"plan": self._plan(_rules_of(event, rules), owner, event.at)})
            planned.append(event)
        return planned

    def _plan(self, rules: StepRules, institution: str, at: datetime) -> StepPlan:
        return self._calendars.plan(
            rules.step_id,
            rules.due,
            rules.ladder,
            institution,
            rules.counted_from or at,
            rules.anchor_on,
            rules.anchor_at,
            rules.due_at,
            rules.held,
        )

    def _moments(self, batch: Batch) -> dict[str, Moment]:
        return {day.name: self._calendars.moment(day.institution, day.on, day.at) for day in batch.days}


def _writer(batch: Batch) -> Writer | None:
    if batch.writer is None:
        return Writer.of(batch.key)  # a worker of an earlier version
    return Writer(batch.writer, batch.number, batch.follows, batch.round)


async def _owner(session: AsyncSession, step_id: str) -> str:
    row = await session.get(StepRow, step_id)
    if row is None:
        raise Broken("step.never_opened", step=step_id)
    return row.institution_id


def _rules_of(event: PLANNED, rules: list[StepRules]) -> StepRules:
    """The rules that came with an event: a batch may plan a step more than once, in the order of its events."""
    for index, rule in enumerate(rules):
        if rule.step_id == event.step_id:
            rule = rules.pop(index)
            if isinstance(event, DeadlineExtended) and rule.due_at is None:
                # Noted by a workflow of an earlier version, whose rules do not say what the event does.
                rule = rule.model_copy(update={"due_at": event.due_at})
            return rule
    raise Broken("step.without_rules", step=event.step_id)


def _plans(events: Sequence[Event]) -> tuple[StepPlan, ...]:
    return tuple(event.plan for event in events if isinstance(event, PLANNED) and event.plan is not None)
