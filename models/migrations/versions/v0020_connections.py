"""Endpoints look with the rights of an office; the ids of events from elsewhere belong to who sends them.

Revision: 0020, after 0019.
"""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

EVENTS = sa.table(
    "inbound_events",
    sa.column("id", sa.BigInteger()),
    sa.column("source", sa.String()),
    sa.column("event_id", sa.String()),
    sa.column("act_id", sa.String()),
)


def upgrade() -> None:
    """Add the columns; events that came before keep the ids of their acts, so that none is done twice."""
    op.add_column("webhook_endpoints", sa.Column("office", sa.String(40)))
    op.add_column("inbound_events", sa.Column("act_id", sa.String(120)))
    connection = op.get_bind()
    for row in connection.execute(sa.select(EVENTS.c.id, EVENTS.c.source, EVENTS.c.event_id)).all():
        digest = hashlib.sha256(f"{row.source}\n{row.event_id}".encode()).hexdigest()
        connection.execute(EVENTS.update().where(EVENTS.c.id == row.id).values(act_id=f"in-{digest[:32]}"))
    with op.batch_alter_table("inbound_events") as events:
        events.alter_column("act_id", existing_type=sa.String(120), nullable=False)
        events.drop_constraint("uq_inbound_events_source_event_id", type_="unique")
        events.create_unique_constraint(
            "uq_inbound_events_institution_id_source_event_id", ["institution_id", "source", "event_id"]
        )


def downgrade() -> None:
    """Drop the columns; where two institutions used one id, the later event goes."""
    op.execute(
        "DELETE FROM inbound_events WHERE id NOT IN (SELECT MIN(id) FROM inbound_events GROUP BY source, event_id)"
    )
    with op.batch_alter_table("inbound_events") as events:
        events.drop_constraint("uq_inbound_events_institution_id_source_event_id", type_="unique")
        events.create_unique_constraint("uq_inbound_events_source_event_id", ["source", "event_id"])
        events.drop_column("act_id")
    op.drop_column("webhook_endpoints", "office")
