"""Signing in: links, sessions, subjects of OpenID providers, API tokens, and people entered in the portal.

Of every secret only its SHA-256 is kept.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.people.access import SignInMethod
from models.tables.base import Base, Key, words
from models.vocabulary import Role

Hash = String(64)


class SignInLinkRow(Base):
    """A link to sign in, for one person and one browser, good once and for minutes."""

    __tablename__ = "sign_in_links"

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    person_id: Mapped[str] = mapped_column(Key)
    browser_hash: Mapped[str] = mapped_column(Hash)
    next_path: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class KnockRow(Base):
    """Somebody asked for a link, or called the API: counted by who it was, hashed, so that nobody asks without end."""

    __tablename__ = "knocks"
    __table_args__ = (Index(None, "whose", "at"),)

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    whose: Mapped[str] = mapped_column(Hash)
    at: Mapped[datetime]


class SessionRow(Base):
    """A browser in which somebody is signed in."""

    __tablename__ = "sessions"
    __table_args__ = (UniqueConstraint("token_hash"), Index(None, "person_id"))

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    token_hash: Mapped[str] = mapped_column(Hash)
    person_id: Mapped[str] = mapped_column(Key)
    method: Mapped[SignInMethod] = mapped_column(words(SignInMethod))
    device: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class OidcSubjectRow(Base):
    """Whom an OpenID provider means by a subject; bound at the first sign-in by its verified address."""

    __tablename__ = "oidc_subjects"

    issuer: Mapped[str] = mapped_column(String(250), primary_key=True)
    subject: Mapped[str] = mapped_column(String(250), primary_key=True)
    person_id: Mapped[str] = mapped_column(Key, index=True)
    bound_at: Mapped[datetime]


class ApiTokenRow(Base):
    """A token of the HTTP API."""

    __tablename__ = "api_tokens"
    __table_args__ = (UniqueConstraint("secret_hash"),)

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    secret_hash: Mapped[str] = mapped_column(Hash)
    institution_id: Mapped[str] = mapped_column(Key, index=True)
    name: Mapped[str] = mapped_column(String(100))
    scopes: Mapped[list[Any]]
    created_by: Mapped[str] = mapped_column(Key)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class IdempotencyKeyRow(Base):
    """An act that a system asked for under a key of its own, and a hash of what it asked."""

    __tablename__ = "idempotency_keys"

    act_id: Mapped[str] = mapped_column(Key, primary_key=True)
    fingerprint: Mapped[str] = mapped_column(Hash)
    asked_at: Mapped[datetime] = mapped_column(index=True)
    answered_at: Mapped[datetime | None]


class MemberRow(Base):
    """Somebody entered in the portal, for a role of their own or in place of the catalogue's contact of the same id."""

    __tablename__ = "members"
    __table_args__ = (Index(None, "revision"),)

    person_id: Mapped[str] = mapped_column(Key, primary_key=True)
    role: Mapped[Role] = mapped_column(words(Role))
    institution_id: Mapped[str] = mapped_column(Key)
    unit_id: Mapped[str] = mapped_column(Key, default="")
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320))
    language: Mapped[str] = mapped_column(String(10))
    deputies: Mapped[list[Any]]
    ended_at: Mapped[datetime | None]
    revision: Mapped[int]
    """Grows with every change of any member; who keeps the roster looks at the highest."""
