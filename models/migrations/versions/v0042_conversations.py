"""What people write about an exchange, and mail that came back to it.

Revision: 0042, after 0041.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0042"
down_revision = "0041"
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Add the tables; nobody wrote anything before."""
    op.create_table(
        "posts",
        sa.Column("id", sa.String(120), primary_key=True),
        sa.Column("exchange_id", sa.String(120), sa.ForeignKey("exchange_codes.exchange_id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.String(120)),
        sa.Column("audience", sa.String(40), nullable=False),
        sa.Column("author_id", sa.String(120), nullable=False),
        sa.Column("author_role", sa.String(40), nullable=False),
        sa.Column("institution_id", sa.String(120), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("mentions", JSON, nullable=False),
        sa.Column("asks", sa.Boolean(), nullable=False),
        sa.Column("asked", JSON),
        sa.Column("answers_id", sa.String(120)),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("exchange_id", "number", name="uq_posts_exchange_id_number"),
    )
    op.create_index("ix_posts_step_id", "posts", ["step_id"])
    op.create_table(
        "mail_replies",
        sa.Column("id", sa.String(120), primary_key=True),
        sa.Column("message_id", sa.BigInteger(), sa.ForeignKey("messages.id"), nullable=False),
        sa.Column("result", sa.String(80), nullable=False),
        sa.Column("post_id", sa.String(120)),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_mail_replies_message_id", "mail_replies", ["message_id"])


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("mail_replies")
    op.drop_table("posts")
