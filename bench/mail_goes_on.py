"""How soon mail goes on after the worker died in the midst of it: `python -m bench.mail_goes_on [--rounds N]`.

A mail host takes its time with each mail, and takes it although nobody waits for its answer any more. While it has
some in hand, the worker is killed (-9); its supervisor starts it again. Measured is when the next mail is taken, and
when a link to sign in is that somebody asked for after the death.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from rich.console import Console
from sqlalchemy import func, select
from temporalio.client import Client

from bench.samples import percentile
from dev.mailsink import Mailbox, MailSink
from dev.stack import HERE, WORKER, DevStack, free_port
from gateway.composition import catalogue_of
from gateway.wakers import mail_waker
from mail.outbox import Outbox
from models.catalogue.programme import Programme
from models.notifications.notices import NoticeKind, ReturnedFacts
from models.tables import MessageRow, MessageStatus
from models.vocabulary import Role
from records.access.sessions import Access
from records.access.signing import Signing
from records.store.engine import Sessions, open_engine, session_maker, transaction
from records.store.messages import MailTo, write_message
from settings import Settings

FOLDER = Path("var/bench")
PATIENCE = 120.0
READERS = (Role.COORDINATOR, Role.HEAD_OF_OFFICE, Role.HOUSING_OFFICER)
"""Of the home university: who asks for a link, round by round."""


class SlowHost(Mailbox):
    """Takes so many seconds for each mail, and remembers what it took when."""

    def __init__(self, folder: Path, seconds: float) -> None:
        super().__init__(folder)
        self.seconds = seconds
        self.in_hand = 0
        self.taken: list[tuple[float, float, str]] = []
        """When its content came and when it was taken, on the monotonic clock, and the kind of mail."""
        self.heard = asyncio.Condition()
        self._taking: set[asyncio.Task[str]] = set()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        taking = asyncio.create_task(self._take(server, session, envelope))
        self._taking.add(taking)
        taking.add_done_callback(self._taking.discard)
        return await asyncio.shield(taking)

    async def _take(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        began = time.monotonic()
        kind = str(self.prepare_message(session, envelope)["X-Sojourn-Kind"])
        await self._count(1)
        await asyncio.sleep(self.seconds)
        answer = await super().handle_DATA(server, session, envelope)
        self.taken.append((began, time.monotonic(), kind))
        await self._count(-1)
        return answer

    async def _count(self, more: int) -> None:
        async with self.heard:
            self.in_hand += more
            self.heard.notify_all()

    async def until_in_hand(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE), self.heard:
            await self.heard.wait_for(lambda: self.in_hand >= count)

    async def next(self, after: float, *kinds: str) -> float:
        """When the first mail was taken whose content came after a moment."""

        def found() -> list[float]:
            return [taken for began, taken, kind in self.taken if began > after and kind in kinds]

        async with asyncio.timeout(PATIENCE), self.heard:
            await self.heard.wait_for(found)
        return min(found())


@dataclass
class Service:
    """A service whose mail goes to a slow host."""

    stack: DevStack
    host: SlowHost
    client: Client
    sessions: Sessions
    programme: Programme
    access: Access
    written: int = field(default=0)

    async def write(self, count: int) -> None:
        """Write so many plain mails, and wake who sends them."""
        now, home = datetime.now(UTC), self.programme.home
        contact = next(iter(self.programme.contacts(home, Role.COORDINATOR)))
        to = MailTo(person=contact.id, role=contact.role, language=contact.language)
        facts = ReturnedFacts(person=contact.id, role=contact.role, notice=NoticeKind.REMINDER)
        async with transaction(self.sessions) as session:
            for number in range(self.written, self.written + count):
                await write_message(session, f"plain:{number}", NoticeKind.MAIL_RETURNED, to, facts, now)
        self.written += count
        await self.wake()

    async def ask_link(self, role: Role) -> None:
        """Ask for a link to sign in, as the portal does."""
        contact = next(iter(self.programme.contacts(self.programme.home, role)))
        await self.access.ask_link(contact.email, "browser", f"caller-{role}", datetime.now(UTC))
        await self.wake()

    async def wake(self) -> None:
        async with aclosing(mail_waker(self.client)) as waker:
            waker.wake()

    async def until_sent(self) -> None:
        """Wait until the outbox holds nothing to send."""
        waiting = select(func.count()).where(MessageRow.status == MessageStatus.QUEUED)
        async with asyncio.timeout(PATIENCE):
            while True:
                async with transaction(self.sessions) as session:
                    if not await session.scalar(waiting):
                        return
                await asyncio.sleep(0.1)


@dataclass(frozen=True)
class Death:
    """Seconds from the worker's death to its return, the next mail, and the link asked for meanwhile."""

    back: float
    mail: float
    link: float


