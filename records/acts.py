"""The register of acts: put on record before they are sent, with what was answered beside them.

asked     on record; whoever asked waits for the answer, or the relay sends it again
taken     its facts are recorded; the answer follows as soon as it is known
refused   not allowed, nothing changed: the key is free again
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Row, and_, bindparam, exists, func, not_, null, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import SojournError
from models.messages.acts import Act, ActStatus, ActView, WaitingAct
from models.tables import ActRow
from records.projections.common import table_of
from records.store.engine import Sessions, transaction
from records.store.once import KeyTable

ACTS = table_of(ActRow)
_HERE = (ACTS.c.workflow_id == bindparam("of_workflow"), ACTS.c.key == bindparam("of_key"))
_KEYS = KeyTable(ActRow, ("workflow_id", "key"), free=ACTS.c.status == ActStatus.REFUSED)


def is_kept() -> ColumnElement[bool]:
    """The acts that nobody waits for any more: their sender has gone, or was told that they are kept."""
    return and_(ActRow.status == ActStatus.ASKED, ActRow.tries > 0)


class Teller(Protocol):
    """Writes to who asked that their act was refused after they had gone."""

    async def tell(self, session: AsyncSession, refused: ActRow, at: datetime) -> bool:
        """Write the message into the caller's transaction; says whether there was anybody to write to."""


@dataclass(frozen=True)
class Known:
    """What is on record of an act when it is asked."""

    status: ActStatus
    new: bool = False
    """Whether it is asked for the first time, or anew after it was refused."""
    answer: dict[str, Any] | None = None


@dataclass(frozen=True)
class Answer:
    """What a workflow answered to an act."""

    workflow_id: str
    key: str
    answer: dict[str, Any]
    at: datetime


class Register:
    """Keeps acts; every method is one short transaction."""

    def __init__(self, sessions: Sessions, teller: Teller | None = None) -> None:
        self._sessions = sessions
        self._teller = teller

    async def ask(self, act: Act, at: datetime, next_try_at: datetime) -> Known:
        """Put an act on record, or find it there; see `put`."""
        async with transaction(self._sessions) as session:
            return await put(session, act, at, next_try_at)

    async def taken(self, answers: Sequence[Answer]) -> None:
        """Keep what was answered to acts that were taken."""
        async with transaction(self._sessions) as session:
            for one in answers:
                await session.execute(
                    _TAKEN,
                    {"of_workflow": one.workflow_id, "of_key": one.key, "answered": one.answer, "moment": one.at},
                )

    async def refused(self, act: Act | WaitingAct, error: SojournError, at: datetime, *, tell: bool = False) -> None:
        """Keep why an act was refused; with `tell`, who asked is written to, once for each time they asked."""
        async with transaction(self._sessions) as session:
            row = await session.get(ActRow, (act.workflow_id, act.key), with_for_update=True)
            if row is None or row.status is not ActStatus.ASKED:
                return
            row.status, row.answered_at, row.next_try_at = ActStatus.REFUSED, at, None
            row.error = {"message": error.message, "params": error.params, "field": error.field}
            if tell and self._teller is not None and await self._teller.tell(session, row, at):
                row.told_at = at

    async def hand_over(self, act: Act, next_try_at: datetime) -> None:
        """Let the relay take up an act whose sender got no answer."""
        async with transaction(self._sessions) as session:
            waiting = ACTS.c.status == ActStatus.ASKED
            await session.execute(
                update(ACTS)
                .where(ACTS.c.workflow_id == act.workflow_id, ACTS.c.key == act.key, waiting)
                .values(next_try_at=next_try_at, tries=ACTS.c.tries + 1)
            )

    async def due(self, now: datetime, limit: int) -> list[WaitingAct]:
        """Acts that wait for the relay, as they were asked; none behind one of its workflow that is being sent."""
        earlier = ACTS.alias()
        behind = exists().where(
            earlier.c.workflow_id == ACTS.c.workflow_id,
            earlier.c.status == ActStatus.ASKED,
            earlier.c.asked_at < ACTS.c.asked_at,
            earlier.c.next_try_at > now,
        )
        query = (
            select(ACTS)
            .where(ACTS.c.status == ActStatus.ASKED, ACTS.c.next_try_at <= now, not_(behind))
            .order_by(ACTS.c.asked_at, ACTS.c.workflow_id, ACTS.c.key)
            .limit(limit)
        )
        async with transaction(self._sessions) as session:
            return [_kept(row) for row in await session.execute(query)]

    async def claim(self, act: WaitingAct, until: datetime) -> bool:
        """Take up an act until a moment; says whether nobody else did meanwhile."""
        mine = (
            ACTS.c.workflow_id == act.workflow_id,
            ACTS.c.key == act.key,
            ACTS.c.status == ActStatus.ASKED,
            ACTS.c.next_try_at == act.next_try_at,
        )
        claimed = update(ACTS).where(*mine).values(next_try_at=until, tries=ACTS.c.tries + 1).returning(ACTS.c.key)
        async with transaction(self._sessions) as session:
            return (await session.execute(claimed)).one_or_none() is not None

    async def hold(self, act: Act | WaitingAct, until: datetime) -> None:
        """Keep an act that was claimed and has no answer yet until a later moment."""
        mine = (ACTS.c.workflow_id == act.workflow_id, ACTS.c.key == act.key, ACTS.c.status == ActStatus.ASKED)
        async with transaction(self._sessions) as session:
            await session.execute(update(ACTS).where(*mine).values(next_try_at=until))

    async def bring_forward(self, now: datetime) -> None:
        """Let all be sent now that were put off."""
        late = (ACTS.c.status == ActStatus.ASKED, ACTS.c.tries > 0, ACTS.c.next_try_at > now)
        async with transaction(self._sessions) as session:
            await session.execute(update(ACTS).where(*late).values(next_try_at=now))

    async def put_off(self, workflow_id: str, until: datetime, *, asked_from: datetime) -> None:
        """Put off the acts of a workflow that were asked since a moment, so that their order stays."""
        those = (
            ACTS.c.workflow_id == workflow_id,
            ACTS.c.status == ActStatus.ASKED,
            ACTS.c.asked_at >= asked_from,
        )
        async with transaction(self._sessions) as session:
            await session.execute(update(ACTS).where(*those).values(next_try_at=until))

    async def find(self, key: str, actor_id: str) -> ActView | None:
        """What became of an act; for nobody but who asked it."""
        query = select(ActRow).where(ActRow.key == key, ActRow.actor_id == actor_id)
        async with transaction(self._sessions) as session:
            row = (await session.scalars(query.order_by(ActRow.asked_at.desc()).limit(1))).one_or_none()
        return view_of(row) if row is not None else None


