"""Signing in: identities, sessions, API tokens, and people entered in the portal."""

import hashlib
from datetime import datetime
from enum import StrEnum

from models.catalogue.programme import Contact, Programme
from models.people.authorization import Actor
from models.people.roles import OF_THE_PROGRAMME
from models.vocabulary import Role
from models.wire import Id, Moment, Wire


class SignInMethod(StrEnum):
    """How somebody showed who they are."""

    LINK = "link"
    OIDC = "oidc"


class ApiScope(StrEnum):
    """What a token of the HTTP API is for."""

    EXCHANGES_READ = "exchanges:read"
    NOMINATIONS_WRITE = "nominations:write"
    DECISIONS_WRITE = "decisions:write"
    DOCUMENTS_WRITE = "documents:write"
    EVENTS_READ = "events:read"
    EVENTS_WRITE = "events:write"


class Identity(Wire):
    """A person with every role they hold now."""

    person: Id
    name: str
    email: str
    capacities: tuple[Actor, ...]
    """Empty where they hold none any more; they may then do nothing."""
    language: str = ""
    zone: str = ""


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
        return f"api-{hashlib.sha256(parts.encode()).hexdigest()[:40]}"


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
    by_portal: bool = False
    """Whether the entry was made in the portal, for somebody new or in place of the catalogue's."""
    ended_at: Moment | None = None

    def contact(self) -> Contact:
        """The member as the catalogue would name them."""
        return Contact(
            id=self.person,
            role=self.role,
            name=self.name,
            email=self.email,
            language=self.language,
            unit=self.unit,
            deputies=self.deputies,
        )


def may_manage(actor: Actor, role: Role, institution: str) -> bool:
    """Whether this person may add, change and remove people of a role at an institution.

    The programme office everybody; a head of office their own institution's, a coordinator those below the head.
    """
    if actor.role is Role.PROGRAMME_OFFICE:
        return True
    if actor.institution != institution or role in OF_THE_PROGRAMME:
        return False
    if actor.role is Role.HEAD_OF_OFFICE:
        return True
    return actor.role is Role.COORDINATOR and role is not Role.HEAD_OF_OFFICE


def may_connect(actor: Actor, institution: str) -> bool:
    """Whether this person may manage an institution's tokens and webhooks: its offices, and the programme office."""
    if actor.role is Role.PROGRAMME_OFFICE:
        return True
    offices = {Role.COORDINATOR, Role.HEAD_OF_OFFICE, Role.PARTNER_OFFICE}
    return actor.institution == institution and actor.role in offices


def repeople(programme: Programme, members: tuple[Member, ...]) -> None:
    """Have the catalogue name the people who hold its roles now, in place: everybody who looks sees them at once.

    An entry takes the place of a contact of the same id, or adds one; who has ended holds no role.
    """
    entered = {member.person for member in members}
    for institution in programme.catalogued.values():
        kept = tuple(contact for contact in institution.contacts if contact.id not in entered)
        added = tuple(m.contact() for m in members if m.institution == institution.id and m.ended_at is None)
        programme.institutions[institution.id] = institution.model_copy(update={"contacts": (*kept, *added)})
