"""What is on record at all: asked before an act is sent, and after one was refused."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Unknown
from models.events import RotationEnded
from models.identifiers import (
    cohort_workflow_id,
    exchange_of,
    exchange_workflow_id,
    rotation_workflow_id,
    suspension_workflow_id,
)
from models.messages.exchange import DocumentAnswer
from models.people.authorization import Owner, Parties
from models.tables import CohortRow, DocumentRow, EventRow, ExchangeRow, PlacementRow, StepRow, SuspensionRow
from models.vocabulary import DocumentStatus, Stage, StepKind, StepStatus
from records.queries.titles import owner_of
from records.store.engine import Sessions, transaction

_OVER: str = RotationEnded.model_fields["kind"].default


class Collecting(NamedTuple):
    """An open step that collects documents."""

    kind: StepKind
    owner: Owner
    kinds: tuple[str, ...]
    """The kinds of documents that were missing when it opened."""


class OwedDocuments(NamedTuple):
    """Who takes part in an exchange, and who owes documents to it."""

    parties: Parties
    steps: tuple[Collecting, ...]
    ended: bool


class Lookups:
    """Looks up ids, one short transaction each."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def subject_of(self, step_id: str) -> str:
        """What a step is about.

        Raises:
            Unknown: there is no such step.
        """
        async with transaction(self._sessions) as session:
            row = await session.get(StepRow, step_id)
        if row is None:
            raise Unknown("step.not_open", step=step_id)
        return row.subject

    async def is_open(self, step_id: str) -> bool:
        """Whether the records show a step as open."""
        async with transaction(self._sessions) as session:
            row = await session.get(StepRow, step_id)
            return row is not None and row.status is StepStatus.OPEN

    async def waits_for(self, exchange_id: str, kinds: Collection[StepKind]) -> bool:
        """Whether the records show a step of one of these kinds as open."""
        open_ones = (StepRow.exchange_id == exchange_id, StepRow.kind.in_(kinds), StepRow.status == StepStatus.OPEN)
        async with transaction(self._sessions) as session:
            return await session.scalar(select(StepRow.id).where(*open_ones).limit(1)) is not None

    async def open_step(self, exchange_id: str, kinds: Sequence[StepKind]) -> str | None:
        """The first step of these kinds that the records show as open."""
        those = (StepRow.exchange_id == exchange_id, StepRow.kind.in_(kinds), StepRow.status == StepStatus.OPEN)
        query = select(StepRow.id).where(*those).order_by(StepRow.opened_at, StepRow.id).limit(1)
        async with transaction(self._sessions) as session:
            return await session.scalar(query)

    async def owed(self, exchange_id: str, collecting: Collection[StepKind]) -> OwedDocuments:
        """Who takes part in an exchange, and who owes documents; `collecting` are the kinds of steps that take them.

        Raises:
            Unknown: there is no such exchange.
        """
        those = (
            StepRow.exchange_id == exchange_id,
            StepRow.kind.in_(collecting),
            StepRow.status == StepStatus.OPEN,
        )
        async with transaction(self._sessions) as session:
            exchange = await session.get(ExchangeRow, exchange_id)
            if exchange is None:
                raise Unknown("exchange.unknown", exchange=exchange_id)
            steps = (await session.scalars(select(StepRow).where(*those))).all()
        parties = Parties(sending=exchange.sending_id, host=exchange.host_id, student=exchange.person_id)
        open_ones = tuple(Collecting(step.kind, owner_of(step), tuple(step.subject.split(","))) for step in steps)
        return OwedDocuments(parties, open_ones, ended=exchange.outcome is not None)

    async def accepted_documents(self, exchange_id: str) -> frozenset[str]:
        """The kinds of documents of which one is accepted."""
        accepted = (DocumentRow.exchange_id == exchange_id, DocumentRow.status == DocumentStatus.ACCEPTED)
        async with transaction(self._sessions) as session:
            return frozenset(await session.scalars(select(DocumentRow.kind).where(*accepted)))

    async def has_placement(self, placement_id: str) -> bool:
        """Whether a placement is on record."""
        async with transaction(self._sessions) as session:
            return await session.get(PlacementRow, placement_id) is not None

    async def rotation_is_over(self, placement_id: str) -> bool:
        """Whether a rotation has put on record that it is over."""
        over = (EventRow.stream == exchange_of(placement_id), EventRow.kind == _OVER)
        async with transaction(self._sessions) as session:
            payloads = await session.scalars(select(EventRow.payload).where(*over))
            return any(payload["placement_id"] == placement_id for payload in payloads)

    async def has_cohort(self, cohort_id: str) -> bool:
        """Whether a cohort is on record."""
        async with transaction(self._sessions) as session:
            return await session.get(CohortRow, cohort_id) is not None

    async def has_suspension(self, suspension_id: str) -> bool:
        """Whether a suspension is on record."""
        async with transaction(self._sessions) as session:
            return await session.get(SuspensionRow, suspension_id) is not None

    async def goes_on(self, workflow_id: str, about: str, today: date) -> bool:
        """Whether the records say that what a workflow tells of has not ended."""
        async with transaction(self._sessions) as session:
            if workflow_id == exchange_workflow_id(about):
                exchange = await session.get(ExchangeRow, about)
                return exchange is not None and exchange.outcome is None
            if workflow_id == cohort_workflow_id(about):
                return await session.get(CohortRow, about) is not None
            if workflow_id == suspension_workflow_id(about):
                suspension = await session.get(SuspensionRow, about)
                return suspension is not None and suspension.until is None
            return await _rotates(session, workflow_id.removeprefix(rotation_workflow_id("")), today)

    async def stage_of(self, exchange_id: str) -> Stage | None:
        """Where an exchange is by the records."""
        async with transaction(self._sessions) as session:
            row = await session.get(ExchangeRow, exchange_id)
            return row.stage if row is not None else None

    async def document_answer(self, document_id: str) -> DocumentAnswer | None:
        """What became of a document by the records."""
        async with transaction(self._sessions) as session:
            row = await session.get(DocumentRow, document_id)
        if row is None or row.status is DocumentStatus.FILED:
            return None
        review = row.status is DocumentStatus.REVIEW
        return DocumentAnswer(document_id=document_id, accepted=row.status is DocumentStatus.ACCEPTED, review=review)


async def _rotates(session: AsyncSession, placement_id: str, today: date) -> bool:
    """A rotation lasts until its block is over and, where it is evaluated, until that is done."""
    place = await session.get(PlacementRow, placement_id)
    if place is None:
        return False
    exchange = await session.get(ExchangeRow, place.exchange_id)
    if exchange is None or exchange.outcome is not None:
        return False
    asked = (StepRow.subject == placement_id, StepRow.kind == StepKind.EVALUATE_STUDENT)
    is_open = select(StepRow.id).where(*asked, StepRow.status == StepStatus.OPEN).limit(1)
    return (place.status != "released" and place.end >= today) or await session.scalar(is_open) is not None
