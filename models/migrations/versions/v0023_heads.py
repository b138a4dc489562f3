"""Facts are recorded once, workflows have heads, policies are kept: workflows can be rebuilt from the records.

Revision: 0023, after 0022.
"""

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"

EVENTS = sa.table(
    "events",
    sa.column("position", sa.BigInteger()),
    sa.column("stream", sa.String()),
    sa.column("batch_key", sa.String()),
    sa.column("kind", sa.String()),
    sa.column("payload", sa.JSON()),
)
HEADS = sa.table(
    "heads", sa.column("writer", sa.String()), sa.column("stream", sa.String()), sa.column("revision", sa.Integer())
)
FACTS = sa.table("facts", sa.column("stream", sa.String()), sa.column("fact", sa.String()))
STEPS = ("step_opened", "step_closed")
"""Kinds whose facts are known from the beginning; the others are from now on."""
_OF_A_WORKFLOW = re.compile(r"^((?:exchange|rotation|cohort|service-level)/[^:]+?(?:/(r\d+))?):(\d+)$")
CHUNK = 1000


def upgrade() -> None:
    """Add the tables and fill them from the events."""
    op.create_table(
        "facts",
        sa.Column("stream", sa.String(120), primary_key=True),
        sa.Column("fact", sa.String(400), primary_key=True),
    )
    op.create_table(
        "heads",
        sa.Column("writer", sa.String(250), primary_key=True),
        sa.Column("stream", sa.String(120), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("policy_digest", sa.String(64)),
    )
    op.create_index("ix_heads_stream", "heads", ["stream"])
    op.create_table(
        "policies",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("body", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    )
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    """The heads by the keys of the batches; of what contradicts itself already, the first is the fact."""
    heads: dict[str, tuple[str, int]] = {}
    facts: dict[tuple[str, str], None] = {}
    for row in _events(connection):
        found = _OF_A_WORKFLOW.match(row.batch_key)
        if found:
            writer, number = found[1], int(found[3])
            heads[writer] = (row.stream, max(number, heads.get(writer, ("", 0))[1]))
        if row.kind in STEPS:
            round = f"{found[2]}/" if found and found[2] else ""
            facts[row.stream, f"{round}{row.kind}:{row.payload['step_id']}"] = None
    for at in range(0, len(facts), CHUNK):
        rows = [{"stream": stream, "fact": fact} for stream, fact in list(facts)[at : at + CHUNK]]
        connection.execute(sa.insert(FACTS), rows)
    if heads:
        found_heads = [{"writer": one, "stream": stream, "revision": at} for one, (stream, at) in heads.items()]
        connection.execute(sa.insert(HEADS), found_heads)


def _events(connection: sa.Connection) -> Iterator[Any]:
    position = 0
    while True:
        page = sa.select(EVENTS).where(EVENTS.c.position > position).order_by(EVENTS.c.position).limit(CHUNK)
        rows = connection.execute(page).all()
        if not rows:
            return
        yield from rows
        position = rows[-1].position


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("policies")
    op.drop_index("ix_heads_stream", "heads")
    op.drop_table("heads")
    op.drop_table("facts")
