"""Browsers in which somebody signed in before: a signed cookie says for which addresses, and names nobody."""

import hmac
import secrets
from typing import Any

from fastapi import Request, Response
from itsdangerous import BadData, URLSafeTimedSerializer

from models.addresses import NotAnAddress, mailbox
from models.people.access import Knows
from portal.context import RequestContext, context_of
from portal.visitor import YEAR, cookie_name, set_cookie

KNOWN = "sojourn-known"
MOST = 8
"""Addresses that one browser is known for; the oldest is forgotten."""


def knows(request: Request) -> Knows:
    """Says of a mailbox by which name this browser is known for it; empty where it is not."""
    context = context_of(request)
    kept = _kept(request, context)

    def known(address: str) -> str:
        return str(kept["id"]) if _mark(context, address) in kept["for"] else ""

    return known


def remember(request: Request, response: Response, email: str) -> None:
    """Have the browser known for an address from now on."""
    context = context_of(request)
    try:
        mark = _mark(context, mailbox(email))
    except NotAnAddress:
        return
    kept = _kept(request, context)
    marks = [mark, *(one for one in kept["for"] if one != mark)][:MOST]
    set_cookie(context, response, KNOWN, _signer(context).dumps({"id": kept["id"], "for": marks}), seconds=YEAR)


def _kept(request: Request, context: RequestContext) -> dict[str, Any]:
    cookie = request.cookies.get(cookie_name(context, KNOWN), "")
    try:
        kept: dict[str, Any] = _signer(context).loads(cookie, max_age=YEAR)
    except BadData:
        return {"id": secrets.token_hex(16), "for": []}
    return kept


def _signer(context: RequestContext) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(context.key, salt="known browser")


def _mark(context: RequestContext, address: str) -> str:
    """An address, told by nobody who has not the key."""
    return hmac.digest(context.key, b"known browser\0" + address.encode(), "sha256").hex()[:32]
