"""Where students live and whom to call: kept in versions, each in one transaction with its event."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.errors import Conflict, NotOpen, Unknown
from models.events import CardOpened, ParticularsKept
from models.people.authorization import Actor, Parties, require
from models.people.housing import may_house
from models.people.particulars import (
    SETTLING,
    EmergencyCard,
    Handover,
    Inspection,
    ParticularKind,
    Residence,
    left_open,
    may_be_shown,
    may_keep,
    may_read,
    require_whole,
)
from models.tables import (
    BedNightRow,
    EventRow,
    ExchangeRow,
    IdentityRow,
    ParticularRow,
    StepRow,
    identity_of_exchange,
)
from models.views.particulars import CardView, KeptVersion, ParticularsView, ResidenceVersion
from models.vocabulary import Movement, StepKind, StepStatus
from models.wire import Form
from records.queries.titles import Titles, student_of
from records.queries.visibility import visible_to
from records.store.append import MessageWriter, append, lock_stream
from records.store.engine import Sessions, transaction
from records.store.once import is_asked_again

F = TypeVar("F", bound=Form)
K = ParticularKind


class Particulars:
    """Keeps and reads what is on record of daily life."""

    def __init__(self, sessions: Sessions, programme: Programme, outbox: MessageWriter) -> None:
        self._sessions = sessions
        self._titles = Titles(programme)
        self._outbox = outbox

    async def keep(
        self, exchange_id: str, kind: ParticularKind, form: Form | None, actor: Actor, at: datetime, key: str
    ) -> int:
        """Keep a version of a form; the version that holds then. `None` takes an emergency card back.

        Raises:
            Unknown: there is no such exchange, or not for them to know (D44).
            NotAuthorised: the form is not theirs to fill in.
            BadInput: its parts do not go together.
            NotOpen: the exchange has ended.
            KeyReused: the key kept something else.
        """
        async with transaction(self._sessions) as session:
            exchange, _ = await _known(session, exchange_id, actor)
            require(may_keep(actor, kind, parties_of(exchange)), "not_allowed.particulars")
            if form is not None:
                require_whole(form)
            await lock_stream(session, exchange_id)
            version = await _newest(session, exchange_id, kind)
            asked = [actor.id, form]
            if await is_asked_again(session, ("particulars", exchange_id, kind, key), asked, at):
                return version
            if exchange.closed_at is not None and kind is not K.INSPECTION and form is not None:
                raise NotOpen("exchange.ending")
            if form is None:
                await self._forget(session, exchange_id, kind)
            said = form.model_dump(mode="json") if form is not None else {}
            row = {"form": said, "kept_by": actor.id, "kept_role": actor.role, "at": at}
            session.add(ParticularRow(exchange_id=exchange_id, kind=kind, version=version + 1, **row))
            await session.flush()
            unsettled = left_open(*await settlement(session, exchange_id)) if kind in SETTLING else ()
            kept = {"what": kind, "version": version + 1, "erased": form is None, "unsettled": unsettled}
            event = ParticularsKept.model_validate({"at": at, "actor": actor, **kept})
            await append(session, self._outbox, exchange_id, f"particulars:{exchange_id}:{kind}:{key}", (event,))
        return version + 1

    async def _forget(self, session: AsyncSession, exchange_id: str, kind: ParticularKind) -> None:
        """Erase the words of every version; that there were versions stays on record."""
        mine = update(ParticularRow).where(ParticularRow.exchange_id == exchange_id, ParticularRow.kind == kind)
        await session.execute(mine.values(form={}))

    async def require_address(self, exchange_id: str, student: Actor) -> None:
        """That somebody knows where the student will live: nobody travels otherwise (D34).

        Of anybody but the student nothing is asked: the arrival is not theirs to confirm.

        Raises:
            Conflict: neither a bed is held nor an address on record.
        """
        bed = select(BedNightRow.bed_id).where(BedNightRow.exchange_id == exchange_id).limit(1)
        async with transaction(self._sessions) as session:
            exchange = await session.get(ExchangeRow, exchange_id)
            if exchange is None or exchange.person_id != student.id:
                return
            if await session.scalar(bed) is None and not await _newest(session, exchange_id, K.RESIDENCE):
                raise Conflict("residence.missing")

    async def require_inspection(self, exchange_id: str, actor: Actor) -> None:
        """That a bed was looked at before its student is checked out, where the host demands it (D34).

        Raises:
            Conflict: it is demanded, and none is on record.
        """
        async with transaction(self._sessions) as session:
            exchange = await session.get(ExchangeRow, exchange_id)
            if exchange is None or exchange.bed_id is None or not may_house(actor, parties_of(exchange)):
                return
            host = self._titles.programme.institution(exchange.host_id)
            if host is not None and host.housing.inspection and not await _newest(session, exchange_id, K.INSPECTION):
                raise Conflict("inspection.missing")

    async def unsettled(self, exchange_id: str) -> tuple[str, ...]:
        """What is open of keys and deposit: `keys`, `deposit` (D34)."""
        async with transaction(self._sessions) as session:
            return left_open(*await settlement(session, exchange_id))

    async def settling_step(self, exchange_id: str) -> str | None:
        """The open step for keys and deposit of which nothing is open any more."""
        mine = StepRow.exchange_id == exchange_id, StepRow.kind == StepKind.SETTLE_HOUSING
        query = select(StepRow.id).where(*mine, StepRow.status == StepStatus.OPEN)
        async with transaction(self._sessions) as session:
            step = await session.scalar(query)
            return None if step and left_open(*await settlement(session, exchange_id)) else step

    async def of(self, exchange_id: str, actor: Actor) -> ParticularsView:
        """Housing of a student.

        Raises:
            Unknown: there is no such exchange, or it is not for them to know (D44).
        """
        async with transaction(self._sessions) as session:
            exchange, person = await _known(session, exchange_id, actor)
            parties = parties_of(exchange)
            if not may_read(actor, K.RESIDENCE, parties):
                raise Unknown("page.unknown")
            rows = await _versions(session, exchange_id, K.RESIDENCE)
            handover, inspection = await settlement(session, exchange_id)
        return ParticularsView(
            exchange_id=exchange_id,
            residences=tuple(self._residence(row, person) for row in rows),
            handover=handover,
            inspection=inspection,
            open=left_open(handover, inspection),
            records=exchange.closed_at is None and may_keep(actor, K.RESIDENCE, parties),
            houses=may_keep(actor, K.HANDOVER, parties),
        )

    async def card(self, exchange_id: str, actor: Actor, at: datetime) -> CardView | None:
        """The emergency card, once it is on record that they looked; `None` where there is none for them to see.

        Raises:
            Unknown: there is no such exchange, or it is not for them to know (D44).
        """
        async with transaction(self._sessions) as session:
            exchange, person = await _known(session, exchange_id, actor)
            row = await _holds(session, exchange_id, K.EMERGENCY_CARD)
            if row is None:
                return None
            card = EmergencyCard.model_validate(row.form)
            if not may_be_shown(actor, card, parties_of(exchange)):
                return None
            if actor.id != exchange.person_id:
                look = f"card-opened:{exchange_id}:{row.version}:{actor.id}:{int(at.timestamp() // 300)}"
                opened = CardOpened(at=at, actor=actor, card=f"{exchange_id}.{row.version}")
                await append(session, self._outbox, exchange_id, look, (opened,))
        kept = KeptVersion(**self._kept(row, person))
        where = {"host": exchange.host_id, "sending": exchange.sending_id}
        return CardView(exchange_id=exchange_id, student=student_of(person), kept=kept, card=card, **where)

    async def may_open_card(self, exchange_id: str, actor: Actor) -> bool:
        """Whether there is a card that this person may be shown."""
        async with transaction(self._sessions) as session:
            exchange = await session.get(ExchangeRow, exchange_id)
            row = await _holds(session, exchange_id, K.EMERGENCY_CARD)
            if exchange is None or row is None:
                return False
            return may_be_shown(actor, EmergencyCard.model_validate(row.form), parties_of(exchange))

    async def card_is_asked_for(self, exchange_id: str) -> bool:
        """Whether the student is asked for the card: there is none, or it is older than the arrival or the address."""
        async with transaction(self._sessions) as session:
            exchange = await session.get(ExchangeRow, exchange_id)
            if exchange is None or exchange.closed_at is not None or exchange.actual_departure is not None:
                return False
            row = await _holds(session, exchange_id, K.EMERGENCY_CARD)
            if row is None:
                return True
            changed = await _address_changed(session, exchange_id)
            return any(moment is not None and row.at < moment for moment in (exchange.actual_arrival, changed))

    def _residence(self, row: ParticularRow, person: IdentityRow) -> ResidenceVersion:
        return ResidenceVersion(**self._kept(row, person), residence=Residence.model_validate(row.form))

    def _kept(self, row: ParticularRow, person: IdentityRow) -> dict[str, Any]:
        by = self._titles.who(row.kept_by, student_of(person))
        return {"version": row.version, "at": row.at, "by": by}


def parties_of(exchange: ExchangeRow) -> Parties:
    """Between whom an exchange is."""
    return Parties(sending=exchange.sending_id, host=exchange.host_id, student=exchange.person_id)


async def settlement(session: AsyncSession, exchange_id: str) -> tuple[Handover | None, Inspection | None]:
    """What was handed over, and how it was found afterwards."""
    given, found = [await _holds(session, exchange_id, kind) for kind in (K.HANDOVER, K.INSPECTION)]
    return _form(given, Handover), _form(found, Inspection)


def _form(row: ParticularRow | None, form: type[F]) -> F | None:
    return form.model_validate(row.form) if row is not None and row.form else None


async def _known(session: AsyncSession, exchange_id: str, actor: Actor) -> tuple[ExchangeRow, IdentityRow]:
    query = select(ExchangeRow, IdentityRow).join(IdentityRow, identity_of_exchange())
    found = (await session.execute(query.where(ExchangeRow.id == exchange_id, visible_to(actor)))).one_or_none()
    if found is None:
        raise Unknown("exchange.not_seen")
    return found[0], found[1]


async def _versions(session: AsyncSession, exchange_id: str, kind: ParticularKind) -> list[ParticularRow]:
    query = select(ParticularRow).where(ParticularRow.exchange_id == exchange_id, ParticularRow.kind == kind)
    return list(await session.scalars(query.order_by(ParticularRow.version.desc())))


async def _newest(session: AsyncSession, exchange_id: str, kind: ParticularKind) -> int:
    newest = select(func.max(ParticularRow.version))
    of_it = newest.where(ParticularRow.exchange_id == exchange_id, ParticularRow.kind == kind)
    return await session.scalar(of_it) or 0


async def _holds(session: AsyncSession, exchange_id: str, kind: ParticularKind) -> ParticularRow | None:
    """The newest version, unless it was taken back."""
    row = next(iter(await _versions(session, exchange_id, kind)), None)
    return row if row is not None and row.form else None


async def _address_changed(session: AsyncSession, exchange_id: str) -> datetime | None:
    """When the student moved last, or is said to live elsewhere."""
    kinds = ("movement_reported", "bed_assigned", "particulars_kept")
    query = select(EventRow.kind, EventRow.payload, EventRow.at).where(
        EventRow.stream == exchange_id, EventRow.kind.in_(kinds)
    )
    rows = await session.execute(query.order_by(EventRow.seq.desc()))
    return next((at for kind, said, at in rows if _moves(kind, said)), None)


def _moves(kind: str, said: Mapping[str, Any]) -> bool:
    match kind:
        case "movement_reported":
            return bool(said["movement"] == Movement.MOVED)
        case "bed_assigned":
            return said.get("decision_id") is not None
        case _:
            return bool(said["what"] == K.RESIDENCE)
