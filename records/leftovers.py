"""What runs in Temporal and, by the records, does not go on: one of them is of another moment than the other."""

from collections.abc import Collection, Iterable
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.events import RotationEnded
from models.identifiers import exchange_of
from models.tables import ActRow, EventRow, ExchangeRow
from records.audit.running import read
from records.audit.workflows import COHORT, EXCHANGE, ROTATION, WorkflowSubject


class Leftover(StrEnum):
    """Why a workflow is left over."""

    UNKNOWN = "unknown"
    """The records know nothing of it: it began after they were copied."""
    OVER = "over"
    """The records say that it is over: it ended after Temporal's store was copied."""


async def left_over(
    session: AsyncSession, running: Iterable[WorkflowSubject], wanted: Collection[str]
) -> dict[WorkflowSubject, Leftover]:
    """Those that run beside the wanted ones and do not go on; what somebody has just asked for does."""
    some = [one for one in running if one.workflow not in wanted]
    recorded = await read(session, some)
    query = select(ActRow.workflow_id).where(ActRow.workflow_id.in_([one.workflow for one in some]))
    asked = set(await session.scalars(query))
    ended = await _ended_rotations(session, some)
    found: dict[WorkflowSubject, Leftover] = {}
    for one in some:
        if recorded[one].runs is False or one in ended:
            found[one] = Leftover.OVER
        elif one.workflow not in asked and (one.kind == ROTATION or not recorded[one].known):
            found[one] = Leftover.UNKNOWN
    return found


async def knows_exchanges(session: AsyncSession) -> bool:
    """Whether any exchange is on record."""
    return await session.scalar(select(ExchangeRow.id).limit(1)) is not None


async def cohorts_of(session: AsyncSession, subjects: Iterable[WorkflowSubject]) -> list[WorkflowSubject]:
    """The cohorts of the exchanges among some workflows."""
    ids = {one.id for one in subjects if one.kind == EXCHANGE}
    query = select(ExchangeRow.cohort_id).where(ExchangeRow.id.in_(ids)).distinct()
    return [WorkflowSubject(COHORT, cohort) for cohort in await session.scalars(query)]


async def _ended_rotations(session: AsyncSession, subjects: Iterable[WorkflowSubject]) -> set[WorkflowSubject]:
    """Those rotations that are over on record, though their exchange is not."""
    rotations = {one for one in subjects if one.kind == ROTATION}
    kind = RotationEnded.model_fields["kind"].default
    streams = {exchange_of(one.id) for one in rotations}
    payloads = await session.scalars(
        select(EventRow.payload).where(EventRow.stream.in_(streams), EventRow.kind == kind)
    )
    over = {payload["placement_id"] for payload in payloads}
    return {one for one in rotations if one.id in over}
