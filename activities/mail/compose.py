"""From a row of the outbox to a letter: ids become names, dates and sentences in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.mail.asks import ASKS
from activities.mail.directory import Directory, Recipient, full_name, language_of
from activities.mail.overview_words import STANDING_IN
from activities.mail.overviews import Overviews, Reading
from activities.mail.render import (
    CertificatePart,
    CohortPart,
    DocumentPart,
    Letter,
    OutcomePart,
    OverviewPart,
    StepPart,
    one_line,
)
from activities.mail.times import day_words, due_words, moment_words, short_due, stay_words
from activities.mail.words import CONTENTS, LABELS, OUTCOMES, REASONS, ROLES, UNMET
from models.actors import Owner
from models.errors import Unknown
from models.notices import (
    FACTS,
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
    StepFacts,
    SuspensionFacts,
    WaitlistFacts,
)
from models.people import institution_of
from models.programme import Programme
from models.tables import ExchangeRow, FindingRow, MessageRow, NoteRow, PersonRow, PlacementRow, StepRow
from models.vocabulary import Content, Role, Severity, StepKind, StepStatus


@dataclass(frozen=True)
class _Page:
    """What the parts of one letter share."""

    row: MessageRow
    reader: Recipient
    language: str
    exchange: ExchangeRow | None
    person: PersonRow | None

    @property
    def zh(self) -> bool:
        return self.language == "zh"


class Composer:
    """Writes letters from the outbox, the records and the catalogue."""

    def __init__(self, programme: Programme, public_url: str) -> None:
        """`public_url` is the base of the addresses under which certificates are verified."""
        self._programme = programme
        self._directory = Directory(programme)
        self._overviews = Overviews(programme)
        self._public_url = public_url.rstrip("/")

    async def compose(self, session: AsyncSession, row: MessageRow) -> tuple[Recipient, Letter]:
        """Who a message goes to now, and what it says.

        Raises:
            Unknown: if nobody has the recipient's id any more.
        """
        reader = await self._directory.find(session, row.recipient_id, row.recipient_role)
        if reader is None:
            raise Unknown(f"Nobody has the id {row.recipient_id} any more.")
        exchange = await session.get(ExchangeRow, row.exchange_id) if row.exchange_id else None
        person = await session.get(PersonRow, exchange.person_id) if exchange else None
        page = _Page(row, reader, language_of(row.language), exchange, person)
        kind = NoticeKind(row.kind)
        facts = FACTS[kind].model_validate(row.params["facts"])
        letter = Letter(
            kind=kind,
            language=page.language,
            reader=Reader(row.params["reader"]),
            name=one_line(reader.name),
            code=row.stream,
            rows=tuple(self._rows(page)),
            because=self._because(page),
            student=one_line(full_name(person)) if person else row.stream,
            to_student=reader.role is Role.STUDENT,
            **await self._parts(session, page, facts),
        )
        return reader, letter

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
            case SuspensionFacts() | AbsenceFacts() | OverviewFacts():
                return {"overview": await self._overview(session, page, facts)}

    async def _overview(
        self, session: AsyncSession, page: _Page, facts: SuspensionFacts | AbsenceFacts | OverviewFacts
    ) -> OverviewPart:
        reading, overviews = Reading(page.reader, page.language, page.row.created_at), self._overviews
        match facts, NoticeKind(page.row.kind):
            case SuspensionFacts(), NoticeKind.RESUMED:
                return await overviews.resumed(session, reading, facts)
            case SuspensionFacts(), _:
                return await overviews.suspended(session, reading, facts)
            case AbsenceFacts(), _:
                return await overviews.standing_in(session, reading, facts)
            case _, NoticeKind.DIGEST:
                return await overviews.digest(session, reading, facts)
            case _, NoticeKind.SUMMARY:
                return await overviews.summary(session, reading, facts)
            case _:
                return await overviews.of_steps(session, reading, facts)

    async def _step(self, session: AsyncSession, page: _Page, facts: StepFacts) -> StepPart:
        title = self._title(facts.step, page.language)
        ask = ASKS[page.language][facts.step]
        since, zone = page.row.created_at, facts.zone
        return StepPart(
            title=title,
            verb=_verb(title, page.language),
            do=ask.do,
            why=self._why(facts.step, ask.why, page.language),
            due=due_words(facts.due_at, zone, since, page.language, page.reader.zone),
            due_short=short_due(facts.due_at, zone, page.language),
            owner=self._owner(page, facts.owner),
            items=tuple(await self._items(session, page, facts)),
            ends=moment_words(facts.ends_at, zone, page.language) if facts.ends_at else "",
            note=await _note(session, facts.note_id),
        )

    def _why(self, kind: StepKind, why: str, language: str) -> str:
        """Why a step is asked for; a clock of the law says which."""
        policy = self._programme.policy.steps.get(kind)
        if policy is None or not policy.law:
            return why
        return f"{why}（{policy.law_zh}）" if language == "zh" else f"{why} ({policy.law})"

    def _terms(self, page: _Page) -> Iterable[str]:
        """What a student acknowledges with an offer: who pays what (D6), and the housing terms of this host."""
        host = self._programme.institution(page.exchange.host_id) if page.exchange else None
        fees = self._programme.fees_zh if page.zh and self._programme.fees_zh else self._programme.fees
        if host is None:
            return fees
        return (*fees, host.housing.terms_zh if page.zh else host.housing.terms)

    async def _items(self, session: AsyncSession, page: _Page, facts: StepFacts) -> Iterable[str]:
        """What a step is about, by what its subject means for this kind of step."""
        subject, language = facts.subject, page.language
        match facts.step:
            case StepKind.ACCEPT_STUDENT | StepKind.EVALUATE_STUDENT:
                placement = await session.get(PlacementRow, subject)
                return [self._placement(page, placement)] if placement else []
            case StepKind.ACCEPT_OFFER:
                return self._terms(page)
            case StepKind.CONFIRM_BED:
                return [self._bed(page, subject)]
            case StepKind.FIND_PLACE | StepKind.RECORD_ATTENDANCE:
                return [self._block(page, content) for content in subject.split(",") if content]
            case StepKind.SETTLE_CERTIFICATE:
                return dict.fromkeys(_unmet(code, language) for code in subject.split(",") if code)
            case _:
                return [self._document_title(kind, language) for kind in subject.split(",") if kind]

    def _placement(self, page: _Page, placement: PlacementRow) -> str:
        unit = self._unit_name(page, placement.unit_id)
        return f"{CONTENTS[page.language][placement.content]}: {unit}, " + stay_words(
            placement.start, placement.end, page.language
        )

    def _bed(self, page: _Page, bed_id: str) -> str:
        host = self._programme.institution(page.exchange.host_id) if page.exchange else None
        bed = next((b for b in host.beds if b.id == bed_id), None) if host else None
        return f"{bed.building}, {bed.room} ({bed.id})" if bed else bed_id

    def _block(self, page: _Page, content: str) -> str:
        words = CONTENTS[page.language].get(Content(content), content) if content in set(Content) else content
        return words

    async def _document(self, session: AsyncSession, page: _Page, facts: DocumentFacts) -> DocumentPart:
        found = await session.scalars(
            select(FindingRow.reason)
            .where(FindingRow.document_id == facts.document_id, FindingRow.severity == Severity.BLOCKING)
            .order_by(FindingRow.rule_id, FindingRow.field)
        )
        reasons = () if facts.returned else tuple(one_line(reason) for reason in found)
        since, zone, due = page.row.created_at, facts.zone, facts.due_at
        return DocumentPart(
            title=self._document_title(facts.document, page.language),
            returned=facts.returned,
            findings=reasons,
            due=due_words(due, zone, since, page.language, page.reader.zone) if due else "",
            due_short=short_due(due, zone, page.language) if due else "",
            note=await _note(session, facts.note_id),
        )

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
            title = self._title(StepKind(facts.reason), page.language)
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
        sending, host = (self._name(page, i) for i in (page.exchange.sending_id, page.exchange.host_id))
        yield labels["universities"], f"{sending} → {host}"
        yield labels["stay"], stay_words(page.exchange.start, page.exchange.end, page.language)

    def _because(self, page: _Page) -> str:
        role = self._role(page, page.reader.role, page.reader.institution, self._unit_of(page.reader.id))
        office = self._directory.programme_office()
        where = f"{office.name}, {office.email}" if office else ""
        behalf = institution_of(self._programme, page.row.on_behalf_of) if page.row.on_behalf_of else None
        instead = STANDING_IN[page.language].format(person=behalf[1].name) if behalf else ""
        if page.zh:
            ask = f"如不应由您接收，或需更换接收人，请联系项目办公室：{where}。" if where else ""
            return f"您收到此邮件，因为您是{role}。{instead}{ask}"
        ask = f" Should somebody else get it? Tell the programme office: {where}." if where else ""
        return f"You get this mail because you are {role}.{instead}{ask}"

    def _owner(self, page: _Page, owner: Owner) -> str:
        return self._role(page, owner.role, owner.institution, owner.unit)

    def _role(self, page: _Page, role: Role, institution: str, unit: str) -> str:
        return ROLES[page.language][role].format(
            institution=self._name(page, institution), unit=self._unit_name(page, unit)
        )

    def _unit_of(self, contact_id: str) -> str:
        contacts = (c for i in self._programme.institutions.values() for c in i.contacts)
        return next((c.unit for c in contacts if c.id == contact_id), "")

    def _unit_name(self, page: _Page, unit_id: str) -> str:
        for institution in self._programme.institutions.values():
            unit = institution.unit(unit_id)
            if unit is not None:
                return unit.name_zh if page.zh else unit.name
        return unit_id

    def _name(self, page: _Page, institution_id: str) -> str:
        institution = self._programme.institution(institution_id)
        if institution is None:
            return institution_id
        return institution.name_zh if page.zh else institution.name

    def _cohort(self, page: _Page, facts: CohortFacts) -> str:
        return f"{facts.year} {self._name(page, facts.sending)} → {self._name(page, facts.host)}"

    def _host_zone(self, page: _Page) -> str:
        host = self._programme.institution(page.exchange.host_id) if page.exchange else None
        return host.zone if host else "UTC"

    def _title(self, kind: StepKind, language: str) -> str:
        policy = self._programme.policy.steps.get(kind)
        if policy is None:
            return kind.replace("_", " ").capitalize()
        return policy.title_zh if language == "zh" else policy.title

    def _document_title(self, kind: str, language: str) -> str:
        policy = self._programme.policy.document(kind)
        if policy is None:
            return kind.replace("_", " ").capitalize()
        return policy.title_zh if language == "zh" else policy.title


async def _note(session: AsyncSession, note_id: str | None) -> str:
    row = await session.get(NoteRow, note_id) if note_id else None
    return "\n".join(one_line(line) for line in row.text.splitlines()).strip() if row else ""


def _verb(title: str, language: str) -> str:
    """The title as it goes on in a sentence: `Decide on …` becomes `decide on …`, what explains it is left out."""
    verb = title.partition("：" if language == "zh" else ":")[0]
    return verb[:1].lower() + verb[1:] if verb[1:2].islower() else verb


def _unmet(code: str, language: str) -> str:
    """A condition of the certificate in words."""
    stem, _, rest = code.partition(".")
    head, _, detail = rest.partition(".")
    content = CONTENTS[language].get(Content(detail), "") if detail in set(Content) else ""
    return UNMET[language].get(f"{stem}.{head}", code).format(content=content)
