"""Who answered what lately is found without reading all steps; how often somebody who waits had an owner reminded.

Revision: 0043, after 0042.
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    """Add the index, and the count: nobody was reminded so before."""
    op.add_column("steps", sa.Column("reminded", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("steps", sa.Column("reminded_at", sa.DateTime(timezone=True)))
    op.create_index("ix_steps_decided_by_decided_at", "steps", ["decided_by", "decided_at"])


def downgrade() -> None:
    """Drop them again."""
    op.drop_index("ix_steps_decided_by_decided_at", "steps")
    op.drop_column("steps", "reminded_at")
    op.drop_column("steps", "reminded")
