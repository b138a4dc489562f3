"""The register of what the authority wrote: entries, and their numbers beside them.

Revision: 0030, after 0029.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "authority_papers",
        sa.Column("exchange_id", sa.String(120), sa.ForeignKey("exchanges.id"), primary_key=True),
        sa.Column("id", sa.String(120), primary_key=True),
        sa.Column("paper", sa.String(40), nullable=False),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_until", sa.Date()),
        sa.Column("single_entry", sa.Boolean()),
        sa.Column("actor_id", sa.String(120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrects", sa.String(120)),
        sa.Column("number_id", sa.String(120)),
    )
    op.create_table(
        "authority_numbers",
        sa.Column("id", sa.String(120), primary_key=True),
        sa.Column("exchange_id", sa.String(120), sa.ForeignKey("exchange_codes.exchange_id"), nullable=False),
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("visa_type", sa.String(60), nullable=False),
        sa.Column("author_id", sa.String(120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_authority_numbers_exchange_id", "authority_numbers", ["exchange_id"])


def downgrade() -> None:
    """Drop them again."""
    op.drop_index("ix_authority_numbers_exchange_id", "authority_numbers")
    op.drop_table("authority_numbers")
    op.drop_table("authority_papers")
