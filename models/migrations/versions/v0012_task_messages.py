"""Tasks of the operator keep the message id and parameters of what they say.

Revision: 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the columns; rows written before keep their words."""
    op.add_column("operator_tasks", sa.Column("message", sa.String(80)))
    op.add_column("operator_tasks", sa.Column("params", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")))


def downgrade() -> None:
    """Drop the columns."""
    op.drop_column("operator_tasks", "params")
    op.drop_column("operator_tasks", "message")
