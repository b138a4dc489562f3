"""Sign-ins, sessions, tokens, and people with their roles: ids only; names and addresses are kept beside the events."""

from typing import Literal

from models.events.base import Fact
from models.people.access import ApiScope, SignInMethod
from models.vocabulary import Role
from models.wire import Id, Moment


class SignedIn(Fact):
    """Somebody signed in."""

    kind: Literal["signed_in"] = "signed_in"
    person: Id
    session_id: Id
    method: SignInMethod


class SessionEnded(Fact):
    """Somebody signed out, here or from elsewhere."""

    kind: Literal["session_ended"] = "session_ended"
    person: Id
    session_id: Id


class TokenIssued(Fact):
    """An institution's system was given a token of the HTTP API."""

    kind: Literal["token_issued"] = "token_issued"
    token_id: Id
    institution: Id
    scopes: tuple[ApiScope, ...]
    expires_at: Moment


class TokenRevoked(Fact):
    """A token is no longer valid."""

    kind: Literal["token_revoked"] = "token_revoked"
    token_id: Id
    institution: Id


class MemberAdded(Fact):
    """Somebody took on a role."""

    kind: Literal["member_added"] = "member_added"
    person: Id
    role: Role
    institution: Id
    unit: str = ""


class MemberChanged(Fact):
    """What is known of somebody with a role changed; the values are personal data and kept elsewhere."""

    kind: Literal["member_changed"] = "member_changed"
    person: Id
    fields: tuple[str, ...]


class MemberRemoved(Fact):
    """Somebody no longer has their role."""

    kind: Literal["member_removed"] = "member_removed"
    person: Id
    role: Role
    institution: Id
