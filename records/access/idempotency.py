"""Keys by which systems repeat an act: each belongs to one caller, method, path and body."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, update

from models.errors import BadInput
from models.people.access import KeyScope
from models.tables import IdempotencyKeyRow
from records.projections.common import insert_once
from records.store.engine import Sessions, transaction

KEPT_FOR = timedelta(days=30)
"""How long a key is known. The workflow knows the act itself for as long as the exchange lives."""


class IdempotencyKeys:
    """Remembers what was asked under a key."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def begin(self, scope: KeyScope, body: bytes, at: datetime) -> bool:
        """Note that an act is asked; says whether the same was asked and answered before.

        Raises:
            BadInput: something else was asked under this key.
        """
        fingerprint = hashlib.sha256(body).hexdigest()
        async with transaction(self._sessions) as session:
            await session.execute(delete(IdempotencyKeyRow).where(IdempotencyKeyRow.asked_at < at - KEPT_FOR))
            await insert_once(session, IdempotencyKeyRow, act_id=scope.act, fingerprint=fingerprint, asked_at=at)
            row = await session.get_one(IdempotencyKeyRow, scope.act)
            if row.fingerprint != fingerprint:
                raise BadInput("idempotency.another_request", "Idempotency-Key")
            return row.answered_at is not None

    async def answered(self, scope: KeyScope, at: datetime) -> None:
        """Note that the act was done."""
        async with transaction(self._sessions) as session:
            known = IdempotencyKeyRow.act_id == scope.act
            await session.execute(update(IdempotencyKeyRow).where(known).values(answered_at=at))

    async def refused(self, scope: KeyScope) -> None:
        """Forget an act that was refused, so that it can be sent put right under the same key."""
        async with transaction(self._sessions) as session:
            unanswered = IdempotencyKeyRow.answered_at.is_(None)
            await session.execute(delete(IdempotencyKeyRow).where(IdempotencyKeyRow.act_id == scope.act, unanswered))
