"""Reports that a mail host hands in: a returned mail as it is, or what it says as JSON; the secret decides."""

import base64
import binascii
import hmac

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from models.errors import Said
from portal.context import context_of
from portal.http_refusals import HttpRefusal
from portal.policy import TOKEN, Pages

pages = Pages("bounces")


@pages.post("/api/mail/bounces", TOKEN)
async def take(request: Request) -> Response:
    """Take reports; told again, they change nothing. What is about no message of ours is taken and not noted."""
    context = context_of(request)
    secret = context.settings.bounce_secret
    # Where none is set nobody knows it.
    if secret is None or not _knows(request.headers.get("authorization", ""), secret.get_secret_value()):
        raise HttpRefusal(401, Said("bounce.secret", {}), {"WWW-Authenticate": "Bearer"})
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    data, bounces = await request.body(), context.services.gateway.bounces
    if kind == "application/json":
        noted = await bounces.take_events(data, context.now())
    elif kind in ("message/rfc822", "message/global"):
        noted = int(await bounces.take_mail(data, context.now()) is not None)
    else:
        raise HttpRefusal(415, Said("bounce.kind", {}))
    return JSONResponse({"noted": noted})


def _knows(authorization: str, secret: str) -> bool:
    """Whether the secret is there, as a bearer token or as the password of a name."""
    scheme, _, value = authorization.strip().partition(" ")
    given = value.strip()
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given, validate=True).decode().partition(":")[2]
        except (binascii.Error, ValueError):
            return False
    elif scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(given.encode(), secret.encode())
