"""Messages are claimed one at a time, have a priority, and count the attempts that are in doubt.

Revision: 0022, after 0021.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

INDEX = "ix_messages_status_priority_created_at_id"


def upgrade() -> None:
    """Add the columns; their defaults are the database's, so that a worker of the version before goes on writing."""
    op.add_column("messages", sa.Column("priority", sa.SmallInteger(), nullable=False, server_default="1"))
    op.add_column("messages", sa.Column("claim", sa.String(40)))
    op.add_column("messages", sa.Column("in_doubt", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE messages SET priority = 0 WHERE kind = 'sign_in'")
    op.create_index(INDEX, "messages", ["status", "priority", "created_at", "id"])


def downgrade() -> None:
    """Drop the columns."""
    op.drop_index(INDEX, "messages")
    with op.batch_alter_table("messages") as messages:
        messages.drop_column("in_doubt")
        messages.drop_column("claim")
        messages.drop_column("priority")
