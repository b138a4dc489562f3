"""The door: links, sessions, OpenID subjects, API tokens, and people entered in the portal.

Revision: 0009, after 0008.
"""

from functools import partial

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"

key = sa.String(120)
moment = sa.DateTime(timezone=True)
json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
must = partial(sa.Column, nullable=False)


def upgrade() -> None:
    """Create the tables."""
    _door()
    op.create_table(
        "api_tokens",
        sa.Column("id", key, primary_key=True),
        must("secret_hash", sa.String(64)),
        must("institution_id", key),
        must("name", sa.String(100)),
        must("scopes", json),
        must("created_by", key),
        must("created_at", moment),
        must("expires_at", moment),
        sa.Column("last_used_at", moment),
        sa.Column("revoked_at", moment),
        sa.UniqueConstraint("secret_hash", name="uq_api_tokens_secret_hash"),
    )
    op.create_index("ix_api_tokens_institution_id", "api_tokens", ["institution_id"])
    op.create_table(
        "members",
        sa.Column("person_id", key, primary_key=True),
        must("role", sa.String(40)),
        must("institution_id", key),
        must("unit_id", key),
        must("name", sa.String(200)),
        must("email", sa.String(320)),
        must("language", sa.String(10)),
        must("deputies", json),
        sa.Column("ended_at", moment),
        must("revision", sa.Integer()),
    )
    op.create_index("ix_members_revision", "members", ["revision"])


def _door() -> None:
    op.create_table(
        "sign_in_links",
        sa.Column("id", key, primary_key=True),
        must("person_id", key),
        must("browser_hash", sa.String(64)),
        must("next_path", sa.String(500)),
        must("created_at", moment),
        must("expires_at", moment),
        sa.Column("used_at", moment),
    )
    op.create_table("knocks", sa.Column("id", key, primary_key=True), must("whose", sa.String(64)), must("at", moment))
    op.create_index("ix_knocks_whose_at", "knocks", ["whose", "at"])
    op.create_table(
        "sessions",
        sa.Column("id", key, primary_key=True),
        must("token_hash", sa.String(64)),
        must("person_id", key),
        must("method", sa.String(40)),
        must("device", sa.String(60)),
        must("created_at", moment),
        must("last_seen_at", moment),
        must("expires_at", moment),
        sa.Column("ended_at", moment),
        sa.UniqueConstraint("token_hash", name="uq_sessions_token_hash"),
    )
    op.create_index("ix_sessions_person_id", "sessions", ["person_id"])
    op.create_table(
        "oidc_subjects",
        sa.Column("issuer", sa.String(250), primary_key=True),
        sa.Column("subject", sa.String(250), primary_key=True),
        must("person_id", key),
        must("bound_at", moment),
    )
    op.create_index("ix_oidc_subjects_person_id", "oidc_subjects", ["person_id"])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("members", "api_tokens", "oidc_subjects", "sessions", "knocks", "sign_in_links"):
        op.drop_table(table)
