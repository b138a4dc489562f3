"""The workflows of the records, asked a few at a time, and those that run without records."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Unavailable
from models.identifiers import cohort_workflow_id, exchange_of, review_workflow_id, rotation_workflow_id
from models.messages.audit import AuditFinding, Part
from models.tables import CohortRow, ExchangeRow, HeadRow, PlacementRow, SeatRow, StepRow, SuspensionRow, WaitlistRow
from models.vocabulary import StepStatus
from records.audit.looking import LOOKS_AGAIN, Breath, pages, snapshot
from records.audit.workflows import (
    COHORT,
    EXCHANGE,
    REVIEW,
    ROTATION,
    SUSPENSION,
    RecordedState,
    Seen,
    WorkflowSubject,
    compared,
    recorded_of_cohort,
    recorded_of_exchange,
    recorded_of_suspension,
    scope_of,
    subject_of,
)
from records.recovering_reviews import open_reviews
from records.remembering import writers_of
from records.store.engine import Sessions

OF_WHOM = func.substr(HeadRow.writer, len(review_workflow_id("")) + 1)
"""The institution and unit that a review is about."""
PAGE = 40
"""Workflows looked at between two breaks."""
NOBODY_ANSWERS = 5
"""So many that run and are silent, while none has answered: no worker is there to answer."""


class WorkflowStates(Protocol):
    """Where workflows are asked, a few at a time and each within a deadline."""

    async def running(self) -> frozenset[str] | None:
        """The ids of all workflows that run; `None` where the server keeps no list."""
        ...

    async def ask(self, subject: WorkflowSubject) -> Seen:
        """Whether the workflow runs, and where it says it is."""
        ...

    async def look(self, subject: WorkflowSubject) -> Seen:
        """Whether the workflow runs; it is not asked anything."""
        ...


class Workflows:
    """Compares workflows with their records."""

    part = Part.WORKFLOWS

    def __init__(self, sessions: Sessions, asked: WorkflowStates, pauses: tuple[float, ...] = LOOKS_AGAIN) -> None:
        """`sessions` of a reading engine."""
        self._sessions = sessions
        self._asked = asked
        self._pauses = pauses

    async def find(self, breathe: Breath) -> list[AuditFinding]:
        """Workflows that are missing, left over, unknown, silent, or that say something else than their records.

        Raises:
            Unavailable: Temporal is away, or no worker answers.
        """
        found: dict[WorkflowSubject, AuditFinding] = {}
        self._answers = self._silent = 0
        async for subjects in self._subjects():
            found |= await self._differing(subjects)
            await breathe()
        for pause in self._pauses:
            if not found:
                break
            await asyncio.sleep(pause)
            still: dict[WorkflowSubject, AuditFinding] = {}
            for some in pages(found, PAGE):
                still |= await self._differing(some)
                await breathe()
            found = still
        return list(found.values())

    async def _differing(self, subjects: Sequence[WorkflowSubject]) -> dict[WorkflowSubject, AuditFinding]:
        async with snapshot(self._sessions) as session:
            recorded = await read(session, subjects)
        seen = await asyncio.gather(*(self._seen(one, recorded[one]) for one in subjects))
        self._require_answers(seen)
        pairs = zip(subjects, seen, strict=True)
        findings = {subject: compared(subject, recorded[subject], there) for subject, there in pairs}
        differing = {subject: finding for subject, finding in findings.items() if finding is not None}
        if not differing:
            return differing
        # An answer takes a while: where the records moved meanwhile, it fits neither what was read nor what is there.
        async with snapshot(self._sessions) as session:
            after = await read(session, list(differing))
        return {subject: finding for subject, finding in differing.items() if after[subject] == recorded[subject]}

    async def _seen(self, subject: WorkflowSubject, recorded: RecordedState) -> Seen:
        asks = recorded.facts is not None or recorded.revision is not None
        return await (self._asked.ask(subject) if asks else self._asked.look(subject))

    def _require_answers(self, seen: Iterable[Seen]) -> None:
        for one in seen:
            self._answers += one.reply is not None or bool(one.follows)
            self._silent += one.silent
        if not self._answers and self._silent >= NOBODY_ANSWERS:
            raise Unavailable("answer.late")

    async def _subjects(self) -> AsyncIterator[Sequence[WorkflowSubject]]:
        """All that the records know to run, and all that run; where there is no list, all that are over too."""
        running = await self._asked.running()
        left = {subject for one in running or () if (subject := subject_of(one)) is not None}
        over: list[ColumnElement[bool]] = [] if running is None else [ExchangeRow.closed_at.is_(None)]
        kinds: tuple[tuple[str, Select[str]], ...] = (
            (EXCHANGE, select(ExchangeRow.id).where(*over)),
            (COHORT, select(CohortRow.id)),
            (SUSPENSION, select(SuspensionRow.id).where(SuspensionRow.until.is_(None))),
            (ROTATION, select(PlacementRow.id).where(PlacementRow.id.in_(await self._rotations()))),
            (REVIEW, select(OF_WHOM).where(HeadRow.writer.in_(await self._reviews()))),
        )
        for kind, query in kinds:
            async for ids in self._pages(query):
                subjects = [WorkflowSubject(kind, one) for one in ids]
                yield subjects
                left.difference_update(subjects)
        for some in pages(sorted(left, key=lambda one: one.workflow), PAGE):
            yield some

    async def _rotations(self) -> list[str]:
        """The placements whose rotation keeps an open step."""
        query = select(StepRow.id).where(StepRow.status == StepStatus.OPEN, StepRow.exchange_id.is_not(None))
        async with snapshot(self._sessions) as session:
            scopes = {scope_of(step) for step in await session.scalars(query)}
        return sorted(scope for scope in scopes if exchange_of(scope) != scope)

    async def _reviews(self) -> list[str]:
        """The workflows that ask for a review of late answers."""
        async with snapshot(self._sessions) as session:
            return [one.workflow_id for one in await open_reviews(session)]

    async def _pages(self, query: Select[str]) -> AsyncIterator[Sequence[str]]:
        column = query.selected_columns[0]
        last = ""
        while True:
            async with snapshot(self._sessions) as session:
                page = list(await session.scalars(query.where(column > last).order_by(column).limit(PAGE)))
            if not page:
                return
            yield page
            last = page[-1]


async def read(session: AsyncSession, subjects: Sequence[WorkflowSubject]) -> dict[WorkflowSubject, RecordedState]:
    """What the records say of some workflows, in the caller's snapshot."""
    found = dict.fromkeys(subjects, RecordedState(known=False))
    ids = {kind: [one.id for one in subjects if one.kind == kind] for kind in {one.kind for one in subjects}}
    if EXCHANGE in ids:
        found |= await _exchanges(session, ids[EXCHANGE])
    if COHORT in ids:
        found |= await _cohorts(session, ids[COHORT])
    if SUSPENSION in ids:
        found |= await _suspensions(session, ids[SUSPENSION])
    if ROTATION in ids:
        found |= await _of_rotations(session, ids[ROTATION])
    if REVIEW in ids:
        found |= await _of_reviews(session)
    return found


