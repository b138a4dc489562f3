"""A mail host with moods, in a process of its own: what it takes it writes down, whatever it answers.

The mood is the content of a file, read for each mail: empty or `well`; `drops` (takes the mail and hangs up before
its answer), `later` (4xx), `never ADDRESS` (5xx for one address), `hangs` (no answer for half a minute), `slow`.
"""

import argparse
import asyncio
import hashlib
import json
import time
from email import message_from_bytes
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from dev.mailsink import Mailbox, MailSink

HANGS = 30.0
SLOW = 0.7
"""Seconds."""
BOOK = "taken.jsonl"


class Moody(Mailbox):
    """Keeps mail, or does what its mood says."""

    def __init__(self, folder: Path, mood: Path) -> None:
        super().__init__(folder)
        self._book = (folder / BOOK).open("a", encoding="utf-8")
        self._mood = mood

    @property
    def mood(self) -> str:
        """What it is like now."""
        return self._mood.read_text(encoding="utf-8").strip() if self._mood.exists() else ""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, unless this is the one it never takes."""
        if self.mood == f"never {address}":
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take one mail, as the mood is."""
        mood = self.mood
        if mood == "later":
            return "451 4.3.0 Try again later"
        if mood == "hangs":
            await asyncio.sleep(HANGS)
            return "421 4.4.2 Too late"
        if mood == "slow":
            await asyncio.sleep(SLOW)
        answer = await super().handle_DATA(server, session, envelope)
        if answer.startswith("250"):
            self._write(envelope, answered=mood != "drops")
        if mood == "drops" and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return answer

    def _write(self, envelope: Envelope, *, answered: bool) -> None:
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        message_id = str(message_from_bytes(content)["Message-ID"] or hashlib.sha256(content).hexdigest())
        told: dict[str, Any] = {"at": time.time(), "id": message_id, "to": envelope.rcpt_tos, "answered": answered}
        self._book.write(json.dumps(told) + "\n")
        self._book.flush()


async def serve(port: int, folder: Path, mood: Path) -> None:
    """Take mail until it is killed."""
    async with MailSink(folder, port=port, handler=Moody(folder, mood)):
        await asyncio.Event().wait()


def main() -> None:
    """Run the host."""
    parser = argparse.ArgumentParser(prog="python -m chaos.mailhost", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--mood", type=Path, required=True)
    options = parser.parse_args()
    asyncio.run(serve(options.port, options.folder, options.mood))


if __name__ == "__main__":
    main()
