"""One form of every address; codes to sign in; OpenID subjects by mailbox; bounces.

Revision: 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op
from email_validator import EmailNotValidError, validate_email
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"

key = sa.String(120)
moment = sa.DateTime(timezone=True)
json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Add the columns and the table, and write the addresses on record in their one form."""
    op.add_column("sign_in_links", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("sign_in_links", sa.Column("mailbox", sa.String(320), nullable=False, server_default=""))
    op.add_column("oidc_subjects", sa.Column("mailbox", sa.String(320)))
    op.create_table(
        "bounces",
        sa.Column("id", key, primary_key=True),
        sa.Column("message_id", sa.BigInteger(), sa.ForeignKey("messages.id"), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("at", moment, nullable=False),
    )
    op.create_index("ix_bounces_message_id", "bounces", ["message_id"])
    connection = op.get_bind()
    for table, row_key in (("persons", "id"), ("members", "person_id")):
        _addresses(connection, table, row_key)
    _forms(connection)


def _addresses(connection: sa.Connection, table: str, row_key: str) -> None:
    rows = sa.table(table, sa.column(row_key), sa.column("email"))
    for who, email in connection.execute(sa.select(rows.c[row_key], rows.c.email)).all():
        if (form := _canonical(email)) != email:
            connection.execute(sa.update(rows).where(rows.c[row_key] == who).values(email=form))


def _forms(connection: sa.Connection) -> None:
    """What was nominated too: the same file read again would differ from it otherwise."""
    rows = sa.table("nominations", sa.column("id", key), sa.column("form", json))
    for who, form in connection.execute(sa.select(rows.c.id, rows.c.form)).all():
        email = str(form.get("email", ""))
        if (address := _canonical(email)) != email:
            connection.execute(sa.update(rows).where(rows.c.id == who).values(form=form | {"email": address}))


def _canonical(email: str) -> str:
    """As `models.addresses` had it at this revision; what is no such address stays for a person to correct."""
    try:
        return validate_email(email.strip(), check_deliverability=False).ascii_email or email
    except EmailNotValidError:
        return email


def downgrade() -> None:
    """Drop the columns and the table; addresses stay as they are, they were right before too."""
    op.drop_table("bounces")
    op.drop_column("oidc_subjects", "mailbox")
    op.drop_column("sign_in_links", "mailbox")
    op.drop_column("sign_in_links", "tries")