async def _revisions(session: AsyncSession, writers: Iterable[str]) -> dict[str, int]:
    query = select(HeadRow.writer, HeadRow.revision).where(HeadRow.writer.in_(list(writers)))
    return {row[0]: row[1] for row in await session.execute(query)}


async def _exchanges(session: AsyncSession, ids: Sequence[str]) -> dict[WorkflowSubject, RecordedState]:
    steps = await _open_steps(session, ids)
    writers = await writers_of(session, ids)
    revisions = await _revisions(session, writers.values())
    return {
        WorkflowSubject(EXCHANGE, row.id): RecordedState(
            runs=True, facts=recorded_of_exchange(row, steps[row.id]), revision=revisions.get(writers[row.id], 0)
        )
        if row.closed_at is None
        else RecordedState(runs=False)
        for row in await session.scalars(select(ExchangeRow).where(ExchangeRow.id.in_(ids)))
    }


async def _open_steps(session: AsyncSession, exchanges: Iterable[str]) -> dict[str, list[StepRow]]:
    query = select(StepRow).where(StepRow.exchange_id.in_(exchanges), StepRow.status == StepStatus.OPEN)
    found = defaultdict[str, list[StepRow]](list)
    for step in await session.scalars(query):
        found[step.exchange_id or ""].append(step)
    return found


