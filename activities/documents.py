"""The check of a filed document: bytes from the store, read and compared, findings beside the document."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, insert, update
from temporalio import activity

from activities.beating import beating
from documents.checks import Subject, check_all
from documents.opened import Opened
from documents.reader import ReadsDocuments
from documents.understanding import understand
from models.catalogue.policy import DocumentPolicy
from models.errors import Broken
from models.findings import FindingDraft, Verdict, verdict_of
from models.messages.contracts import CheckAnswer, CheckDocument
from models.reading import DocumentReading
from models.rules.paper_signs import KindSigns
from models.rules.passport_check import HolderTyped
from models.rules.same_files import Elsewhere, check_elsewhere
from models.tables import DocumentRow, FindingRow
from models.vocabulary import Purpose, Severity
from records.fact_seals import SealedByPerson
from records.file_types import PDF, is_picture, sniff
from records.holders import elsewhere, holder_of
from records.readings import keep_reading
from records.sealed_files import SealedFiles
from records.store.engine import Sessions, transaction


@dataclass(frozen=True)
class _Filed:
    """A document as it was filed, and what is on record around it."""

    file_hash: str
    filename: str
    filed_at: datetime
    holder: HolderTyped | None = field(repr=False)
    elsewhere: Elsewhere


class Documents:
    """Checks documents. Safe to repeat: the findings of a document are those of its last check."""

    def __init__(
        self, sessions: Sessions, files: SealedFiles, reader: ReadsDocuments, kinds: tuple[DocumentPolicy, ...] = ()
    ) -> None:
        """Read documents from `sessions`, their bytes from `files`, and what is on them by the signs of `kinds`."""
        self._sessions = sessions
        self._files = files
        self._reader = reader
        self._signs = {kind.kind: kind.signs for kind in kinds if kind.signs is not None}
        self._issuers = {kind.kind: kind.issuers for kind in kinds}
        self._purposes = {kind.kind: kind.purpose for kind in kinds}

    @activity.defn
    async def check_document(self, request: CheckDocument) -> CheckAnswer:
        """Check one filed document against its policy, the stay and its holder (D17, D18, D19, D21, D22).

        Answers the rule ids of what stands against it; the reasons, which may quote dates, stay in the database.

        Raises:
            Broken: the document or its file is not there, or the file is damaged in the store.
            Unavailable: the store or the database does not answer.
        """
        async with beating():
            return await self._checked(request)

    async def _checked(self, request: CheckDocument) -> CheckAnswer:
        filed = await self._document(request)
        data = await self._files.read(filed.file_hash, request.document_id)
        subject = Subject(
            size=len(data),
            opened=await self._opened(data, request.policy),
            policy=request.policy,
            stay_start=request.stay_start,
            stay_end=request.stay_end,
            clinic_end=request.clinic_end,
            checked_on=request.checked_on,
            issued_on=request.issued_on,
            expires_on=request.expires_on,
            filename=filed.filename,
        )
        findings = check_all(subject)
        understood = reading = None
        if request.policy.read:
            findings += check_elsewhere(filed.elsewhere)
            reading = await self._reading(request, data, subject.opened, filed.holder)
            understood = await self._understood(request, reading, filed.holder)
            findings += understood or ()
        await self._write(request, filed.filed_at, findings, subject.opened.pages, reading)
        verdict = verdict_of(tuple(findings)) if request.policy.read else None
        if verdict is Verdict.CONSISTENT and understood is None:
            verdict = None
        asked = tuple(dict.fromkeys(f.rule_id for f in findings if f.severity is Severity.ASKING))
        against = tuple(dict.fromkeys(f.rule_id for f in findings if f.severity is Severity.BLOCKING))
        return CheckAnswer(accepted=not against, findings=against or asked, verdict=verdict)

    async def _opened(self, data: bytes, policy: DocumentPolicy) -> Opened:
        """What it shows; what is empty, too large or of another type is not opened at all."""
        media_type = sniff(data)
        openable = media_type == PDF or is_picture(media_type)
        if not openable or not 0 < len(data) <= policy.max_bytes:
            return Opened(media_type)
        return await self._reader.open(data, media_type, policy.max_pages)

    async def _reading(
        self, request: CheckDocument, data: bytes, opened: Opened, holder: HolderTyped | None
    ) -> DocumentReading | None:
        """What is on it; `None` where it is not read, as a file that nobody can open."""
        media_type = opened.media_type
        if holder is None or request.policy.kind not in self._signs or opened.fault or media_type is None:
            return None
        if media_type not in request.policy.media_types:
            return None
        return await self._reader.read(data, media_type, zone=True)

    async def _understood(
        self, request: CheckDocument, reading: DocumentReading | None, holder: HolderTyped | None
    ) -> tuple[FindingDraft, ...] | None:
        """What was read, compared with what was typed; `None` where nothing was."""
        if reading is None or holder is None:
            return None
        kind = request.policy.kind
        asked = KindSigns(kind, self._signs, self._issuers.get(kind, ()))
        return await asyncio.to_thread(understand, reading, asked, holder, request.checked_on)

    async def _document(self, request: CheckDocument) -> _Filed:
        async with transaction(self._sessions) as session:
            row = await session.get(DocumentRow, request.document_id)
            # A document of somebody else's exchange is none here (D44).
            if row is None or row.exchange_id != request.exchange_id or row.kind != request.policy.kind:
                raise Broken("document.not_filed", document=request.document_id, exchange=request.exchange_id)
            read = request.policy.read
            holder = await holder_of(session, row.exchange_id, request.expires_on) if read else None
            if read:
                await self._files.mark(session, row.filed_at)
            known = await elsewhere(session, row) if read else Elsewhere()
            return _Filed(row.file_hash, row.filename, row.filed_at, holder, known)

    async def _write(
        self,
        request: CheckDocument,
        filed_at: datetime,
        findings: list[FindingDraft],
        pages: int | None,
        reading: DocumentReading | None,
    ) -> None:
        document_id = request.document_id
        kept = {"rule_id", "severity", "field", "message", "params"}
        rows = [
            {"document_id": document_id, "reason": "", **finding.model_dump(mode="json", include=kept)}
            for finding in findings
        ]
        async with transaction(self._sessions) as session:
            # The update comes first: it makes two checks of the same document wait for each other.
            await session.execute(update(DocumentRow).where(DocumentRow.id == document_id).values(pages=pages))
            await session.execute(delete(FindingRow).where(FindingRow.document_id == document_id))
            if rows:
                await session.execute(insert(FindingRow), rows)
            if request.policy.read:
                purpose = self._purposes.get(request.policy.kind, Purpose.HEALTH)
                sealing = SealedByPerson(self._files.vault, lambda: filed_at)
                await keep_reading(session, sealing, request.exchange_id, document_id, purpose, reading)
