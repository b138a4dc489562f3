"""Who answered what lately is found without reading all steps.

Revision: 0043, after 0042.
"""

from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_steps_decided_by_decided_at", "steps", ["decided_by", "decided_at"])


def downgrade() -> None:
    """Drop it again."""
    op.drop_index("ix_steps_decided_by_decided_at", "steps")
