"""Messages to many: what was written, and for whom.

Revision: 0025, after 0024.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "broadcasts",
        sa.Column("id", sa.String(120), primary_key=True),
        sa.Column("institution_id", sa.String(120), nullable=False),
        sa.Column("sender_id", sa.String(120), nullable=False),
        sa.Column("sender_role", sa.String(40), nullable=False),
        sa.Column("audience", JSON, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("subject_zh", sa.Text(), nullable=False),
        sa.Column("text_zh", sa.Text(), nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("unreachable", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_broadcasts_institution_id_at", "broadcasts", ["institution_id", "at"])
    op.create_table(
        "broadcast_readers",
        sa.Column("broadcast_id", sa.String(120), sa.ForeignKey("broadcasts.id"), primary_key=True),
        sa.Column("exchange_id", sa.String(120), sa.ForeignKey("exchanges.id"), primary_key=True),
        sa.Column("message_key", sa.String(250)),
    )
    op.create_index("ix_broadcast_readers_exchange_id", "broadcast_readers", ["exchange_id"])


def downgrade() -> None:
    """Drop them again."""
    op.drop_index("ix_broadcast_readers_exchange_id", "broadcast_readers")
    op.drop_table("broadcast_readers")
    op.drop_index("ix_broadcasts_institution_id_at", "broadcasts")
    op.drop_table("broadcasts")
