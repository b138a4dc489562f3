"""Who calls the API: a token, its scope, and how often it may call."""

import math
import time
from dataclasses import dataclass, field

from fastapi import Depends, Request, Response
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException

from models.people.access import ApiScope, ApiToken
from models.people.authorization import Actor
from portal.context import context_of

PER_MINUTE = 300
"""Calls of one token."""
bearer = HTTPBearer(auto_error=False, description="A token of your institution, issued under Connections.")


@dataclass(frozen=True)
class ApiCaller:
    """A system of an institution."""

    token: ApiToken
    actor: Actor

    @property
    def institution(self) -> str:
        """Whose system it is."""
        return self.token.institution


@dataclass
class Bucket:
    """Calls left to a token; they come back evenly."""

    left: float = PER_MINUTE
    at: float = field(default_factory=time.monotonic)

    def take(self) -> tuple[bool, int, int]:
        """Whether a call is left, how many after it, and the seconds until all are."""
        now = time.monotonic()
        self.left = min(PER_MINUTE, self.left + (now - self.at) * PER_MINUTE / 60)
        self.at = now
        allowed = self.left >= 1
        if allowed:
            self.left -= 1
        return allowed, int(self.left), math.ceil((PER_MINUTE - self.left) * 60 / PER_MINUTE)


class Scoped:
    """The dependency that lets a token with a scope in."""

    def __init__(self, scope: ApiScope) -> None:
        self.scope = scope

    async def __call__(self, request: Request, response: Response, _: object = Depends(bearer)) -> ApiCaller:
        """The caller.

        Raises:
            HTTPException: 401 without a token that holds, 403 without the scope, 429 after too many calls.
        """
        context = context_of(request)
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        found = None
        if kind.lower() == "bearer" and secret.isascii():
            found = await context.services.gateway.tokens.principal(secret.strip(), context.now())
        if found is None:
            raise HTTPException(
                401, "Send a token that holds: Authorization: Bearer sj_…", {"WWW-Authenticate": "Bearer"}
            )
        token, actor = found
        buckets: dict[str, Bucket] = request.app.state.buckets
        allowed, left, reset = buckets.setdefault(token.token_id, Bucket()).take()
        limits = {"RateLimit-Limit": str(PER_MINUTE), "RateLimit-Remaining": str(left), "RateLimit-Reset": str(reset)}
        if not allowed:
            raise HTTPException(429, f"At most {PER_MINUTE} calls a minute.", limits | {"Retry-After": "1"})
        if self.scope not in token.scopes:
            raise HTTPException(403, f"This token lacks the scope {self.scope}.", limits)
        response.headers.update(limits)
        return ApiCaller(token, actor)
