"""Documents, seats, beds, places and what a stay leaves behind, as they began.

Revision: 0002, after 0001. Unnamed constraints are named by the convention of `models.tables.base`.
"""

from functools import partial

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"

key = sa.String(120)
word = sa.String(40)
moment = sa.DateTime(timezone=True)
json = sa.JSON().with_variant(JSONB(), "postgresql")
must = partial(sa.Column, nullable=False)

TABLES = (
    "files",
    "documents",
    "findings",
    "cohorts",
    "seats",
    "waitlist",
    "beds",
    "bed_nights",
    "unit_capacities",
    "unit_slots",
    "placements",
    "place_days",
    "attendance",
    "evaluations",
    "certificates",
)
"""In the order of their foreign keys."""


def upgrade() -> None:
    """Create the tables."""
    _documents()
    _cohorts()
    _beds()
    _places()
    _stay()


def downgrade() -> None:
    """Drop the tables."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _documents() -> None:
    op.create_table(
        "files",
        sa.Column("hash", sa.String(64), primary_key=True),
        must("size", sa.Integer()),
        must("media_type", sa.String(100)),
        must("created_at", moment),
    )
    op.create_table(
        "documents",
        sa.Column("id", key, primary_key=True),
        must("exchange_id", key, sa.ForeignKey("exchange_codes.exchange_id")),
        must("kind", sa.String(60)),
        must("file_hash", sa.String(64), sa.ForeignKey("files.hash")),
        must("filename", sa.String(255)),
        must("status", word),
        sa.Column("submitted_at", moment),
        sa.Column("issued_on", sa.Date()),
        sa.Column("expires_on", sa.Date()),
        sa.Column("accepted", sa.Boolean()),
        sa.Column("pages", sa.Integer()),
        must("uploaded_by", key),
        must("filed_at", moment),
    )
    op.create_index("ix_documents_exchange_id_kind", "documents", ["exchange_id", "kind"])
    op.create_index("ix_documents_file_hash", "documents", ["file_hash"])
    op.create_table(
        "findings",
        sa.Column("document_id", key, sa.ForeignKey("documents.id"), primary_key=True),
        sa.Column("rule_id", key, primary_key=True),
        sa.Column("field", sa.String(60), primary_key=True),
        must("severity", word),
        must("reason", sa.Text()),
    )


def _cohorts() -> None:
    op.create_table(
        "cohorts",
        sa.Column("id", key, primary_key=True),
        must("sending_id", key),
        must("host_id", key),
        must("year", sa.Integer()),
        must("direction", word),
        must("cap", sa.Integer()),
        must("minimum", sa.Integer()),
        must("closes_at", moment),
        must("closed_below_minimum", sa.Boolean()),
        must("revision", sa.Integer()),
    )
    op.create_table(
        "seats",
        sa.Column("cohort_id", key, sa.ForeignKey("cohorts.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("exchange_id", key),
        must("held", sa.Boolean()),
        sa.Column("taken_at", moment),
        sa.CheckConstraint("number >= 1", name="number"),
        sa.UniqueConstraint("exchange_id"),
    )
    op.create_table(
        "waitlist",
        sa.Column("cohort_id", key, sa.ForeignKey("cohorts.id"), primary_key=True),
        sa.Column("exchange_id", key, primary_key=True),
        must("position", sa.Integer()),
        sa.UniqueConstraint("cohort_id", "position"),
    )


def _beds() -> None:
    op.create_table(
        "beds",
        sa.Column("id", key, primary_key=True),
        must("institution_id", key),
        must("building", sa.String(200)),
        must("room", sa.String(60)),
        must("gender", sa.String(20)),
        must("active", sa.Boolean()),
    )
    op.create_index("ix_beds_institution_id", "beds", ["institution_id"])
    op.create_table(
        "bed_nights",
        sa.Column("bed_id", key, sa.ForeignKey("beds.id"), primary_key=True),
        sa.Column("night", sa.Date(), primary_key=True),
        must("exchange_id", key),
        sa.UniqueConstraint("exchange_id", "night"),
    )


def _places() -> None:
    op.create_table(
        "unit_capacities",
        sa.Column("unit_id", key, primary_key=True),
        must("institution_id", key),
        must("content", word),
        must("capacity", sa.Integer()),
        sa.CheckConstraint("capacity >= 0", name="capacity"),
    )
    op.create_index("ix_unit_capacities_institution_id", "unit_capacities", ["institution_id"])
    op.create_table(
        "unit_slots",
        sa.Column("unit_id", key, sa.ForeignKey("unit_capacities.unit_id"), primary_key=True),
        sa.Column("slot", sa.Integer(), primary_key=True, autoincrement=False),
        sa.CheckConstraint("slot >= 1", name="slot"),
    )
    op.create_table(
        "placements",
        sa.Column("id", key, primary_key=True),
        must("exchange_id", key, sa.ForeignKey("exchanges.id")),
        must("content", word),
        must("unit_id", key),
        must("start", sa.Date()),
        must("end", sa.Date()),
        must("status", sa.String(20)),
        sa.Column("released_from", sa.Date()),
    )
    op.create_index("ix_placements_exchange_id", "placements", ["exchange_id"])
    op.create_table(
        "place_days",
        sa.Column("unit_id", key, primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("slot", sa.Integer(), primary_key=True, autoincrement=False),
        must("placement_id", key),
        must("exchange_id", key),
        sa.ForeignKeyConstraint(["unit_id", "slot"], ["unit_slots.unit_id", "unit_slots.slot"]),
        sa.UniqueConstraint("exchange_id", "day"),
    )
    op.create_index("ix_place_days_placement_id", "place_days", ["placement_id"])


def _stay() -> None:
    op.create_table(
        "attendance",
        sa.Column("exchange_id", key, sa.ForeignKey("exchanges.id"), primary_key=True),
        sa.Column("id", key, primary_key=True),
        must("content", word),
        sa.Column("placement_id", key),
        must("first_day", sa.Date()),
        must("last_day", sa.Date()),
        must("hours_planned", sa.Double()),
        must("hours_attended", sa.Double()),
        must("actor_id", key),
        must("at", moment),
    )
    op.create_table(
        "evaluations",
        sa.Column("exchange_id", key, sa.ForeignKey("exchanges.id"), primary_key=True),
        sa.Column("id", key, primary_key=True),
        must("step_id", key),
        sa.Column("placement_id", key),
        must("ratings", json),
        sa.Column("passed", sa.Boolean()),
        must("actor_id", key),
        must("at", moment),
        sa.Column("note_id", key),
    )
    op.create_table(
        "certificates",
        sa.Column("number", key, primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        must("exchange_id", key, sa.ForeignKey("exchanges.id")),
        must("verification", key),
        must("file_hash", sa.String(64)),
        must("issued_on", sa.Date()),
        must("issued_at", moment),
        sa.Column("revoked_at", moment),
        sa.UniqueConstraint("verification"),
    )
    op.create_index("ix_certificates_exchange_id", "certificates", ["exchange_id"])
