"""Whether a document was read, and who accepted it.

Revision: 0034, after 0033.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Add the columns; what earlier checks said of a document they said of its file alone."""
    with op.batch_alter_table("documents") as table:
        table.add_column(sa.Column("read", sa.Boolean()))
        table.add_column(sa.Column("accepted_by", sa.String(120)))
    documents = sa.table("documents", sa.column("accepted", sa.Boolean()), sa.column("read", sa.Boolean()))
    op.execute(sa.update(documents).where(documents.c.accepted.is_not(None)).values(read=False))


def downgrade() -> None:
    """Drop them again."""
    with op.batch_alter_table("documents") as documents:
        documents.drop_column("accepted_by")
        documents.drop_column("read")
