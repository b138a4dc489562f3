"""The ledger of consents to sending papers abroad: what was shown, agreed to, refused and taken back (D46)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.catalogue.transfers import TransferNotice
from models.errors import BadInput, Conflict, NotOpen, Unknown
from models.events import ConsentGiven, ConsentNoticeShown, ConsentRefused, ConsentWithdrawn, Event
from models.idempotency import hashed
from models.people.authorization import Actor, Parties, require
from models.people.consents import (
    ConsentAnswer,
    ConsentTo,
    answers_of,
    is_asked,
    may_consent,
    may_record_consent,
    may_see_consents,
    standing,
)
from models.tables import ConsentRow, EventRow, ExchangeCodeRow, ExchangeRow, IdentityRow, NoteRow, identity_of_exchange
from models.typed import clean_text
from models.views.consents import ConsentLine, ConsentView, NoticeShownLine
from models.views.shared import Student
from models.vocabulary import LANGUAGES
from records.keeping import today_of
from records.particulars import parties_of
from records.queries.titles import Titles, student_of
from records.queries.visibility import visible_to
from records.store.append import MessageWriter, append, lock_stream
from records.store.engine import Sessions, transaction
from records.store.once import is_asked_again
from records.transfers import Going, going, notice_at

LONGEST_REFERENCE, LONGEST_KEY = 300, 40
EVENTS: dict[ConsentAnswer, type[ConsentGiven | ConsentRefused | ConsentWithdrawn]] = {
    ConsentAnswer.GIVEN: ConsentGiven,
    ConsentAnswer.REFUSED: ConsentRefused,
    ConsentAnswer.WITHDRAWN: ConsentWithdrawn,
}
_SHOWN: str = ConsentNoticeShown.model_fields["kind"].default


@dataclass(frozen=True)
class OnPaper:
    """What an office enters of an answer on paper: the day of its signature, and where the paper is."""

    on: date
    reference: str


@dataclass(frozen=True)
class _Asked:
    exchange: ExchangeRow
    person: IdentityRow
    notice: TransferNotice
    going: Going

    @property
    def parties(self) -> Parties:
        return parties_of(self.exchange)


class Consents:
    """Asks students and keeps what they answer, each in one transaction with its event."""

    def __init__(self, sessions: Sessions, programme: Programme, outbox: MessageWriter) -> None:
        self._sessions = sessions
        self._programme = programme
        self._titles = Titles(programme)
        self._outbox = outbox

    async def look(self, exchange_id: str, actor: Actor, at: datetime) -> ConsentView | None:
        """How an exchange stands, with the ledger; `None` where it asks nothing.

        Raises:
            Unknown: there is no such exchange, or its ledger is not for them to know (D44).
        """
        async with transaction(self._sessions) as session:
            scene = await self._scene(session, exchange_id, actor, at)
            return await self._view(session, scene, actor) if scene is not None else None

    async def show(self, exchange_id: str, language: str, actor: Actor, at: datetime) -> ConsentView | None:
        """As `look`, once it is on record that the student was shown the notice in this language; raises as it does."""
        async with transaction(self._sessions) as session:
            scene = await self._scene(session, exchange_id, actor, at)
            if scene is None:
                return None
            if may_consent(actor, scene.parties) and scene.exchange.closed_at is None:
                notice, spoken = scene.notice, _language(language)
                said = {"notice": notice.id, "version": notice.version, "language": spoken}
                event = ConsentNoticeShown.model_validate({"at": at, "actor": actor} | said)
                key = f"consent-shown:{exchange_id}:{notice.id}:{spoken}"
                await append(session, self._outbox, exchange_id, key, (event,))
            return await self._view(session, scene, actor)

    async def answer(
        self,
        exchange_id: str,
        said: Mapping[ConsentTo, bool],
        notice: str,
        language: str,
        actor: Actor,
        at: datetime,
        key: str,
        *,
        paper: OnPaper | None = None,
    ) -> ConsentView:
        """Keep what the student answers to the notice with this id, each purpose apart.

        A no to what was agreed to takes it back. An office enters what was signed on `paper`.

        Raises:
            Unknown: there is no such exchange, or it is not for them to know (D44).
            NotAuthorised: the answer is not theirs.
            NotOpen: nothing is asked here, or the exchange has ended and something is agreed to.
            BadInput: nothing is answered, or the paper has no reference or a day to come.
            Conflict: another notice holds by now, or the student was not shown this one.
            KeyReused: the key answered something else.
        """
        async with transaction(self._sessions) as session:
            scene = await self._scene(session, exchange_id, actor, at)
            if scene is None:
                raise NotOpen("consent.not_asked")
            await self._require(session, scene, said, notice, actor, at, paper)
            await lock_stream(session, exchange_id)
            asked = [actor.id, {str(about): yes for about, yes in said.items()}, notice, str(paper)]
            if not await is_asked_again(session, ("consent", exchange_id, key), asked, at):
                await self._keep(session, scene, said, _language(language), actor, at, key, paper)
            await session.flush()
            scene = await self._scene(session, exchange_id, actor, at)
            assert scene is not None
            return await self._view(session, scene, actor)

    async def _require(
        self,
        session: AsyncSession,
        scene: _Asked,
        said: Mapping[ConsentTo, bool],
        notice: str,
        actor: Actor,
        at: datetime,
        paper: OnPaper | None,
    ) -> None:
        allowed = may_consent if paper is None else may_record_consent
        require(allowed(actor, scene.parties), "not_allowed.consent")
        if not said:
            raise BadInput("consent.no_answer", "transfer")
        if scene.exchange.closed_at is not None and any(said.values()):
            raise NotOpen("exchange.ending")
        if paper is not None:
            reference = clean_text(paper.reference)
            if not reference or len(reference) > LONGEST_REFERENCE:
                raise BadInput("consent.reference", "reference", most=LONGEST_REFERENCE)
            if paper.on > today_of(self._programme, at):
                raise BadInput("consent.paper_to_come", "on")
            return
        if notice != scene.notice.id or notice not in {one.notice for one in await _shown(session, scene.exchange.id)}:
            raise Conflict("consent.notice_changed")

    async def _keep(
        self,
        session: AsyncSession,
        scene: _Asked,
        said: Mapping[ConsentTo, bool],
        language: str,
        actor: Actor,
        at: datetime,
        key: str,
        paper: OnPaper | None,
    ) -> None:
        exchange_id, note_id = scene.exchange.id, None
        short = key if len(key) <= LONGEST_KEY else hashed(key)[:LONGEST_KEY]
        if paper is not None:
            note_id = f"{exchange_id}.consent-{short}"
            note = {"text": clean_text(paper.reference), "author_id": actor.id, "created_at": at}
            session.add(NoteRow(id=note_id, exchange_id=exchange_id, **note))
            await session.flush()
        about = {"notice": scene.notice.id, "version": scene.notice.version, "language": language}
        about |= {"at": at, "actor": actor, "note_id": note_id, "paper_on": paper.on if paper else None}
        events: list[Event] = [
            EVENTS[answer].model_validate(about | {"consent_id": f"{exchange_id}.consent-{short}.{answer}", "to": to})
            for answer, to in answers_of(scene.going.entries, said).items()
        ]
        await append(session, self._outbox, exchange_id, f"consent:{exchange_id}:{key}", events)

    async def _scene(self, session: AsyncSession, exchange_id: str, actor: Actor, at: datetime) -> _Asked | None:
        query = (
            select(ExchangeRow, IdentityRow, ExchangeCodeRow.asks_consent)
            .join(IdentityRow, identity_of_exchange())
            .join(ExchangeCodeRow, ExchangeCodeRow.exchange_id == ExchangeRow.id)
        )
        found = (await session.execute(query.where(ExchangeRow.id == exchange_id, visible_to(actor)))).one_or_none()
        if found is None or not may_see_consents(actor, parties_of(found[0])):
            raise Unknown("exchange.not_seen")
        exchange, person, asks = found
        notice = notice_at(self._programme, exchange.sending_id, exchange.host_id, at)
        if notice is None or not asks:
            return None
        return _Asked(exchange, person, notice, await going(session, self._programme, exchange_id))

    async def _view(self, session: AsyncSession, scene: _Asked, actor: Actor) -> ConsentView:
        exchange, entries = scene.exchange, scene.going.entries
        lines = await self._ledger(session, exchange.id, student_of(scene.person))
        goes_on = exchange.closed_at is None
        return ConsentView(
            exchange_id=exchange.id,
            sending=exchange.sending_id,
            host=exchange.host_id,
            notice=scene.notice,
            stands={one.about: one for one in lines},
            ledger=tuple(reversed(lines)),
            shown=await _shown(session, exchange.id),
            is_asked=goes_on and is_asked(entries, scene.notice.id),
            may_answer=may_consent(actor, scene.parties) and (goes_on or bool(standing(entries))),
            may_record=may_record_consent(actor, scene.parties) and goes_on,
            lacking=tuple(one.kind for one in self._programme.policy.documents if scene.going.lacks(one.kind)),
        )

    async def _ledger(self, session: AsyncSession, exchange_id: str, student: Student) -> list[ConsentLine]:
        query = select(ConsentRow, NoteRow.text).outerjoin(NoteRow, NoteRow.id == ConsentRow.note_id)
        rows = await session.execute(query.where(ConsentRow.exchange_id == exchange_id).order_by(ConsentRow.number))
        names: Collection[str] = ConsentLine.model_fields.keys() - {"by", "reference"}
        return [
            ConsentLine.model_validate(
                {name: getattr(row, name) for name in names}
                | {"by": self._titles.who(row.by, student), "reference": text or ""}
            )
            for row, text in rows
        ]


async def _shown(session: AsyncSession, exchange_id: str) -> tuple[NoticeShownLine, ...]:
    query = select(EventRow.payload).where(EventRow.stream == exchange_id, EventRow.kind == _SHOWN)
    return tuple([NoticeShownLine.model_validate(one) for one in await session.scalars(query.order_by(EventRow.seq))])


def _language(spoken: str) -> str:
    return spoken if spoken in LANGUAGES else "en"
