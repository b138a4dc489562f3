"""What documents say, by version.

Revision: 0031, after 0030.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "stated_facts",
        sa.Column("document_id", sa.String(120), sa.ForeignKey("documents.id"), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("exchange_id", sa.String(120), sa.ForeignKey("exchange_codes.exchange_id"), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("stated_by", sa.String(120), nullable=False),
        sa.Column("stated_role", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_stated_facts_exchange_id", "stated_facts", ["exchange_id"])


def downgrade() -> None:
    """Drop it again."""
    op.drop_index("ix_stated_facts_exchange_id", "stated_facts")
    op.drop_table("stated_facts")
