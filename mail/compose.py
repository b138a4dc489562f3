"""From a row of the outbox to a letter: ids become names, dates and sentences in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mail.digest import DigestWriter
from mail.directory import Directory, Recipient, full_name, language_of
from mail.links import Links, used
from mail.naming import Naming, items_of
from mail.overview_lines import NothingToSay, OverviewContext
from mail.overviews import Overviews
from mail.render import CertificatePart, CohortPart, DocumentPart, Letter, OutcomePart, OverviewPart, StepPart, one_line
from mail.summary import SummaryWriter
from models.catalogue.programme import Programme
from models.errors import Said, Unknown
from models.notifications.notices import (
    FACTS,
    OVERVIEWS,
    AbsenceFacts,
    ArrivalFacts,
    CertificateFacts,
    CohortFacts,
    DocumentFacts,
    Facts,
    NoticeKind,
    OutcomeFacts,
    OverviewFacts,
    Reader,
    SignInFacts,
    StepFacts,
    SuspensionFacts,
    WaitlistFacts,
)
from models.tables import ExchangeRow, FindingRow, MessageRow, NoteRow, PersonRow, StepRow
from models.vocabulary import Role, Severity, StepKind, StepStatus
from records.access.signing import Signing
from texts.asks import ASKS
from texts.dates import day_words, due_words, moment_words, short_due, stay_words
from texts.labels import LABELS, OUTCOMES, REASONS
from texts.overviews import NOT_ASKED, PREFER, STANDING_IN
from texts.refusals import refusal


@dataclass(frozen=True)
class _Page:
    """What the parts of one letter share."""

    row: MessageRow
    reader: Recipient
    names: Naming
    exchange: ExchangeRow | None
    person: PersonRow | None

    @property
    def language(self) -> str:
        return self.names.language

    @property
    def zh(self) -> bool:
        return self.names.zh


class Composer:
    """Writes letters from the outbox, the records and the catalogue."""

    def __init__(self, programme: Programme, public_url: str, signing: Signing | None = None) -> None:
        """`public_url` is the base of all addresses in mails; without `signing` every link needs a sign-in."""
        self._programme = programme
        self._directory = Directory(programme)
        self._overviews = Overviews(programme)
        self._links = Links(public_url, signing)
        self._digests = DigestWriter(programme, self._links)
        self._summaries = SummaryWriter(programme)
        self._public_url = public_url.rstrip("/")

    async def compose(self, session: AsyncSession, row: MessageRow) -> tuple[Recipient, Letter]:
        """Who a message goes to now, and what it says.

        Raises:
            Unknown: if nobody has the recipient's id any more.
        """
        reader = await self._directory.find(session, row.recipient_id, row.recipient_role)
        if reader is None:
            raise Unknown("person.nobody", person=row.recipient_id)
        exchange = await session.get(ExchangeRow, row.exchange_id) if row.exchange_id else None
        person = await session.get(PersonRow, exchange.person_id) if exchange else None
        page = _Page(row, reader, Naming(self._programme, language_of(row.language)), exchange, person)
        kind = NoticeKind(row.kind)
        facts = FACTS[kind].model_validate(row.params["facts"])
        letter = Letter(
            kind=kind,
            language=page.language,
            reader=Reader(row.params["reader"]),
            name=one_line(reader.name),
            code=row.stream if (kind not in OVERVIEWS and kind is not NoticeKind.SIGN_IN) or row.exchange_id else "",
            rows=tuple(self._rows(page)),
            because=self._because(page),
            student=one_line(full_name(person)) if person else row.stream,
            to_student=reader.role is Role.STUDENT,
            **await self._parts(session, page, facts),
        )
        return reader, replace(letter, link=self._links.of(row, facts, page.reader, page.language, letter))

    async def _parts(self, session: AsyncSession, page: _Page, facts: Facts) -> dict[str, Any]:
        match facts:
            case StepFacts():
                step = await session.get(StepRow, facts.step_id)
                settled = step is not None and step.status is not StepStatus.OPEN
                return {"step": await self._step(session, page, facts), "settled": settled}
            case DocumentFacts():
                return {"document": await self._document(session, page, facts)}
            case WaitlistFacts():
                return {"position": facts.position}
            case ArrivalFacts():
                return {"arrived": moment_words(facts.arrived_at, self._host_zone(page), page.language)}
            case CertificateFacts():
                return {"certificate": self._certificate(page, facts)}
            case OutcomeFacts():
                return {"outcome": self._outcome(page, facts)}
            case CohortFacts():
                return {"cohort": CohortPart(self._cohort(page, facts), facts.seats_taken, facts.minimum)}
            case SignInFacts():
                if await used(session, facts):
                    raise NothingToSay
                return {"expires": moment_words(facts.expires_at, page.reader.zone, page.language)}
            case SuspensionFacts() | AbsenceFacts() | OverviewFacts():
                return {"overview": await self._overview(session, page, facts)}

    async def _overview(
        self, session: AsyncSession, page: _Page, facts: SuspensionFacts | AbsenceFacts | OverviewFacts
    ) -> OverviewPart:
        reading, overviews = OverviewContext(page.reader, page.names, page.row.created_at), self._overviews
        match facts, NoticeKind(page.row.kind):
            case SuspensionFacts(), NoticeKind.RESUMED:
                return await overviews.resumed(session, reading, facts)
            case SuspensionFacts(), _:
                return await overviews.suspended(session, reading, facts)
            case AbsenceFacts(), _:
                return await overviews.standing_in(session, reading, facts)
            case _, NoticeKind.DIGEST:
                return await self._digests.digest(session, reading, facts)
            case _, NoticeKind.SUMMARY:
                return await self._summaries.summary(session, reading, facts)
            case _:
                return await overviews.caught_up(session, reading, facts)

    async def _step(self, session: AsyncSession, page: _Page, facts: StepFacts) -> StepPart:
        title = page.names.step(facts.step)
        ask = ASKS[page.language][facts.step]
        since, zone = page.row.created_at, facts.zone
        return StepPart(
            title=title,
            verb=_verb(title, page.language),
            do=ask.do,
            why=_why(ask.why, page.names.law(facts.step), page.language),
            due=due_words(facts.due_at, zone, since, page.language, page.reader.zone),
            due_short=short_due(facts.due_at, zone, page.language),
            owner=page.names.owner(facts.owner),
            items=tuple(await self._items(session, page, facts)),
            ends=moment_words(facts.ends_at, zone, page.language) if facts.ends_at else "",
            note=await _note(session, facts.note_id),
            law=page.names.law(facts.step),
        )

    def _terms(self, page: _Page) -> Iterable[str]:
        """What a student acknowledges with an offer: who pays what (D6), and the housing terms of this host."""
        host = self._programme.institution(page.exchange.host_id) if page.exchange else None
        fees = self._programme.fees_zh if page.zh and self._programme.fees_zh else self._programme.fees
        if host is None:
            return fees
        return (*fees, host.housing.terms_zh if page.zh else host.housing.terms)

    async def _items(self, session: AsyncSession, page: _Page, facts: StepFacts) -> Iterable[str]:
        if facts.step is StepKind.ACCEPT_OFFER:
            return self._terms(page)
        host = page.exchange.host_id if page.exchange else ""
        return await items_of(session, page.names, facts.step, facts.subject, host)

    async def _document(self, session: AsyncSession, page: _Page, facts: DocumentFacts) -> DocumentPart:
        found = await session.scalars(
            select(FindingRow)
            .where(FindingRow.document_id == facts.document_id, FindingRow.severity == Severity.BLOCKING)
            .order_by(FindingRow.rule_id, FindingRow.field)
        )
        reasons = () if facts.returned else tuple(one_line(self._said(finding, page)) for finding in found)
        since, zone, due = page.row.created_at, facts.zone, facts.due_at
        return DocumentPart(
            title=page.names.document(facts.document),
            returned=facts.returned,
            findings=reasons,
            due=due_words(due, zone, since, page.language, page.reader.zone) if due else "",
            due_short=short_due(due, zone, page.language) if due else "",
            note=await _note(session, facts.note_id),
        )

    def _said(self, finding: FindingRow, page: _Page) -> str:
        if not finding.message:
            return finding.reason
        return refusal(Said(finding.message, finding.params or {}), page.language, self._programme)

    def _certificate(self, page: _Page, facts: CertificateFacts) -> CertificatePart:
        return CertificatePart(
            number=facts.number,
            version=facts.version,
            issued=day_words(facts.issued_on, page.language),
            url=f"{self._public_url}/verify/{facts.verification}",
        )

    def _outcome(self, page: _Page, facts: OutcomeFacts) -> OutcomePart:
        short, sentence = OUTCOMES[page.language][facts.outcome]
        reason = REASONS[page.language].get(facts.reason)
        if reason is None and facts.reason in set(StepKind):
            title = page.names.step(StepKind(facts.reason))
            reason = f"发生于：{title}。" if page.zh else f"It ended at this step: {title}."
        return OutcomePart(short=short, sentence=sentence, reason=reason or "")

    def _rows(self, page: _Page) -> Iterable[tuple[str, str]]:
        labels = LABELS[page.language]
        if page.exchange is None:
            if NoticeKind(page.row.kind) is NoticeKind.COHORT_BELOW_MINIMUM:
                yield labels["cohort"], page.row.stream
            return
        yield labels["exchange"], page.exchange.id
        if page.person is not None:
            yield labels["student"], one_line(full_name(page.person))
        sending, host = (page.names.institution(i) for i in (page.exchange.sending_id, page.exchange.host_id))
        yield labels["universities"], f"{sending} → {host}"
        yield labels["stay"], stay_words(page.exchange.start, page.exchange.end, page.language)

    def _because(self, page: _Page) -> str:
        role = page.names.role(page.reader.role, page.reader.institution, page.reader.unit)
        office = self._directory.programme_office()
        where = f"{office.name}, {office.email}" if office else ""
        absent = page.row.on_behalf_of
        instead = STANDING_IN[page.language].format(person=page.names.person(absent)) if absent else ""
        daily = NoticeKind(page.row.kind) is NoticeKind.DIGEST and page.reader.role is not Role.STUDENT
        prefer = PREFER[page.language].format(url=f"{self._public_url}/profile") if daily else ""
        if NoticeKind(page.row.kind) is NoticeKind.SIGN_IN:
            return NOT_ASKED[page.language]
        if page.zh:
            ask = f"如不应由您接收，或需更换接收人，请联系项目办公室：{where}。" if where else ""
            return f"您收到此邮件，因为您是{role}。{instead}{ask}{prefer}"
        ask = f" Should somebody else get it? Tell the programme office: {where}." if where else ""
        return f"You get this mail because you are {role}.{instead}{ask}{prefer}"

    def _cohort(self, page: _Page, facts: CohortFacts) -> str:
        return f"{facts.year} {page.names.institution(facts.sending)} → {page.names.institution(facts.host)}"

    def _host_zone(self, page: _Page) -> str:
        host = self._programme.institution(page.exchange.host_id) if page.exchange else None
        return host.zone if host else "UTC"


def _why(why: str, law: str, language: str) -> str:
    """Why a step is asked for; a legal deadline says by which law."""
    if not law:
        return why
    return f"{why}（{law}）" if language == "zh" else f"{why} ({law})"


async def _note(session: AsyncSession, note_id: str | None) -> str:
    row = await session.get(NoteRow, note_id) if note_id else None
    return "\n".join(one_line(line) for line in row.text.splitlines()).strip() if row else ""


def _verb(title: str, language: str) -> str:
    """The title as it goes on in a sentence: `Decide on …` becomes `decide on …`, what explains it is left out."""
    verb = title.partition("：" if language == "zh" else ":")[0]
    return verb[:1].lower() + verb[1:] if verb[1:2].islower() else verb
