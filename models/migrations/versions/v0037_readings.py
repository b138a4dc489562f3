"""What a machine read of a document, sealed beside it.

Revision: 0037, after 0036.
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """Add the table; documents that were checked before have no reading until they are checked again."""
    op.create_table(
        "readings",
        sa.Column("document_id", sa.String(120), sa.ForeignKey("documents.id"), primary_key=True),
        sa.Column("exchange_id", sa.String(120), sa.ForeignKey("exchange_codes.exchange_id"), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_readings_exchange_id", "readings", ["exchange_id"])


def downgrade() -> None:
    """Drop it again."""
    op.drop_index("ix_readings_exchange_id", "readings")
    op.drop_table("readings")
