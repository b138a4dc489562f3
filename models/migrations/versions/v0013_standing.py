"""Who gave whom to stand in, changed addresses of sign-in, and people who wait for a second person's word.

Revision: 0013, after 0012.
"""

from functools import partial
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"

key = sa.String(120)
moment = sa.DateTime(timezone=True)
json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
must = partial(sa.Column, nullable=False)


def upgrade() -> None:
    """Create the tables; whoever planned an absence or named deputies before is taken from the events."""
    op.add_column("absences", sa.Column("given_by", json))
    op.add_column("members", sa.Column("deputies_by", json))
    _fill()
    op.create_table(
        "address_changes",
        sa.Column("id", key, primary_key=True),
        must("person_id", key),
        must("old_email", sa.String(320)),
        must("new_email", sa.String(320)),
        must("changed_by", key),
        must("changed_at", moment),
        sa.Column("undone_at", moment),
    )
    op.create_index("ix_address_changes_person_id", "address_changes", ["person_id"])
    op.create_table(
        "member_proposals",
        sa.Column("id", key, primary_key=True),
        must("person_id", key),
        must("act", sa.String(40)),
        must("entry", json),
        must("proposed_by", key),
        must("proposed_at", moment),
        sa.Column("settled_by", key),
        sa.Column("settled_at", moment),
    )
    op.create_index("ix_member_proposals_person_id", "member_proposals", ["person_id"])


def _fill() -> None:
    events = sa.table("events", sa.column("position"), sa.column("kind"), sa.column("payload", json))
    absences = sa.table("absences", sa.column("id"), sa.column("given_by", json))
    members = sa.table("members", sa.column("person_id"), sa.column("deputies_by", json))
    kinds = ("absence_planned", "member_added", "member_changed")
    query = sa.select(events.c.payload).where(events.c.kind.in_(kinds)).order_by(events.c.position)
    connection = op.get_bind()
    payloads: list[dict[str, Any]] = list(connection.scalars(query))
    for told in payloads:
        if told["kind"] == "absence_planned":
            row = absences.update().where(absences.c.id == told["absence_id"])
            connection.execute(row.values(given_by=told["actor"]))
        elif told["kind"] == "member_added" or "deputies" in told["fields"]:
            entry = members.update().where(members.c.person_id == told["person"])
            connection.execute(entry.values(deputies_by=told["actor"]))


def downgrade() -> None:
    """Drop the tables and columns."""
    op.drop_table("member_proposals")
    op.drop_table("address_changes")
    op.drop_column("members", "deputies_by")
    op.drop_column("absences", "given_by")
