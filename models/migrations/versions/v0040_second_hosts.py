"""Which exchange goes on from one at another host.

Revision: 0040, after 0039.
"""

import sqlalchemy as sa
from alembic import op

from models.tables.base import Key

revision = "0040"
down_revision = "0039"
TABLE = "exchange_codes"


def upgrade() -> None:
    """Add the columns; no stay went on at a second host before."""
    for name in ("continues", "continues_change"):
        op.add_column(TABLE, sa.Column(name, Key, nullable=True))
    op.create_index("ix_exchange_codes_continues", TABLE, ["continues"])


def downgrade() -> None:
    """Drop them again."""
    op.drop_index("ix_exchange_codes_continues", TABLE)
    for name in ("continues_change", "continues"):
        op.drop_column(TABLE, name)
