"""What goes when: of one exchange, or of all within some days. It changes nothing."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import select

from models.catalogue.programme import Programme
from models.errors import Unknown
from models.people.authorization import Actor, require
from models.people.erasing import may_erase
from models.tables import DocumentRow, ExchangeRow, LegalHoldRow
from models.views.retention import RetentionLine, RetentionState, RetentionView
from records.keeping import KeptDocument, judged, kept_documents, of_ended_exchanges, today_of
from records.queries.visibility import visible_to
from records.store.engine import Sessions, transaction

MOST = 500
"""Documents that are listed of all exchanges."""


class RetentionLook:
    """For whoever erases (D46)."""

    def __init__(self, sessions: Sessions, programme: Programme) -> None:
        self._sessions = sessions
        self._programme = programme

    async def all(self, actor: Actor, at: datetime, days: int) -> RetentionView:
        """Documents that go within so many days, and those that only a hold keeps.

        Raises:
            NotAuthorised: it is not theirs to know.
        """
        require(may_erase(actor), "not_allowed.erase")
        today = today_of(self._programme, at)
        through = today + timedelta(days=days)
        found: list[KeptDocument] = []
        async for page in of_ended_exchanges(self._sessions, self._programme, at, through):
            found += page
            if len(found) > MOST:
                break
        lines = await self._lines(found[:MOST], today)
        first = tuple(sorted(lines, key=lambda one: (one.kept_through or through, one.document_id)))
        return self._view(today, through, first, more=len(found) > MOST)

    async def of(self, exchange_id: str, actor: Actor, at: datetime) -> RetentionView:
        """All documents of an exchange, those that were erased as well.

        Raises:
            Unknown: there is no such exchange, or it is not for them to know (D44).
            NotAuthorised: it is not theirs to know.
        """
        today = today_of(self._programme, at)
        async with transaction(self._sessions) as session:
            exchange = select(ExchangeRow.id).where(ExchangeRow.id == exchange_id, visible_to(actor))
            if await session.scalar(exchange) is None:
                raise Unknown("exchange.not_seen")
            require(may_erase(actor), "not_allowed.erase")
            rows = (await session.execute(kept_documents(DocumentRow.exchange_id == exchange_id))).all()
            gone = select(DocumentRow).where(DocumentRow.exchange_id == exchange_id, DocumentRow.erased_at.is_not(None))
            erased = [
                RetentionLine(
                    exchange_id=exchange_id,
                    document_id=row.id,
                    kind=row.kind,
                    state=RetentionState.ERASED,
                    rule=row.erased_under,
                    erased_at=row.erased_at,
                )
                for row in await session.scalars(gone.order_by(DocumentRow.id))
            ]
        kept = await self._lines(judged(self._programme, rows, at), today)
        return self._view(today, today, (*kept, *erased))

    def _view(
        self, today: date, through: date, lines: tuple[RetentionLine, ...], *, more: bool = False
    ) -> RetentionView:
        ruled = {kind for rule in self._programme.kept for kind in rule.kinds}
        kinds = dict.fromkeys(one.kind for one in self._programme.policy.documents if one.kind not in ruled)
        return RetentionView(today=today, through=through, lines=lines, more=more, without_rule=tuple(kinds))

    async def _lines(self, documents: Iterable[KeptDocument], today: date) -> list[RetentionLine]:
        async with transaction(self._sessions) as session:
            lasting = select(LegalHoldRow.person_id).where(LegalHoldRow.lifted_at.is_(None))
            held = set(await session.scalars(lasting))
        return [
            RetentionLine(
                exchange_id=one.exchange_id,
                document_id=one.id,
                kind=one.kind,
                state=_state(one, today, held=one.person_id in held),
                rule=one.rule.id if one.rule is not None else None,
                kept_through=one.through,
            )
            for one in documents
        ]


def _state(document: KeptDocument, today: date, *, held: bool) -> RetentionState:
    if not document.ended:
        return RetentionState.OPEN
    if document.rule is None or document.through is None:
        return RetentionState.WITHOUT_RULE
    if held:
        return RetentionState.HELD
    return RetentionState.DUE if document.through < today else RetentionState.KEPT
