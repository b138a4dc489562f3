"""A small IMAP server for tests: one folder, the few commands that reading an inbox needs, and what goes wrong."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

CAPABILITIES = "IMAP4rev1"


@dataclass
class FakeInbox:
    """Mails by their id; those read are marked."""

    mails: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    login: tuple[str, str] = ("bounces", "secret word")
    folder: str = "INBOX"
    commands: list[str] = field(default_factory=list)
    hang_up_at: str = ""
    """The command at which the connection breaks."""
    port: int = 0

    def add(self, *mails: bytes) -> None:
        """Mail comes in."""
        for mail in mails:
            number = max(self.mails, default=0) + 1
            self.mails[number] = mail

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        writer.write(b"* OK ready\r\n")
        try:
            while line := await reader.readline():
                tag, _, command = line.decode().strip().partition(" ")
                self.commands.append(command)
                if self.hang_up_at and command.startswith(self.hang_up_at):
                    break
                for part in self._answer(command):
                    writer.write(part)
                writer.write(f"{tag} {self._said}\r\n".encode())
                await writer.drain()
                if command == "LOGOUT":
                    break
        finally:
            writer.close()

    def _answer(self, command: str) -> list[bytes]:
        self._said = "OK done"
        match command.split(" ", 2):
            case ["CAPABILITY"]:
                return [f"* CAPABILITY {CAPABILITIES}\r\n".encode()]
            case ["LOGIN", user, password]:
                if (user.strip('"'), password.strip('"')) != self.login:
                    self._said = "NO [AUTHENTICATIONFAILED] no such login: bounces"
            case ["SELECT", folder, *_]:
                if folder.strip('"') != self.folder:
                    self._said = "NO no such folder"
                return [f"* {len(self.mails)} EXISTS\r\n".encode()]
            case ["UID", "SEARCH", _]:
                unread = " ".join(str(one) for one in sorted(self.mails) if one not in self.seen)
                return [f"* SEARCH {unread}".rstrip().encode() + b"\r\n"]
            case ["UID", "FETCH", rest]:
                return self._fetch(rest)
            case ["UID", "STORE", rest]:
                self.seen |= {int(one) for one in rest.split(" ")[0].split(",")}
            case ["LOGOUT"]:
                return [b"* BYE\r\n"]
            case _:
                self._said = "BAD unknown"
        return []

    def _fetch(self, rest: str) -> list[bytes]:
        asked = re.fullmatch(r"(\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", rest)
        assert asked is not None, rest
        number = int(asked[1])
        if number not in self.mails:
            return []
        data = self.mails[number][: int(asked[2])]
        return [f"* 1 FETCH (UID {number} BODY[]<0> {{{len(data)}}}\r\n".encode(), data, b")\r\n"]


@asynccontextmanager
async def running_inbox() -> AsyncIterator[FakeInbox]:
    """An inbox on a port of its own until the end of the block."""
    inbox = FakeInbox()
    server = await asyncio.start_server(inbox.serve, "127.0.0.1", 0)
    inbox.port = server.sockets[0].getsockname()[1]
    try:
        yield inbox
    finally:
        server.close()
        await server.wait_closed()
