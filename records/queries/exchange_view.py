"""One exchange with everything recorded of it, as far as the reader may see it: a fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.events import EVENT, CardOpened, DataExported, DocumentOpened, Evaluated, Event, PostWritten
from models.messages.exchange import Plan
from models.people.authorization import Actor
from models.people.papers import may_read_notes, may_see_birth_date, may_see_openings
from models.tables import (
    ActRow,
    AttendanceRow,
    BedNightRow,
    BedRow,
    CertificateRow,
    EventRow,
    ExchangeRow,
    IdentityRow,
    NoteRow,
    PlacementRow,
    SeatRow,
    StepRow,
    identity_of_exchange,
)
from models.views import (
    AskedAct,
    AttendanceView,
    BedView,
    CertificateView,
    ExchangeView,
    Happening,
    PlacementView,
    SeatView,
    StepLine,
    Student,
)
from models.views.conversation import OpenQuestion
from models.views.standing import Standing
from models.vocabulary import Role, StepStatus
from records.acts import is_kept
from records.beds import in_a_row
from records.conversation.questions import open_on
from records.conversation.scopes import readable_posts
from records.queries.arrivals import latest_arrival_of
from records.queries.letters import versions
from records.queries.papers import about_health, documents, evaluations, told
from records.queries.second_hosts import has_another_stay, linked_views
from records.queries.standing import standings
from records.queries.titles import Titles, is_escalated, is_overdue, owner_of, student_of
from records.queries.visibility import visible_to
from records.transfers import shown_to

_OPENINGS = tuple(one.model_fields["kind"].default for one in (DocumentOpened, CardOpened, DataExported))
"""Looks at papers, of which the student is told, and few others."""

_POSTS: str = PostWritten.model_fields["kind"].default


@dataclass(frozen=True)
class Look:
    """One reader's look at one exchange."""

    session: AsyncSession
    titles: Titles
    exchange: ExchangeRow
    student: Student
    actor: Actor | None
    now: datetime | None

    @property
    def role(self) -> Role | None:
        """The reader's role; `None` is the service itself."""
        return self.actor.role if self.actor else None

    def reads_notes(self, event: Event) -> bool:
        """Whether the reader sees what somebody wrote with an event (D46)."""
        return self.role is None or may_read_notes(self.role, about_health=about_health(self.titles, event))


async def whole_exchange(
    session: AsyncSession, titles: Titles, exchange_id: str, actor: Actor | None, now: datetime | None
) -> ExchangeView | None:
    """Everything of an exchange; `None` where there is none or the actor may not know of it (D44)."""
    query = (
        select(ExchangeRow, IdentityRow, SeatRow, has_another_stay())
        .join(IdentityRow, identity_of_exchange())
        .outerjoin(SeatRow, SeatRow.exchange_id == ExchangeRow.id)
        .where(ExchangeRow.id == exchange_id, visible_to(actor))
    )
    found = (await session.execute(query)).first()
    if found is None:
        return None
    row, person, seat, linked = found
    look = Look(session, titles, row, student_of(person), actor, now)
    going = await shown_to(session, titles.programme, row, actor)
    notes, asked, beds = await _notes(look), await _asked(look), await _beds(look)
    return ExchangeView(
        exchange_id=row.id,
        student=look.student,
        birth_date=person.birth_date if actor and may_see_birth_date(actor.role) else None,
        cohort_id=row.cohort_id,
        plan=Plan.model_validate(row.plan),
        nomination_version=row.nomination_version,
        policy_version=row.policy_version,
        stage=row.stage,
        mobility=row.mobility,
        nomination=row.nomination,
        outcome=row.outcome,
        reason=row.reason,
        waitlist_position=row.waitlist_position,
        seat=_seat(look, seat),
        bed=beds[-1] if beds else None,
        beds=beds,
        clearance_through=row.clearance_through,
        permitted_until=row.permitted_until,
        latest_arrival=await latest_arrival_of(session, row),
        linked=await linked_views(session, row.id, actor) if linked else (),
        standing=(await standings(session, titles, [row], now)).get(row.id, Standing()),
        arrived_at=row.actual_arrival,
        departed_on=row.actual_departure,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        revision=row.revision,
        asked=asked,
        steps=await _steps(look, asked),
        documents=await documents(session, titles, row.id, look.role, going),
        placements=await _placements(look),
        attendance=await _attendance(look),
        evaluations=await evaluations(session, row.id, look.role, actor.id if actor else "", notes),
        certificates=await _certificates(look),
        letters=await versions(session, titles, row.id, look.student, look.role),
        timeline=await _timeline(look, notes),
    )


