"""What a machine read of documents: kept sealed beside them, told to those who may open them."""

from datetime import date, datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.errors import Unknown
from models.kept_reading import KeptReading
from models.people.authorization import Actor
from models.people.facts import may_read_facts
from models.reading import DocumentReading
from models.rules.local import day_at
from models.rules.passport_check import HolderTyped
from models.rules.readings import kept_of, suggested_fields, zone_beside
from models.tables import DocumentRow, ExchangeRow, ReadingRow
from models.views.readings import PlaceOnPage, ReadingView, place_of
from models.vocabulary import Purpose
from records.fact_seals import READ, NothingSealed, Sealing
from records.holders import holder_of
from records.particulars import parties_of
from records.queries.visibility import visible_to
from records.store.engine import Sessions, transaction
from records.transfers import require_went, shown_to


async def keep_reading(
    session: AsyncSession,
    sealing: Sealing,
    exchange_id: str,
    document_id: str,
    purpose: Purpose,
    reading: DocumentReading | None,
) -> None:
    """Keep what was read at this check in place of the last one's, in the caller's transaction.

    Raises:
        NotOpen: the key of the student's papers was erased.
        Broken: the settings give no key.
    """
    await session.execute(delete(ReadingRow).where(ReadingRow.document_id == document_id))
    kept = kept_of(reading) if reading else None
    if kept is None:
        return
    plain = kept.model_dump_json().encode()
    sealed = await sealing.beside(READ).seal(session, exchange_id, purpose, document_id, plain)
    row = {"document_id": document_id, "exchange_id": exchange_id, "sealed": sealed}
    await session.execute(insert(ReadingRow), [row])


class Readings:
    """Tells what was read of documents."""

    def __init__(self, sessions: Sessions, programme: Programme, sealing: Sealing | None = None) -> None:
        """`sealing` is as `keep_reading` had it; without it nothing is read."""
        self._sessions = sessions
        self._programme = programme
        self._sealing = (sealing or NothingSealed()).beside(READ)

    async def of(self, exchange_id: str, document_id: str, actor: Actor, at: datetime) -> ReadingView | None:
        """What was read of a document, beside what was typed; `None` where nothing was.

        Raises:
            Unknown: there is no such document, or its content is not for them to know (D44, D46).
            NotOpen: it was erased, or never went to the reader's university.
            Broken: the settings lack the key that sealed it.
        """
        query = (
            select(ExchangeRow, DocumentRow, ReadingRow)
            .join(DocumentRow, DocumentRow.exchange_id == ExchangeRow.id)
            .outerjoin(ReadingRow, ReadingRow.document_id == DocumentRow.id)
            .where(ExchangeRow.id == exchange_id, DocumentRow.id == document_id, visible_to(actor))
        )
        async with transaction(self._sessions) as session:
            found = (await session.execute(query)).one_or_none()
            if found is None:
                raise Unknown("document.unknown")
            exchange, row = found[0], found[1]
            sealed: ReadingRow | None = found[2]
            purpose = self._programme.policy.purpose(row.kind)
            if not may_read_facts(actor, purpose, parties_of(exchange)):
                raise Unknown("document.unknown")
            require_went(await shown_to(session, self._programme, exchange, actor), row)
            if sealed is None:
                return None
            plain = await self._sealing.open(session, exchange_id, purpose, document_id, sealed.sealed)
            typed = await holder_of(session, exchange_id, row.expires_on)
        kept = KeptReading.model_validate_json(plain)
        today = day_at(self._programme.zone_of(exchange.host_id), at)
        return _view(row, kept, typed, today)


def _view(row: DocumentRow, kept: KeptReading, typed: HolderTyped | None, today: date) -> ReadingView:
    return ReadingView(
        exchange_id=row.exchange_id,
        document_id=row.id,
        document=row.kind,
        zones=tuple(zone_beside(zone, typed, today) for zone in kept.zones) if typed else (),
        facts=kept.facts,
        places=_places(kept),
        suggested=suggested_fields(row.kind, kept, today),
    )


def _places(kept: KeptReading) -> dict[int, tuple[PlaceOnPage, ...]]:
    """Where zones and values stand, each place once, by page."""
    found: dict[int, list[PlaceOnPage]] = {}
    places = [(one.page, one.box) for one in kept.zones] + [(one.page, one.box) for one in kept.facts]
    for page, box in dict.fromkeys(places):
        turned = kept.turned[page - 1] if page <= len(kept.turned) else 0
        found.setdefault(page, []).append(place_of(box, turned))
    return {page: tuple(places) for page, places in found.items()}
