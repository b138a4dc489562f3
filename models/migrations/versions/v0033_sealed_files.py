"""Whose files are, for what, and under which name they are kept; files of before have none of it until they are sealed.

Revision: 0033, after 0032.
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

ADDED = {"person_id": 120, "purpose": 40, "bound_to": 120, "address": 64, "fingerprint": 64}


def upgrade() -> None:
    """Add the columns."""
    for name, length in ADDED.items():
        op.add_column("files", sa.Column(name, sa.String(length)))
    op.create_index("ix_files_fingerprint", "files", ["fingerprint"])


def downgrade() -> None:
    """Drop them again."""
    op.drop_index("ix_files_fingerprint", "files")
    for name in reversed(ADDED):
        op.drop_column("files", name)
