"""A batch of mail: message after message, each marked right after the host took it, over one connection if it holds.

A message is sent once, except where nobody knows whether the host took it: the connection was lost before its answer,
or worker or database were lost before the mark. Then it is sent again with the same Message-ID, by which receivers drop
it, and counted as in doubt. No order of the two steps avoids both a double and a loss; this one never loses.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from mail import ledger
from mail.drafts import Draft, Drafts, Passed, Written
from mail.host import Host, HostAway, MailSettings, NotTaken
from mail.ledger import LEASE, Claim
from mail.message import message_id
from mail.return_paths import ReturnPaths
from models.errors import Unavailable
from models.messages.contracts import MailAnswer, SendMail
from records.store.engine import Sessions, transaction

logger = logging.getLogger(__name__)

BATCH_SECONDS = 20.0
"""After so long a batch begins no further message: who waits for its end, to drain or to go on anew, has it soon."""
MARK_SECONDS = 60.0
"""How long what became of a message is tried to be noted: a mark that fails costs a second mail."""
RENEW = 2.5
"""Seconds between the renewals of a claim: it outlives two that fail."""
MARGIN = 1.0
"""So many seconds before its claim ends no mail is handed over any more."""

Done = TypeVar("Done")
Mark = Callable[[AsyncSession], Awaitable[None]]


class ClaimLost(Exception):
    """The claim ran out while this process stood still: somebody else may have the message by now."""


@dataclass(frozen=True)
class Clock:
    """The moment at which a batch began, and a clock that says how long it has been going on since."""

    began: datetime
    monotonic: Callable[[], float] = time.monotonic
    _start: float = field(init=False)

    def __post_init__(self) -> None:
        """It runs from now on."""
        object.__setattr__(self, "_start", self.monotonic())

    def seconds(self) -> float:
        """Seconds since it began."""
        return self.monotonic() - self._start

    def now(self) -> datetime:
        """The time, in the time of whoever asked for the batch."""
        return self.began + timedelta(seconds=self.seconds())


class MailBatch:
    """One look at the outbox. Several may be under way at once, in one process or many."""

    def __init__(
        self,
        sessions: Sessions,
        drafts: Drafts,
        settings: MailSettings,
        paths: ReturnPaths,
        clock: Clock,
        request: SendMail,
        stopping: Callable[[], bool],
    ) -> None:
        """`stopping` says whether the process is about to end."""
        self._sessions = sessions
        self._drafts = drafts
        self._settings = settings
        self._paths = paths
        self._clock = clock
        self._urgent = request.urgent
        self._left = request.limit
        self._process_stops = stopping
        self._token = uuid4().hex
        self._held: Claim | None = None
        self._held_until = 0.0
        self._written: Written | None = None
        self._over = self._stopped = False
        self._lost = 0
        self._done: list[Claim] = []
        self._sent = self._delayed = self._refused = 0

    def stop(self) -> None:
        """Have it begin no further message."""
        self._stopped = True

    async def run(self) -> MailAnswer:
        """Send what is due, or put off what cannot be sent now.

        Raises:
            Unavailable: if the database is away; what is claimed comes due again by itself.
        """
        if await self._look():
            try:
                await self._send()
            except HostAway as away:
                await self._put_off_all(away)
        async with transaction(self._sessions) as session:
            if self._done:
                await ledger.close_tasks(session, self._done, self._clock.now())
            next_at = await ledger.next_due(session)
        return MailAnswer(sent=self._sent, delayed=self._delayed, refused=self._refused, next_at=next_at)

    async def renew(self) -> None:
        """Claim on what is being handed over; while the database is away, the claim it has must do."""
        held, at = self._held, self._clock.seconds()
        if held is None:
            return
        with suppress(Unavailable):
            async with transaction(self._sessions) as session:
                ours = await ledger.renew(session, held, self._clock.now())
            if self._held is held:
                self._held_until = at + LEASE.total_seconds() if ours else 0.0

    async def _look(self) -> bool:
        """Whether there is anything to send; what is passed over needs no mail host."""
        while self._goes_on():
            async with transaction(self._sessions) as session:
                found = await self._drafts.look(session, self._token, self._clock.now(), urgent=self._urgent)
            if not isinstance(found, Passed):
                self._written = found
                return found is not None
            self._refused += found.refused
        return False

    async def _send(self) -> None:
        while not self._over:
            async with Host(self._settings) as host:
                await self._send_over(host)

    async def _send_over(self, host: Host) -> None:
        """Send until the batch is over, or the connection."""
        draft = await self._take()
        while draft is not None:
            try:
                mark = await self._hand_over(host, draft)
            except ClaimLost:
                await self._leave(draft.message)
                return
            except NotTaken as error:
                mark = self._not_taken(draft.message, error)
                if error.lost:
                    await self._note(mark)
                    self._count_loss(error)
                    return
            draft = await self._take(mark)

    async def _leave(self, message: Claim) -> None:
        """Leave a message to whoever claims it, or did meanwhile."""
        logger.warning("message %d: its claim ran out before it was handed over", message.id)
        now = self._clock.now()
        await self._note(lambda session: ledger.release(session, message, now))

    def _count_loss(self, error: NotTaken) -> None:
        """The first may be lost because of its message; a second one in a row is the host's fault."""
        self._lost += 1
        if self._lost > 1:
            raise HostAway(error.error)

    async def _hand_over(self, host: Host, draft: Draft) -> Mark:
        message = draft.message
        sender = self._paths.of(message.id, self._settings.sender)
        await host.hand_over(draft.mail, sender, draft.email, self._check_claim)
        now, identity = self._clock.now(), message_id(message.key, self._settings.sender)
        self._lost = 0
        self._sent += 1
        self._done.append(message)
        return lambda session: ledger.mark_sent(session, message, now, draft.email, identity)

    def _check_claim(self) -> None:
        if self._clock.seconds() > self._held_until - MARGIN:
            raise ClaimLost

    def _not_taken(self, message: Claim, error: NotTaken) -> Mark:
        now, reason = self._clock.now(), error.error
        doubt = "; whether the host took it is not known" if error.in_doubt else ""
        logger.warning("message %d (%s) was not taken: %s%s", message.id, message.kind, reason, doubt)
        if error.for_good:
            self._refused += 1
            return lambda session: ledger.mark_refused(session, message, now, reason)
        self._delayed += 1
        return lambda session: ledger.put_off(session, message, now, reason, in_doubt=error.in_doubt)

    async def _take(self, mark: Mark | None = None) -> Draft | None:
        """Note what became of the last message and take the next, in one transaction; `None`: the batch is over."""
        while self._goes_on():
            at = self._clock.seconds()
            taken = await self._noted_and_taken(mark)
            mark = None
            if isinstance(taken, Draft):
                self._held, self._held_until = taken.message, at + LEASE.total_seconds()
                self._left -= 1
                return taken
            if taken is None:
                break
            self._refused += taken.refused
        if mark is not None:
            await self._note(mark)
        self._held = None
        self._over = True
        return None

    async def _noted_and_taken(self, mark: Mark | None) -> Draft | Passed | None:
        now, written = self._clock.now(), self._written
        self._written = None

        async def both(session: AsyncSession) -> Draft | Passed | None:
            if mark is not None:
                await mark(session)
            return await self._drafts.take(session, self._token, now, urgent=self._urgent, written=written)

        try:
            return await self._in_transaction(both, insist=mark is not None)
        except Unavailable:
            raise
        except Exception:
            # Whatever is wrong with the next message, what became of this one is not forgotten.
            if mark is not None:
                await self._note(mark)
            raise

    def _goes_on(self) -> bool:
        stops = self._stopped or self._process_stops()
        return self._left > 0 and self._clock.seconds() < BATCH_SECONDS and not stops

    async def _put_off_all(self, away: HostAway) -> None:
        now = self._clock.now()
        count = await self._in_transaction(
            lambda session: ledger.put_off_all(
                session, self._token, now, away.error, away.why, operator_now=away.operator_now
            )
        )
        self._held = None
        self._delayed += count
        logger.warning("mail host: %s; %d messages wait", away.error, count)

    async def _note(self, mark: Mark) -> None:
        await self._in_transaction(mark)
        self._held = None

    async def _in_transaction(self, work: Callable[[AsyncSession], Awaitable[Done]], *, insist: bool = True) -> Done:
        """One short transaction; who insists tries again while the database is away."""
        began, pause = time.monotonic(), 0.1
        while True:
            try:
                async with transaction(self._sessions) as session:
                    return await work(session)
            except Unavailable:
                if not insist or time.monotonic() - began >= MARK_SECONDS:
                    raise
                await asyncio.sleep(pause)
                pause = min(pause * 2, 1.0)
