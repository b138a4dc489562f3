"""Questions that nobody has answered yet: on steps, and to one person."""

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.identifiers import kind_of
from models.people.authorization import Actor
from models.people.conversation import is_meant
from models.tables import ExchangeRow, IdentityRow, PostRow, StepRow, identity_of_exchange
from models.views.conversation import OpenQuestion, QuestionLine
from models.vocabulary import StepStatus
from records.conversation.scopes import asked_of
from records.queries.titles import Titles, student_of
from records.queries.visibility import visible_to

MOST = 200
"""Questions of one list."""
_OPEN = (PostRow.asks, PostRow.answered_at.is_(None))


async def open_on(session: AsyncSession, step_ids: Collection[str]) -> dict[str, OpenQuestion]:
    """The newest open question of each step that has one: one query.

    That somebody is asked is told to whoever sees the step; what is asked, to those whom it is for.
    """
    if not step_ids:
        return {}
    query = select(PostRow).where(*_OPEN, PostRow.step_id.in_(step_ids)).order_by(PostRow.at)
    found: dict[str, OpenQuestion] = {}
    for row in await session.scalars(query):
        asked = asked_of(row)
        if asked is not None and row.step_id is not None:
            found[row.step_id] = OpenQuestion(post_id=row.id, at=row.at, asked=asked)
    return found


async def questions_to(session: AsyncSession, titles: Titles, actor: Actor) -> list[QuestionLine]:
    """What somebody is asked and has not answered, the oldest first: of exchanges and steps that are not over."""
    query = (
        select(PostRow, IdentityRow)
        .join(ExchangeRow, ExchangeRow.id == PostRow.exchange_id)
        .join(IdentityRow, identity_of_exchange())
        .outerjoin(StepRow, StepRow.id == PostRow.step_id)
        .where(*_OPEN, ExchangeRow.closed_at.is_(None), visible_to(actor))
        .where(or_(PostRow.step_id.is_(None), StepRow.status == StepStatus.OPEN))
        .order_by(PostRow.at, PostRow.id)
    )
    found: list[QuestionLine] = []
    for row, person in await session.execute(query):
        asked = asked_of(row)
        if asked is None or not is_meant(actor, asked):
            continue
        student = student_of(person)
        line = QuestionLine(
            post_id=row.id,
            exchange_id=row.exchange_id,
            student=student.name,
            step_id=row.step_id or "",
            kind=kind_of(row.step_id) if row.step_id else "",
            at=row.at,
            by=titles.who(row.author_id, student),
            institution=row.institution_id,
        )
        found.append(line)
    return found[:MOST]
