"""An SMTP host that keeps what it is given: a Maildir, for laptops, the demo and tests.

`python -m dev.mailsink --port 1025 --folder var/mailbox`, or `async with MailSink(folder) as sink:` in a process.
What is not said on the command line is taken from SOJOURN_SMTP_PORT and SOJOURN_MAILBOX.
"""

import argparse
import asyncio
import logging
import os
import signal
from email.message import Message
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.handlers import Mailbox as Maildir
from aiosmtpd.smtp import SMTP, Envelope, Session

from observability import configure_logging

logger = logging.getLogger("dev.mailsink")

LARGEST = 10 * 1024 * 1024
"""Bytes of one mail."""


FOLDERS = ("tmp", "new", "cur")


class Mailbox(Maildir):
    """Keeps every mail it gets in a Maildir; one that comes again is kept again, so that doubles show."""

    def __init__(self, folder: Path) -> None:
        """Keep mail in `folder`, which may hold mail of earlier versions already."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in FOLDERS:  # the library makes them only where it makes the folder
            (folder / name).mkdir(mode=0o700, exist_ok=True)
        super().__init__(folder)
        self._turn = asyncio.Lock()

    def prepare_message(self, session: Session, envelope: Envelope) -> Message:
        """The mail with its envelope as X-MailFrom and X-RcptTo; a port of the sender would tell doubles apart."""
        message = super().prepare_message(session, envelope)
        del message["X-Peer"]
        return message

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep one mail; only then is it accepted. The library would hold the loop, and refuse for good."""
        message = self.prepare_message(session, envelope)
        try:
            async with self._turn:
                await asyncio.to_thread(self.handle_message, message)
        except OSError as error:
            logger.error("a mail could not be kept: %s", type(error).__name__)
            return "452 4.3.1 No room to keep it; try again later"
        return "250 2.0.0 Kept"


def mails_in(folder: Path) -> list[Path]:
    """What a mailbox holds, in the order in which it came; earlier versions kept `.eml` files in the folder itself."""
    kept = [*folder.glob("*.eml"), *folder.glob("new/*"), *folder.glob("cur/*")]
    return sorted(kept, key=lambda file: (file.stat().st_mtime_ns, file.name))


class MailSink:
    """An SMTP host in this process; `port` 0 takes a free one."""

    def __init__(
        self, folder: Path, *, host: str = "127.0.0.1", port: int = 0, handler: Mailbox | None = None, **smtp: Any
    ) -> None:
        """`handler` answers instead of the plain mailbox; `smtp` goes to aiosmtpd (TLS, login).

        An `ssl` among them makes the port speak TLS from the first byte.
        """
        self.host = host
        self.port = port
        self.folder = folder
        self._handler = handler or Mailbox(folder)
        self._ssl = smtp.pop("ssl", None)
        self._smtp: dict[str, Any] = {
            "hostname": "mailsink",
            "ident": "mailsink",
            "enable_SMTPUTF8": True,
            "timeout": 60,
        } | smtp
        self._server: asyncio.Server | None = None
        self._sessions: set[SMTP] = set()

    async def __aenter__(self) -> Self:
        """Listen.

        Raises:
            OSError: if the port is taken.
        """
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, self.host, self.port, ssl=self._ssl)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening and hang up."""
        if self._server is None:
            return
        self._server.close()
        for session in self._sessions:
            if session.transport is not None:
                session.transport.close()
        await self._server.wait_closed()
        # Their tasks end in the next turns of the loop, once they see that nobody is there any more.
        await asyncio.sleep(0)

    def mails(self) -> list[Path]:
        """What was kept, in the order in which it came."""
        return mails_in(self.folder)

    def _protocol(self) -> SMTP:
        session = SMTP(self._handler, data_size_limit=LARGEST, loop=asyncio.get_running_loop(), **self._smtp)
        self._sessions.add(session)
        return session


async def serve(host: str, port: int, folder: Path) -> None:
    """Keep mail until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with MailSink(folder, host=host, port=port) as sink:
        logger.info("keeping mail for %s:%d in %s", sink.host, sink.port, folder)
        await stop.wait()


def main(arguments: list[str] | None = None) -> None:
    """Run the host from the command line."""
    parser = argparse.ArgumentParser(prog="mailsink", description="Keeps every mail as a file and delivers none.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=os.environ.get("SOJOURN_SMTP_PORT", "1025"))
    parser.add_argument("--folder", type=Path, default=os.environ.get("SOJOURN_MAILBOX", "var/mailbox"))
    options = parser.parse_args(arguments)
    configure_logging("plain", "INFO")
    asyncio.run(serve(options.host, options.port, options.folder))


if __name__ == "__main__":
    main()
