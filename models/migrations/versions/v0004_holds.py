"""Clocks that stand still, deadlines that moved, steps outside an exchange, messages to deputies.

Revision: 0004, after 0003. Steps on record keep the due time they have as their first one.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"

key = sa.String(120)
moment = sa.DateTime(timezone=True)
json = sa.JSON().with_variant(JSONB(), "postgresql")
LISTS = ("rungs_missed", "holds", "waits_for")


def upgrade() -> None:
    """Add the columns, and fill those that every step has."""
    with op.batch_alter_table("steps") as steps:
        steps.add_column(sa.Column("stream", key))
        steps.add_column(sa.Column("first_due_at", moment))
        steps.add_column(sa.Column("held_since", moment))
        steps.add_column(sa.Column("held_because", sa.String(40)))
        steps.add_column(sa.Column("snoozed_until", moment))
        for name in LISTS:
            steps.add_column(sa.Column(name, json, nullable=False, server_default="[]"))
        steps.alter_column("exchange_id", existing_type=key, nullable=True)
    op.execute("UPDATE steps SET stream = exchange_id, first_due_at = due_at")
    with op.batch_alter_table("steps") as steps:
        steps.alter_column("stream", existing_type=key, nullable=False)
        steps.alter_column("first_due_at", existing_type=moment, nullable=False)
        for name in LISTS:
            steps.alter_column(name, existing_type=json, existing_nullable=False, server_default=None)
    op.create_index("ix_steps_stream_status", "steps", ["stream", "status"])
    with op.batch_alter_table("decisions") as decisions:
        decisions.drop_constraint("fk_decisions_exchange_id_exchanges", type_="foreignkey")
    with op.batch_alter_table("messages") as messages:
        messages.add_column(sa.Column("on_behalf_of", key, nullable=False, server_default=""))
    with op.batch_alter_table("messages") as messages:
        messages.alter_column("on_behalf_of", existing_type=key, existing_nullable=False, server_default=None)


def downgrade() -> None:
    """Drop the columns; steps outside an exchange go with them."""
    op.drop_index("ix_steps_stream_status", "steps")
    op.execute("DELETE FROM steps WHERE exchange_id IS NULL")
    op.execute("DELETE FROM decisions WHERE exchange_id NOT IN (SELECT id FROM exchanges)")
    with op.batch_alter_table("decisions") as decisions:
        decisions.create_foreign_key("fk_decisions_exchange_id_exchanges", "exchanges", ["exchange_id"], ["id"])
    with op.batch_alter_table("messages") as messages:
        messages.drop_column("on_behalf_of")
    with op.batch_alter_table("steps") as steps:
        for name in (*LISTS, "snoozed_until", "held_because", "held_since", "first_due_at", "stream"):
            steps.drop_column(name)
        steps.alter_column("exchange_id", existing_type=key, nullable=False)
