"""The register of what the authority wrote: numbers kept before an act, and the entries as people see them."""

from datetime import datetime

from sqlalchemy import Row, delete, select

from models.errors import BadInput
from models.idempotency import fingerprint
from models.people.authority import may_see_papers
from models.people.authorization import Actor, Parties
from models.tables import AuthorityNumberRow, AuthorityPaperRow, ExchangeRow
from models.typed import clean_text
from models.views.authority import PaperLine
from records.store.engine import Sessions, transaction
from records.store.once import KeyTable

LONGEST = 60


def _its_words(row: Row[tuple[AuthorityNumberRow]]) -> str:
    return fingerprint([row.number, row.visa_type, row.author_id]).value


_NUMBERS = KeyTable(AuthorityNumberRow, ("id",), kept=_its_words)


class AuthorityPapers:
    """Keeps and reads what is not told to workflows."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def keep_number(
        self, exchange_id: str, number: str, visa_type: str, actor: Actor, at: datetime, key: str
    ) -> str | None:
        """Keep number and type of an entry that is about to be made; `None` where neither is given.

        Raises:
            BadInput: one of them is too long.
            KeyReused: others were kept under the same key.
        """
        number, visa_type = clean_text(number).strip(), clean_text(visa_type).strip()
        for field, text in (("number", number), ("visa_type", visa_type)):
            if len(text) > LONGEST or "\n" in text:
                raise BadInput("paper.text_too_long", field, most=LONGEST)
        if not (number or visa_type):
            return None
        number_id = f"{exchange_id}.paper-{key}"
        row = {
            "id": number_id,
            "exchange_id": exchange_id,
            "number": number,
            "visa_type": visa_type,
            "author_id": actor.id,
            "created_at": at,
        }
        async with transaction(self._sessions) as session:
            await _NUMBERS.claim(session, fingerprint([number, visa_type, actor.id]), row)
        return number_id

    async def forget_number(self, number_id: str | None) -> None:
        """Forget what was kept for an entry that was refused; what an entry refers to stays."""
        if number_id is None:
            return
        refers = select(AuthorityPaperRow.id).where(AuthorityPaperRow.number_id == number_id).limit(1)
        async with transaction(self._sessions) as session:
            if await session.scalar(refers) is None:
                await session.execute(delete(AuthorityNumberRow).where(AuthorityNumberRow.id == number_id))

    async def papers(self, exchange_id: str, actor: Actor) -> tuple[PaperLine, ...]:
        """The entries of an exchange, oldest first; none for those who may not see them (D44, D46)."""
        async with transaction(self._sessions) as session:
            exchange = await session.get(ExchangeRow, exchange_id)
            if exchange is None:
                return ()
            parties = Parties(sending=exchange.sending_id, host=exchange.host_id, student=exchange.person_id)
            if not may_see_papers(actor, parties):
                return ()
            found = select(AuthorityPaperRow, AuthorityNumberRow).outerjoin(
                AuthorityNumberRow, AuthorityNumberRow.id == AuthorityPaperRow.number_id
            )
            mine = found.where(AuthorityPaperRow.exchange_id == exchange_id)
            rows = list(await session.execute(mine.order_by(AuthorityPaperRow.at, AuthorityPaperRow.id)))
        replaced = {paper.corrects: paper.id for paper, _ in rows if paper.corrects is not None}
        return tuple(_line(paper, number, replaced.get(paper.id)) for paper, number in rows)


def _line(paper: AuthorityPaperRow, number: AuthorityNumberRow | None, replaced: str | None) -> PaperLine:
    return PaperLine(
        paper_id=paper.id,
        paper=paper.paper,
        number=number.number if number is not None else "",
        visa_type=number.visa_type if number is not None else "",
        valid_from=paper.valid_from,
        valid_until=paper.valid_until,
        single_entry=paper.single_entry,
        recorded_by=paper.actor_id,
        recorded_at=paper.at,
        corrects=paper.corrects,
        corrected_by=replaced,
    )
