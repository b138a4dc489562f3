"""Worklists, and the escalations that fired."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import BadInput
from models.events import EVENT, RungFired
from models.messages.plan import UNRANKED, Plan
from models.people.authorization import Actor, may_decide
from models.tables import ActRow, EventRow, ExchangeRow, IdentityRow, StepRow, identity_of_exchange
from models.views import DoneStep, Escalation, EscalationFilter, WorklistCounts, WorklistFilter, WorklistRow
from models.views.dossiers import ABOUT_A_NOMINATION, ABOUT_A_PLACE
from models.vocabulary import RungKind, StepStatus
from records.absences import absences_at
from records.acts import is_kept
from records.conversation.questions import open_on
from records.queries.paging import after_number, after_time, time_cursor
from records.queries.titles import Titles, is_escalated, is_overdue, owner_of, student_of
from records.queries.visibility import decidable_by, visible_to

WEEK = timedelta(days=7)


async def worklist(
    session: AsyncSession, titles: Titles, actor: Actor | None, wanted: WorklistFilter
) -> list[WorklistRow]:
    """Open steps that the actor may decide, themself or for whom they stand in for, soonest due first."""
    acting: tuple[Actor, ...] = ()
    if actor is not None and wanted.now is not None:
        acting = (await absences_at(session, titles.programme, wanted.now)).acting(actor)[1:]
    query = (
        select(StepRow, ExchangeRow, IdentityRow, _ASKED_AT)
        .outerjoin(ExchangeRow, ExchangeRow.id == StepRow.exchange_id)
        .outerjoin(IdentityRow, identity_of_exchange())
        .where(
            StepRow.status == StepStatus.OPEN, _whose(actor, acting, of_others=wanted.of_others), *_conditions(wanted)
        )
        .order_by(StepRow.due_at, StepRow.id)
        .limit(wanted.limit)
    )
    rows = (await session.execute(query)).all()
    questions = await open_on(session, [step.id for step, *_ in rows])
    found = [
        _row(titles, step, exchange, person, wanted.now, _instead_of(actor, acting, step), asked_at)
        for step, exchange, person, asked_at in rows
    ]
    return [one.model_copy(update={"question": questions.get(one.step_id)}) for one in found]


_ASKED_AT = (
    select(func.min(ActRow.asked_at))
    .where(is_kept(), ActRow.step_id == StepRow.id)
    .correlate(StepRow)
    .scalar_subquery()
)
"""Since when something is asked of a step that is kept and not yet taken."""


async def late_steps(session: AsyncSession, titles: Titles, actor: Actor, wanted: WorklistFilter) -> list[WorklistRow]:
    """Open steps of the exchanges that somebody may see, whoever owes them: one query."""
    query = (
        select(StepRow, ExchangeRow, IdentityRow)
        .join(ExchangeRow, ExchangeRow.id == StepRow.exchange_id)
        .join(IdentityRow, identity_of_exchange())
        .where(StepRow.status == StepStatus.OPEN, visible_to(actor), *_conditions(wanted))
        .order_by(StepRow.due_at, StepRow.id)
        .limit(wanted.limit)
    )
    rows = await session.execute(query)
    return [_row(titles, step, exchange, person, wanted.now, "") for step, exchange, person in rows]


async def worklist_counts(
    session: AsyncSession, titles: Titles, actor: Actor, wanted: WorklistFilter
) -> WorklistCounts:
    """How much is on each list of a person, whatever page of it is shown: one query."""
    assert wanted.now is not None
    acting = (await absences_at(session, titles.programme, wanted.now)).acting(actor)[1:]
    mine, others = (_whose(actor, acting, of_others=of_others) for of_others in (False, True))
    late = and_(StepRow.due_at < wanted.now, StepRow.held_since.is_(None))
    everything = wanted.model_copy(update={"after": None, "overdue": False})
    columns = (func.count().filter(condition) for condition in (mine, and_(mine, late), others))
    answered = select(func.count()).select_from(StepRow).where(*_answered_by(actor, wanted.now)).scalar_subquery()
    query = (
        select(*columns, answered)
        .select_from(StepRow)
        .outerjoin(ExchangeRow, ExchangeRow.id == StepRow.exchange_id)
        .where(StepRow.status == StepStatus.OPEN, *_conditions(everything))
    )
    counted = (await session.execute(query)).one()
    return WorklistCounts(mine=counted[0], overdue=counted[1], others=counted[2], done=counted[3])


async def done_steps(session: AsyncSession, titles: Titles, actor: Actor, now: datetime, limit: int) -> list[DoneStep]:
    """What somebody answered in the last seven days, as far as they may still see it, the newest first: one query."""
    query = (
        select(StepRow, ExchangeRow, IdentityRow)
        .outerjoin(ExchangeRow, ExchangeRow.id == StepRow.exchange_id)
        .outerjoin(IdentityRow, identity_of_exchange())
        .where(*_answered_by(actor, now), or_(ExchangeRow.id.is_(None), visible_to(actor)))
        .order_by(StepRow.decided_at.desc(), StepRow.id)
        .limit(limit)
    )
    return [_done(titles, *row) for row in await session.execute(query)]


def _answered_by(actor: Actor, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (StepRow.decided_by == actor.id, StepRow.decided_at >= now - WEEK, StepRow.status == StepStatus.DONE)


def _done(titles: Titles, step: StepRow, exchange: ExchangeRow | None, person: IdentityRow | None) -> DoneStep:
    title, title_zh = titles.step(step.kind)
    assert step.decided_at is not None
    return DoneStep(
        step_id=step.id,
        exchange_id=step.stream,
        kind=step.kind,
        title=title,
        title_zh=title_zh,
        student=student_of(person) if person else None,
        sending=exchange.sending_id if exchange else "",
        host=exchange.host_id if exchange else "",
        outcome=step.outcome or "",
        decided_at=step.decided_at,
    )


def _whose(actor: Actor | None, acting: tuple[Actor, ...], *, of_others: bool) -> ColumnElement[bool]:
    mine = or_(decidable_by(actor), *(decidable_by(one) for one in acting))
    return and_(visible_to(actor), not_(mine)) if of_others else mine


def _instead_of(actor: Actor | None, acting: tuple[Actor, ...], step: StepRow) -> str:
    """Whom somebody stands in for with a step, where they may not decide it themself."""
    owner = owner_of(step)
    if actor is None or may_decide(actor, owner):
        return ""
    return next((one.on_behalf_of for one in acting if may_decide(one, owner)), "")


def _conditions(wanted: WorklistFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.overdue:
        if wanted.now is None:
            raise BadInput("now.needed", "now")
        conditions += [StepRow.due_at < wanted.now, StepRow.held_since.is_(None)]
    if wanted.these:
        conditions.append(StepRow.id.in_(wanted.these))
    if wanted.exchange_id is not None:
        conditions.append(StepRow.exchange_id == wanted.exchange_id)
    if wanted.cohort_id is not None:
        conditions.append(ExchangeRow.cohort_id == wanted.cohort_id)
    if wanted.institution is not None:
        conditions.append(StepRow.institution_id == wanted.institution)
    if wanted.role is not None:
        conditions.append(StepRow.role == wanted.role)
    if wanted.kinds:
        conditions.append(StepRow.kind.in_(wanted.kinds))
    if wanted.stage is not None:
        conditions.append(ExchangeRow.stage == wanted.stage)
    if wanted.after is not None:
        conditions.append(after_time(StepRow.due_at, StepRow.id, wanted.after))
    return conditions


def _row(
    titles: Titles,
    step: StepRow,
    exchange: ExchangeRow | None,
    person: IdentityRow | None,
    now: datetime | None,
    instead_of: str,
    asked_at: datetime | None = None,
) -> WorklistRow:
    title, title_zh = titles.step(step.kind)
    told = step.kind in ABOUT_A_NOMINATION | ABOUT_A_PLACE
    plan = Plan.model_validate(exchange.plan) if exchange and told else None
    return WorklistRow(
        step_id=step.id,
        exchange_id=step.stream,
        kind=step.kind,
        title=title,
        title_zh=title_zh,
        owner=owner_of(step),
        subject=step.subject,
        stage=exchange.stage if exchange else step.stage,
        student=student_of(person) if person else None,
        sending=exchange.sending_id if exchange else "",
        host=exchange.host_id if exchange else "",
        cohort_id=exchange.cohort_id if exchange else "",
        start=exchange.start if exchange else None,
        end=exchange.end if exchange else None,
        outcomes=titles.answers(step),
        policy_version=exchange.policy_version if exchange else "",
        opened_at=step.opened_at,
        due_at=step.due_at,
        zone=step.zone,
        overdue=is_overdue(step, now),
        rungs_fired=tuple(step.rungs_fired),
        rungs=len(step.rungs),
        escalated=is_escalated(step),
        ends_at=step.ends_at,
        held_since=step.held_since,
        held_because=step.held_because,
        waits_for=tuple(step.waits_for),
        asked_at=asked_at,
        snoozed_until=step.snoozed_until,
        reminded=step.reminded,
        reminded_at=step.reminded_at,
        instead_of=instead_of,
        level=plan.level if plan else None,
        discipline=plan.discipline if plan else "",
        rank=plan.rank if plan and plan.rank != UNRANKED else None,
        wishes=tuple(unit for block in plan.rotations for unit in plan.wishes(block)[:1]) if plan else (),
        cursor=time_cursor(step.due_at, step.id),
    )


async def escalations(
    session: AsyncSession, titles: Titles, actor: Actor | None, wanted: EscalationFilter
) -> list[Escalation]:
    """Escalations in the order in which they fired, of exchanges that the actor may see: one query."""
    query = (
        select(EventRow, StepRow, IdentityRow)
        .join(StepRow, StepRow.id == EventRow.payload["step_id"].as_string())
        .join(ExchangeRow, ExchangeRow.id == EventRow.stream)
        .join(IdentityRow, identity_of_exchange())
        .where(EventRow.kind == "rung_fired", EventRow.payload["rung_kind"].as_string() == RungKind.ESCALATION)
        .where(visible_to(actor))
        .order_by(EventRow.position)
        .limit(wanted.limit)
    )
    if wanted.exchange_id is not None:
        query = query.where(EventRow.stream == wanted.exchange_id)
    if wanted.still_open:
        query = query.where(StepRow.status == StepStatus.OPEN)
    if wanted.after is not None:
        query = query.where(after_number(EventRow.position, wanted.after))
    rows = await session.execute(query)
    return [_escalation(titles, event, step, person) for event, step, person in rows]


def _escalation(titles: Titles, row: EventRow, step: StepRow, person: IdentityRow) -> Escalation:
    event = EVENT.validate_python(row.payload)
    assert isinstance(event, RungFired)
    title, title_zh = titles.step(step.kind)
    return Escalation(
        at=event.at,
        exchange_id=row.stream,
        student=student_of(person),
        step_id=step.id,
        kind=step.kind,
        title=title,
        title_zh=title_zh,
        owner=owner_of(step),
        due_at=step.due_at,
        rung=event.rung,
        to=event.to,
        copy_to=event.copy_to,
        missed=event.missed,
        status=step.status,
        cursor=str(row.position),
    )
