"""Secret addresses of calendars.

Revision: 0041, after 0040.
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    """Add the table; nobody had such an address before."""
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.String(120), primary_key=True),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(120), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("institution_id", sa.String(120), nullable=False),
        sa.Column("unit_id", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("about", sa.String(120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_fetched_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("secret_hash", name="uq_calendar_feeds_secret_hash"),
    )
    op.create_index("ix_calendar_feeds_person_id", "calendar_feeds", ["person_id"])


def downgrade() -> None:
    """Drop it again."""
    op.drop_index("ix_calendar_feeds_person_id", "calendar_feeds")
    op.drop_table("calendar_feeds")
