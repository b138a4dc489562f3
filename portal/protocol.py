"""HTTP as the portal speaks it: requests have a time to begin in, and idle connections make room for new ones."""

import asyncio
import resource
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import ClassVar, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from portal.callers import network_of

HEADERS_WITHIN = 15.0
"""Seconds in which the headers of a request must have come, from its first byte or from the connection on."""
READ_WITHIN = 60.0
"""Seconds in which a full buffer of an answer (64 KB) must have been read."""
FILES, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
MOST = 2000 if FILES == resource.RLIM_INFINITY else max(100, min(2000, FILES - 224))
"""Connections of one process, with files left for the rest of it; a further one takes the place of one that is idle."""
PER_ADDRESS = 200
"""Connections from one address, unless it is that of a proxy, which speaks for many."""
NO_ROOM = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 5\r\nConnection: close\r\n\r\n"


class BoundedProtocol(H11Protocol):
    """HTTP/1.1 of which nobody can take all connections, nor keep one without asking for anything."""

    proxies: ClassVar[tuple[str, ...]] = ()
    """Addresses and networks of proxies; this machine's own are some always."""
    _since = 0.0
    _place = ""
    """Where it comes from: an address, or the network that one household or server is given (IPv6)."""
    _many = False
    """Whether it comes from a proxy."""
    _late: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None

    @property
    def idle(self) -> bool:
        """Whether no request of this connection is being answered."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Make room for the connection, and give it a time to ask in."""
        super().connection_made(cast(asyncio.Transport, transport))
        self._since = self.loop.time()
        address = self.client[0] if self.client else ""
        self._place, self._many = network_of(address), speaks_for_many(address, self.proxies)
        self._make_room()
        self._expect_headers()

    def data_received(self, data: bytes) -> None:
        """Take what came; headers that were begun must end in time."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            if not self._answered_early:
                self._stop_waiting()
        elif self._late is None and not self.transport.is_closing():
            self._expect_headers()

    def on_response_complete(self) -> None:
        """Note since when the connection is idle."""
        self._since = self.loop.time()
        super().on_response_complete()
        if self._answered_early and self._late is None:
            self._expect_headers()  # what still comes is dropped, and not for long

    def pause_writing(self) -> None:
        """Wait for an answer to be read, but not for ever."""
        super().pause_writing()
        if self._unread is None:
            self._unread = self.loop.call_later(READ_WITHIN, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on writing."""
        super().resume_writing()
        self._was_read()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_waiting()
        self._was_read()
        super().connection_lost(exc)

    def turn_away(self) -> None:
        """Close the connection; who was to be answered asks again."""
        if self.idle:
            self.transport.write(NO_ROOM)
        self.transport.close()

    @property
    def _answered_early(self) -> bool:
        """Whether a request was answered before its body had come."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and cycle.response_complete and self.conn.their_state is h11.SEND_BODY

    def _expect_headers(self) -> None:
        self._late = self.loop.call_later(HEADERS_WITHIN, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _was_read(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _make_room(self) -> None:
        # Whoever opens thousands runs through this for each of them: nothing here may take long.
        others = [one for one in self.connections if isinstance(one, BoundedProtocol) and one is not self]
        others = [one for one in others if not one.transport.is_closing()]
        here = [] if self._many else [one for one in others if one._place == self._place]
        if len(here) >= PER_ADDRESS:
            _oldest(here, self).turn_away()
        elif len(others) >= MOST:
            _oldest(others, self).turn_away()


def _oldest(among: list[BoundedProtocol], otherwise: BoundedProtocol) -> BoundedProtocol:
    """The one idle longest, of those that never asked for anything first; the new one where all are being answered."""
    return min(
        (one for one in among if one.idle), key=lambda one: (one.cycle is not None, one._since), default=otherwise
    )


def speaks_for_many(address: str, proxies: tuple[str, ...]) -> bool:
    """Whether an address is a proxy's: one that is named, or one of this machine."""
    try:
        found = ip_address(address)
    except ValueError:
        return True  # a socket in the file system: whoever sits before it
    found = getattr(found, "ipv4_mapped", None) or found
    return found.is_loopback or any(found in network for network in map(_network, proxies) if network is not None)


def _network(named: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(named, strict=False)
    except ValueError:
        return None  # a name: not what connections are known by
