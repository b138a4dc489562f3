"""Text goes out compressed, except where what is secret could be guessed from how long it becomes (BREACH).

Compression tells by its length whether something that a stranger put into a request stands in the answer a second
time. So nothing that is always the same and secret stands in what is compressed: tokens of forms are masked anew for
each page (`portal.visitor`), cookies are never written, and addresses that carry a secret, and answers to what is
sent, which alone show new tokens, go out as they are.
"""

import gzip

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LEAST = 1000
"""Bytes below which nothing is gained."""
LEVEL = 6
TEXT = frozenset(
    {
        "text/html",
        "text/css",
        "text/javascript",
        "application/javascript",
        "image/svg+xml",
        "application/json",
        "application/problem+json",
    }
)
SECRET = ("/act/", "/sign-in", "/address/", "/rhythm/", "/calendars/", "/profile", "/connections", "/oidc")
"""What addresses begin with that carry a secret, or whose pages show one."""


class Compressed:
    """Compresses answers that are text, whole and for somebody who only looks."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, compressed where it may be."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"].startswith(SECRET):
            await self._app(scope, receive, send)
            return
        taken = "gzip" in Headers(scope=scope).get("accept-encoding", "")
        await self._app(scope, receive, _Compressing(send, taken=taken))


class _Compressing:
    """Holds the beginning of an answer back until it is known whether all of it is there."""

    def __init__(self, send: Send, *, taken: bool) -> None:
        self._send = send
        self._taken = taken
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_text(message):
            self._start = message
            return
        if message["type"] == "http.response.body" and self._start is not None:
            start, self._start = self._start, None
            MutableHeaders(scope=start).add_vary_header("Accept-Encoding")
            if self._taken and not message.get("more_body") and len(message.get("body", b"")) >= LEAST:
                body = gzip.compress(message["body"], LEVEL, mtime=0)
                message = {**message, "body": body}
                headers = MutableHeaders(scope=start)
                headers["Content-Encoding"], headers["Content-Length"] = "gzip", str(len(body))
            await self._send(start)
        await self._send(message)


def _is_text(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    kind = headers.get("content-type", "").partition(";")[0].strip()
    # A strong tag stands for the bytes as they are: what is compared by it (`If-Match`) goes out so.
    tagged = "etag" in headers and not headers["etag"].startswith("W/")
    return start["status"] == 200 and kind in TEXT and "content-encoding" not in headers and not tagged
