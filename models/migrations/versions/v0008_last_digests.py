"""Finding somebody's last digest without looking at every message.

Revision: 0008, after 0007.
"""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_messages_recipient_id_kind", "messages", ["recipient_id", "kind"])


def downgrade() -> None:
    """Drop the index."""
    op.drop_index("ix_messages_recipient_id_kind", "messages")
