"""How often somebody calls, counted for all processes: a storage of the library `limits` over the table of attempts."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from secrets import token_hex

from limits.aio.storage import MemoryStorage
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.tables import AttemptRow
from records.store.engine import Sessions, transaction


class SharedWindows(MemoryStorage):
    """Moving windows in the database; what other strategies count stays in this process."""

    def __init__(self, sessions: Sessions, clock: Callable[[], float]) -> None:
        super().__init__()
        self._sessions = sessions
        self._clock = clock

    async def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count a call, if the window has room for it; two processes never take the last one both."""
        whose, now = _hash(key), self._now()
        async with transaction(self._sessions) as session:
            await alone(session, whose)
            window = AttemptRow.whose == whose
            await session.execute(delete(AttemptRow).where(window, AttemptRow.at <= now - timedelta(seconds=expiry)))
            taken = await session.scalar(select(func.count()).select_from(AttemptRow).where(window)) or 0
            if taken + amount > limit:
                return False
            session.add_all(AttemptRow(id=token_hex(16), whose=whose, at=now) for _ in range(amount))
        return True

    async def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the oldest call of the window was, and how many there are."""
        now = self._now()
        inside = AttemptRow.whose == _hash(key), AttemptRow.at > now - timedelta(seconds=expiry)
        async with transaction(self._sessions) as session:
            oldest, taken = (await session.execute(select(func.min(AttemptRow.at), func.count()).where(*inside))).one()
        return (oldest if taken else now).timestamp(), taken

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


async def alone(session: AsyncSession, whose: str) -> None:
    """Count one call of a window at a time, until the commit; SQLite lets one transaction in at a time anyway."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(whose, 0))))


def _hash(key: str) -> str:
    return hashlib.sha256(f"window {key}".encode()).hexdigest()