@asynccontextmanager
async def open_service(folder: Path, database_url: str, seconds: float) -> AsyncIterator[Service]:
    """Start a service and its slow mail host, and stop them at the end."""
    port, host = free_port(), SlowHost(folder / "mailbox", seconds)
    settings = Settings(
        database_url=database_url, files_dir=folder / "files", smtp_host=HERE, smtp_port=port, log_level="WARNING"
    )
    engine = open_engine(database_url)
    try:
        async with (
            MailSink(folder / "mailbox", port=port, handler=host),
            DevStack(settings, folder, temporal_port=0, ui=False) as stack,
        ):
            secret = stack.settings.secret_key
            assert secret is not None
            sessions, programme = session_maker(engine), catalogue_of(stack.settings)
            access = Access(sessions, programme, Outbox(programme), Signing(secret.get_secret_value()))
            yield Service(stack, host, await stack.client(), sessions, programme, access)
    finally:
        await engine.dispose()


async def death_in_a_batch(service: Service, role: Role, *, mails: int = 12) -> Death:
    """Kill the worker while the host has mail of it in hand."""
    await service.write(mails)
    await service.host.until_in_hand(1)
    await service.stack.kill(WORKER)
    died = time.monotonic()
    await service.ask_link(role)
    await service.stack.until_ready(WORKER)
    back = time.monotonic() - died
    mail = await service.host.next(died, NoticeKind.MAIL_RETURNED, NoticeKind.SIGN_IN) - died
    link = await service.host.next(died, NoticeKind.SIGN_IN) - died
    await service.until_sent()
    return Death(back, mail, link)


async def run(folder: Path, console: Console, rounds: int, seconds: float) -> None:
    """Some deaths, one after the other."""
    found = []
    async with open_service(folder, f"sqlite+aiosqlite:///{folder / 'sojourn.db'}", seconds) as service:
        for number in range(rounds):
            one = await death_in_a_batch(service, READERS[number % len(READERS)])
            console.print(f"back after {one.back:5.1f} s  next mail {one.mail:5.1f} s  link {one.link:5.1f} s")
            found.append(one)
        async with transaction(service.sessions) as session:
            doubts = await session.scalar(select(func.sum(MessageRow.in_doubt)))
        twice = len(service.host.taken) - service.written - rounds
    console.print(f"{rounds} deaths, {service.written + rounds} messages: {twice} came twice, {doubts} were in doubt")
    for name in ("mail", "link"):
        after = [getattr(one, name) - one.back for one in found]
        console.print(f"{name} after the restart: p50 {percentile(after, 0.5):.1f} s, worst {max(after):.1f} s")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.mail_goes_on", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="deaths, one after the other (3)")
    parser.add_argument("--seconds", type=float, default=1.0, help="how long the host takes for a mail (1.0)")
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="run-", dir=FOLDER, ignore_cleanup_errors=True) as folder:
        asyncio.run(run(Path(folder).absolute(), Console(width=140), options.rounds, options.seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
