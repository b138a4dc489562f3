"""Connections, with real sockets: who asks for nothing, or never ends asking, holds nobody up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from portal import protocol
from portal.protocol import BoundedProtocol, speaks_for_many

ASK = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer; at `/slow` only when the body is complete, at `/long` with more than anybody's buffers hold."""
    if scope["path"] == "/long":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": bytes(30_000_000)})
        return
    while scope["path"] == "/slow" and (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@asynccontextmanager
async def serving() -> AsyncIterator[int]:
    """A server on a port of its own."""
    config = uvicorn.Config(
        hello, port=0, http=BoundedProtocol, lifespan="off", log_config=None, access_log=False, ws="none"
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        await server.shutdown()


class Socket:
    """One connection as somebody opens it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, data: bytes) -> None:
        """Send some bytes."""
        self.writer.write(data)
        with suppress(ConnectionError):
            await self.writer.drain()

    async def answer(self) -> bytes:
        """The first line of the answer; empty where the connection was closed instead."""
        with suppress(ConnectionError):
            async with asyncio.timeout(5):
                line = await self.reader.readline()
                if line.startswith(b"HTTP/1.1 200"):
                    await self.reader.readuntil(b"ok")
                return line
        return b""

    async def closed(self) -> bool:
        """Whether the other side closes it, within a moment."""
        with suppress(ConnectionError):
            async with asyncio.timeout(5):
                while await self.reader.read(1000):
                    pass
        return True


@asynccontextmanager
async def opened(port: int, count: int) -> AsyncIterator[list[Socket]]:
    """Connections that say nothing yet."""
    sockets = [Socket(*await asyncio.open_connection("127.0.0.1", port)) for _ in range(count)]
    try:
        yield sockets
    finally:
        for one in sockets:
            one.writer.close()
            with suppress(ConnectionError):
                await one.writer.wait_closed()


async def test_idle_connections_make_room_and_whoever_asks_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "speaks_for_many", lambda *_: False)
    monkeypatch.setattr(protocol, "PER_ADDRESS", 20)
    async with serving() as port, opened(port, 60) as idle, opened(port, 1) as [one]:
        await one.send(ASK)
        assert (await one.answer()).startswith(b"HTTP/1.1 200")
        assert await idle[0].closed()
        assert await idle[39].closed()
        await idle[59].send(ASK)
        assert (await idle[59].answer()).startswith(b"HTTP/1.1 200")


async def test_all_addresses_together_have_a_most_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MOST", 5)
    async with serving() as port, opened(port, 6) as idle:
        await idle[5].send(ASK)
        assert (await idle[5].answer()).startswith(b"HTTP/1.1 200")
        assert await idle[0].closed()


async def test_who_has_asked_before_stays_longer_than_who_never_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MOST", 10)
    async with serving() as port, opened(port, 1) as [person]:
        await person.send(ASK)
        assert (await person.answer()).startswith(b"HTTP/1.1 200")
        async with opened(port, 40):
            await asyncio.sleep(0.05)
            await person.send(ASK)
            assert (await person.answer()).startswith(b"HTTP/1.1 200")


async def test_what_is_being_answered_is_not_given_up_for_a_newcomer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "speaks_for_many", lambda *_: False)
    monkeypatch.setattr(protocol, "PER_ADDRESS", 3)
    async with serving() as port, opened(port, 3) as busy:
        for one in busy:
            await one.send(b"POST /slow HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\n\r\nab")
        await asyncio.sleep(0.05)
        async with opened(port, 1) as [late]:
            assert (await late.answer()).startswith(b"HTTP/1.1 503")
        for one in busy:
            await one.send(b"cd")
            assert (await one.answer()).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("begun", [b"", b"G", ASK[:-2], b"GET / HTTP/1.1\r\nX: "])
async def test_headers_that_never_end_are_cut(begun: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEADERS_WITHIN", 0.2)
    async with serving() as port, opened(port, 1) as [slow]:
        await slow.send(begun)

        async def drip() -> None:
            while True:
                await asyncio.sleep(0.03)
                await slow.send(b"a")

        dripping = asyncio.create_task(drip())
        try:
            assert await slow.closed()
        finally:
            dripping.cancel()


async def test_a_second_request_has_its_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEADERS_WITHIN", 0.3)
    async with serving() as port, opened(port, 1) as [one]:
        for _ in range(3):
            await one.send(ASK)
            assert (await one.answer()).startswith(b"HTTP/1.1 200")
            await asyncio.sleep(0.2)  # idle between requests is not a late header
        await one.send(ASK[:20])
        assert await one.closed()


async def test_a_body_that_nobody_wanted_is_not_heard_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEADERS_WITHIN", 0.2)
    async with serving() as port, opened(port, 1) as [one]:
        await one.send(b"POST /refused HTTP/1.1\r\nHost: here\r\nContent-Length: 100000\r\n\r\n")
        assert (await one.answer()).startswith(b"HTTP/1.1 200")

        async def drip() -> None:
            while True:
                await asyncio.sleep(0.03)
                await one.send(b"a")

        dripping = asyncio.create_task(drip())
        try:
            assert await one.closed()
        finally:
            dripping.cancel()


async def test_an_answer_that_nobody_reads_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "READ_WITHIN", 0.1)
    async with serving() as port, opened(port, 1) as [one]:
        await one.send(b"GET /long HTTP/1.1\r\nHost: here\r\n\r\n")
        await asyncio.sleep(0.4)
        taken = 0
        with suppress(ConnectionError):
            while piece := await one.reader.read(1_000_000):
                taken += len(piece)
        assert taken < 30_000_000


async def test_a_proxy_on_this_machine_brings_more_than_one_address_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "PER_ADDRESS", 3)
    async with serving() as port, opened(port, 10) as many:
        for one in reversed(many):
            await one.send(ASK)
            assert (await one.answer()).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    ("address", "many"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("", True),
        ("192.0.2.1", True),
        ("::ffff:192.0.2.1", True),
        ("2001:db8:ffff::9", True),
        ("192.0.2.2", False),
        ("203.0.113.7", False),
        ("2001:db8::9", False),
    ],
)
def test_who_speaks_for_many(address: str, many: bool) -> None:
    assert speaks_for_many(address, ("192.0.2.1", "2001:db8:ffff::/48", "proxy.example")) is many
