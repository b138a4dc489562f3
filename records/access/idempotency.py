"""Keys by which systems repeat an act: each belongs to one caller, method, path and body."""

from datetime import datetime, timedelta

from sqlalchemy import delete, update

from models.idempotency import Fingerprint
from models.people.access import OF_SYSTEMS, KeyScope
from models.tables import IdempotencyKeyRow
from records.store.engine import Sessions, transaction
from records.store.once import KeyTable

KEPT_FOR = timedelta(days=30)
"""How long a key is known. The workflow knows the act itself for as long as the exchange lives."""
_KEYS = KeyTable(IdempotencyKeyRow, ("act_id",), field="Idempotency-Key")


class IdempotencyKeys:
    """Remembers what was asked under a key."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def begin(self, scope: KeyScope, asked: Fingerprint, at: datetime) -> bool:
        """Note that an act is asked; says whether the same was asked and answered before.

        Raises:
            KeyReused: something else was asked under this key.
        """
        values = {"act_id": scope.act, "fingerprint": asked.value, "asked_at": at}
        async with transaction(self._sessions) as session:
            of_systems = IdempotencyKeyRow.act_id.startswith(OF_SYSTEMS)
            await session.execute(
                delete(IdempotencyKeyRow).where(of_systems, IdempotencyKeyRow.asked_at < at - KEPT_FOR)
            )
            known = await _KEYS.claim(session, asked, values)
        return known is not None and known.answered_at is not None

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
