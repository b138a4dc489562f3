"""The seam at which what is sensitive is sealed before it is written, and opened after it is read."""

from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession


class Sealing(Protocol):
    """Seals bytes for one student and purpose, bound to what they belong to."""

    async def seal(self, session: AsyncSession, exchange_id: str, purpose: str, bound_to: str, plain: bytes) -> bytes:
        """The bytes as they are written; they open only where they were bound to."""

    async def open(self, session: AsyncSession, exchange_id: str, purpose: str, bound_to: str, sealed: bytes) -> bytes:
        """The bytes as they were."""


class Unsealed:
    """Bytes as they are: for a database that is sealed as a whole."""

    async def seal(self, session: AsyncSession, exchange_id: str, purpose: str, bound_to: str, plain: bytes) -> bytes:
        """The same bytes."""
        return plain

    async def open(self, session: AsyncSession, exchange_id: str, purpose: str, bound_to: str, sealed: bytes) -> bytes:
        """The same bytes."""
        return sealed
