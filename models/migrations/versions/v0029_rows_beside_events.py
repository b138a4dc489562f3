"""Readers of messages and invitations to sessions name the code of an exchange, which stays when tables are rebuilt.

Revision: 0029, after 0028.
"""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

COLUMNS: dict[str, Callable[[str], tuple[sa.Column[object], ...]]] = {
    "broadcast_readers": lambda exchange: (
        sa.Column("broadcast_id", sa.String(120), sa.ForeignKey("broadcasts.id"), primary_key=True),
        sa.Column("exchange_id", sa.String(120), sa.ForeignKey(exchange), primary_key=True),
        sa.Column("message_key", sa.String(250)),
    ),
    "session_invitations": lambda exchange: (
        sa.Column("session_id", sa.String(120), sa.ForeignKey("host_sessions.id"), primary_key=True),
        sa.Column("exchange_id", sa.String(120), sa.ForeignKey(exchange), primary_key=True),
        sa.Column("presence", sa.String(40), nullable=False),
        sa.Column("marked_by", sa.String(40)),
        sa.Column("marked_at", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.Text(), nullable=False),
    ),
}


def upgrade() -> None:
    """Make both tables anew with what is in them; SQLite changes no constraint of a table that is there."""
    _anew("exchange_codes.exchange_id")


def downgrade() -> None:
    """Name the row of the exchange again."""
    _anew("exchanges.id")


def _anew(exchange: str) -> None:
    for table, columns in COLUMNS.items():
        kept = f"{table}_kept"
        op.execute(f"CREATE TABLE {kept} AS SELECT * FROM {table}")
        op.drop_index(f"ix_{table}_exchange_id", table)
        op.drop_table(table)
        op.create_table(table, *columns(exchange))
        op.create_index(f"ix_{table}_exchange_id", table, ["exchange_id"])
        names = ", ".join(column.name for column in columns(exchange))
        op.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {kept}")
        op.drop_table(kept)
