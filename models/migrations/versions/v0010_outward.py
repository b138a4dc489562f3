"""Webhook endpoints, deliveries, and events from other systems.

Revision: 0010, after 0009.
"""

from functools import partial

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

key = sa.String(120)
long_key = sa.String(250)
moment = sa.DateTime(timezone=True)
serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
must = partial(sa.Column, nullable=False)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", key, primary_key=True),
        must("institution_id", key),
        must("url", sa.String(1000)),
        must("description", sa.String(200)),
        must("kinds", json),
        must("secret", sa.Text()),
        sa.Column("previous_secret", sa.Text()),
        sa.Column("rotated_at", moment),
        must("active", sa.Boolean()),
        must("why_inactive", sa.String(200)),
        sa.Column("removed_at", moment),
        must("created_by", key),
        must("created_at", moment),
        must("position", sa.Integer()),
    )
    op.create_index("ix_webhook_endpoints_institution_id", "webhook_endpoints", ["institution_id"])
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", serial, primary_key=True),
        must("endpoint_id", key),
        must("position", sa.Integer()),
        must("stream", key),
        must("event_id", long_key),
        must("type", key),
        must("status", sa.String(40)),
        must("attempts", sa.Integer()),
        must("answer", sa.String(100)),
        must("next_at", moment),
        sa.Column("delivered_at", moment),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["webhook_endpoints.id"], name="fk_webhook_deliveries_endpoint_id_webhook_endpoints"
        ),
        sa.UniqueConstraint("endpoint_id", "position", name="uq_webhook_deliveries_endpoint_id_position"),
    )
    op.create_index(
        "ix_webhook_deliveries_endpoint_id_status_next_at", "webhook_deliveries", ["endpoint_id", "status", "next_at"]
    )
    op.create_table(
        "inbound_events",
        sa.Column("id", serial, primary_key=True),
        must("source", long_key),
        must("event_id", long_key),
        must("type", key),
        must("body_hash", sa.String(64)),
        must("payload", json),
        must("institution_id", key),
        must("actor_id", key),
        must("received_at", moment),
        must("status", sa.String(40)),
        must("why", sa.Text()),
        must("exchange_id", key),
        sa.UniqueConstraint("source", "event_id", name="uq_inbound_events_source_event_id"),
    )
    op.create_index("ix_inbound_events_institution_id_status", "inbound_events", ["institution_id", "status"])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("inbound_events", "webhook_deliveries", "webhook_endpoints"):
        op.drop_table(table)
