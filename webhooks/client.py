"""Calling an endpoint: signed, never to an address inside, never following it elsewhere, and not waiting for ever."""

import asyncio
import ipaddress
import socket
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

import httpx2
from standardwebhooks.webhooks import Webhook

from models.errors import BadInput
from models.messages.webhooks import Tried
from texts.operating import NO_ANSWER, NOT_ALLOWED

TIMEOUT = 10.0
MOST_OF_AN_ANSWER = 1024
CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
"""To the letter: SDKs of others compare it as text."""
LONGEST_RETRY_AFTER = 24 * 3600.0
_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


class Forbidden(Exception):
    """The address is inside: nothing is sent there."""


class Caller:
    """Calls endpoints; `allow_private` is for development and for partners in the same network."""

    def __init__(self, clock: Callable[[], datetime], *, allow_private: bool) -> None:
        """`clock` dates the signatures; receivers refuse those that are older than minutes."""
        self._clock = clock
        self._allow_private = allow_private

    def check(self, url: str) -> None:
        """That an address can be an endpoint's at all; where it leads is looked at with every call.

        Raises:
            BadInput: it cannot.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise BadInput("url.not_an_address", "url") from None
        if parts.scheme != "https" and not (self._allow_private and parts.scheme == "http"):
            raise BadInput("url.https", "url")
        if not parts.hostname or parts.username or parts.password or parts.fragment or len(url) > 1000:
            raise BadInput("url.host_only", "url")
        if not url.isascii() or not url.isprintable() or " " in url:
            raise BadInput("url.plain", "url")
        if port is not None and not self._allow_private and port not in (443, 8443):
            raise BadInput("url.port", "url")

    async def call(self, url: str, secrets: tuple[str, ...], message_id: str, body: str) -> Tried:
        """Send one message; says what came of it, and raises nothing."""
        try:
            async with asyncio.timeout(TIMEOUT):
                return await self._call(url, secrets, message_id, body)
        except (Forbidden, BadInput):
            return Tried(accepted=False, answer=NOT_ALLOWED)
        except TimeoutError:
            return Tried(accepted=False, answer=NO_ANSWER)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, UnicodeError) as error:
            return Tried(accepted=False, answer=type(error).__name__)

    async def _call(self, url: str, secrets: tuple[str, ...], message_id: str, body: str) -> Tried:
        self.check(url)
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        address = await self._resolve(host, port)
        at = self._clock()
        headers = {
            "content-type": CONTENT_TYPE,
            "user-agent": "Sojourn-Webhooks/1",
            "host": parts.netloc,
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(Webhook(s).sign(message_id, at, body) for s in secrets),
        }
        # The connection goes to the address that was looked at: another answer of the name changes nothing.
        literal = f"[{address}]" if ":" in address else address
        target = httpx2.URL(url).copy_with(host=literal, port=port)
        async with httpx2.AsyncClient(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client:
            request = client.build_request(
                "POST", target, content=body.encode(), headers=headers, extensions={"sni_hostname": host}
            )
            response = await client.send(request, stream=True)
            try:
                taken = 0
                async for chunk in response.aiter_raw():
                    taken += len(chunk)
                    if taken > MOST_OF_AN_ANSWER:
                        break
            finally:
                await response.aclose()
        return Tried(
            accepted=200 <= response.status_code < 300,
            answer=str(response.status_code),
            gone=response.status_code == 410,
            retry_after=_retry_after(response) if response.status_code in (429, 503) else None,
        )

    async def _resolve(self, host: str, port: int) -> str:
        """The one address that is called.

        Raises:
            Forbidden: the name leads inside, with any of its addresses.
        """
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(one[4][0]).partition("%")[0] for one in found]
        if not addresses or (not self._allow_private and any(is_inside(address) for address in addresses)):
            raise Forbidden
        return addresses[0]


def is_inside(address: str) -> bool:
    """Whether an address is not of the public internet: loopback, private, link-local, shared, multicast, mapped."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return is_inside(str(inner))
        if any(ip in network for network in _TRANSLATED) or (int(ip) >> 32) == 0:
            return True
    return not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_unspecified


def _retry_after(response: httpx2.Response) -> float | None:
    text = response.headers.get("retry-after", "")
    return min(float(text), LONGEST_RETRY_AFTER) if text.isascii() and text.isdigit() else None
