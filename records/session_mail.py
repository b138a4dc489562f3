"""What students are told of a session: that they are invited, that it is moved, or that it is cancelled."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.addresses import reachable
from models.notifications.notices import NoticeKind
from models.notifications.session_news import SessionFacts
from models.notifications.session_news import SessionNews as SessionNews
from models.tables import ExchangeRow, HostSessionRow, IdentityRow
from models.vocabulary import LANGUAGES, Role
from records.absences import preferences_of
from records.store.messages import MailTo, write_message

ENGLISH = "en"
Students = dict[str, tuple[ExchangeRow, IdentityRow]]
"""Exchanges with who takes part, by their ids."""


async def tell_invited(
    session: AsyncSession,
    row: HostSessionRow,
    news: SessionNews,
    students: Students,
    at: datetime,
    *,
    starts_before: datetime | None = None,
) -> None:
    """Write to each student, in the caller's transaction; who cannot be reached reads it in the portal."""
    preferred = await preferences_of(session, [identity.person_id for _, identity in students.values()])
    facts = SessionFacts(
        session_id=row.id, news=news, starts_at=row.starts_at, ends_at=row.ends_at, starts_before=starts_before
    )
    for exchange, identity in students.values():
        if not reachable(identity.email):
            continue
        chosen = preferred.get(identity.person_id)
        language = (chosen.language if chosen else "") or identity.language
        to = MailTo(
            person=identity.person_id, role=Role.STUDENT, language=language if language in LANGUAGES else ENGLISH
        )
        key, about = f"session:{row.id}:{row.version}:{news}:{exchange.id}", exchange.id
        await write_message(session, key, NoticeKind.SESSION, to, facts, at, stream=about, exchange_id=about)
