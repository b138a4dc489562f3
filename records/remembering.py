"""What workflows are rebuilt from: the events of their story, how far they are on record, the policy they run under."""

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.policy import Policy
from models.events import (
    EVENT,
    LOOKS,
    AttendanceReported,
    ClearanceEnded,
    Cleared,
    Evaluated,
    Event,
    ExchangeReopened,
    ExchangeResumed,
    ExchangeSuspended,
    RotationEnded,
    StageEntered,
)
from models.identifiers import exchange_workflow_id, is_exchange_code
from models.messages.acts import ActStatus
from models.messages.exchange import Plan
from models.messages.recording import Remember, Remembered, RememberedAct
from models.tables import ActRow, EventRow, ExchangeRow, HeadRow, PolicyRow
from records.projections.common import insert_once, table_of

_REOPENED = ExchangeReopened.model_fields["kind"].default
_NOT_TOLD = (
    *(*LOOKS, "person_corrected", "certificate_issued", "letter_written", "document_opened", "particulars_kept"),
    *("consent_given", "consent_refused", "consent_withdrawn"),
)
"""What no workflow tells."""
_OF_ALL_ROTATIONS = (Cleared, ClearanceEnded, StageEntered, ExchangeSuspended, ExchangeResumed)


async def remembered(session: AsyncSession, request: Remember) -> Remembered:
    """What is on record of a workflow, since its exchange was last opened."""
    head = await session.get(HeadRow, request.writer)
    exchange = await session.get(ExchangeRow, request.stream)
    events = await _events(session, request.stream)
    if request.scope:
        events = tuple(event for event in events if _concerns(event, request.scope))
    elif is_exchange_code(request.stream):
        events = tuple(event for event in events if not _of_a_rotation(event))
    return Remembered(
        revision=head.revision if head is not None else 0,
        events=events,
        acts=await acts_of(session, request.workflow_id),
        plan=Plan.model_validate(exchange.plan) if exchange is not None else None,
        nomination_version=exchange.nomination_version if exchange is not None else 1,
    )


async def _events(session: AsyncSession, stream: str) -> tuple[Event, ...]:
    newest = select(func.max(EventRow.seq)).where(EventRow.stream == stream, EventRow.kind == _REOPENED)
    since = await session.scalar(newest) or 0
    found = await session.scalars(
        select(EventRow.payload)
        .where(EventRow.stream == stream, EventRow.seq >= since, EventRow.kind.not_in(_NOT_TOLD))
        .order_by(EventRow.seq)
    )
    return tuple(EVENT.validate_python(payload) for payload in found)


def _concerns(event: Event, placement: str) -> bool:
    """Whether an event is about one rotation, or about all."""
    if isinstance(event, _OF_ALL_ROTATIONS):
        return True
    if isinstance(event, AttendanceReported | Evaluated | RotationEnded):
        return event.placement_id == placement
    return getattr(event, "step_id", "").startswith(f"{placement}.")


def _of_a_rotation(event: Event) -> bool:
    """Whether an event is about a step that a rotation asks for, which its exchange does not tell."""
    step = getattr(event, "step_id", None)
    return step is not None and step.count(".") > 2


async def acts_of(session: AsyncSession, workflow_id: str) -> tuple[RememberedAct, ...]:
    """The acts that a workflow has taken, oldest first."""
    done = or_(ActRow.taken_at.is_not(None), ActRow.status == ActStatus.TAKEN)
    found = await session.execute(
        select(ActRow.key, ActRow.fingerprint)
        .where(ActRow.workflow_id == workflow_id, done)
        .order_by(ActRow.asked_at, ActRow.key)
    )
    return tuple(RememberedAct(key=key, asked=asked) for key, asked in found)


async def taken(session: AsyncSession, workflow_id: str, keys: Sequence[str], at: datetime) -> None:
    """Note in the register that acts are done, in the transaction that records what they brought about."""
    acts = table_of(ActRow)
    mine = (acts.c.workflow_id == workflow_id) & acts.c.key.in_(keys) & acts.c.taken_at.is_(None)
    await session.execute(update(acts).where(mine).values(taken_at=at))


async def keep_policy(session: AsyncSession, writer: str, policy: Policy) -> None:
    """Keep what a workflow runs under, once however many do."""
    body = policy.model_dump(mode="json")
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    await insert_once(session, PolicyRow, digest=digest, body=body)
    head = await session.get(HeadRow, writer)
    if head is not None:
        head.policy_digest = digest


async def policy_of(session: AsyncSession, writer: str) -> Policy | None:
    """What a workflow runs under; `None` where it began before policies were kept."""
    kept = select(PolicyRow.body).join(HeadRow, HeadRow.policy_digest == PolicyRow.digest)
    body = await session.scalar(kept.where(HeadRow.writer == writer))
    return Policy.model_validate(body) if body is not None else None


async def writers_of(session: AsyncSession, exchanges: Collection[str]) -> dict[str, str]:
    """Under which names exchanges are on record: one that was reopened under its newest round."""
    found = {one: exchange_workflow_id(one) for one in exchanges}
    query = select(EventRow.stream, EventRow.payload).where(
        EventRow.stream.in_(list(exchanges)), EventRow.kind == _REOPENED
    )
    for stream, payload in await session.execute(query.order_by(EventRow.seq)):
        found[stream] = f"{exchange_workflow_id(stream)}/r{payload['reopening']['round']}"
    return found


async def without_policy(session: AsyncSession, after: str, most: int) -> dict[str, str]:
    """Exchanges that go on and whose policy is not kept, with their names on record: so many after the one given."""
    query = (
        select(HeadRow.stream)
        .distinct()
        .join(ExchangeRow, ExchangeRow.id == HeadRow.stream)
        .where(ExchangeRow.closed_at.is_(None), HeadRow.policy_digest.is_(None), HeadRow.stream > after)
        .where(HeadRow.writer.startswith(exchange_workflow_id("")))
        .order_by(HeadRow.stream)
        .limit(most)
    )
    return await writers_of(session, list(await session.scalars(query)))
