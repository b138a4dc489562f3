"""Whom each post of an exchange is for, by its row and the step that it is about."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.identifiers import kind_of
from models.people.authorization import Actor, Owner
from models.people.conversation import PostScope, may_read_post
from models.tables import PostRow, StepRow
from models.vocabulary import StepKind
from records.queries.titles import owner_of

CONVERSATION = "conversation"
"""The purpose under whose data key words are sealed."""


def asked_of(row: PostRow) -> Owner | None:
    """Who owes an answer, where it is a question."""
    return Owner.model_validate(row.asked) if row.asks and row.asked else None


def scope_of(row: PostRow, step: StepRow | None, about_health: Collection[StepKind]) -> PostScope:
    """Whom a post is for."""
    return PostScope(
        author=row.author_id,
        author_role=row.author_role,
        institution=row.institution_id,
        audience=row.audience,
        mentions=tuple(row.mentions),
        asked=asked_of(row),
        owner=owner_of(step) if step is not None else None,
        about_health=row.step_id is not None and kind_of(row.step_id) in about_health,
    )


async def readable_posts(
    session: AsyncSession, exchange_id: str, actor: Actor, about_health: Collection[StepKind]
) -> list[PostRow]:
    """What was written about an exchange and somebody may read, the oldest first: one query."""
    query = (
        select(PostRow, StepRow)
        .outerjoin(StepRow, StepRow.id == PostRow.step_id)
        .where(PostRow.exchange_id == exchange_id)
        .order_by(PostRow.number)
    )
    rows = (await session.execute(query)).all()
    return [row for row, step in rows if may_read_post(actor, scope_of(row, step, about_health))]
