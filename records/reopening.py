"""Whether an exchange that has ended may be reopened, and what its next run goes on from (D10)."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.errors import BadInput, NotOpen
from models.identifiers import kind_of
from models.messages.changes import ChangeStatus
from models.messages.exchange import Reopen, Reopening
from models.people.authorization import REOPENED, Actor, Parties, may_reopen, require
from models.rules.again import Answers
from models.rules.nomination import Nomination
from models.tables import (
    CertificateRow,
    DocumentRow,
    ExchangeCodeRow,
    ExchangeRow,
    NoteRow,
    PlacementRow,
    StepRow,
)
from models.vocabulary import DocumentStatus
from models.wire import Wire
from records.alike import require_nobody_alike
from records.codes import continued
from records.nominations import nomination_of, reopenings_of, version_of
from records.onward import first_stay
from records.registry import code_of, cohort_of
from records.store.engine import Sessions, transaction


class NextRun(Wire):
    """What a reopened exchange begins its next run with."""

    student: str
    nomination_version: int
    nomination: Nomination
    """Never crosses into a workflow; its plan does."""
    reopening: Reopening
    repeated: bool = False
    """Whether the same decision reopened it before."""


class Reopenings:
    """Looks what stands against a reopening; the exchange's next run records it."""

    def __init__(self, sessions: Sessions, programme: Programme) -> None:
        self._sessions = sessions
        self._programme = programme

    async def prepare(self, exchange_id: str, actor: Actor, reason: str, decision_id: str, at: datetime) -> NextRun:
        """What the next run begins with.

        Raises:
            Unknown: there is no such exchange.
            NotOpen: it has not ended, or not in a way that is reopened.
            NotAuthorised: it is not this person's to reopen.
            BadInput: no reason is given, or its stay would have begun.
            Conflict: the student was nominated for the host and intake again meanwhile.
        """
        async with transaction(self._sessions) as session:
            code = await code_of(session, exchange_id)
            earlier = await reopenings_of(session, exchange_id)
            repeated = next((one for one in earlier if one.decision_id == decision_id), None)
            holds = await version_of(session, exchange_id)
            nomination = nomination_of(holds)
            if repeated is None:
                await self._require_allowed(session, code, nomination, actor, reason, at)
            return NextRun(
                student=code.person_id,
                nomination_version=holds.version,
                nomination=nomination,
                reopening=repeated.reopening
                if repeated
                else Reopening(
                    round=len(earlier) + 1,
                    decision_id=decision_id,
                    actor=actor,
                    numbers=await _numbers(session, exchange_id),
                    accepted=await _accepted(session, exchange_id),
                ),
                repeated=repeated is not None,
            )

    async def prepare_kept(self, request: Reopen, at: datetime) -> NextRun:
        """What the next run begins with, of a reopening that is on record; raises as `prepare`."""
        async with transaction(self._sessions) as session:
            note = await session.get(NoteRow, request.note_id)
        reason = note.text if note is not None else ""
        return await self.prepare(request.exchange_id, request.actor, reason, request.decision_id, at)

    async def _require_allowed(
        self,
        session: AsyncSession,
        code: ExchangeCodeRow,
        nomination: Nomination,
        actor: Actor,
        reason: str,
        at: datetime,
    ) -> None:
        exchange = await session.get(ExchangeRow, code.exchange_id)
        if exchange is None or exchange.outcome is None:
            raise NotOpen("exchange.not_ended", exchange=code.exchange_id)
        parties = Parties(sending=code.sending_id, host=code.host_id, student=code.person_id)
        require(may_reopen(actor, parties, exchange.outcome), "not_allowed.reopen")
        issued = select(CertificateRow.number).where(CertificateRow.exchange_id == code.exchange_id).limit(1)
        lived = exchange.actual_arrival is not None or await session.scalar(issued) is not None
        if lived or exchange.outcome not in REOPENED:
            raise NotOpen("exchange.not_reopened", exchange=code.exchange_id)
        if not reason:
            raise BadInput("field.missing", "note")
        continues = continued(code)
        if continues is not None:
            first = await first_stay(session, code.exchange_id, continues)
            if first.status is not ChangeStatus.APPLIED:
                raise NotOpen("second_host.not_reopened", exchange=code.exchange_id, other=continues.exchange_id)
        host = self._programme.institution(code.host_id)
        if exchange.start <= at.astimezone(ZoneInfo(host.zone if host else "UTC")).date():
            raise BadInput("exchange.begun_meanwhile", "note", day=exchange.start)
        answers = Answers(same="no", reason=reason[:2000])
        cohort = cohort_of(self._programme, nomination)
        await require_nobody_alike(session, cohort, nomination, answers, actor, code.person_id)


async def _numbers(session: AsyncSession, exchange_id: str) -> dict[str, int]:
    """The last number of each kind of step of the exchange's own, and of its places."""
    steps = list(await session.scalars(select(StepRow.id).where(StepRow.stream == exchange_id)))
    found = {kind_of(step): _highest(one for one in steps if kind_of(one) == kind_of(step)) for step in steps}
    places = await session.scalar(
        select(func.count()).select_from(PlacementRow).where(PlacementRow.exchange_id == exchange_id)
    )
    # Even: laboratory and clinic take turns in their numbers. Each place took at most two of them.
    return found | {"places": 2 * (places or 0)}


def _highest(ids: Iterable[str]) -> int:
    return max(int(one.rsplit(".", 1)[1]) for one in ids)


async def _accepted(session: AsyncSession, exchange_id: str) -> dict[str, str]:
    documents = select(DocumentRow.kind, DocumentRow.id).where(
        DocumentRow.exchange_id == exchange_id, DocumentRow.status == DocumentStatus.ACCEPTED
    )
    return dict((await session.execute(documents.order_by(DocumentRow.submitted_at))).all())
