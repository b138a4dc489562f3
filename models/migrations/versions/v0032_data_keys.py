"""Data keys, wrapped by a key of the settings.

Revision: 0032, after 0031.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "data_keys",
        sa.Column("subject", sa.String(120), primary_key=True),
        sa.Column("purpose", sa.String(40), primary_key=True),
        sa.Column("key_id", sa.String(40), nullable=False),
        sa.Column("wrapped", sa.LargeBinary()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_data_keys_key_id", "data_keys", ["key_id"])


def downgrade() -> None:
    """Drop it again."""
    op.drop_index("ix_data_keys_key_id", "data_keys")
    op.drop_table("data_keys")
