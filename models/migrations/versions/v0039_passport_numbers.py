"""The number of a passport, where a nomination tells it.

Revision: 0039, after 0038.
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
TABLES = ("persons", "identities")


def upgrade() -> None:
    """Add the columns; nobody told a number before."""
    for table in TABLES:
        op.add_column(table, sa.Column("passport_number", sa.String(20), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop them again."""
    for table in TABLES:
        op.drop_column(table, "passport_number")
