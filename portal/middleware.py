"""Middleware of every route: limits on size and time of requests, and the headers of every answer."""

import asyncio

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.errors import Said
from portal.http_refusals import HttpRefusal

SMALL = 256 * 1024
"""Bytes of a form without files, and of a call of the API."""
LARGE = 70 * 1024 * 1024
"""Bytes of a form with files: what the store takes, and the form around it."""
TABLES = 12 * 1024 * 1024
"""Bytes of a nomination file, and of its rows sent back after correction."""
SLOWEST = 60.0
"""Seconds in which the next piece of a request must come."""
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class SecurityHeaders:
    """Gives every answer its headers; what it says itself stays."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._headers = HEADERS | ({"Strict-Transport-Security": "max-age=31536000"} if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                # What somebody signed in sees is theirs: no cache between may keep it.
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, with_headers)


class TooLarge(HttpRefusal):
    """The request is larger than this place takes."""

    def __init__(self) -> None:
        super().__init__(413, Said("request.too_large", {}), {"Connection": "close"})


class TooSlow(HttpRefusal):
    """The request stopped coming."""

    def __init__(self) -> None:
        super().__init__(408, Said("request.too_slow", {}), {"Connection": "close"})


class RequestLimits:
    """Counts what comes while it comes; a request that is too large or too slow ends early."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer within limits."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most, taken = _most(scope["path"]), 0
        declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")

        async def counted() -> Message:
            nonlocal taken
            if not declared.isdigit() or int(declared) > most:
                raise TooLarge
            try:
                # The stream of events waits for the browser to leave; only a body has to keep coming.
                async with asyncio.timeout(SLOWEST if scope["method"] in ("POST", "PUT", "PATCH") else None):
                    message = await receive()
            except TimeoutError:
                raise TooSlow from None
            taken += len(message.get("body", b""))
            if taken > most:
                raise TooLarge
            return message

        await self._app(scope, counted, send)


def _most(path: str) -> int:
    if path.endswith("/documents"):
        return LARGE
    return TABLES if path.startswith("/nominate/") or path.endswith("/nominations") else SMALL
