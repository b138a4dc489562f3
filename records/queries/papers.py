"""Documents with their findings, and evaluations: the part of an exchange of which some see results only (D46)."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.document_states import state_of
from models.events import Event
from models.identifiers import kind_of
from models.people.papers import may_open, may_read_notes, may_read_ratings
from models.tables import DocumentRow, EvaluationRow, FileRow, FindingRow
from models.views import DocumentView, EvaluationView, Finding
from models.vocabulary import Purpose, Role
from records.keeping import today_of
from records.queries.titles import Titles
from records.transfers import Going

_TELLING: dict[str, Any] = {"findings": (), "issued_on": None, "overrides": ()}
"""What of an event is more than the result, and what stands there instead."""


def about_health(titles: Titles, event: Event) -> bool:
    """Whether what was written with an event is about somebody's health: by its step, or by its document."""
    policy = titles.programme.policy
    step, document = getattr(event, "step_id", None), getattr(event, "document", None)
    if document is not None:
        return policy.purpose(document) is Purpose.HEALTH
    return step is not None and kind_of(step) in policy.about_health


def kept_from(titles: Titles, document: str | None, role: Role | None) -> frozenset[str]:
    """What an event about a kind of document says that a reader is not told; who has no role opens none (D46)."""
    if document is None or titles.programme.policy.purpose(document) is not Purpose.HEALTH:
        return frozenset()
    return frozenset() if role is not None and may_open(role, Purpose.HEALTH) else frozenset(_TELLING)


def told(titles: Titles, event: Event, role: Role) -> Event:
    """An event as somebody of a role is told of it."""
    kept = kept_from(titles, getattr(event, "document", None), role) & type(event).model_fields.keys()
    return event.model_copy(update={name: _TELLING[name] for name in kept})


async def documents(
    session: AsyncSession, titles: Titles, exchange_id: str, role: Role | None, going: Going
) -> tuple[DocumentView, ...]:
    """All documents filed, by kind and time; of those that `role` may not open, or that stay here, the result alone."""
    query = (
        select(DocumentRow, FileRow)
        .join(FileRow, FileRow.hash == DocumentRow.file_hash)
        .where(DocumentRow.exchange_id == exchange_id)
        .order_by(DocumentRow.kind, DocumentRow.filed_at, DocumentRow.id)
    )
    rows = (await session.execute(query)).all()
    found = await _findings(session, exchange_id)
    return tuple(_document(titles, row, file, found[row.id], role, going) for row, file in rows)


async def _findings(session: AsyncSession, exchange_id: str) -> defaultdict[str, list[FindingRow]]:
    query = (
        select(FindingRow)
        .join(DocumentRow, DocumentRow.id == FindingRow.document_id)
        .where(DocumentRow.exchange_id == exchange_id)
        .order_by(FindingRow.severity, FindingRow.rule_id, FindingRow.field)
    )
    findings: defaultdict[str, list[FindingRow]] = defaultdict(list)
    for row in await session.scalars(query):
        findings[row.document_id].append(row)
    return findings


def _document(
    titles: Titles, row: DocumentRow, file: FileRow, findings: Iterable[FindingRow], role: Role | None, going: Going
) -> DocumentView:
    title, title_zh = titles.document(row.kind)
    purpose = titles.programme.policy.purpose(row.kind)
    result = DocumentView(
        document_id=row.id,
        kind=row.kind,
        title=title,
        title_zh=title_zh,
        filename="",
        media_type="",
        size=0,
        pages=None,
        status=row.status,
        state=state_of(
            row.status, read=bool(row.read), looked_at=row.accepted_by is not None, reads=_reads(titles, row)
        ),
        accepted_by=row.accepted_by,
        filed_at=row.filed_at,
        uploaded_by=row.uploaded_by,
        submitted_at=row.submitted_at,
        issued_on=None,
        expires_on=row.expires_on,
        erased_on=today_of(titles.programme, row.erased_at) if row.erased_at is not None else None,
        erased_under=row.erased_under,
    )
    if going.stays_here(row.kind, row.filed_at):
        return result.model_copy(update={"withheld": True})
    if role is None or may_open(role, purpose):
        whole = {"filename": row.filename, "media_type": file.media_type, "size": file.size, "pages": row.pages}
        paper = whole if row.erased_at is None else {}
        said = {"issued_on": row.issued_on, "findings": tuple(_finding(one) for one in findings)}
        return result.model_copy(update=paper | said)
    if purpose is Purpose.HEALTH:
        return result
    rules = tuple(Finding(rule_id=one.rule_id, field=one.field, severity=one.severity) for one in findings)
    return result.model_copy(update={"issued_on": row.issued_on, "findings": rules})


def _reads(titles: Titles, row: DocumentRow) -> bool:
    """Whether documents of its kind are read."""
    policy = titles.programme.policy.document(row.kind)
    return policy is not None and policy.read


def _finding(row: FindingRow) -> Finding:
    return Finding(
        rule_id=row.rule_id,
        field=row.field,
        severity=row.severity,
        message=row.message or "",
        params=row.params or {},
        reason=row.reason,
    )


async def evaluations(
    session: AsyncSession, exchange_id: str, role: Role | None, reader: str, notes: dict[str, str]
) -> tuple[EvaluationView, ...]:
    """All evaluations; who sees results only sees no ratings but their own, and no words."""
    query = select(EvaluationRow).where(EvaluationRow.exchange_id == exchange_id)
    rows = await session.scalars(query.order_by(EvaluationRow.at, EvaluationRow.id))
    all_ratings = role is None or may_read_ratings(role)
    words = role is None or may_read_notes(role, about_health=False)
    return tuple(
        EvaluationView(
            decision_id=row.id,
            step_id=row.step_id,
            placement_id=row.placement_id,
            ratings=row.ratings if all_ratings or reader == row.actor_id else {},
            passed=row.passed,
            by=row.actor_id,
            at=row.at,
            note=notes.get(row.note_id or "", "") if words else "",
        )
        for row in rows
    )
