"""Where exchanges stand today: open steps, the week of a rotation, suspensions, and what the calendar asks next."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.messages.exchange import Plan
from models.people.authorization import Parties, owner_for
from models.rules.local import day_at
from models.rules.standing import Rotation, coming, week_of
from models.tables import ExchangeRow, ExchangeSuspensionRow, PlacementRow, StepRow
from models.views.standing import ComingMove, NextMove, RotationNow, Standing
from models.vocabulary import Content, Role, Stage, StepStatus
from records.conversation.questions import open_on
from records.projections.holdings import ASSIGNED
from records.queries.titles import Titles, is_overdue, owner_of


async def next_moves(
    session: AsyncSession, titles: Titles, exchange_ids: Sequence[str], now: datetime | None
) -> defaultdict[str, list[NextMove]]:
    """The open steps of each exchange: those whose clock runs first, soonest due before others; two queries."""
    moves: defaultdict[str, list[NextMove]] = defaultdict(list)
    if not exchange_ids:
        return moves
    query = (
        select(StepRow)
        .where(StepRow.exchange_id.in_(exchange_ids), StepRow.status == StepStatus.OPEN)
        .order_by(StepRow.held_since.is_not(None), StepRow.due_at, StepRow.id)
    )
    rows = list(await session.scalars(query))
    questions = await open_on(session, [step.id for step in rows])
    for step in rows:
        title, title_zh = titles.step(step.kind)
        move = NextMove(
            step_id=step.id,
            kind=step.kind,
            title=title,
            title_zh=title_zh,
            owner=owner_of(step),
            due_at=step.due_at,
            zone=step.zone,
            overdue=is_overdue(step, now),
            held_since=step.held_since,
            held_because=step.held_because,
            waits_for=tuple(step.waits_for),
            question=questions.get(step.id),
        )
        moves[step.exchange_id or step.stream].append(move)
    return moves


async def standings(
    session: AsyncSession, titles: Titles, rows: Sequence[ExchangeRow], now: datetime | None
) -> dict[str, Standing]:
    """Where exchanges that are not closed stand at a moment: two queries at most."""
    running = [row for row in rows if row.closed_at is None]
    suspended = await _suspended(session, [row.id for row in running])
    placed = await _placements(session, [row.id for row in running if row.stage is Stage.ROTATIONS])
    found = {}
    for row in running:
        standing = _standing(titles, row, placed.get(row.id, []), now)
        found[row.id] = standing.model_copy(update={"suspended_since": suspended.get(row.id)})
    return found


def _standing(titles: Titles, row: ExchangeRow, placed: list[PlacementRow], now: datetime | None) -> Standing:
    if now is None or row.stage is not Stage.ROTATIONS:
        return Standing()
    today = day_at(titles.programme.zone_of(row.host_id), now)
    rotations = tuple(_now(titles, row, one, today) for one in placed if one.start <= today <= one.end)
    return Standing(rotations=rotations, coming=_coming(titles, row, placed, today))


def _now(titles: Titles, row: ExchangeRow, placement: PlacementRow, today: date) -> RotationNow:
    week, weeks = week_of(placement.start, placement.end, today)
    through = row.clearance_through
    return RotationNow(
        content=placement.content,
        unit_id=placement.unit_id,
        start=placement.start,
        end=placement.end,
        week=week,
        weeks=weeks,
        supervisors=_supervisors(titles, row.host_id, placement),
        cleared=placement.content is not Content.CLINICAL or (through is not None and through >= today),
    )


def _supervisors(titles: Titles, host_id: str, placement: PlacementRow) -> tuple[str, ...]:
    """Who was chosen; where nobody was, everybody who supervises in the unit."""
    host = titles.programme.institution(host_id)
    people = [one for one in host.contacts if one.role is Role.SUPERVISOR] if host is not None else []
    chosen = [one.name for one in people if one.id == placement.supervisor_id]
    return tuple(chosen or [one.name for one in people if one.unit == placement.unit_id])


def _coming(titles: Titles, row: ExchangeRow, placed: list[PlacementRow], today: date) -> ComingMove | None:
    policy, plan = titles.programme.policy, Plan.model_validate(row.plan)
    rotations = [Rotation(one.content, one.unit_id, one.start, one.end) for one in placed]
    found = coming(plan, policy, rotations, today)
    if found is None:
        return None
    step, parties = policy.step(found.kind), Parties(sending=row.sending_id, host=row.host_id, student=row.person_id)
    title, title_zh = titles.step(found.kind)
    owner = owner_for(step.side, step.role, parties, found.unit_id, at_host=step.at_host)
    return ComingMove(kind=found.kind, title=title, title_zh=title_zh, owner=owner, opens_on=found.on)


async def _placements(session: AsyncSession, exchange_ids: Sequence[str]) -> dict[str, list[PlacementRow]]:
    found: dict[str, list[PlacementRow]] = defaultdict(list)
    if exchange_ids:
        mine = (PlacementRow.exchange_id.in_(exchange_ids), PlacementRow.status == ASSIGNED)
        for row in await session.scalars(select(PlacementRow).where(*mine).order_by(PlacementRow.start)):
            found[row.exchange_id].append(row)
    return found


async def _suspended(session: AsyncSession, exchange_ids: Sequence[str]) -> dict[str, datetime]:
    """Since when exchanges are suspended: the earliest of what lasts."""
    if not exchange_ids:
        return {}
    lasting = (ExchangeSuspensionRow.exchange_id.in_(exchange_ids), ExchangeSuspensionRow.until.is_(None))
    query = select(ExchangeSuspensionRow.exchange_id, func.min(ExchangeSuspensionRow.since)).where(*lasting)
    rows = await session.execute(query.group_by(ExchangeSuspensionRow.exchange_id))
    return dict(rows.all())
