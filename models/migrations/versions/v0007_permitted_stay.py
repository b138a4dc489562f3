"""Until when a student may stay in the host's country.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column."""
    op.add_column("exchanges", sa.Column("permitted_until", sa.Date()))


def downgrade() -> None:
    """Drop the column."""
    with op.batch_alter_table("exchanges") as exchanges:
        exchanges.drop_column("permitted_until")
