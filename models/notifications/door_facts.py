"""What notices say of people: how they sign in, and which role they hold."""

from models.wire import Id, Moment, Wire


class SignInFacts(Wire):
    """A link to sign in; the secret in it is made when the mail is written, and kept nowhere."""

    link_id: Id
    expires_at: Moment


class AddressFacts(Wire):
    """A change of the address somebody signs in by; the addresses are kept beside it."""

    change_id: Id
    until: Moment
    """Until when it can be undone from the mail."""


class ProposalFacts(Wire):
    """A proposal about somebody that waits for a second person."""

    proposal_id: Id
    proposed_by: Id
    member: Id
