"""Whether papers of an exchange may go to a host in another jurisdiction, and which of them went (D46)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.catalogue.transfers import TransferNotice, notice_for
from models.errors import NotOpen
from models.people.authorization import Actor, Parties
from models.people.consents import ConsentEntry, is_of_host, is_refused, lacking, went_to_host
from models.tables import ConsentRow, DocumentRow, ExchangeCodeRow, ExchangeRow
from models.vocabulary import Role, Side
from records.keeping import today_of
from records.store.engine import Sessions, transaction


def notice_at(programme: Programme, sending: str, host: str, at: datetime) -> TransferNotice | None:
    """The notice that holds between two universities at a moment; `None` where papers stay in one jurisdiction."""
    countries = [found.country if (found := programme.institution(one)) else "" for one in (sending, host)]
    return notice_for(programme.notices, countries[0], countries[1], today_of(programme, at))


@dataclass(frozen=True)
class Going:
    """What may go to the host of an exchange, by the answers of its student."""

    programme: Programme
    asks: bool
    """Whether this exchange asks at all: it began after students were asked, and crosses a border."""
    entries: tuple[ConsentEntry, ...] = ()

    def goes(self, kind: str) -> bool:
        """Whether a kind of document is one that the student's side sends to the host."""
        policy = self.programme.policy.document(kind)
        return self.asks and (policy is None or policy.provided_by is not Side.HOST)

    def lacks(self, kind: str) -> bool:
        """Whether a document of this kind would not go to the host now."""
        return self.goes(kind) and bool(lacking(self.entries, self.programme.policy.purpose(kind)))

    def refused(self, kind: str) -> bool:
        """Whether the student said that documents of this kind do not go."""
        return self.goes(kind) and is_refused(self.entries, self.programme.policy.purpose(kind))

    def stays_here(self, kind: str, filed_at: datetime) -> bool:
        """Whether a document that was filed never went to the host."""
        return self.goes(kind) and not went_to_host(self.entries, self.programme.policy.purpose(kind), filed_at)


async def going(session: AsyncSession, programme: Programme, exchange_id: str) -> Going:
    """How an exchange stands with consents; one that does not ask has none."""
    query = (
        select(ExchangeCodeRow.asks_consent, ConsentRow)
        .outerjoin(ConsentRow, ConsentRow.exchange_id == ExchangeCodeRow.exchange_id)
        .where(ExchangeCodeRow.exchange_id == exchange_id)
        .order_by(ConsentRow.number)
    )
    rows = (await session.execute(query)).all()
    found: list[ConsentRow | None] = [row for _, row in rows]
    entries = tuple(_entry(row) for row in found if row is not None)
    return Going(programme, any(asks for asks, _ in rows), entries)


def _entry(row: ConsentRow) -> ConsentEntry:
    return ConsentEntry.model_validate({name: getattr(row, name) for name in ConsentEntry.model_fields})


async def shown_to(session: AsyncSession, programme: Programme, exchange: ExchangeRow, reader: Actor | None) -> Going:
    """What somebody is not shown because it never went to their university: nothing, unless they are of the host."""
    parties = Parties(sending=exchange.sending_id, host=exchange.host_id, student=exchange.person_id)
    if reader is None or not is_of_host(reader, parties):
        return Going(programme, asks=False)
    return await going(session, programme, exchange.id)


async def kinds_kept_here(
    session: AsyncSession, programme: Programme, exchange: ExchangeRow, reader: Actor | None
) -> frozenset[str]:
    """The kinds of which a document never went to the reader's university: of them only results are told."""
    found = await shown_to(session, programme, exchange, reader)
    if not found.asks:
        return frozenset()
    filed = select(DocumentRow.kind, DocumentRow.filed_at).where(DocumentRow.exchange_id == exchange.id)
    return frozenset(kind for kind, at in await session.execute(filed) if found.stays_here(kind, at))


def require_went(going: Going, row: DocumentRow) -> None:
    """That a document went to the host before somebody of the host opens it.

    Raises:
        NotOpen: it never did, for want of a consent.
    """
    if going.stays_here(row.kind, row.filed_at):
        raise NotOpen("consent.not_sent", kind=row.kind)


class TransferGate:
    """Asks before a document is handed in whether it may go to the host."""

    def __init__(self, sessions: Sessions, programme: Programme) -> None:
        self._sessions = sessions
        self._programme = programme

    async def let_in(self, exchange_id: str, kind: str, actor: Actor) -> None:
        """That the student agreed; an office may hand in for a student who was not asked yet, and nobody against a no.

        Raises:
            NotOpen: the student has not answered, or does not agree.
        """
        async with transaction(self._sessions) as session:
            found = await going(session, self._programme, exchange_id)
        if found.refused(kind):
            raise NotOpen("consent.refused", "kind", kind=kind)
        if actor.role is Role.STUDENT and found.lacks(kind):
            raise NotOpen("consent.missing", "kind", kind=kind)
