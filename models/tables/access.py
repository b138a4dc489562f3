"""Signing in: links, sessions, subjects of OpenID providers, API tokens, and people entered in the portal.

Of every secret only its SHA-256 is kept.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.people.access import ProposedAct, SignInMethod
from models.people.calendar_feeds import CalendarKind
from models.tables.base import Base, Key, words
from models.vocabulary import Role

Hash = String(64)


class SignInLinkRow(Base):
    """A link to sign in, for one mailbox and one browser, good once and for minutes."""

    __tablename__ = "sign_in_links"

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    person_id: Mapped[str] = mapped_column(Key)
    """Whom the mail is written to; who else has the mailbox may be chosen when it is used."""
    mailbox: Mapped[str] = mapped_column(String(320))
    """The address that it was sent to, as it is compared: who has it no more does not come in."""
    browser_hash: Mapped[str] = mapped_column(Hash)
    next_path: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    """Wrong codes typed while it was good."""


class AttemptRow(Base):
    """Somebody asked for a link, or called the API: counted by who it was, hashed, so that nobody asks without end."""

    __tablename__ = "knocks"  # the database keeps its first name
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
    """Whom an OpenID provider means by a subject; bound at the first sign-in by its verified address.

    A person is who has the mailbox: roles come and go, and an entry of a role may be given to somebody else.
    """

    __tablename__ = "oidc_subjects"

    issuer: Mapped[str] = mapped_column(String(250), primary_key=True)
    subject: Mapped[str] = mapped_column(String(250), primary_key=True)
    person_id: Mapped[str] = mapped_column(Key, index=True)
    """In which role they came in last."""
    mailbox: Mapped[str | None] = mapped_column(String(320))
    """The address they are known by, as it is compared; not known of those who came in before it was kept."""
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


class CalendarFeedRow(Base):
    """A secret address that somebody's calendar program fetches, in one capacity of theirs."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (UniqueConstraint("secret_hash"),)

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    secret_hash: Mapped[str] = mapped_column(Hash)
    person_id: Mapped[str] = mapped_column(Key, index=True)
    role: Mapped[Role] = mapped_column(words(Role))
    institution_id: Mapped[str] = mapped_column(Key)
    unit_id: Mapped[str] = mapped_column(Key)
    kind: Mapped[CalendarKind] = mapped_column(words(CalendarKind))
    about: Mapped[str] = mapped_column(Key)
    created_at: Mapped[datetime]
    last_fetched_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class IdempotencyKeyRow(Base):
    """An act that was asked for under a key and has no row of its own, and a hash of what was asked.

    Those of systems are known for a while (decision 0027), others as long as the event that they brought about.
    """

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
    deputies_by: Mapped[dict[str, Any] | None]
    """Who named the deputies: what they may give goes no further than what this one could."""
    ended_at: Mapped[datetime | None]
    revision: Mapped[int]
    """Grows with every change of any member; who keeps the roster looks at the highest."""


class AddressChangeRow(Base):
    """A change of the address by which somebody signs in; they can undo it from the old one for a while."""

    __tablename__ = "address_changes"

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    person_id: Mapped[str] = mapped_column(Key, index=True)
    old_email: Mapped[str] = mapped_column(String(320))
    new_email: Mapped[str] = mapped_column(String(320))
    changed_by: Mapped[str] = mapped_column(Key)
    changed_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class MemberProposalRow(Base):
    """An entry, change or removal that waits for a second person's word."""

    __tablename__ = "member_proposals"

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    person_id: Mapped[str] = mapped_column(Key, index=True)
    act: Mapped[ProposedAct] = mapped_column(words(ProposedAct))
    entry: Mapped[dict[str, Any]]
    proposed_by: Mapped[str] = mapped_column(Key)
    proposed_at: Mapped[datetime]
    settled_by: Mapped[str | None] = mapped_column(Key)
    settled_at: Mapped[datetime | None]
