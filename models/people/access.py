"""Signing in: identities, sessions, API tokens, and people entered in the portal."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from models.catalogue.programme import Contact
from models.idempotency import hashed
from models.people.authorization import Actor
from models.people.roles import OF_THE_PROGRAMME
from models.vocabulary import Role
from models.wire import Id, Moment, Wire

TOKEN = "token:"
"""What the ids of systems that call the HTTP API begin with."""


class SignInMethod(StrEnum):
    """How somebody showed who they are."""

    LINK = "link"
    OIDC = "oidc"
    DEVELOPMENT = "development"
    """By one click on a machine for trying it out: nothing was shown."""


class ProposedAct(StrEnum):
    """What a second person has to agree to."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"


class ApiScope(StrEnum):
    """What a token of the HTTP API is for."""

    EXCHANGES_READ = "exchanges:read"
    NOMINATIONS_WRITE = "nominations:write"
    DECISIONS_WRITE = "decisions:write"
    DOCUMENTS_WRITE = "documents:write"
    EVENTS_READ = "events:read"
    EVENTS_WRITE = "events:write"
    MESSAGES_WRITE = "messages:write"
    PRIVACY = "privacy"
    """To give out and erase what is kept about students: for the programme office alone, in a token of its own."""


OFFICE_SCOPES = tuple(scope for scope in ApiScope if scope is not ApiScope.PRIVACY)
"""What an office may have in a token."""


class Identity(Wire):
    """A person with every role they hold now."""

    person: Id
    name: str
    email: str
    capacities: tuple[Actor, ...]
    """Empty where they hold none any more; they may then do nothing."""
    language: str = ""
    zone: str = ""


Knows = Callable[[str], str]
"""Which known browser asks for a mailbox: one in which it signed in before; empty where it is none."""


class RoleToChoose(Exception):
    """Somebody has shown who they are and holds several roles: they say in which one they come in."""

    def __init__(self, identities: tuple[Identity, ...]) -> None:
        super().__init__("a role is to be chosen")
        self.identities = identities


OF_SYSTEMS = "api-"
"""What the ids of acts begin with that systems ask under an Idempotency-Key."""


class KeyScope(Wire):
    """Whose Idempotency-Key it is and what it is for: the same key anywhere else is another act."""

    caller: Id
    method: str
    path: str
    key: str

    @property
    def act(self) -> str:
        """The id of the act, the same whenever it is repeated."""
        parts = "\x00".join((self.caller, self.method, self.path, self.key))
        return f"{OF_SYSTEMS}{hashed(parts)[:40]}"


class SessionView(Wire):
    """One browser in which somebody is signed in."""

    session_id: Id
    person: Id
    method: SignInMethod
    device: str
    """Kind of browser and system, as far as it says."""
    created_at: Moment
    last_seen_at: Moment
    expires_at: Moment


class NewSession(Wire):
    """A session just opened; its token is told once and kept nowhere."""

    token: str
    session: SessionView


class ApiToken(Wire):
    """A token of the HTTP API, for one institution's systems."""

    token_id: Id
    institution: Id
    name: str
    scopes: tuple[ApiScope, ...]
    created_by: Id
    created_at: Moment
    expires_at: Moment
    last_used_at: Moment | None = None
    revoked_at: Moment | None = None

    def holds(self, at: datetime) -> bool:
        """Whether it lets anybody in at a moment."""
        return self.revoked_at is None and at < self.expires_at


class NewToken(Wire):
    """A token just issued; its secret is told once and kept nowhere."""

    secret: str
    token: ApiToken


class ConnectionKind(StrEnum):
    """How another system is connected."""

    TOKEN = "token"
    ENDPOINT = "endpoint"


class Connection(Wire):
    """A token or an endpoint, as far as somebody has to know who decides whether it stays."""

    kind: ConnectionKind
    id: Id
    institution: Id
    name: str
    """What it is for; of an endpoint its address."""

    @property
    def key(self) -> str:
        """What it is chosen by."""
        return f"{self.kind}:{self.id}"


class Member(Wire):
    """Somebody who holds a role, by the catalogue or by an entry made in the portal."""

    person: Id
    role: Role
    institution: Id
    unit: str = ""
    name: str
    email: str
    language: str = "en"
    deputies: tuple[str, ...] = ()
    deputies_by: Actor | None = None
    """Who named the deputies; nobody where the catalogue did."""
    by_portal: bool = False
    """Whether the entry was made in the portal, for somebody new or in place of the catalogue's."""
    ended_at: Moment | None = None

    def contact(self) -> Contact:
        """The member as the catalogue would name them.

        Raises:
            pydantic.ValidationError: a value is none that the catalogue could hold.
        """
        return Contact(
            id=self.person,
            role=self.role,
            name=self.name,
            email=self.email,
            language=self.language,
            unit=self.unit,
            deputies=self.deputies,
        )


class Proposal(Wire):
    """An entry, change or removal that waits for a second person's word."""

    proposal_id: Id
    act: ProposedAct
    member: Member
    """As they would be; for a removal as they are."""
    proposed_by: Id
    proposed_at: Moment


def may_manage(actor: Actor, role: Role, institution: str) -> bool:
    """Whether this person may add, change and remove people of a role at an institution, in their own right.

    The programme office everybody, programme officers with a second person (`needs_second`); a head of office their own
    institution's below the head; a coordinator the same without occupational health. Who stands in manages nobody.
    """
    if actor.on_behalf_of:
        return False
    if actor.role is Role.PROGRAMME_OFFICE:
        return True
    if actor.institution != institution or role in OF_THE_PROGRAMME or role is Role.HEAD_OF_OFFICE:
        return False
    if actor.role is Role.HEAD_OF_OFFICE:
        return True
    return actor.role is Role.COORDINATOR and role is not Role.OCCUPATIONAL_HEALTH


def needs_second(role: Role) -> bool:
    """Whether nobody stands above a role, so that a second person has to agree to who holds it."""
    return role is Role.PROGRAMME_OFFICE


def may_second(actor: Actor, proposed_by: str, home: str) -> bool:
    """Whether this person may agree to another's proposal: a programme officer, or the head of the home institution."""
    if actor.on_behalf_of or actor.id == proposed_by:
        return False
    return actor.role is Role.PROGRAMME_OFFICE or (actor.role is Role.HEAD_OF_OFFICE and actor.institution == home)


def may_connect(actor: Actor, institution: str) -> bool:
    """Whether this person may manage an institution's tokens and webhooks: its offices, and the programme office."""
    if actor.role is Role.PROGRAMME_OFFICE:
        return True
    offices = {Role.COORDINATOR, Role.HEAD_OF_OFFICE, Role.PARTNER_OFFICE}
    return actor.institution == institution and actor.role in offices
