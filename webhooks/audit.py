"""Endpoints and their deliveries compared with the log."""

from sqlalchemy import String, cast, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.events import EndpointChanged
from models.events.outward import TOLD, event_type
from models.messages.audit import AuditFinding, FindingKind, Part
from models.tables import DeliveryRow, EndpointRow, EventRow, ExchangeRow
from records.audit.looking import Breath, snapshot
from records.queries.visibility import visible_to
from records.store.engine import Sessions
from webhooks.feed import last_position
from webhooks.rights import Rights

PAGE = 500
MOST = 100
"""Findings of a kind that are named for one endpoint."""
_CHANGED = EndpointChanged.model_fields["kind"].default


class Deliveries:
    """Looks for cursors beyond the log, deliveries of nothing, and events that were passed over."""

    part = Part.WEBHOOKS

    def __init__(self, sessions: Sessions, programme: Programme) -> None:
        """`sessions` of a reading engine."""
        self._sessions = sessions
        self._rights = Rights(programme)

    async def find(self, breathe: Breath) -> list[AuditFinding]:
        """What is wrong with each endpoint that is not removed."""
        async with snapshot(self._sessions) as session:
            endpoints = list(await session.scalars(select(EndpointRow.id).order_by(EndpointRow.id)))
        findings: list[AuditFinding] = []
        for endpoint_id in endpoints:
            async with snapshot(self._sessions) as session:
                row = await session.get(EndpointRow, endpoint_id)
                if row is None:
                    continue
                newest = await last_position(session)
                if row.position > newest:
                    findings.append(_about(FindingKind.CURSOR_BEYOND_LOG, row.id, row.position))
                findings += await _of_nothing(session, row.id)
            await breathe()
            findings += await self._passed_over(endpoint_id, breathe)
        return findings

    async def _passed_over(self, endpoint_id: str, breathe: Breath) -> list[AuditFinding]:
        """Events without a delivery, between the last change of the endpoint and its cursor.

        What it was told before that change was for its types and rights of then to say.
        """
        findings: list[AuditFinding] = []
        last: int | None = None
        while len(findings) < MOST:
            async with snapshot(self._sessions) as session:
                row = await session.get(EndpointRow, endpoint_id)
                looks = await self._rights.of(session, row) if row is not None and row.removed_at is None else None
                if row is None or looks is None:
                    return findings
                if last is None:
                    last = await _last_change(session, endpoint_id)
                made = exists().where(DeliveryRow.endpoint_id == endpoint_id, DeliveryRow.position == EventRow.position)
                query = (
                    select(EventRow.position, EventRow.kind, made)
                    .join(ExchangeRow, ExchangeRow.id == EventRow.stream)
                    .where(EventRow.position > last, EventRow.position <= row.position, EventRow.kind.in_(TOLD))
                    .where(visible_to(looks))
                    .order_by(EventRow.position)
                    .limit(PAGE)
                )
                page = (await session.execute(query)).all()
            if not page:
                return findings
            wanted = set(row.kinds)
            for position, kind, delivered in page:
                if not delivered and (not wanted or event_type(kind) in wanted):
                    findings.append(_about(FindingKind.DELIVERY_MISSING, endpoint_id, position))
            last = page[-1][0]
            await breathe()
        return findings[:MOST]


async def _of_nothing(session: AsyncSession, endpoint_id: str) -> list[AuditFinding]:
    """Deliveries whose event is not on record, or is another one."""
    named = EventRow.stream.concat(".").concat(cast(EventRow.seq, String))  # as `event_id` says
    query = (
        select(DeliveryRow.position)
        .join(EventRow, EventRow.position == DeliveryRow.position, isouter=True)
        .where(DeliveryRow.endpoint_id == endpoint_id)
        .where(or_(EventRow.position.is_(None), EventRow.stream != DeliveryRow.stream, DeliveryRow.event_id != named))
        .order_by(DeliveryRow.position)
        .limit(MOST)
    )
    return [
        _about(FindingKind.DELIVERY_WITHOUT_EVENT, endpoint_id, position) for position in await session.scalars(query)
    ]


async def _last_change(session: AsyncSession, endpoint_id: str) -> int:
    """The position of the event by which the endpoint last was added, changed or paused."""
    query = select(func.coalesce(func.max(EventRow.position), 0))
    query = query.where(EventRow.stream == f"endpoint:{endpoint_id}", EventRow.kind == _CHANGED)
    return await session.scalar(query) or 0


def _about(kind: FindingKind, endpoint_id: str, position: int) -> AuditFinding:
    return AuditFinding(kind=kind, stream=endpoint_id, params={"row": position})
