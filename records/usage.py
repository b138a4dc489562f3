"""How often somebody did today what can be done again and again, and where it ends."""

import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Refused, TooMany
from models.tables import UsageRow
from models.vocabulary import Repeated
from records.store.append import lock_stream
from records.store.engine import Sessions, transaction

DAY = timedelta(days=1)
UPLOAD = "upload"


@dataclass(frozen=True)
class UploadLimits:
    """What one person may send in 24 hours, over all exchanges."""

    files: int = 200
    megabytes: int = 500


@dataclass(frozen=True)
class Use:
    """One time that somebody does something; told again under its key it is the same time."""

    key: str
    person: str
    act: Repeated
    exchange_id: str
    about: str = ""

    @property
    def id(self) -> str:
        """Under which it is counted."""
        told = "|".join((self.exchange_id, self.act, self.person, self.key))
        return hashlib.sha256(told.encode()).hexdigest()[:40]


class Usage:
    """Counts in moving windows of a day; what was refused does not count."""

    def __init__(self, sessions: Sessions, limits: Mapping[Repeated, int], uploads: UploadLimits) -> None:
        self._sessions = sessions
        self._limits = limits
        self._uploads = uploads

    @asynccontextmanager
    async def counted(self, use: Use, at: datetime) -> AsyncIterator[None]:
        """Count what is done in the block.

        Raises:
            TooMany: it was done as often as it may be; the block is not entered.
        """
        new = await self._take(use, at)
        try:
            yield
        except Refused:
            if new:
                await self.forget(use)
            raise

    async def forget(self, use: Use) -> None:
        """Do not count what was refused."""
        async with transaction(self._sessions) as session:
            await session.execute(delete(UsageRow).where(UsageRow.id == use.id))

    async def was_counted(self, use: Use) -> bool:
        """Whether it was asked for before, and not refused then."""
        async with transaction(self._sessions) as session:
            return await session.get(UsageRow, use.id) is not None

    async def _take(self, use: Use, at: datetime) -> bool:
        most = self._limits.get(use.act)
        if most is None:
            return False
        those = (UsageRow.exchange_id == use.exchange_id, UsageRow.about == use.about)
        async with transaction(self._sessions) as session:
            await lock_stream(session, f"usage/{use.person}")
            if await session.get(UsageRow, use.id) is not None:
                return False
            count, _, oldest = await self._window(session, use.person, use.act, at, *those)
            if count >= most:
                raise _too_many(use, most, oldest + DAY)
            session.add(_row(use.id, use.person, use.act, use.exchange_id, use.about, at))
        return True

    async def begin_upload(self, person: str, at: datetime) -> str:
        """Count a file before it is read; answers under what, for `end_upload`.

        Raises:
            TooMany: so many files, or so much, came from this person within a day.
        """
        most = self._uploads
        async with transaction(self._sessions) as session:
            await lock_stream(session, f"usage/{person}")
            await session.execute(delete(UsageRow).where(UsageRow.person_id == person, UsageRow.at < at - 2 * DAY))
            count, size, oldest = await self._window(session, person, UPLOAD, at)
            if count >= most.files:
                raise TooMany("usage.files", "file", most=most.files, moment=oldest + DAY)
            if size >= most.megabytes * 2**20:
                raise TooMany("usage.megabytes", "file", most=most.megabytes, moment=oldest + DAY)
            row = _row(token_hex(20), person, UPLOAD, "", "", at)
            session.add(row)
        return row.id

    async def end_upload(self, upload: str, size: int) -> None:
        """Count how much came of a file, kept or refused."""
        async with transaction(self._sessions) as session:
            await session.execute(update(UsageRow).where(UsageRow.id == upload).values(bytes=size))

    async def _window(
        self, session: AsyncSession, person: str, act: str, at: datetime, *those: ColumnElement[bool]
    ) -> tuple[int, int, datetime]:
        """How often, how many bytes, and since when, within a day."""
        found: Any = select(func.count(), func.coalesce(func.sum(UsageRow.bytes), 0), func.min(UsageRow.at)).where(
            UsageRow.person_id == person, UsageRow.act == act, UsageRow.at > at - DAY, *those
        )
        count, size, oldest = (await session.execute(found)).one()
        return count, int(size), oldest or at


def _row(id_: str, person: str, act: str, exchange_id: str, about: str, at: datetime) -> UsageRow:
    return UsageRow(id=id_, person_id=person, act=act, exchange_id=exchange_id, about=about, bytes=0, at=at)


def _too_many(use: Use, most: int, moment: datetime) -> TooMany:
    if use.act is Repeated.HAND_IN:
        return TooMany("usage.hand_in", "kind", kind=use.about, most=most, moment=moment)
    return TooMany("usage.act", most=most, moment=moment)
