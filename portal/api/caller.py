"""Who calls the API: a token, its scope, and how often it may call."""

import math
import time
from dataclasses import dataclass

from fastapi import Depends, Request, Response
from fastapi.security import HTTPBearer
from limits import RateLimitItemPerMinute
from limits.aio.strategies import MovingWindowRateLimiter

from models.errors import Said
from models.people.access import ApiScope, ApiToken
from models.people.authorization import Actor
from portal.context import context_of
from portal.http_refusals import HttpRefusal

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


class Scoped:
    """The dependency that lets a token with one of some scopes in."""

    def __init__(self, *scopes: ApiScope) -> None:
        self.scopes = scopes

    async def __call__(self, request: Request, response: Response, _: object = Depends(bearer)) -> ApiCaller:
        """The caller, as the route let them in before it read what they sent (see `portal.bounds`)."""
        caller, limits = _admitted(request)
        response.headers.update(limits)
        return caller

    async def admit(self, request: Request) -> None:
        """Let the caller in.

        Raises:
            HttpRefusal: 401 without a token that holds, 403 without the scope, 429 after too many calls.
        """
        context = context_of(request)
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        found = None
        if kind.lower() == "bearer" and secret.isascii():
            found = await context.services.gateway.tokens.principal(secret.strip(), context.now())
        if found is None:
            raise HttpRefusal(401, Said("token.needed", {}), {"WWW-Authenticate": "Bearer"})
        token, actor = found
        limits = await _count(context.calls, token.token_id)
        if not set(self.scopes) & set(token.scopes):
            raise HttpRefusal(403, Said("token.lacks_scope", {"scope": self.scopes[0]}), limits)
        request.state.caller = ApiCaller(token, actor), limits
        request.state.asker = token.token_id


def _admitted(request: Request) -> tuple[ApiCaller, dict[str, str]]:
    found: tuple[ApiCaller, dict[str, str]] = request.state.caller
    return found


async def _count(calls: MovingWindowRateLimiter, token_id: str) -> dict[str, str]:
    """Count a call; answers with the headers that say what is left.

    Raises:
        HttpRefusal: 429, with when the next call is taken.
    """
    most = RateLimitItemPerMinute(PER_MINUTE)
    taken = await calls.hit(most, "token", token_id)
    window = await calls.get_window_stats(most, "token", token_id)
    reset = str(max(1, math.ceil(window.reset_time - time.time())))
    headers = {
        "RateLimit-Limit": str(PER_MINUTE),
        "RateLimit-Remaining": str(window.remaining),
        "RateLimit-Reset": reset,
    }
    if not taken:
        raise HttpRefusal(429, Said("token.too_many_calls", {"most": PER_MINUTE}), headers | {"Retry-After": reset})
    return headers
