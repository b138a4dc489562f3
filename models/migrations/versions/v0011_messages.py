"""Findings and events of other systems keep the message id and parameters of what was said.

Revision: 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

TABLES = ("findings", "inbound_events")


def upgrade() -> None:
    """Add the columns; rows written before keep their words."""
    for table in TABLES:
        op.add_column(table, sa.Column("message", sa.String(80)))
        op.add_column(table, sa.Column("params", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")))


def downgrade() -> None:
    """Drop the columns."""
    for table in TABLES:
        op.drop_column(table, "params")
        op.drop_column(table, "message")
