"""Whom a document should be of, and whether its file is known already: for the checks, which tell nobody whom."""

from dataclasses import replace
from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.rules.passport_check import HolderTyped
from models.rules.same_files import Elsewhere
from models.tables import DocumentRow, ExchangeCodeRow, ExchangeRow, FileRow, IdentityRow


async def holder_of(session: AsyncSession, exchange_id: str, expires_on: date | None) -> HolderTyped | None:
    """Who was nominated, as the version says that holds for the exchange; `None` where nobody was."""
    identities = select(IdentityRow).where(IdentityRow.exchange_id == exchange_id)
    exchange = await session.get(ExchangeRow, exchange_id)
    if exchange is not None:
        identities = identities.where(IdentityRow.version == exchange.nomination_version)
    row = (await session.scalars(identities.order_by(IdentityRow.version.desc()).limit(1))).one_or_none()
    if row is None:
        return None
    typed = HolderTyped(
        family_name=row.family_name,
        given_name=row.given_name,
        native_name=row.native_name,
        birth_date=row.birth_date,
        nationality=row.nationality,
        number=row.passport_number,
    )
    return replace(typed, expires_on=expires_on)


async def elsewhere(session: AsyncSession, document: DocumentRow) -> Elsewhere:
    """Where the same file was handed in besides and not turned away: as another kind, or for another student."""
    its = select(FileRow.fingerprint).where(FileRow.hash == document.file_hash)
    copies = select(FileRow.hash).where(FileRow.fingerprint.in_(its))
    same_file = or_(DocumentRow.file_hash == document.file_hash, DocumentRow.file_hash.in_(copies))
    same = and_(same_file, DocumentRow.accepted.is_not(False))
    own = DocumentRow.exchange_id == document.exchange_id
    kinds = select(DocumentRow.kind).where(same, own, DocumentRow.kind != document.kind).distinct()
    person = select(ExchangeCodeRow.person_id).where(ExchangeCodeRow.exchange_id == document.exchange_id)
    another = (
        select(DocumentRow.id)
        .join(ExchangeCodeRow, ExchangeCodeRow.exchange_id == DocumentRow.exchange_id)
        .where(same, ~own, ExchangeCodeRow.person_id != person.scalar_subquery())
        .limit(1)
    )
    return Elsewhere(
        kinds=tuple(sorted(await session.scalars(kinds))),
        of_another=await session.scalar(another) is not None,
    )
