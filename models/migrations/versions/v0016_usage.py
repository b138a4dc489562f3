"""What people may do a number of times a day is counted.

Revision: 0016, after 0014.
"""

from functools import partial

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0014"

key = sa.String(120)
must = partial(sa.Column, nullable=False)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "usage",
        sa.Column("id", key, primary_key=True),
        must("person_id", key),
        must("act", sa.String(60)),
        must("exchange_id", key),
        must("about", sa.String(60)),
        must("bytes", sa.Integer()),
        must("at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_usage_person_id_act_at", "usage", ["person_id", "act", "at"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("usage")
