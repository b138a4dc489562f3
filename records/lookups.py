"""What is on record at all: asked before an act is sent, and after one was refused."""

from sqlalchemy import select

from models.errors import Unknown
from models.tables import CohortRow, DocumentRow, PlacementRow, StepRow
from models.vocabulary import DocumentStatus, StepKind, StepStatus
from records.store.engine import Sessions, transaction


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

    async def waits_for(self, exchange_id: str, kind: StepKind) -> bool:
        """Whether the records show a step of a kind as open."""
        open_ones = (StepRow.exchange_id == exchange_id, StepRow.kind == kind, StepRow.status == StepStatus.OPEN)
        async with transaction(self._sessions) as session:
            return await session.scalar(select(StepRow.id).where(*open_ones).limit(1)) is not None

    async def accepted_documents(self, exchange_id: str) -> frozenset[str]:
        """The kinds of documents of which one is accepted."""
        accepted = (DocumentRow.exchange_id == exchange_id, DocumentRow.status == DocumentStatus.ACCEPTED)
        async with transaction(self._sessions) as session:
            return frozenset(await session.scalars(select(DocumentRow.kind).where(*accepted)))

    async def has_placement(self, placement_id: str) -> bool:
        """Whether a placement is on record."""
        async with transaction(self._sessions) as session:
            return await session.get(PlacementRow, placement_id) is not None

    async def has_cohort(self, cohort_id: str) -> bool:
        """Whether a cohort is on record."""
        async with transaction(self._sessions) as session:
            return await session.get(CohortRow, cohort_id) is not None
