"""Forms about housing and emergencies, by version.

Revision: 0028, after 0027.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "particulars",
        sa.Column("exchange_id", sa.String(120), sa.ForeignKey("exchange_codes.exchange_id"), primary_key=True),
        sa.Column("kind", sa.String(40), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("form", JSON, nullable=False),
        sa.Column("kept_by", sa.String(120), nullable=False),
        sa.Column("kept_role", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Drop it again."""
    op.drop_table("particulars")
