"""A student whose address an event of an exchange changed: what the old address let in ends, and is told there."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.events import ExchangeOpened, NominationCorrected, PersonCorrected
from models.tables import EventRow, ExchangeRow, IdentityRow, PersonRow
from models.vocabulary import Role
from records.access.addresses import Addressed, change_address

Renaming = ExchangeOpened | NominationCorrected | PersonCorrected
"""Events from which on a version of the nomination, and the identity in it, holds."""
_KINDS = tuple(one.model_fields["kind"].default for one in (ExchangeOpened, NominationCorrected, PersonCorrected))


async def readdress(session: AsyncSession, stream: str, event: Renaming) -> None:
    """Look, after the event was projected and before it is written, whether its student has another address now.

    Somebody who is written to as a later exchange says keeps their address.
    """
    now = await session.get(IdentityRow, (stream, event.nomination_version))
    person = await session.get(PersonRow, now.person_id) if now is not None else None
    before = await _before(session, stream, person.id) if person is not None else None
    if now is None or person is None or before is None or person.email != now.email:
        return
    holder = Addressed(person.id, Role.STUDENT, person.language)
    await change_address(session, holder, before.email, now.email, event.actor.id, event.at)


async def _before(session: AsyncSession, stream: str, person: str) -> IdentityRow | None:
    """How the student was known: by this exchange or, where it only begins, by the newest of their others."""
    last = (
        select(EventRow.payload)
        .where(EventRow.stream == stream, EventRow.kind.in_(_KINDS))
        .order_by(EventRow.seq.desc())
        .limit(1)
    )
    payload = await session.scalar(last)
    if payload is not None:
        return await session.get(IdentityRow, (stream, payload["nomination_version"]))
    others = (
        select(IdentityRow)
        .join(
            ExchangeRow,
            (ExchangeRow.id == IdentityRow.exchange_id) & (ExchangeRow.nomination_version == IdentityRow.version),
        )
        .where(IdentityRow.person_id == person, ExchangeRow.id != stream)
        .order_by(ExchangeRow.year.desc(), ExchangeRow.id.desc())
        .limit(1)
    )
    found: IdentityRow | None = await session.scalar(others)
    return found
