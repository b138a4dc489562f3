"""Envelope encryption: a data key per person and purpose, wrapped by a key of the settings.

Files and columns are sealed with data keys. To change the key of the settings only these are wrapped anew, and to erase
what a person's files and facts say only theirs is deleted (decision 0052).
"""

import hmac
import os
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Broken, NotOpen
from models.tables import DataKeyRow
from records.data_key import DataKey
from records.keyring import KEY_BYTES, Keyring, derived, framed
from records.projections.common import insert_once, table_of
from records.store.append import lock_stream

SERVICE = "service"
"""Whose the keys are that belong to no person; no person has this id."""
FINGERPRINTS = "fingerprints"


class DataVault:
    """Data keys. Each method works in the caller's transaction: a key is kept with what it sealed, or neither."""

    def __init__(self, ring: Keyring) -> None:
        self._ring = ring

    async def key(self, session: AsyncSession, subject: str, purpose: str, at: datetime) -> DataKey:
        """The key to seal with, made at the first asking; of two who ask at once both get the same.

        Raises:
            NotOpen: it was erased.
            Broken: the settings lack the key that wrapped it.
        """
        row = await _row(session, subject, purpose)
        if row is None:
            key_id, wrapped = self._ring.wrap(os.urandom(KEY_BYTES), _bound(subject, purpose))
            kept = {"key_id": key_id, "wrapped": wrapped, "created_at": at}
            await insert_once(session, DataKeyRow, subject=subject, purpose=purpose, **kept)
        return await self.existing(session, subject, purpose)

    async def existing(self, session: AsyncSession, subject: str, purpose: str) -> DataKey:
        """The key to open with; none is made.

        Raises:
            NotOpen: it was erased.
            Broken: there never was one, or the settings lack the key that wrapped it.
        """
        return DataKey(await self._plain(session, subject, purpose), subject, purpose)

    async def seal(
        self, session: AsyncSession, subject: str, purpose: str, data: bytes, context: str, at: datetime
    ) -> bytes:
        """Encrypted under the person's key and bound to the context, such as table, row and column.

        Raises:
            NotOpen: the key was erased.
            Broken: the settings lack the key that wrapped it.
        """
        return (await self.key(session, subject, purpose, at)).seal(data, context)

    async def open_sealed(
        self, session: AsyncSession, subject: str, purpose: str, sealed: bytes, context: str
    ) -> bytes:
        """What was sealed for this person, purpose and context.

        Raises:
            NotOpen: the key was erased.
            Broken: it was changed or sealed for something else, or the settings lack the key.
        """
        return (await self.existing(session, subject, purpose)).open_sealed(sealed, context)

    async def fingerprint(self, session: AsyncSession, file_hash: str, at: datetime) -> str:
        """What two people's files share if they are the same, in hex; it says nothing to who lacks the service's key.

        `file_hash` is the SHA-256 of the file.
        """
        return (await self.fingerprints(session, at))(file_hash)

    async def fingerprints(self, session: AsyncSession, at: datetime) -> Callable[[str], str]:
        """`fingerprint` of many files, the key looked up once."""
        await self.key(session, SERVICE, FINGERPRINTS, at)
        key = derived(await self._plain(session, SERVICE, FINGERPRINTS), "fingerprints")
        return lambda file_hash: hmac.new(key, file_hash.encode(), sha256).hexdigest()

    async def erase(self, session: AsyncSession, subject: str, purpose: str, at: datetime) -> bool:
        """Forget a key for good; answers whether there was one until now. Whether it may be is for the caller to know.

        A key that never was is marked as well: a copy of the database that has it is brought to the same.
        """
        _no_service(subject)
        none = {"key_id": "", "wrapped": None, "created_at": at, "erased_at": at}
        await insert_once(session, DataKeyRow, subject=subject, purpose=purpose, **none)
        of_it = (DataKeyRow.subject == subject, DataKeyRow.purpose == purpose, DataKeyRow.erased_at.is_(None))
        gone = update(DataKeyRow).where(*of_it).values(key_id="", wrapped=None, erased_at=at)
        return bool((await session.execute(gone.returning(DataKeyRow.subject))).all())

    async def rotate(self, session: AsyncSession) -> int:
        """Wrap every data key with the current key of the settings; answers how many were not yet. No file is touched.

        Raises:
            Broken: the settings lack a key that wrapped one; then nothing is changed.
        """
        await lock_stream(session, "vault")
        table = table_of(DataKeyRow)
        of_before = (table.c.key_id != (self._ring.current or ""), table.c.wrapped.is_not(None))
        query = select(table.c.subject, table.c.purpose, table.c.key_id, table.c.wrapped).where(*of_before)
        changes: list[dict[str, Any]] = []
        for subject, purpose, key_id, wrapped in (await session.execute(query)).all():
            bound = _bound(subject, purpose)
            new_id, new = self._ring.wrap(self._ring.unwrap(key_id, wrapped, bound), bound)
            changes.append({"of": subject, "for_": purpose, "was": key_id, "new_id": new_id, "new": new})
        if changes:
            # One that was erased meanwhile has no key id any more, and stays erased.
            of_one = (
                table.c.subject == bindparam("of"),
                table.c.purpose == bindparam("for_"),
                table.c.key_id == bindparam("was"),
            )
            wrapped_anew = update(table).where(*of_one).values(key_id=bindparam("new_id"), wrapped=bindparam("new"))
            await (await session.connection()).execute(wrapped_anew, changes)
        return len(changes)

    async def by_key(self, session: AsyncSession) -> dict[str, int]:
        """How many data keys each key of the settings wraps: one that wraps none may be taken out of the settings."""
        kept = select(DataKeyRow.key_id, func.count()).where(DataKeyRow.wrapped.is_not(None))
        rows = await session.execute(kept.group_by(DataKeyRow.key_id))
        return dict(iter(rows.all()))

    async def _plain(self, session: AsyncSession, subject: str, purpose: str) -> bytes:
        row = await _row(session, subject, purpose)
        if row is None:
            raise Broken("vault.never_made")
        if row.wrapped is None:
            raise NotOpen("vault.erased")
        return self._ring.unwrap(row.key_id, row.wrapped, _bound(subject, purpose))


async def _row(session: AsyncSession, subject: str, purpose: str) -> Any:
    query = select(DataKeyRow.key_id, DataKeyRow.wrapped).where(
        DataKeyRow.subject == subject, DataKeyRow.purpose == purpose
    )
    return (await session.execute(query)).one_or_none()


def _bound(subject: str, purpose: str) -> bytes:
    return framed("data_key", subject, purpose)


def _no_service(subject: str) -> None:
    if subject == SERVICE:
        raise Broken("vault.of_the_service")
