"""The papers kept about a student, by what they are kept for: how many, until when, and whether they were erased."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.rules.retention import kept_until
from models.tables import (
    CertificateRow,
    DataKeyRow,
    DocumentRow,
    ExchangeCodeRow,
    ExchangeRow,
    LegalHoldRow,
    LetterRow,
    PostRow,
)
from models.views.own_data import HeldPapers
from models.vocabulary import LANGUAGES
from records.conversation.scopes import CONVERSATION
from records.keeping import KeptDocument, judged, kept_documents, papers_kept_until
from records.sealed_files import ISSUED

Long = TypeVar("Long", int, date)


async def until_of(
    session: AsyncSession, programme: Programme, person_id: str, at: datetime
) -> dict[str, datetime] | None:
    """By purpose, when a person's papers may be erased, by the rules of then; `None` while an exchange goes on."""
    query = (
        select(ExchangeRow.closed_at)
        .select_from(ExchangeCodeRow)
        .outerjoin(ExchangeRow, ExchangeRow.id == ExchangeCodeRow.exchange_id)
        .where(ExchangeCodeRow.person_id == person_id)
    )
    ended = list(await session.scalars(query))
    closed = [one for one in ended if one is not None]
    if not closed or len(closed) != len(ended):
        return None
    until = kept_until(closed, programme.retention)
    for purpose, moment in (await papers_kept_until(session, programme, person_id, at)).items():
        until[purpose] = max(until.get(purpose, moment), moment)
    return until


async def readable(session: AsyncSession, person_id: str) -> set[str]:
    """The purposes for which something of a person is sealed that can be read still."""
    query = select(DataKeyRow.purpose).where(DataKeyRow.subject == person_id, DataKeyRow.wrapped.is_not(None))
    return set(await session.scalars(query))


async def erased(session: AsyncSession, person_id: str) -> set[str]:
    """The purposes for which the papers of a person were erased."""
    query = select(DataKeyRow.purpose).where(DataKeyRow.subject == person_id, DataKeyRow.erased_at.is_not(None))
    return set(await session.scalars(query))


async def is_held(session: AsyncSession, person_id: str) -> bool:
    """Whether a legal hold on a person's papers lasts."""
    holds = select(LegalHoldRow.id).where(LegalHoldRow.person_id == person_id, LegalHoldRow.lifted_at.is_(None))
    return await session.scalar(holds.limit(1)) is not None


async def papers_held(
    session: AsyncSession, programme: Programme, exchange_id: str, person_id: str, at: datetime
) -> tuple[HeldPapers, ...]:
    """The papers of an exchange by purpose, in the programme's order; purposes without papers are left out."""
    rows = (await session.execute(kept_documents(DocumentRow.exchange_id == exchange_id))).all()
    documents: defaultdict[str, list[KeptDocument]] = defaultdict(list)
    for one in judged(programme, rows, at):
        documents[programme.policy.purpose(one.kind)].append(one)
    counts = Counter({purpose: len(some) for purpose, some in documents.items()})
    letters = select(func.count()).select_from(LetterRow).where(LetterRow.exchange_id == exchange_id)
    certificates = select(func.count()).select_from(CertificateRow).where(CertificateRow.exchange_id == exchange_id)
    counts[ISSUED] = (await session.scalar(letters) or 0) * len(LANGUAGES) + (await session.scalar(certificates) or 0)
    posts = select(func.count()).select_from(PostRow).where(PostRow.exchange_id == exchange_id)
    counts[CONVERSATION] = await session.scalar(posts) or 0
    query = select(DataKeyRow.purpose, DataKeyRow.erased_at).where(DataKeyRow.subject == person_id)
    erased = dict((await session.execute(query)).all())
    until = await until_of(session, programme, person_id, at)
    return tuple(
        HeldPapers(
            purpose=purpose,
            papers=counts[purpose],
            days=days,
            until=until[purpose] if until else None,
            erased_at=erased.get(purpose),
            months=_longest([one.rule.months if one.rule else None for one in documents[purpose]]),
            through=_longest([one.through for one in documents[purpose]]),
        )
        for purpose, days in programme.retention.items()
        if counts[purpose]
    )


def _longest(some: Sequence[Long | None]) -> Long | None:
    """The most of them; nothing where one of them has no end."""
    ends = [one for one in some if one is not None]
    return max(ends) if ends and len(ends) == len(some) else None
