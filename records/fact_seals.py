"""The seam at which what is sensitive is sealed before it is written, and opened after it is read."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Broken
from models.tables import ExchangeCodeRow
from records.vault import DataVault

COLUMN = "stated_facts.sealed"


class Sealing(Protocol):
    """Seals bytes for one student and purpose, bound to what they belong to."""

    async def seal(self, session: AsyncSession, exchange_id: str, purpose: str, bound_to: str, plain: bytes) -> bytes:
        """The bytes as they are written; they open only where they were bound to."""

    async def open(self, session: AsyncSession, exchange_id: str, purpose: str, bound_to: str, sealed: bytes) -> bytes:
        """The bytes as they were."""


class SealedByPerson:
    """Seals under the data key of the student and the purpose, for one row of what documents say."""

    def __init__(self, vault: DataVault, clock: Callable[[], datetime]) -> None:
        self._vault = vault
        self._clock = clock

    async def seal(self, session: AsyncSession, exchange_id: str, purpose: str, bound_to: str, plain: bytes) -> bytes:
        """The bytes as they are written.

        Raises:
            Broken: the settings give no key.
        """
        person = await _person(session, exchange_id)
        return await self._vault.seal(session, person, purpose, plain, f"{COLUMN}.{bound_to}", self._clock())

    async def open(self, session: AsyncSession, exchange_id: str, purpose: str, bound_to: str, sealed: bytes) -> bytes:
        """The bytes as they were.

        Raises:
            Broken: they were changed or moved, or the settings lack the key that wrapped theirs.
        """
        person = await _person(session, exchange_id)
        return await self._vault.open_sealed(session, person, purpose, sealed, f"{COLUMN}.{bound_to}")


async def _person(session: AsyncSession, exchange_id: str) -> str:
    query = select(ExchangeCodeRow.person_id).where(ExchangeCodeRow.exchange_id == exchange_id)
    return (await session.execute(query)).scalar_one()


class NothingSealed:
    """Where no key is given nothing is written or read: never in clear."""

    async def seal(self, session: AsyncSession, exchange_id: str, purpose: str, bound_to: str, plain: bytes) -> bytes:
        """Refused.

        Raises:
            Broken: always.
        """
        raise Broken("vault.no_key")

    async def open(self, session: AsyncSession, exchange_id: str, purpose: str, bound_to: str, sealed: bytes) -> bytes:
        """Refused.

        Raises:
            Broken: always.
        """
        raise Broken("vault.no_key")
