"""Handing in a document: what is refused is refused before a byte is kept, and leaves nothing."""

from collections.abc import AsyncIterable, AsyncIterator, Callable
from datetime import date, datetime

from gateway.updates import Updates
from models.catalogue.policy import DocumentPolicy
from models.catalogue.programme import Programme
from models.errors import Closed, Refused
from models.messages.exchange import DocumentAnswer, SubmitDocument
from models.people.authorization import Actor, may_act_for_host, may_hand_in, may_withdraw, require
from models.rules.handing_in import why_not_taken
from models.vocabulary import Repeated
from records.filing import Filing
from records.lookups import Lookups
from records.transfers import TransferGate
from records.uploads import LARGEST_FILE
from records.usage import Usage, Use


class Counting:
    """A stream of bytes that says how much came of it."""

    def __init__(self, data: bytes | AsyncIterable[bytes]) -> None:
        self._data = data
        self.size = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The bytes, as they come."""
        if isinstance(self._data, bytes):
            self.size = len(self._data)
            yield self._data
            return
        async for chunk in self._data:
            self.size += len(chunk)
            yield chunk


class HandingIn:
    """Files documents and hands them in to exchanges."""

    def __init__(
        self,
        sending: Updates,
        filing: Filing,
        usage: Usage,
        programme: Programme,
        clock: Callable[[], datetime],
    ) -> None:
        self._sending = sending
        self._filing = filing
        self._registry = Lookups(filing.sessions)
        self._gate = TransferGate(filing.sessions, programme)
        self._usage = usage
        self._programme = programme
        self._clock = clock

    async def hand_in(
        self,
        exchange_id: str,
        kind: str,
        filename: str,
        data: bytes | AsyncIterable[bytes],
        actor: Actor,
        submission_id: str,
        *,
        issued_on: date | None = None,
        expires_on: date | None = None,
    ) -> DocumentAnswer:
        """File a document and hand it in; answers with what the checks found.

        Raises:
            Refused: nothing of it is kept.
        """
        await self._sending.vouch(actor)
        policy = self._programme.policy.document(kind)
        use = Use(submission_id, actor.id, Repeated.HAND_IN, exchange_id, kind)
        await self._require_awaited(exchange_id, kind, policy, actor, use)
        async with self._usage.counted(use, self._clock()):
            at = self._clock()
            most = policy.max_bytes if policy else LARGEST_FILE
            document_id = await self._file(exchange_id, kind, filename, data, actor, at, most)
            request = SubmitDocument(
                submission_id=submission_id,
                document_id=document_id,
                kind=kind,
                actor=actor,
                issued_on=issued_on,
                expires_on=expires_on,
            )
            try:
                return await self._sending.to_exchange(exchange_id, "submit_document", request, DocumentAnswer)
            except Refused:
                await self._filing.discard(document_id, at)
                raise

    async def _file(
        self,
        exchange_id: str,
        kind: str,
        filename: str,
        data: bytes | AsyncIterable[bytes],
        actor: Actor,
        at: datetime,
        most: int,
    ) -> str:
        """Keep the file; what came of it counts for its sender, also where it was not kept."""
        upload, counting = await self._usage.begin_upload(actor.id, at), Counting(data)
        try:
            return await self._filing.file_document(exchange_id, kind, filename, counting, actor.id, at, max_bytes=most)
        finally:
            await self._usage.end_upload(upload, counting.size)

    async def _require_awaited(
        self, exchange_id: str, kind: str, policy: DocumentPolicy | None, actor: Actor, use: Use
    ) -> None:
        """That a person hands in something that is waited for, before their file is read: by the records.

        A workflow is not asked: it may be away, and what asks one before its next task leads its history astray
        (decision 0037). It looks again at what it takes.
        """
        collecting = {step for one in self._programme.policy.documents for step in one.taken_in}
        owed = await self._registry.owed(exchange_id, collecting)
        steps = [step for step in owed.steps if policy is not None and step.kind in policy.taken_in]
        allowed = any(may_hand_in(actor, step.owner, owed.parties) for step in steps)
        takes_part = may_withdraw(actor, owed.parties) or may_act_for_host(actor, owed.parties)
        require(allowed or (not steps and takes_part), "not_allowed.hand_in")
        accepted = await self._registry.accepted_documents(exchange_id)
        waited_for = {one for step in steps for one in step.kinds} | (accepted if steps else frozenset())
        if await self._usage.was_counted(use):
            return  # what is told again has its first answer, whatever is open now
        if kind in waited_for:  # what is accepted may be replaced
            await self._gate.let_in(exchange_id, kind, actor)
            return
        if owed.ended:
            raise Closed("exchange.closed")
        awaited = {one for step in owed.steps for one in step.kinds} - accepted
        raise why_not_taken(kind, awaited, accepted, step_known=policy is None or bool(steps))