async def _cohorts(session: AsyncSession, ids: Sequence[str]) -> dict[WorkflowSubject, RecordedState]:
    seats = defaultdict[str, list[SeatRow]](list)
    waitlists = defaultdict[str, list[WaitlistRow]](list)
    for seat in await session.scalars(select(SeatRow).where(SeatRow.cohort_id.in_(ids))):
        seats[seat.cohort_id].append(seat)
    for waiting in await session.scalars(select(WaitlistRow).where(WaitlistRow.cohort_id.in_(ids))):
        waitlists[waiting.cohort_id].append(waiting)
    revisions = await _revisions(session, map(cohort_workflow_id, ids))
    return {
        WorkflowSubject(COHORT, row.id): RecordedState(
            runs=True,
            facts=recorded_of_cohort(row, seats[row.id], waitlists[row.id]),
            revision=revisions.get(cohort_workflow_id(row.id), 0),
        )
        for row in await session.scalars(select(CohortRow).where(CohortRow.id.in_(ids)))
    }


async def _suspensions(session: AsyncSession, ids: Sequence[str]) -> dict[WorkflowSubject, RecordedState]:
    """One that has ended goes on until the last exchange confirms: it may run, or be over."""
    return {
        WorkflowSubject(SUSPENSION, row.id): RecordedState(runs=True, facts=recorded_of_suspension(row))
        if row.until is None
        else RecordedState()
        for row in await session.scalars(select(SuspensionRow).where(SuspensionRow.id.in_(ids)))
    }


async def _of_rotations(session: AsyncSession, ids: Sequence[str]) -> dict[WorkflowSubject, RecordedState]:
    """A rotation must run while a step of it is open, and not any more when its exchange is over."""
    query = select(PlacementRow.id, ExchangeRow.id, ExchangeRow.closed_at)
    query = query.join(ExchangeRow, ExchangeRow.id == PlacementRow.exchange_id).where(PlacementRow.id.in_(ids))
    rows = (await session.execute(query)).all()
    steps = await _open_steps(session, {exchange for _, exchange, _ in rows})
    revisions = await _revisions(session, map(rotation_workflow_id, ids))
    found: dict[WorkflowSubject, RecordedState] = {}
    for placement, exchange, closed_at in rows:
        asks = any(scope_of(step.id) == placement for step in steps[exchange])
        found[WorkflowSubject(ROTATION, placement)] = RecordedState(
            runs=False if closed_at else True if asks else None,
            revision=None if closed_at else revisions.get(rotation_workflow_id(placement), 0),
        )
    return found


async def _of_reviews(session: AsyncSession) -> dict[WorkflowSubject, RecordedState]:
    """A review must run while its step is open; it may be about to end when it is answered."""
    query = select(OF_WHOM, HeadRow.revision).where(HeadRow.writer.startswith(review_workflow_id("")))
    known = {of_whom: RecordedState(revision=revision) for of_whom, revision in await session.execute(query)}
    for review in await open_reviews(session):
        of_whom = review.workflow_id.removeprefix(review_workflow_id(""))
        known[of_whom] = replace(known.get(of_whom, RecordedState(revision=0)), runs=True)
    return {WorkflowSubject(REVIEW, of_whom): state for of_whom, state in known.items()}
