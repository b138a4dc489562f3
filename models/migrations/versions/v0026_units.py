"""Units as their owners keep them, and who supervises a place.

Revision: 0026, after 0025.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Add the table and the column."""
    op.create_table(
        "unit_terms",
        sa.Column("unit_id", sa.String(120), primary_key=True),
        sa.Column("institution_id", sa.String(120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("terms", JSON, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(120), nullable=False),
    )
    op.create_index("ix_unit_terms_institution_id", "unit_terms", ["institution_id"])
    op.add_column("placements", sa.Column("supervisor_id", sa.String(120), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop them again."""
    op.drop_column("placements", "supervisor_id")
    op.drop_index("ix_unit_terms_institution_id", "unit_terms")
    op.drop_table("unit_terms")