async def _notes(look: Look) -> dict[str, str]:
    """Texts of notes by id."""
    rows = await look.session.execute(select(NoteRow.id, NoteRow.text).where(NoteRow.exchange_id == look.exchange.id))
    return dict(rows.all())


def _seat(look: Look, row: SeatRow | None) -> SeatView | None:
    if row is None:
        return None
    return SeatView(
        number=row.number, exchange_id=look.exchange.id, student=look.student, held=row.held, taken_at=row.taken_at
    )


async def _beds(look: Look) -> tuple[BedView, ...]:
    query = select(BedNightRow.night, BedRow).join(BedRow, BedRow.id == BedNightRow.bed_id)
    query = query.where(BedNightRow.exchange_id == look.exchange.id).order_by(BedNightRow.night)
    nights = [(night, bed) for night, bed in await look.session.execute(query)]
    beds = {bed.id: bed for _, bed in nights}
    return tuple(
        BedView(
            bed_id=bed_id,
            building=beds[bed_id].building,
            room=beds[bed_id].room,
            first_night=first,
            last_night=last,
        )
        for bed_id, first, last in in_a_row((bed.id, night) for night, bed in nights)
    )


async def _steps(look: Look, asked: tuple[AskedAct, ...]) -> tuple[StepLine, ...]:
    query = select(StepRow).where(StepRow.exchange_id == look.exchange.id).order_by(StepRow.opened_at, StepRow.id)
    since = {one.step_id: one.asked_at for one in reversed(asked)}
    rows = list(await look.session.scalars(query))
    open_ones = [row.id for row in rows if row.status is StepStatus.OPEN]
    questions = await open_on(look.session, open_ones)
    return tuple(_step(look, row, since.get(row.id), questions.get(row.id)) for row in rows)


async def _asked(look: Look) -> tuple[AskedAct, ...]:
    query = (
        select(ActRow.kind, ActRow.step_id, ActRow.asked_at)
        .where(ActRow.exchange_id == look.exchange.id, is_kept())
        .order_by(ActRow.asked_at, ActRow.key)
    )
    rows = await look.session.execute(query)
    return tuple(AskedAct(kind=kind, step_id=step, asked_at=at) for kind, step, at in rows)


def _step(look: Look, row: StepRow, asked_at: datetime | None, question: OpenQuestion | None) -> StepLine:
    title, title_zh = look.titles.step(row.kind)
    return StepLine(
        step_id=row.id,
        kind=row.kind,
        title=title,
        title_zh=title_zh,
        stage=row.stage,
        owner=owner_of(row),
        subject=row.subject,
        status=row.status,
        outcomes=look.titles.answers(row),
        policy_version=look.exchange.policy_version,
        start=look.exchange.start,
        opened_at=row.opened_at,
        due_at=row.due_at,
        zone=row.zone,
        overdue=is_overdue(row, look.now),
        rungs_fired=tuple(row.rungs_fired),
        rungs=len(row.rungs),
        escalated=is_escalated(row),
        ends_at=row.ends_at,
        unknown_years=tuple(row.unknown_years),
        rungs_missed=tuple(row.rungs_missed),
        held_since=row.held_since,
        held_because=row.held_because,
        waits_for=tuple(row.waits_for),
        asked_at=asked_at,
        reminded=row.reminded,
        reminded_at=row.reminded_at,
        question=question,
        outcome=row.outcome,
        decided_at=row.decided_at,
        decided_by=look.titles.who(row.decided_by, look.student) if row.decided_by else None,
        decision_id=row.decision_id,
    )


async def _placements(look: Look) -> tuple[PlacementView, ...]:
    query = select(PlacementRow).where(PlacementRow.exchange_id == look.exchange.id)
    rows = await look.session.scalars(query.order_by(PlacementRow.start, PlacementRow.id))
    return tuple(_placement(look, row) for row in rows)


