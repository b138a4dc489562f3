"""Keys of the API's acts, with what was asked under each.

Revision: 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "idempotency_keys",
        sa.Column("act_id", sa.String(120), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("act_id", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_asked_at", "idempotency_keys", ["asked_at"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("idempotency_keys")
