"""Hours that come from sessions: one report for each student, content and day, kept for the exchange that takes it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.identifiers import exchange_workflow_id
from models.messages.acts import Act, ActStatus
from models.messages.exchange import ReportAttendance
from models.messages.host_sessions import HostSessionStatus, Presence
from models.people.authorization import Actor
from models.rules.host_sessions import DayHours, day_hours
from models.rules.local import day_at
from models.tables import ActRow, AttendanceRow, ExchangeRow, HostSessionRow, SessionInvitationRow
from models.vocabulary import Content
from records.acts import put

REPORTS = "sessions"
"""How the keys of these reports begin: what was reported by hand is told from them."""


def report_key(content: Content, day: date, number: int) -> str:
    """The key of the report of a content and a day; the second and later correct the one before."""
    return f"{REPORTS}-{content}-{day}-{number}"


async def tell_hours(
    session: AsyncSession,
    row: HostSessionRow,
    exchanges: Iterable[str],
    actor: Actor,
    at: datetime,
    zone: str,
    wall: Callable[[], datetime],
) -> tuple[list[str], list[str]]:
    """Keep the reports of hours of the day of a session that was closed or corrected, in the caller's transaction.

    They are sent as every other act is; kept with what they follow from, none is lost. `wall` is the clock by which
    acts are sent.

    Returns:
        The exchanges that are told, and those whose hours of the day stand as they were reported by hand.
    """
    told: list[str] = []
    by_hand: list[str] = []
    day = day_at(zone, row.starts_at)
    for exchange_id in exchanges:
        exchange = await session.get(ExchangeRow, exchange_id)
        if exchange is None or exchange.actual_arrival is None or exchange.closed_at is not None:
            continue
        reported = await _reported(session, exchange_id, row.content, day)
        if any(not one.id.startswith(f"{REPORTS}-") for one in reported):
            by_hand.append(exchange_id)
            continue
        hours, objectives = await _of_the_day(session, row, exchange_id, day, zone)
        before = await _before(session, exchange_id, row.content, day, reported)
        report = _report(row.content, day, hours, objectives, before, actor)
        if report is None:
            continue
        workflow = exchange_workflow_id(exchange_id)
        act = Act(
            workflow_id=workflow,
            key=report.report_id,
            kind="report_attendance",
            actor=actor,
            request=report,
            about=exchange_id,
        )
        await put(session, act, at, wall())
        told.append(exchange_id)
    return told, by_hand


def _report(
    content: Content,
    day: date,
    hours: DayHours,
    objectives: tuple[str, ...],
    before: tuple[int, int, DayHours] | None,
    actor: Actor,
) -> ReportAttendance | None:
    """What is to be reported; nothing where it says what was said before, or there was nothing to come to."""
    number, corrects, said = before or (0, 0, None)
    if said == hours or (not corrects and not hours.planned):
        return None
    return ReportAttendance(
        report_id=report_key(content, day, number + 1),
        actor=actor,
        content=content,
        first_day=day,
        last_day=day,
        hours_planned=hours.planned,
        hours_attended=hours.attended,
        corrects=report_key(content, day, corrects) if corrects else None,
        confirmed=True,  # who closes the list says that it was held, also while the exchange was suspended
        objectives=objectives,
    )


async def _reported(session: AsyncSession, exchange_id: str, content: Content, day: date) -> Sequence[AttendanceRow]:
    """What is on record of the day; a report that was corrected is there no more."""
    query = select(AttendanceRow).where(
        AttendanceRow.exchange_id == exchange_id,
        AttendanceRow.content == content,
        AttendanceRow.first_day <= day,
        AttendanceRow.last_day >= day,
    )
    return list(await session.scalars(query))


async def _of_the_day(
    session: AsyncSession, row: HostSessionRow, exchange_id: str, day: date, zone: str
) -> tuple[DayHours, tuple[str, ...]]:
    """The hours of the closed sessions of this content on the day, and the objectives of those attended."""
    query = (
        select(HostSessionRow, SessionInvitationRow.presence)
        .join(SessionInvitationRow, SessionInvitationRow.session_id == HostSessionRow.id)
        .where(
            SessionInvitationRow.exchange_id == exchange_id,
            HostSessionRow.institution_id == row.institution_id,
            HostSessionRow.content == row.content,
            HostSessionRow.status == HostSessionStatus.CLOSED,
        )
        .order_by(HostSessionRow.starts_at, HostSessionRow.id)
    )
    that_day = [(one, presence) for one, presence in await session.execute(query) if _on(one, day, zone)]
    attended = (one for one, presence in that_day if presence is Presence.ATTENDED)
    objectives = dict.fromkeys(objective for one in attended for objective in one.objectives)
    return day_hours((hours_of_session(one), presence) for one, presence in that_day), tuple(objectives)


def hours_of_session(row: HostSessionRow) -> float:
    """How long a session lasts, in hours."""
    return round((row.ends_at - row.starts_at).total_seconds() / 3600, 2)


def _on(row: HostSessionRow, day: date, zone: str) -> bool:
    return row.starts_at.astimezone(ZoneInfo(zone)).date() == day


async def _before(
    session: AsyncSession, exchange_id: str, content: Content, day: date, reported: Sequence[AttendanceRow]
) -> tuple[int, int, DayHours] | None:
    """The last number used, the number of the report that holds or is about to, and what it says."""
    prefix = report_key(content, day, 0)[:-1]
    holds = {int(one.id.removeprefix(prefix)): DayHours(one.hours_planned, one.hours_attended) for one in reported}
    acts = select(ActRow).where(
        ActRow.workflow_id == exchange_workflow_id(exchange_id), ActRow.key.startswith(prefix, autoescape=True)
    )
    last = max(holds, default=0)
    for act in await session.scalars(acts):
        number = int(act.key.removeprefix(prefix))
        last = max(last, number)
        if act.status is not ActStatus.REFUSED:
            asked = ReportAttendance.model_validate(act.request)
            holds[number] = DayHours(asked.hours_planned, asked.hours_attended)
    if not last:
        return None
    newest = max(holds, default=0)
    return last, newest, holds.get(newest, DayHours(0, 0))


async def attended_objectives(session: AsyncSession, exchange_id: str) -> dict[str, frozenset[str]]:
    """The objectives of the sessions that a student attended, by content."""
    query = (
        select(HostSessionRow)
        .join(SessionInvitationRow, SessionInvitationRow.session_id == HostSessionRow.id)
        .where(SessionInvitationRow.exchange_id == exchange_id, SessionInvitationRow.presence == Presence.ATTENDED)
    )
    found: dict[str, frozenset[str]] = {}
    for row in await session.scalars(query):
        found[row.content] = found.get(row.content, frozenset[str]()) | frozenset(str(one) for one in row.objectives)
    return found