async def put(session: AsyncSession, act: Act, at: datetime, next_try_at: datetime) -> Known:
    """Put an act on record in the caller's transaction, or find it there; the key of a refused one is free again.

    Raises:
        KeyReused: another act was asked of this workflow under its key.
    """
    row = await _KEYS.claim(session, act.fingerprint, _values(act, at, next_try_at))
    return Known(row.status, answer=row.answer) if row is not None else Known(ActStatus.ASKED, new=True)


def view_of(row: ActRow) -> ActView:
    """An act for whoever asked it."""
    error = row.error or {}
    return ActView(
        key=row.key,
        kind=row.kind,
        exchange_id=row.exchange_id,
        step_id=row.step_id,
        status=row.status,
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        message=error.get("message", ""),
        params=error.get("params", {}),
        field=error.get("field", ""),
    )


def _values(act: Act, at: datetime, next_try_at: datetime) -> dict[str, Any]:
    return {
        "workflow_id": act.workflow_id,
        "key": act.key,
        "kind": act.kind,
        "exchange_id": act.about,
        "step_id": act.step_id,
        "fingerprint": act.fingerprint.value,
        "actor_id": act.actor.id,
        "actor_role": act.actor.role,
        "actor_institution": act.actor.institution,
        "request": act.request.model_dump(mode="json"),
        "asked_at": at,
        "status": ActStatus.ASKED,
        "tries": 0,
        "next_try_at": next_try_at,
    }


_TAKEN = (
    update(ACTS)
    .where(*_HERE)
    .values(
        status=ActStatus.TAKEN,
        answer=bindparam("answered", type_=ACTS.c.answer.type),
        answered_at=bindparam("moment", type_=ACTS.c.answered_at.type),
        taken_at=func.coalesce(ACTS.c.taken_at, bindparam("moment", type_=ACTS.c.taken_at.type)),
        error=null(),
        next_try_at=None,
    )
)


def _kept(row: Row[Any]) -> WaitingAct:
    return WaitingAct(
        workflow_id=row.workflow_id,
        key=row.key,
        kind=row.kind,
        about=row.exchange_id,
        actor_id=row.actor_id,
        request=row.request,
        asked_at=row.asked_at,
        tries=row.tries,
        next_try_at=row.next_try_at,
    )
