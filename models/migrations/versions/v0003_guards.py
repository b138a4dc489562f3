"""What the database itself refuses: changing or deleting an event, and giving a taken seat to somebody else.

Revision: 0003, after 0002.
"""

from alembic import op

revision = "0003"
down_revision = "0002"

SQLITE = (
    """
    CREATE TRIGGER events_never_updated BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events are appended, never changed'); END
    """,
    """
    CREATE TRIGGER events_never_deleted BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'events are appended, never deleted'); END
    """,
    """
    CREATE TRIGGER seats_never_taken_over BEFORE UPDATE OF exchange_id ON seats
    WHEN OLD.exchange_id IS NOT NULL AND NEW.exchange_id IS NOT NULL AND NEW.exchange_id <> OLD.exchange_id
    BEGIN SELECT RAISE(ABORT, 'the seat is taken'); END
    """,
)
POSTGRESQL = (
    """
    CREATE FUNCTION refuse_change_of_events() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'events are appended, never changed' USING ERRCODE = 'integrity_constraint_violation'; END $$
    """,
    """
    CREATE TRIGGER events_never_changed BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_events()
    """,
    """
    CREATE TRIGGER events_never_truncated BEFORE TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_events()
    """,
    """
    CREATE FUNCTION refuse_taken_seat() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the seat is taken' USING ERRCODE = 'integrity_constraint_violation'; END $$
    """,
    """
    CREATE TRIGGER seats_never_taken_over BEFORE UPDATE OF exchange_id ON seats FOR EACH ROW
    WHEN (OLD.exchange_id IS NOT NULL AND NEW.exchange_id IS NOT NULL AND NEW.exchange_id <> OLD.exchange_id)
    EXECUTE FUNCTION refuse_taken_seat()
    """,
)
UNDO_SQLITE = tuple(
    f"DROP TRIGGER {name}" for name in ("seats_never_taken_over", "events_never_deleted", "events_never_updated")
)
UNDO_POSTGRESQL = (
    "DROP FUNCTION refuse_taken_seat() CASCADE",
    "DROP FUNCTION refuse_change_of_events() CASCADE",
)


def upgrade() -> None:
    """Create the triggers."""
    for statement in POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)


def downgrade() -> None:
    """Drop the triggers."""
    for statement in UNDO_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else UNDO_SQLITE:
        op.execute(statement)
