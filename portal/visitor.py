"""Who looks at a page: their session, the roles they hold now, their language and their clock."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import Request, Response

from models.people.access import Identity, SessionView
from models.people.authorization import Actor, Owner, may_decide
from models.vocabulary import LANGUAGES, Role
from portal.context import RequestContext, context_of
from texts.i18n import accepted

SESSION, BROWSER, LANGUAGE, ACTING = "sojourn", "sojourn-browser", "sojourn-language", "sojourn-acting"
YEAR = 365 * 24 * 3600


class SignInNeeded(Exception):
    """The page is for people who are signed in."""


@dataclass(frozen=True)
class Visitor:
    """One person at one browser, or nobody in particular."""

    identity: Identity | None
    session: SessionView | None
    capacities: tuple[Actor, ...]
    """Every capacity in which they act now, the chosen one first; those of absent people they stand in for last."""
    language: str
    zone: str
    form_token: str
    browser: str
    """The secret of this browser; links to sign in are bound to it."""
    fresh: bool = False
    """Whether the browser has to be given its secret with the answer."""

    @property
    def csrf(self) -> str:
        """The token of a form, another text each time: no length tells of it (see `portal.compression`)."""
        token = bytes.fromhex(self.form_token)
        mask = secrets.token_bytes(len(token))
        return (mask + _masked(token, mask)).hex()

    def has_token(self, csrf: str) -> bool:
        """Whether a form carries the token of this session, under whatever mask."""
        token = bytes.fromhex(self.form_token)
        try:
            sent = bytes.fromhex(csrf)
        except ValueError:
            return False
        mask, masked = sent[: len(token)], sent[len(token) :]
        return len(masked) == len(token) and hmac.compare_digest(_masked(masked, mask), token)

    @property
    def actor(self) -> Actor:
        """The capacity in which they look and act."""
        return self.capacities[0]

    @property
    def identity_actor(self) -> Actor:
        """The person themself, for what is theirs and not their role's."""
        assert self.identity is not None
        return self.identity.capacities[0]

    @property
    def signed_in(self) -> bool:
        """Whether somebody is signed in."""
        return self.identity is not None

    @property
    def place(self) -> ZoneInfo:
        """Their time zone."""
        return ZoneInfo(self.zone)

    def has(self, *roles: Role) -> bool:
        """Whether they act in one of these roles now."""
        return any(actor.role in roles for actor in self.capacities)

    def for_owner(self, owner: Owner) -> Actor | None:
        """The capacity in which they may answer a step of an owner."""
        return next((actor for actor in self.capacities if may_decide(actor, owner)), None)


async def visitor_of(request: Request) -> Visitor:
    """Who looks; looked up once for each request.

    Raises:
        Unavailable: the records are away.
    """
    found = getattr(request.state, "visitor", None)
    if found is None:
        found = request.state.visitor = await _look_up(request)
    visitor: Visitor = found
    return visitor


async def _look_up(request: Request) -> Visitor:
    context = context_of(request)
    now = context.now()
    token = request.cookies.get(cookie_name(context, SESSION), "")
    session = await context.services.gateway.access.session(token, now) if token else None
    identity = await context.services.gateway.access.identity(session.person) if session else None
    if identity is None or session is None or not identity.capacities:
        return _nobody(request)
    capacities = await _capacities(request, context, identity, now)
    return Visitor(
        identity=identity,
        session=session,
        capacities=capacities,
        language=chosen_language(request) or identity.language or accepted(request.headers.get("accept-language", "")),
        zone=identity.zone or "UTC",
        form_token=_form_token(token),
        browser=request.cookies.get(cookie_name(context, BROWSER), ""),
    )


async def _capacities(
    request: Request, context: RequestContext, identity: Identity, now: datetime
) -> tuple[Actor, ...]:
    own = list(identity.capacities)
    wanted = request.cookies.get(cookie_name(context, ACTING), "")
    own.sort(key=lambda actor: capacity_key(actor) != wanted)
    if own[0].role is Role.STUDENT:
        return tuple(own)
    acting = await context.services.gateway.people.acting(own[0], now)
    return (*own, *(actor for actor in acting if actor.on_behalf_of))


def capacity_key(actor: Actor) -> str:
    """How a capacity is chosen by."""
    return "/".join((actor.role, actor.institution, actor.unit)).rstrip("/")


def nobody(request: Request) -> Visitor:
    """Nobody in particular, asked of no records: for pages that say that the records are away."""
    return _nobody(request)


def _nobody(request: Request) -> Visitor:
    browser = request.cookies.get(cookie_name(context_of(request), BROWSER), "")
    fresh = len(browser) != 43
    browser = secrets.token_urlsafe(32) if fresh else browser
    return Visitor(
        identity=None,
        session=None,
        capacities=(),
        language=chosen_language(request) or accepted(request.headers.get("accept-language", "")),
        zone="Asia/Shanghai",
        form_token=_form_token(browser),
        browser=browser,
        fresh=fresh,
    )


def chosen_language(request: Request) -> str:
    """The language that somebody chose in this browser; empty where nobody did."""
    chosen = request.cookies.get(cookie_name(context_of(request), LANGUAGE), "")
    return chosen if chosen in LANGUAGES else ""


def _form_token(secret: str) -> str:
    """What forms of this session carry; it tells nothing of the session's own secret."""
    return hmac.new(secret.encode(), b"form", hashlib.sha256).hexdigest()


def _masked(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def cookie_name(context: RequestContext, name: str) -> str:
    """The name of a cookie; over HTTPS one that no other host and no plain connection can set."""
    return f"__Host-{name}" if context.secure else name


def set_cookie(
    context: RequestContext, response: Response, name: str, value: str, *, seconds: int | None = None
) -> None:
    """Give the browser a cookie that scripts and other sites do not get."""
    response.set_cookie(
        cookie_name(context, name),
        value,
        max_age=seconds,
        path="/",
        secure=context.secure,
        httponly=True,
        samesite="lax",
    )


def drop_cookie(context: RequestContext, response: Response, name: str) -> None:
    """Take a cookie away."""
    response.delete_cookie(cookie_name(context, name), path="/", secure=context.secure, httponly=True, samesite="lax")


def as_person(visitor: Visitor, identity: Identity) -> Visitor:
    """The visitor at this browser as the person whom a link was sent to; for that link's own page alone."""
    return replace(visitor, identity=identity, session=None, capacities=identity.capacities)
