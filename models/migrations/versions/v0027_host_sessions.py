"""Sessions of a host, and who is invited to them.

Revision: 0027, after 0026.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "host_sessions",
        sa.Column("id", sa.String(120), primary_key=True),
        sa.Column("institution_id", sa.String(120), nullable=False),
        sa.Column("content", sa.String(40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("objectives", JSON, nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_host_sessions_institution_id_starts_at", "host_sessions", ["institution_id", "starts_at"])
    op.create_table(
        "session_invitations",
        sa.Column("session_id", sa.String(120), sa.ForeignKey("host_sessions.id"), primary_key=True),
        sa.Column("exchange_id", sa.String(120), sa.ForeignKey("exchanges.id"), primary_key=True),
        sa.Column("presence", sa.String(40), nullable=False),
        sa.Column("marked_by", sa.String(40)),
        sa.Column("marked_at", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.Text(), nullable=False),
    )
    op.create_index("ix_session_invitations_exchange_id", "session_invitations", ["exchange_id"])


def downgrade() -> None:
    """Drop them again."""
    op.drop_index("ix_session_invitations_exchange_id", "session_invitations")
    op.drop_table("session_invitations")
    op.drop_index("ix_host_sessions_institution_id_starts_at", "host_sessions")
    op.drop_table("host_sessions")
