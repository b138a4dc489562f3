"""What students answered about papers that go to another jurisdiction, and which exchanges ask.

Revision: 0038, after 0037.
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """Add table and column; who was nominated before is not asked."""
    op.create_table(
        "consents",
        sa.Column("consent_id", sa.String(120), primary_key=True),
        sa.Column("about", sa.String(40), primary_key=True),
        sa.Column("exchange_id", sa.String(120), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(40), nullable=False),
        sa.Column("notice", sa.String(120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(120), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("paper_on", sa.Date()),
        sa.Column("note_id", sa.String(120)),
    )
    op.create_index("ix_consents_exchange_id_number", "consents", ["exchange_id", "number"])
    asks: sa.Column[bool] = sa.Column("asks_consent", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("exchange_codes", asks)


def downgrade() -> None:
    """Drop them again."""
    op.drop_column("exchange_codes", "asks_consent")
    op.drop_index("ix_consents_exchange_id_number", "consents")
    op.drop_table("consents")
