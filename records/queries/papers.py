"""Documents with their findings, and evaluations: the part of an exchange of which some see results only (D46)."""

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.people.authorization import Actor, may_read_papers
from models.tables import DocumentRow, EvaluationRow, FileRow, FindingRow
from models.views import DocumentView, EvaluationView, Finding
from records.queries.titles import Titles


async def documents(session: AsyncSession, titles: Titles, exchange_id: str, papers: bool) -> tuple[DocumentView, ...]:
    """All documents filed, by kind and time; names of files and reasons of findings only where `papers`."""
    query = (
        select(DocumentRow, FileRow)
        .join(FileRow, FileRow.hash == DocumentRow.file_hash)
        .where(DocumentRow.exchange_id == exchange_id)
        .order_by(DocumentRow.kind, DocumentRow.filed_at, DocumentRow.id)
    )
    rows = (await session.execute(query)).all()
    found = await _findings(session, exchange_id, papers)
    return tuple(_document(titles, row, file, tuple(found[row.id]), papers) for row, file in rows)


async def _findings(session: AsyncSession, exchange_id: str, papers: bool) -> defaultdict[str, list[Finding]]:
    query = (
        select(FindingRow)
        .join(DocumentRow, DocumentRow.id == FindingRow.document_id)
        .where(DocumentRow.exchange_id == exchange_id)
        .order_by(FindingRow.severity, FindingRow.rule_id, FindingRow.field)
    )
    findings: defaultdict[str, list[Finding]] = defaultdict(list)
    for row in await session.scalars(query):
        finding = Finding(rule_id=row.rule_id, field=row.field, severity=row.severity)
        if papers:
            said = {"message": row.message or "", "params": row.params or {}, "reason": row.reason}
            finding = finding.model_copy(update=said)
        findings[row.document_id].append(finding)
    return findings


def _document(
    titles: Titles, row: DocumentRow, file: FileRow, findings: tuple[Finding, ...], papers: bool
) -> DocumentView:
    title, title_zh = titles.document(row.kind)
    return DocumentView(
        document_id=row.id,
        kind=row.kind,
        title=title,
        title_zh=title_zh,
        filename=row.filename if papers else "",
        media_type=file.media_type,
        size=file.size,
        pages=row.pages,
        status=row.status,
        filed_at=row.filed_at,
        uploaded_by=row.uploaded_by,
        submitted_at=row.submitted_at,
        issued_on=row.issued_on,
        expires_on=row.expires_on,
        findings=findings,
    )


async def evaluations(
    session: AsyncSession, exchange_id: str, actor: Actor | None, notes: dict[str, str]
) -> tuple[EvaluationView, ...]:
    """All evaluations; who sees results only sees no ratings but their own."""
    query = select(EvaluationRow).where(EvaluationRow.exchange_id == exchange_id)
    rows = await session.scalars(query.order_by(EvaluationRow.at, EvaluationRow.id))
    return tuple(
        EvaluationView(
            decision_id=row.id,
            step_id=row.step_id,
            placement_id=row.placement_id,
            ratings=row.ratings if actor is None or may_read_papers(actor) or actor.id == row.actor_id else {},
            passed=row.passed,
            by=row.actor_id,
            at=row.at,
            note=notes.get(row.note_id or "", ""),
        )
        for row in rows
    )
