"""Versions of a nomination, each with the identity it gives the student."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.comparing import address_key, search_text
from models.events import EVENT, ExchangeReopened
from models.rules.again import PERSONAL
from models.rules.nomination import Nomination
from models.tables import EventRow, ExchangeCodeRow, ExchangeRow, IdentityRow, NominationRow, PersonRow

_KIND: str = ExchangeReopened.model_fields["kind"].default


def form_of(nomination: Nomination) -> Mapping[str, Any]:
    """A nomination as it is kept."""
    return nomination.model_dump(mode="json")


def nomination_of(row: NominationRow) -> Nomination:
    """A nomination as it was kept."""
    return Nomination.model_validate(row.form)


def version_id(exchange_id: str, version: int) -> str:
    """The id of one version of a nomination."""
    return f"{exchange_id}.nomination.{version}"


async def version_of(session: AsyncSession, exchange_id: str, *, newest: bool = False) -> NominationRow:
    """The version that holds for an exchange, or the newest, which may wait for its event."""
    versions = select(NominationRow).where(NominationRow.exchange_id == exchange_id)
    exchange = None if newest else await session.get(ExchangeRow, exchange_id)
    if exchange is not None:
        versions = versions.where(NominationRow.version == exchange.nomination_version)
    return (await session.scalars(versions.order_by(NominationRow.version.desc()).limit(1))).one()


async def keep_version(
    session: AsyncSession, code: ExchangeCodeRow, version: int, nomination: Nomination, person: PersonRow, at: datetime
) -> None:
    """Keep a version and the identity in it; neither ever changes."""
    session.add(
        NominationRow(
            id=version_id(code.exchange_id, version),
            exchange_id=code.exchange_id,
            version=version,
            form=dict(form_of(nomination)),
            created_at=at,
        )
    )
    names = (nomination.family_name, nomination.given_name, nomination.native_name)
    session.add(
        IdentityRow(
            exchange_id=code.exchange_id,
            version=version,
            person_id=person.id,
            sending_id=person.sending_id,
            student_number=person.student_number,
            address_key=address_key(nomination.email),
            search_text=search_text(person.student_number, *names),
            **{field: getattr(nomination, field) for field in PERSONAL},
        )
    )
    await session.flush()


async def reopenings_of(session: AsyncSession, exchange_id: str) -> list[ExchangeReopened]:
    """The reopenings of an exchange, in order."""
    payloads = select(EventRow.payload).where(EventRow.stream == exchange_id, EventRow.kind == _KIND)
    events = [EVENT.validate_python(one) for one in await session.scalars(payloads.order_by(EventRow.seq))]
    return [event for event in events if isinstance(event, ExchangeReopened)]
