"""Whether a document was read, and who accepted it.

Revision: 0034, after 0033.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Add the columns; of earlier documents nothing is known."""
    with op.batch_alter_table("documents") as documents:
        documents.add_column(sa.Column("read", sa.Boolean()))
        documents.add_column(sa.Column("accepted_by", sa.String(120)))


def downgrade() -> None:
    """Drop them again."""
    with op.batch_alter_table("documents") as documents:
        documents.drop_column("accepted_by")
        documents.drop_column("read")
