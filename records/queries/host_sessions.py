"""Sessions of hosts from the records: of an office with their lists, of a student their own."""

from sqlalchemy import ColumnElement, case, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.errors import Unknown
from models.messages.host_sessions import HostSessionStatus, Presence
from models.people.authorization import Actor
from models.people.host_sessions import may_read_sessions
from models.tables import ExchangeRow, HostSessionRow, IdentityRow, SessionInvitationRow, identity_of_exchange
from models.views.host_sessions import HostSessionView, InvitedLine, OwnSession, SessionLine
from models.views.shared import Paged
from models.vocabulary import Role
from records.queries.titles import student_of
from records.queries.visibility import visible_to
from records.session_hours import hours_of_session

_INVITED = func.count(SessionInvitationRow.exchange_id)
_ATTENDED = func.coalesce(func.sum(case((SessionInvitationRow.presence == Presence.ATTENDED, 1), else_=0)), 0)


async def host_sessions(session: AsyncSession, programme: Programme, actor: Actor, wanted: Paged) -> list[SessionLine]:
    """The sessions that an office reads, the latest first.

    Raises:
        Unknown: the cursor is no session of theirs.
    """
    here: ColumnElement[bool]
    if may_read_sessions(actor, "-"):
        here = true()
    else:
        mine = may_read_sessions(actor, actor.institution)
        here = HostSessionRow.institution_id == actor.institution if mine else false()
    query = (
        select(HostSessionRow, _INVITED, _ATTENDED)
        .outerjoin(SessionInvitationRow, SessionInvitationRow.session_id == HostSessionRow.id)
        .where(here)
        .group_by(HostSessionRow.id)
        .order_by(HostSessionRow.starts_at.desc(), HostSessionRow.id.desc())
        .limit(wanted.limit)
    )
    if wanted.after is not None:
        last = await session.get(HostSessionRow, wanted.after)
        if last is None or not may_read_sessions(actor, last.institution_id):
            raise Unknown("session.not_yours")
        earlier = (HostSessionRow.starts_at == last.starts_at) & (HostSessionRow.id < last.id)
        query = query.where(or_(HostSessionRow.starts_at < last.starts_at, earlier))
    return [line_of(row, programme, invited, attended) for row, invited, attended in await session.execute(query)]


async def host_session(
    session: AsyncSession, programme: Programme, session_id: str, actor: Actor
) -> HostSessionView | None:
    """One session with its list; `None` where there is none or it is not for the reader (D44)."""
    row = await session.get(HostSessionRow, session_id)
    if row is None or not may_read_sessions(actor, row.institution_id):
        return None
    query = (
        select(SessionInvitationRow, IdentityRow)
        .join(ExchangeRow, ExchangeRow.id == SessionInvitationRow.exchange_id)
        .join(IdentityRow, identity_of_exchange())
        .where(SessionInvitationRow.session_id == session_id)
        .order_by(IdentityRow.family_name, IdentityRow.given_name, SessionInvitationRow.exchange_id)
    )
    lines = [_invited(invitation, identity) for invitation, identity in await session.execute(query)]
    attended = sum(one.presence is Presence.ATTENDED for one in lines)
    return HostSessionView(line=line_of(row, programme, len(lines), attended), invited=tuple(lines))


async def own_sessions(
    session: AsyncSession, programme: Programme, actor: Actor, only: str | None = None
) -> list[OwnSession]:
    """The sessions that a student is invited to, in the order of time; `only` one of them."""
    if actor.role is not Role.STUDENT:
        return []
    query = (
        select(HostSessionRow, SessionInvitationRow)
        .join(SessionInvitationRow, SessionInvitationRow.session_id == HostSessionRow.id)
        .join(ExchangeRow, ExchangeRow.id == SessionInvitationRow.exchange_id)
        .where(ExchangeRow.person_id == actor.id, *([HostSessionRow.id == only] if only is not None else []))
        .order_by(HostSessionRow.starts_at, HostSessionRow.id)
    )
    return [
        OwnSession(
            line=line_of(row, programme),
            exchange_id=invitation.exchange_id,
            presence=invitation.presence,
            reason=invitation.reason,
        )
        for row, invitation in await session.execute(query)
    ]


async def sessions_of(session: AsyncSession, programme: Programme, exchange_id: str, actor: Actor) -> list[SessionLine]:
    """The sessions that a student is invited to and that are held, for whoever may know of the exchange (D44)."""
    query = (
        select(HostSessionRow)
        .join(SessionInvitationRow, SessionInvitationRow.session_id == HostSessionRow.id)
        .join(ExchangeRow, ExchangeRow.id == SessionInvitationRow.exchange_id)
        .where(ExchangeRow.id == exchange_id, visible_to(actor))
        .where(HostSessionRow.status != HostSessionStatus.CANCELLED)
        .order_by(HostSessionRow.starts_at, HostSessionRow.id)
    )
    return [line_of(row, programme) for row in await session.scalars(query)]


def line_of(row: HostSessionRow, programme: Programme, invited: int = 0, attended: int = 0) -> SessionLine:
    """A session as lists show it."""
    return SessionLine(
        session_id=row.id,
        institution=row.institution_id,
        content=row.content,
        title=row.title,
        title_zh=row.title_zh,
        place=row.place,
        zone=programme.zone_of(row.institution_id) or "UTC",
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        hours=hours_of_session(row),
        capacity=row.capacity,
        objectives=tuple(row.objectives),
        status=row.status,
        version=row.version,
        invited=invited,
        attended=attended,
    )


def _invited(row: SessionInvitationRow, identity: IdentityRow) -> InvitedLine:
    return InvitedLine(
        exchange_id=row.exchange_id,
        student=student_of(identity),
        presence=row.presence,
        marked_by=row.marked_by,
        marked_at=row.marked_at,
        reason=row.reason,
    )
