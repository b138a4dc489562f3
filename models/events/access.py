"""Sign-ins, sessions, tokens, and people with their roles: ids only; names and addresses are kept beside the events."""

from typing import Literal

from models.events.base import Fact, _
from models.people.access import ApiScope, ProposedAct, SignInMethod
from models.people.calendar_feeds import CalendarKind
from models.vocabulary import Role
from models.wire import Id, Moment


class SignedIn(Fact):
    """Somebody signed in."""

    kind: Literal["signed_in"] = "signed_in"
    title = _("Signed in")
    person: Id
    session_id: Id
    method: SignInMethod


class SessionEnded(Fact):
    """Somebody signed out, here or from elsewhere."""

    kind: Literal["session_ended"] = "session_ended"
    title = _("Session ended")
    person: Id
    session_id: Id


class TokenIssued(Fact):
    """An institution's system was given a token of the HTTP API."""

    kind: Literal["token_issued"] = "token_issued"
    title = _("API token issued")
    token_id: Id
    institution: Id
    scopes: tuple[ApiScope, ...]
    expires_at: Moment


class TokenRevoked(Fact):
    """A token is no longer valid."""

    kind: Literal["token_revoked"] = "token_revoked"
    title = _("API token revoked")
    token_id: Id
    institution: Id


class CalendarIssued(Fact):
    """Somebody was given the secret address of a calendar."""

    kind: Literal["calendar_issued"] = "calendar_issued"
    title = _("Calendar address issued")
    feed_id: Id
    person: Id
    calendar: CalendarKind
    about: str = ""


class CalendarRevoked(Fact):
    """The address of a calendar leads nowhere any more."""

    kind: Literal["calendar_revoked"] = "calendar_revoked"
    title = _("Calendar address revoked")
    feed_id: Id
    person: Id


class MemberAdded(Fact):
    """Somebody took on a role."""

    kind: Literal["member_added"] = "member_added"
    title = _("Person added")
    person: Id
    role: Role
    institution: Id
    unit: str = ""
    proposed_by: str = ""
    """Who proposed it, where a second person had to agree."""


class MemberChanged(Fact):
    """What is known of somebody with a role changed; the values are personal data and kept elsewhere."""

    kind: Literal["member_changed"] = "member_changed"
    title = _("Person changed")
    person: Id
    fields: tuple[str, ...]
    proposed_by: str = ""


class MemberRemoved(Fact):
    """Somebody no longer has their role."""

    kind: Literal["member_removed"] = "member_removed"
    title = _("Person removed")
    person: Id
    role: Role
    institution: Id
    proposed_by: str = ""


class MemberProposed(Fact):
    """Somebody proposed an entry, change or removal that a second person has to agree to."""

    kind: Literal["member_proposed"] = "member_proposed"
    title = _("Change of a person proposed")
    proposal_id: Id
    person: Id
    role: Role
    institution: Id
    act: ProposedAct


class ProposalDeclined(Fact):
    """A proposal about a person was not agreed to, or taken back."""

    kind: Literal["proposal_declined"] = "proposal_declined"
    title = _("Proposal about a person declined")
    proposal_id: Id
    person: Id


class AddressRestored(Fact):
    """Somebody undid a change of the address they sign in by, from the mail that told them of it."""

    kind: Literal["address_restored"] = "address_restored"
    title = _("Address for signing in restored")
    change_id: Id
    person: Id
