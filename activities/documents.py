"""The check of a filed document: bytes from the store, checks in a thread, findings beside the document."""

import asyncio

from sqlalchemy import delete, insert, update
from temporalio import activity

from activities.beating import beating
from documents.checks import Subject, check_all
from models.errors import Broken
from models.findings import FindingDraft
from models.messages.contracts import CheckAnswer, CheckDocument
from models.tables import DocumentRow, FindingRow
from models.vocabulary import Severity
from records.files import Files
from records.store.engine import Sessions, transaction


class Documents:
    """Checks documents. Safe to repeat: the findings of a document are those of its last check."""

    def __init__(self, sessions: Sessions, files: Files) -> None:
        """Read documents from `sessions` and their bytes from `files`."""
        self._sessions = sessions
        self._files = files

    @activity.defn
    async def check_document(self, request: CheckDocument) -> CheckAnswer:
        """Check one filed document against its policy and the stay (D17, D18, D21, D22).

        Answers the rule ids of what stands against it; the reasons, which may quote dates, stay in the database.

        Raises:
            Broken: the document or its file is not there, or the file is damaged in the store.
            Unavailable: the store or the database does not answer.
        """
        async with beating():
            return await self._checked(request)

    async def _checked(self, request: CheckDocument) -> CheckAnswer:
        file_hash, filename = await self._document(request)
        data = await self._files.read(file_hash)
        subject = Subject(
            data=data,
            policy=request.policy,
            stay_start=request.stay_start,
            stay_end=request.stay_end,
            clinic_end=request.clinic_end,
            checked_on=request.checked_on,
            issued_on=request.issued_on,
            expires_on=request.expires_on,
            filename=filename,
        )
        findings = await asyncio.to_thread(check_all, subject)
        await self._write(request.document_id, findings, subject.opened.pages)
        against = tuple(dict.fromkeys(f.rule_id for f in findings if f.severity is Severity.BLOCKING))
        return CheckAnswer(accepted=not against, findings=against)

    async def _document(self, request: CheckDocument) -> tuple[str, str]:
        async with transaction(self._sessions) as session:
            row = await session.get(DocumentRow, request.document_id)
        # A document of somebody else's exchange is none here (D44).
        if row is None or row.exchange_id != request.exchange_id or row.kind != request.policy.kind:
            raise Broken("document.not_filed", document=request.document_id, exchange=request.exchange_id)
        return row.file_hash, row.filename

    async def _write(self, document_id: str, findings: list[FindingDraft], pages: int | None) -> None:
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