def _placement(look: Look, row: PlacementRow) -> PlacementView:
    unit, unit_zh = look.titles.unit(look.exchange.host_id, row.unit_id)
    return PlacementView(
        placement_id=row.id,
        content=row.content,
        unit_id=row.unit_id,
        unit=unit,
        unit_zh=unit_zh,
        start=row.start,
        end=row.end,
        status=row.status,
        released_from=row.released_from,
    )


async def _attendance(look: Look) -> tuple[AttendanceView, ...]:
    query = select(AttendanceRow).where(AttendanceRow.exchange_id == look.exchange.id)
    rows = await look.session.scalars(query.order_by(AttendanceRow.first_day, AttendanceRow.at, AttendanceRow.id))
    return tuple(
        AttendanceView(
            report_id=row.id,
            content=row.content,
            placement_id=row.placement_id,
            first_day=row.first_day,
            last_day=row.last_day,
            hours_planned=row.hours_planned,
            hours_attended=row.hours_attended,
            reported_by=look.titles.who(row.actor_id, look.student),
            at=row.at,
        )
        for row in rows
    )


async def _certificates(look: Look) -> tuple[CertificateView, ...]:
    query = (
        select(CertificateRow, IdentityRow)
        .join(ExchangeRow, ExchangeRow.id == CertificateRow.exchange_id)
        .join(IdentityRow, printed_on_certificate())
        .where(CertificateRow.exchange_id == look.exchange.id)
    )
    rows = await look.session.execute(query.order_by(CertificateRow.version.desc(), CertificateRow.number))
    return tuple(certificate_view(row, look.exchange, student_of(person)) for row, person in rows)


def printed_on_certificate() -> ColumnElement[bool]:
    """Joins a certificate with the names it prints; what is corrected later is on the next version."""
    version = func.coalesce(CertificateRow.nomination_version, ExchangeRow.nomination_version)
    return and_(IdentityRow.exchange_id == ExchangeRow.id, IdentityRow.version == version)


def certificate_view(row: CertificateRow, exchange: ExchangeRow, student: Student) -> CertificateView:
    """A version of a certificate with the stay it certifies."""
    return CertificateView(
        number=row.number,
        version=row.version,
        exchange_id=exchange.id,
        verification=row.verification,
        file_hash=row.file_hash,
        student=student,
        sending=exchange.sending_id,
        host=exchange.host_id,
        arrived_at=exchange.actual_arrival,
        departed_on=exchange.actual_departure,
        issued_on=row.issued_on,
        issued_at=row.issued_at,
        revoked_at=row.revoked_at,
    )


async def _timeline(look: Look, notes: dict[str, str]) -> tuple[Happening, ...]:
    query = select(EventRow).where(EventRow.stream == look.exchange.id).order_by(EventRow.seq)
    if look.role is not None and not may_see_openings(look.role):
        query = query.where(EventRow.kind.not_in(_OPENINGS))
    rows = list(await look.session.scalars(query))
    if look.actor is not None and any(row.kind == _POSTS for row in rows):
        # What is not for the reader is not there for them.
        about_health = look.titles.programme.policy.about_health
        posts = {one.id for one in await readable_posts(look.session, look.exchange.id, look.actor, about_health)}
        rows = [row for row in rows if row.kind != _POSTS or row.payload["post_id"] in posts]
    return tuple(_happening(look, row, notes) for row in rows)


def _happening(look: Look, row: EventRow, notes: dict[str, str]) -> Happening:
    event = EVENT.validate_python(row.payload)
    if look.role is not None:
        event = told(look.titles, event, look.role)
    return Happening(
        seq=row.seq,
        at=row.at,
        kind=row.kind,
        who=look.titles.who(event.actor.id, look.student),
        actor_id=row.actor_id,
        role=row.actor_role,
        institution=row.actor_institution,
        on_behalf_of=event.actor.on_behalf_of,
        event=event.model_copy(update={"ratings": {}}) if isinstance(event, Evaluated) else event,
        step_id=getattr(event, "step_id", None),
        note=notes.get(row.note_id or "", "") if look.reads_notes(event) else "",
    )
