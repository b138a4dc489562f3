"""Letters about exchanges, by number and version.

Revision: 0024, after 0023.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Add the table."""
    key = sa.String(120)
    op.create_table(
        "letters",
        sa.Column("number", key, primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("exchange_id", key, sa.ForeignKey("exchanges.id"), nullable=False),
        sa.Column("letter", sa.String(40), nullable=False),
        sa.Column("issuer_id", key, nullable=False),
        sa.Column("file_en", sa.String(64), nullable=False),
        sa.Column("file_zh", sa.String(64), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", key, nullable=False),
        sa.Column("nomination_version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("exchange_id", "letter", "version"),
    )


def downgrade() -> None:
    """Drop it again."""
    op.drop_table("letters")
