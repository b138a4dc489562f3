"""Events, people, exchanges and the outbox as they began.

Revision: 0001, the first. Unnamed constraints are named by the convention of `models.tables.base`.
"""

from functools import partial

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

key = sa.String(120)
long_key = sa.String(250)
word = sa.String(40)
moment = sa.DateTime(timezone=True)
json = sa.JSON().with_variant(JSONB(), "postgresql")
serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
must = partial(sa.Column, nullable=False)

TABLES = (
    "persons",
    "exchange_codes",
    "nominations",
    "notes",
    "events",
    "exchanges",
    "steps",
    "decisions",
    "messages",
    "operator_tasks",
)
"""In the order of their foreign keys."""


def upgrade() -> None:
    """Create the tables."""
    _people()
    _events()
    _exchanges()
    _steps()
    _mail()


def downgrade() -> None:
    """Drop the tables."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _people() -> None:
    op.create_table(
        "persons",
        sa.Column("id", key, primary_key=True),
        must("sending_id", key),
        must("student_number", sa.String(60)),
        must("family_name", sa.String(200)),
        must("given_name", sa.String(200)),
        must("native_name", sa.String(200)),
        must("email", sa.String(320)),
        must("birth_date", sa.Date()),
        must("gender", sa.String(20)),
        must("nationality", sa.String(2)),
        must("language", sa.String(10)),
        sa.UniqueConstraint("sending_id", "student_number"),
    )
    op.create_table(
        "exchange_codes",
        sa.Column("exchange_id", key, primary_key=True),
        must("cohort_id", key),
        must("year", sa.Integer()),
        must("sending_id", key),
        must("host_id", key),
        must("person_id", key, sa.ForeignKey("persons.id")),
        must("number", sa.Integer()),
        sa.UniqueConstraint("cohort_id", "person_id"),
        sa.UniqueConstraint("year", "sending_id", "number"),
    )
    op.create_index("ix_exchange_codes_person_id", "exchange_codes", ["person_id"])
    op.create_table(
        "nominations",
        sa.Column("id", key, primary_key=True),
        must("exchange_id", key, sa.ForeignKey("exchange_codes.exchange_id")),
        must("version", sa.Integer()),
        must("form", json),
        must("created_at", moment),
        sa.UniqueConstraint("exchange_id", "version"),
    )
    op.create_table(
        "notes",
        sa.Column("id", key, primary_key=True),
        must("exchange_id", key, sa.ForeignKey("exchange_codes.exchange_id")),
        must("text", sa.Text()),
        must("author_id", key),
        must("created_at", moment),
    )
    op.create_index("ix_notes_exchange_id", "notes", ["exchange_id"])


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("position", serial, primary_key=True),
        must("stream", key),
        must("seq", sa.Integer()),
        must("batch_key", long_key),
        must("batch_index", sa.Integer()),
        must("kind", sa.String(60)),
        must("at", moment),
        must("actor_id", key),
        must("actor_role", word),
        must("actor_institution", key),
        sa.Column("note_id", key),
        must("payload", json),
        sa.UniqueConstraint("batch_key", "batch_index"),
        sa.UniqueConstraint("stream", "seq"),
    )
    op.create_index("ix_events_kind", "events", ["kind"])


def _exchanges() -> None:
    op.create_table(
        "exchanges",
        sa.Column("id", key, primary_key=True),
        must("person_id", key),
        must("cohort_id", key),
        must("direction", word),
        must("sending_id", key),
        must("host_id", key),
        must("year", sa.Integer()),
        must("level", word),
        must("discipline", key),
        must("start", sa.Date()),
        must("end", sa.Date()),
        must("plan", json),
        must("nomination_version", sa.Integer()),
        must("policy_version", key),
        must("stage", word),
        must("mobility", word),
        must("nomination", word),
        sa.Column("outcome", word),
        sa.Column("reason", key),
        sa.Column("waitlist_position", sa.Integer()),
        sa.Column("seat", sa.Integer()),
        sa.Column("bed_id", key),
        sa.Column("clearance_through", sa.Date()),
        sa.Column("actual_arrival", moment),
        sa.Column("actual_departure", sa.Date()),
        must("opened_at", moment),
        sa.Column("closed_at", moment),
        must("revision", sa.Integer()),
    )
    op.create_index("ix_exchanges_cohort_id", "exchanges", ["cohort_id"])
    op.create_index("ix_exchanges_host_id_year", "exchanges", ["host_id", "year"])
    op.create_index("ix_exchanges_person_id", "exchanges", ["person_id"])
    op.create_index("ix_exchanges_sending_id_year", "exchanges", ["sending_id", "year"])
    op.create_index("ix_exchanges_stage", "exchanges", ["stage"])


def _steps() -> None:
    op.create_table(
        "steps",
        sa.Column("id", key, primary_key=True),
        must("exchange_id", key, sa.ForeignKey("exchanges.id")),
        must("kind", word),
        must("stage", word),
        must("side", word),
        must("role", word),
        must("institution_id", key),
        must("person_id", key),
        must("unit_id", key),
        must("subject", sa.Text()),
        must("status", word),
        must("outcomes", json),
        must("opened_at", moment),
        must("due_at", moment),
        must("zone", sa.String(60)),
        sa.Column("ends_at", moment),
        must("rungs", json),
        must("rungs_fired", json),
        must("unknown_years", json),
        sa.Column("outcome", sa.String(60)),
        sa.Column("decided_at", moment),
        sa.Column("decided_by", key),
        sa.Column("decision_id", key),
    )
    op.create_index("ix_steps_exchange_id_status", "steps", ["exchange_id", "status"])
    op.create_index(
        "ix_steps_status_institution_id_role_due_at", "steps", ["status", "institution_id", "role", "due_at"]
    )
    op.create_index("ix_steps_status_person_id_due_at", "steps", ["status", "person_id", "due_at"])
    op.create_table(
        "decisions",
        sa.Column("exchange_id", key, sa.ForeignKey("exchanges.id"), primary_key=True),
        sa.Column("id", key, primary_key=True),
        sa.Column("step_id", key),
        must("outcome", sa.String(60)),
        must("actor_id", key),
        must("actor_role", word),
        must("actor_institution", key),
        must("at", moment),
        sa.Column("note_id", key),
        must("detail", json),
    )
    op.create_index("ix_decisions_step_id", "decisions", ["step_id"])


def _mail() -> None:
    op.create_table(
        "messages",
        sa.Column("id", serial, primary_key=True),
        must("key", long_key),
        must("kind", sa.String(60)),
        sa.Column("exchange_id", key),
        must("stream", key),
        sa.Column("step_id", key),
        must("recipient_id", key),
        must("recipient_role", word),
        must("language", sa.String(10)),
        must("params", json),
        must("status", word),
        must("attempts", sa.Integer()),
        must("created_at", moment),
        must("not_before", moment),
        sa.Column("sent_at", moment),
        sa.Column("sent_to", sa.String(320)),
        sa.Column("message_id", long_key),
        sa.Column("last_error", sa.Text()),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_messages_exchange_id", "messages", ["exchange_id"])
    op.create_index("ix_messages_status_not_before", "messages", ["status", "not_before"])
    op.create_table(
        "operator_tasks",
        sa.Column("key", long_key, primary_key=True),
        must("kind", sa.String(60)),
        must("subject", key),
        must("detail", sa.Text()),
        must("opened_at", moment),
        sa.Column("closed_at", moment),
    )
