"""The register of acts.

Revision: 0021, after 0020.
"""

from functools import partial

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"

key = sa.String(120)
moment = sa.DateTime(timezone=True)
json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
must = partial(sa.Column, nullable=False)
waiting = sa.text("status = 'asked'")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "acts",
        must("workflow_id", sa.String(250)),
        must("key", key),
        must("kind", sa.String(60)),
        sa.Column("exchange_id", key),
        sa.Column("step_id", key),
        must("fingerprint", sa.String(64)),
        must("actor_id", key),
        must("actor_role", sa.String(40)),
        must("actor_institution", key),
        must("request", json),
        must("asked_at", moment),
        must("status", sa.String(40)),
        sa.Column("taken_at", moment),
        sa.Column("answered_at", moment),
        sa.Column("answer", json),
        sa.Column("error", json),
        must("tries", sa.Integer()),
        sa.Column("next_try_at", moment),
        sa.Column("told_at", moment),
        sa.PrimaryKeyConstraint("workflow_id", "key", name="pk_acts"),
    )
    op.create_index("ix_acts_key", "acts", ["key"])
    op.create_index("ix_acts_exchange_id", "acts", ["exchange_id"])
    op.create_index("ix_acts_step_id", "acts", ["step_id"])
    op.create_index("ix_acts_next_try_at", "acts", ["next_try_at"], sqlite_where=waiting, postgresql_where=waiting)


def downgrade() -> None:
    """Drop it."""
    op.drop_table("acts")
