"""Recording what an activation of a workflow brought about: one transaction, once per key."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.store.append import Outbox, append
from activities.store.engine import Sessions, transaction
from models.errors import Broken
from models.events import Batch, DeadlineExtended, Event, Recorded, StepOpened, StepRules
from models.exchange import StepPlan
from models.policy import DueRule, LadderRule
from models.tables import StepRow
from models.wire import Moment


class Calendars(Protocol):
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
    ) -> StepPlan:
        """The due time and rungs of a step; `due_at` where a person set it."""

    def moment(self, institution: str, on: date, at: time) -> datetime:
        """A day and time of an institution's calendar as a moment; the home institution's where it is empty."""


class Bell(Protocol):
    """Tells the mailroom that the outbox holds something."""

    def ring(self) -> None:
        """Ring, and wait for nothing. A ring that gets lost delays mail until the next sweep."""


class Records:
    """The records of all exchanges and cohorts."""

    def __init__(self, sessions: Sessions, calendars: Calendars, outbox: Outbox, bell: Bell) -> None:
        self._sessions = sessions
        self._calendars = calendars
        self._outbox = outbox
        self._bell = bell

    @activity.defn
    async def record(self, batch: Batch) -> Recorded:
        """Record a batch, and answer with the plans of the steps that it opened or moved, and the moments asked for.

        Raises:
            Unavailable: if the database is away or busy.
            Broken: if a step comes without its rules.
        """
        messages = 0
        events: tuple[Event, ...] = ()
        # A batch that only asks for days needs no record.
        if batch.events:
            async with transaction(self._sessions) as session:
                planned = await self._planned(session, batch)
                appended = await append(session, self._outbox, batch.stream, batch.key, planned, complete=True)
            events, messages = appended.events, appended.messages
        if messages:
            self._bell.ring()
        return Recorded(plans=_plans(events), moments=self._moments(batch))

    async def _planned(self, session: AsyncSession, batch: Batch) -> list[Event]:
        """The events, with due times and ladders where they open or move a step."""
        rules = {rule.step_id: rule for rule in batch.rules}
        owners = {event.step_id: event.owner.institution for event in batch.events if isinstance(event, StepOpened)}
        planned: list[Event] = []
        for event in batch.events:
            if isinstance(event, StepOpened):
                plan = self._plan(rules, event.step_id, event.owner.institution, event.at)
                event = event.model_copy(update={"plan": plan})
            elif isinstance(event, DeadlineExtended):
                owner = owners.get(event.step_id)
                if owner is None:
                    owner = await _owner(session, event.step_id)
                plan = self._plan(rules, event.step_id, owner, event.at, event.due_at)
                event = event.model_copy(update={"plan": plan})
            planned.append(event)
        return planned

    def _plan(
        self,
        rules: dict[str, StepRules],
        step_id: str,
        institution: str,
        at: datetime,
        due_at: datetime | None = None,
    ) -> StepPlan:
        rule = rules.get(step_id)
        if rule is None:
            raise Broken(f"The batch has no rules for {step_id}.")
        return self._calendars.plan(
            step_id, rule.due, rule.ladder, institution, at, rule.anchor_on, rule.anchor_at, due_at
        )

    def _moments(self, batch: Batch) -> dict[str, Moment]:
        return {day.name: self._calendars.moment(day.institution, day.on, day.at) for day in batch.days}


async def _owner(session: AsyncSession, step_id: str) -> str:
    row = await session.get(StepRow, step_id)
    if row is None:
        raise Broken(f"{step_id} was never opened.")
    return row.institution_id


def _plans(events: Sequence[Event]) -> tuple[StepPlan, ...]:
    return tuple(
        event.plan for event in events if isinstance(event, (StepOpened, DeadlineExtended)) and event.plan is not None
    )
