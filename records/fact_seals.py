"""The seam at which what is sensitive is sealed before it is written, and opened after it is read."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Broken
from models.tables import ExchangeCodeRow
from records.vault import DataVault

STATED, READ, WRITTEN = "stated_facts.sealed", "readings.sealed", "posts.sealed"
"""The columns in which sealed values stand: what is sealed for one does not open in the other."""


class Sealing(Protocol):
    """Seals bytes for one student and purpose, bound to what they belong to."""

    async def seal(self, session: AsyncSession, exchange_id: str, purpose: str, bound_to: str, plain: bytes) -> bytes:
        """The bytes as they are written; they open only where they were bound to."""

    async def open(self, session: AsyncSession, exchange_id: str, purpose: str, bound_to: str, sealed: bytes) -> bytes:
        """The bytes as they were."""

    async def open_all(
        self, session: AsyncSession, exchange_id: str, purpose: str, sealed: Mapping[str, bytes]
    ) -> dict[str, bytes]:
        """Several at once, by what each is bound to."""

    def beside(self, column: str) -> "Sealing":
        """The same for another column."""


class SealedByPerson:
    """Seals under the data key of the student and the purpose, for one row of a column."""

    def __init__(self, vault: DataVault, clock: Callable[[], datetime], column: str = STATED) -> None:
        self._vault = vault
        self._clock = clock
        self._column = column

    async def seal(self, session: AsyncSession, exchange_id: str, purpose: str, bound_to: str, plain: bytes) -> bytes:
        """The bytes as they are written.

        Raises:
            Broken: the settings give no key.
        """
        person = await _person(session, exchange_id)
        return await self._vault.seal(session, person, purpose, plain, f"{self._column}.{bound_to}", self._clock())

    async def open(self, session: AsyncSession, exchange_id: str, purpose: str, bound_to: str, sealed: bytes) -> bytes:
        """The bytes as they were.

        Raises:
            Broken: they were changed or moved, or the settings lack the key that wrapped theirs.
        """
        person = await _person(session, exchange_id)
        return await self._vault.open_sealed(session, person, purpose, sealed, f"{self._column}.{bound_to}")

    async def open_all(
        self, session: AsyncSession, exchange_id: str, purpose: str, sealed: Mapping[str, bytes]
    ) -> dict[str, bytes]:
        """The bytes as they were, by what each is bound to; the key is looked up once.

        Raises:
            NotOpen: the key was erased.
            Broken: one was changed or moved, or the settings lack the key that wrapped theirs.
        """
        key = await self._vault.existing(session, await _person(session, exchange_id), purpose)
        return {bound: key.open_sealed(one, f"{self._column}.{bound}") for bound, one in sealed.items()}

    def beside(self, column: str) -> Sealing:
        """The same for another column."""
        return SealedByPerson(self._vault, self._clock, column)


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

    async def open_all(
        self, session: AsyncSession, exchange_id: str, purpose: str, sealed: Mapping[str, bytes]
    ) -> dict[str, bytes]:
        """Refused.

        Raises:
            Broken: always.
        """
        raise Broken("vault.no_key")

    def beside(self, column: str) -> Sealing:
        """The same."""
        return self
