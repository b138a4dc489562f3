"""The mail to whoever provided documents that were not accepted."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mail.reading import MailReading, NothingToSay
from mail.render import Body, Box, Detail, Para, Quote, Section, one_line
from mail.step_letters import DO, DUE, quoted
from models.errors import Said
from models.notifications.notices import DocumentFacts
from models.people.papers import may_open
from models.tables import DocumentRow, FindingRow
from models.vocabulary import DocumentStatus, Severity
from texts.dates import due_words, short_due
from texts.i18n import _
from texts.refusals import refusal


async def document_rejected(session: AsyncSession, reading: MailReading, facts: DocumentFacts) -> Body:
    """What is wrong with each document, and by when another one is needed.

    Raises:
        NothingToSay: by now every one of them is accepted.
    """
    papers = [one for one in (facts, *facts.others) if not await _accepted(session, reading, one)]
    if not papers:
        raise NothingToSay
    if len(papers) > 1:
        return await _several(session, reading, papers)
    return await _one(session, reading, papers[0])


async def _accepted(session: AsyncSession, reading: MailReading, facts: DocumentFacts) -> bool:
    """Whether one of its kind is accepted: what was accepted before stands, and what came since may have passed."""
    accepted = (
        DocumentRow.exchange_id == reading.row.exchange_id,
        DocumentRow.kind == facts.document,
        DocumentRow.status == DocumentStatus.ACCEPTED,
    )
    return await session.scalar(select(DocumentRow.id).where(*accepted).limit(1)) is not None


async def _one(session: AsyncSession, reading: MailReading, facts: DocumentFacts) -> Body:
    say, title = reading.say, reading.names.document(facts.document)
    findings = await _findings(session, reading, facts)
    subject, do = _("replace the document “{title}”"), Detail(say(DO), say(_("Hand in the document again, put right.")))
    if facts.due_at:
        subject = _("replace the document “{title}” by {due}")
    return Body(
        subject=reading.coded(subject, title=title, due=_short_due(reading, facts)),
        headline=say(_("Please replace: {title}"), title=title),
        blocks=(
            Para(say(_why(facts, findings))),
            *([Section("", findings)] if findings else []),
            *await quoted(session, reading, facts.note_id if _reads(reading, facts) else None),
            Box((do, *_bring(reading, facts), *_due(reading, facts))),
        ),
    )


async def _several(session: AsyncSession, reading: MailReading, papers: list[DocumentFacts]) -> Body:
    say, count = reading.say, len(papers)
    blocks: list[Section | Quote] = []
    for facts in papers:
        findings = await _findings(session, reading, facts)
        title = reading.names.document(facts.document)
        bring = tuple(f"{one.label}{reading.names.colon}{one.value}" for one in _bring(reading, facts))
        blocks += [Section(title, (*(findings or (say(_why(facts, findings)),)), *bring))]
    for note in dict.fromkeys(facts.note_id for facts in papers if _reads(reading, facts)):
        blocks += await quoted(session, reading, note)
    first = min(papers, key=lambda facts: (facts.due_at is None, facts.due_at))
    subject = _("replace {count} documents by {due}") if first.due_at else _("replace {count} documents")
    do = Detail(say(DO), say(_("Hand in these documents again, put right.")))
    return Body(
        subject=reading.coded(subject, count=count, due=_short_due(reading, first)),
        headline=say(_("Please replace {count} documents"), count=count),
        blocks=(*blocks, Box((do, *_due(reading, first)))),
    )


def _bring(reading: MailReading, facts: DocumentFacts) -> tuple[Detail, ...]:
    """What the next one must be; nothing of a kind that the programme no longer knows."""
    policy = reading.names.programme.policy.document(facts.document)
    if policy is None:
        return ()
    return (Detail(reading.say(_("What to bring")), reading.names.file_rules(policy)),)


def _why(facts: DocumentFacts, findings: Iterable[str]) -> str:
    if facts.returned:
        return _("Somebody looked at the document and asks for another one.")
    if findings:
        return _("The document was checked and could not be accepted, because:")
    return _("The document was checked and could not be accepted.")


def _short_due(reading: MailReading, facts: DocumentFacts) -> str:
    return short_due(facts.due_at, facts.zone, reading.language) if facts.due_at else ""


def _due(reading: MailReading, facts: DocumentFacts) -> list[Detail]:
    if not facts.due_at:
        return []
    due = due_words(facts.due_at, facts.zone, reading.now, reading.language, reading.reader.zone)
    return [Detail(reading.say(DUE), due)]


def _reads(reading: MailReading, facts: DocumentFacts) -> bool:
    """Whether the reader may open such a document: who may not is told no reasons either (D46)."""
    return may_open(reading.reader.role, reading.names.programme.policy.purpose(facts.document))


async def _findings(session: AsyncSession, reading: MailReading, facts: DocumentFacts) -> tuple[str, ...]:
    if facts.returned or not _reads(reading, facts):
        return ()
    found = await session.scalars(
        select(FindingRow)
        .where(FindingRow.document_id == facts.document_id, FindingRow.severity == Severity.BLOCKING)
        .order_by(FindingRow.rule_id, FindingRow.field)
    )
    return tuple(one_line(_said(finding, reading)) for finding in found)


def _said(finding: FindingRow, reading: MailReading) -> str:
    """A finding in the reader's language; of before there were message ids as it was written."""
    if not finding.message:
        return finding.reason
    return refusal(Said(finding.message, finding.params or {}), reading.language, reading.names.programme)
