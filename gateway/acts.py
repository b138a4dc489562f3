"""Acts are put on record, sent, and answered: asked once, they are done once, whatever dies in between.

Who asks waits for the answer of the workflow. Where none comes they are told that their act is kept; the relay
(`gateway/relay.py`) sends it again under its key until there is one.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from gateway.deadlines import WITHIN, AnswerTime
from gateway.kinds import NOMINATE
from gateway.passes import whole_pass
from models.errors import Broken, Kept, Refused, SojournError, Unavailable
from models.messages.acts import Act, ActStatus, WaitingAct
from models.wire import Wire
from records.acts import Answer, Register

logger = logging.getLogger(__name__)

T = TypeVar("T", bound=Wire)
Sender = Callable[[Act], Awaitable[Wire]]
"""Sends an act of one kind to its workflow and answers what that answered; sent again, it is done once."""

CLAIM = timedelta(seconds=5)
"""How long an act is for whoever sends it, unless they say again that they still do: the dead say nothing."""
RENEWED_EVERY = 1.5
"""Seconds between two such words: a few of them may be late or lost."""
Recall = Callable[[Act], Awaitable[Wire | None]]
"""AnswerWriter from the records for an act that was taken and whose workflow does not know it any more."""
PAUSE = 1.0
"""Seconds in which answers gather; they are kept with one commit, and nobody waits for it."""
FAILED = "act.failed"
"""What a workflow says that failed in an act: it would fail again, so the act is refused in these words."""


def wall_clock() -> datetime:
    """The time by which acts are tried again, also where the programme's own clock is a virtual one."""
    return datetime.now(UTC)


class AnswerWriter:
    """Keeps answers with their acts in the background; one that gets lost is fetched again under its key."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._waiting: list[Answer] = []
        self._task: asyncio.Task[None] | None = None
        self._closed = asyncio.Event()

    def keep(self, answer: Answer) -> None:
        """Keep an answer, and wait for nothing."""
        self._waiting.append(answer)
        if self._task is None and not self._closed.is_set():
            self._task = asyncio.create_task(self._keeping(), name="answers")

    async def aclose(self) -> None:
        """Keep what was answered until now, and stop."""
        self._closed.set()
        if self._task is not None:
            await self._task
        await self._write()

    async def _keeping(self) -> None:
        try:
            while self._waiting:
                with suppress(TimeoutError):
                    async with asyncio.timeout(PAUSE):
                        await self._closed.wait()
                await self._write()
        finally:
            self._task = None

    async def _write(self) -> None:
        batch, self._waiting = self._waiting, []
        if not batch:
            return
        try:
            await self._register.taken(batch)
        except SojournError as error:
            logger.warning("%d answers were not kept with their acts (%s)", len(batch), error)


class Asking:
    """Has acts done that people ask for."""

    def __init__(self, register: Register, clock: Callable[[], datetime]) -> None:
        self.register = register
        self._clock = clock
        self._answers = AnswerWriter(register)
        self._senders: dict[str, Sender] = {}
        self._recalls: dict[str, Recall] = {}

    def sends(self, kind: str, sender: Sender) -> None:
        """Say how acts of a kind are sent."""
        self._senders[kind] = sender

    def recalls(self, kind: str, recall: Recall) -> None:
        """Say how an answer to acts of a kind is found in the records."""
        self._recalls[kind] = recall

    async def aclose(self) -> None:
        """Keep the last answers, and stop."""
        await self._answers.aclose()

    async def ask(self, act: Act, answer: type[T], *, as_it_is_now: bool = False) -> T:
        """Put an act on record and have it done; asked again under its key, it is answered as the first time.

        Where the answer says how things are, which goes on changing, its workflow is asked again `as_it_is_now`.

        Raises:
            Refused: it is not allowed; nothing changed.
            KeyReused: another act was asked under its key.
            Kept: it is on record, and no answer came in time; it is done without being asked again.
            Unavailable: the database is away; nothing was asked.
        """
        known = await self.register.ask(act, self._clock(), wall_clock() + CLAIM)
        if known.answer is not None and not as_it_is_now:
            return _as_repeated(answer.model_validate(known.answer))
        try:
            async with self.holding(act, wall_clock):
                reply = await self.send(act)
        except Refused as refusal:
            if known.status is not ActStatus.TAKEN:
                await self._keep_refusal(act, refusal)
                raise
            recall = self._recalls.get(act.kind)
            found = await recall(act) if recall else None
            if not isinstance(found, answer):
                raise
            reply = found
        except Broken as fault:
            if fault.message == FAILED:
                await self._keep_refusal(act, fault)
            raise
        except Unavailable as fault:
            with suppress(SojournError):  # the database is away too: the act waits until its sender's time is over
                await self.register.hand_over(act, wall_clock())
            raise kept(act) from fault
        if not isinstance(reply, answer):
            raise Broken("workflow.answered_otherwise", got=type(reply).__name__, expected=answer.__name__)
        self.answered(act, reply)
        return reply

    async def send(self, act: Act) -> Wire:
        """Send an act that is on record; with everything that is tried for it, within one deadline.

        Raises:
            Unavailable: no answer came within it.
        """
        try:
            async with asyncio.timeout(WITHIN[AnswerTime.ACT]):
                return await self._senders[act.kind](act)
        except TimeoutError:
            raise Unavailable("answer.late") from None

    @asynccontextmanager
    async def holding(self, act: Act | WaitingAct, clock: Callable[[], datetime]) -> AsyncIterator[None]:
        """Keep an act for its sender while it is sent, for as long as that takes."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(RENEWED_EVERY)
                with suppress(SojournError):  # somebody else may send it too: it is done once
                    await whole_pass(self.register.hold(act, clock() + CLAIM))

        renewing = asyncio.create_task(renew(), name=f"hold {act.key}")
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    def now(self) -> datetime:
        """The programme's time."""
        return self._clock()

    def answered(self, act: Act, reply: Wire) -> None:
        """Keep what was answered to an act."""
        self._answers.keep(Answer(act.workflow_id, act.key, reply.model_dump(mode="json"), self._clock()))

    async def _keep_refusal(self, act: Act, error: SojournError) -> None:
        with suppress(SojournError):  # the database is away: the relay asks once more, and is refused too
            await self.register.refused(act, error, self._clock())


def kept(act: Act) -> Kept:
    """What who asked is told while there is no answer."""
    begins = act.kind == NOMINATE  # there is nothing to look at before it has begun
    return Kept("act.kept", key=act.key, about="" if begins else act.about or "")


def _as_repeated(reply: T) -> T:
    """A reply of before, marked as such where it can be."""
    return reply.model_copy(update={"repeated": True}) if "repeated" in type(reply).model_fields else reply
