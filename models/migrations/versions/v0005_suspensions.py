"""Suspensions.

Revision: 0005, after 0004.
"""

from functools import partial

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"

key = sa.String(120)
word = sa.String(40)
moment = sa.DateTime(timezone=True)
json = sa.JSON().with_variant(JSONB(), "postgresql")
must = partial(sa.Column, nullable=False)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "suspensions",
        sa.Column("id", key, primary_key=True),
        must("scope", word),
        must("target", key),
        must("reason", word),
        must("exempt", json),
        must("actor_id", key),
        must("since", moment),
        sa.Column("until", moment),
    )
    op.create_table(
        "exchange_suspensions",
        sa.Column("exchange_id", key, sa.ForeignKey("exchanges.id"), primary_key=True),
        sa.Column("suspension_id", key, primary_key=True),
        must("reason", word),
        must("since", moment),
        sa.Column("until", moment),
    )
    op.create_index("ix_exchange_suspensions_suspension_id_until", "exchange_suspensions", ["suspension_id", "until"])
    op.create_table(
        "suspension_words",
        sa.Column("suspension_id", key, primary_key=True),
        must("text", sa.Text()),
        must("author_id", key),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("suspension_words", "exchange_suspensions", "suspensions"):
        op.drop_table(table)
