"""Absences and preferences.

Revision: 0006, after 0005.
"""

from functools import partial

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

key = sa.String(120)
must = partial(sa.Column, nullable=False)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "absences",
        sa.Column("id", key, primary_key=True),
        must("person_id", key),
        must("first_day", sa.Date()),
        must("last_day", sa.Date()),
        must("deputy_id", key),
        sa.Column("cancelled_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_absences_person_id_last_day", "absences", ["person_id", "last_day"])
    op.create_table(
        "preferences",
        sa.Column("person_id", key, primary_key=True),
        must("language", sa.String(10)),
        must("zone", sa.String(60)),
        must("digest", sa.String(40)),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("preferences", "absences"):
        op.drop_table(table)
