"""When what a document says was erased, under which rule, and since when its bytes are gone.

Revision: 0036, after 0035.
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Add the columns; nothing was erased by a rule before."""
    with op.batch_alter_table("documents") as documents:
        documents.add_column(sa.Column("erased_at", sa.DateTime(timezone=True)))
        documents.add_column(sa.Column("erased_under", sa.String(120)))
    with op.batch_alter_table("files") as files:
        files.add_column(sa.Column("removed_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Drop them again; the bytes stay gone."""
    with op.batch_alter_table("files") as files:
        files.drop_column("removed_at")
    with op.batch_alter_table("documents") as documents:
        documents.drop_column("erased_under")
        documents.drop_column("erased_at")
