"""Which documents of ended exchanges are kept through which day, and by which rule (D46)."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.kept import RetentionRule
from models.catalogue.programme import Programme
from models.rules.local import day_at
from models.rules.retention import kept_through, rule_of
from models.tables import DocumentRow, ExchangeCodeRow, ExchangeRow
from records.store.engine import Sessions, transaction

PAGE = 200
"""Documents at a time."""


@dataclass(frozen=True)
class KeptDocument:
    """A document that was not erased, with what decides when it is."""

    id: str
    exchange_id: str
    person_id: str
    kind: str
    rule: RetentionRule | None
    """Nothing says when it goes: it is kept."""
    through: date | None
    """The last day on which it is kept; unknown while the exchange goes on, and without a rule."""
    ended: bool


def today_of(programme: Programme, at: datetime) -> date:
    """The day at the home university: months are counted there."""
    return day_at(programme.zone_of(programme.home), at)


def judged(programme: Programme, rows: Iterable[Any], at: datetime) -> list[KeptDocument]:
    """Rows of `kept_documents` with the rules as they hold at a moment."""
    today = today_of(programme, at)
    return [_judged(programme, row, today) for row in rows]


def _judged(programme: Programme, row: Any, today: date) -> KeptDocument:
    rule = rule_of(
        programme.kept, row.kind, _country(programme, row.sending_id), _country(programme, row.host_id), today
    )
    ended = today_of(programme, row.closed_at) if row.closed_at is not None else None
    through = kept_through(ended, rule) if ended is not None and rule is not None else None
    return KeptDocument(
        row.id, row.exchange_id, row.person_id, row.kind, rule=rule, through=through, ended=ended is not None
    )


def _country(programme: Programme, institution_id: str | None) -> str:
    found = programme.institution(institution_id) if institution_id else None
    return found.country if found is not None else ""


def kept_documents(*conditions: ColumnElement[bool]) -> Select[str, str, str, str, datetime | None, str, str]:
    """Documents that were not erased, by their ids, with their exchanges."""
    return (
        select(
            DocumentRow.id,
            DocumentRow.exchange_id,
            DocumentRow.kind,
            ExchangeCodeRow.person_id,
            ExchangeRow.closed_at,
            ExchangeRow.sending_id,
            ExchangeRow.host_id,
        )
        .join(ExchangeCodeRow, ExchangeCodeRow.exchange_id == DocumentRow.exchange_id)
        .outerjoin(ExchangeRow, ExchangeRow.id == DocumentRow.exchange_id)
        .where(DocumentRow.erased_at.is_(None), *conditions)
        .order_by(DocumentRow.id)
    )


async def of_ended_exchanges(
    sessions: Sessions, programme: Programme, at: datetime, before: date
) -> AsyncIterator[list[KeptDocument]]:
    """Pages of documents that are kept no longer than the day before `before`, of exchanges that have ended."""
    shortest = min((rule.months for rule in programme.kept), default=None)
    if shortest is None:
        return
    # No month has fewer days: what ended later is kept by every rule.
    ended_before = datetime.combine(before, time.max, ZoneInfo("UTC")) - timedelta(days=28 * shortest - 1)
    last = ""
    while True:
        ended = (ExchangeRow.closed_at.is_not(None), ExchangeRow.closed_at < ended_before, DocumentRow.id > last)
        async with transaction(sessions) as session:
            rows = (await session.execute(kept_documents(*ended).limit(PAGE))).all()
        if not rows:
            return
        last = rows[-1].id
        yield [one for one in judged(programme, rows, at) if one.through is not None and one.through < before]


async def papers_kept_until(
    session: AsyncSession, programme: Programme, person_id: str, at: datetime
) -> dict[str, datetime]:
    """By purpose, the moment until which a rule keeps some paper of a student whose exchanges have all ended."""
    rows = (await session.execute(kept_documents(ExchangeCodeRow.person_id == person_id))).all()
    zone = ZoneInfo(programme.zone_of(programme.home))
    until: dict[str, datetime] = {}
    for one in judged(programme, rows, at):
        if one.through is not None:
            purpose = programme.policy.purpose(one.kind)
            moment = datetime.combine(one.through + timedelta(days=1), time.min, zone)
            until[purpose] = max(until.get(purpose, moment), moment)
    return until
