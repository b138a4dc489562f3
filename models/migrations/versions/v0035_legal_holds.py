"""Legal holds.

Revision: 0035, after 0034.
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "legal_holds",
        sa.Column("id", sa.String(120), primary_key=True),
        sa.Column("exchange_id", sa.String(120), nullable=False),
        sa.Column("person_id", sa.String(120), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("set_by", sa.String(120), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.String(120)),
        sa.Column("lifted_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_legal_holds_person_id", "legal_holds", ["person_id"])


def downgrade() -> None:
    """Drop it again."""
    op.drop_index("ix_legal_holds_person_id", "legal_holds")
    op.drop_table("legal_holds")
