"""The relay: takes up acts whose sender has gone, or got no answer, until each is taken or refused."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import groupby

from gateway.acts import CLAIM, FAILED, Asking, wall_clock
from gateway.kinds import act_of
from gateway.passes import whole_pass
from gateway.updates import Updates
from models.errors import Broken, Refused, SojournError, Unavailable
from models.messages.acts import Act, WaitingAct
from records.store.append import Waker
from webhooks.inbound import OF_AN_EVENT, Inbound

logger = logging.getLogger(__name__)

EVERY = 2.0
"""Seconds between two looks; each is one query over a small index."""
AT_ONCE = 500
"""Acts of one look; the rest come with the next."""
SIDE_BY_SIDE = 20
"""Workflows that are sent to at a time."""
WAITS = "workflow.waits"
"""What is said of a workflow whose last task failed."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 15.0
"""Seconds until an act without an answer is sent again; doubled each time, up to the longest."""


class Relay:
    """Sends acts that wait, in the order in which they were asked of each workflow; several relays share them."""

    def __init__(
        self,
        asking: Asking,
        sending: Updates,
        mail: Waker,
        inbound: Inbound,
        clock: Callable[[], datetime] = wall_clock,
        pause: Callable[[int], float] | None = None,
        mend: Callable[[str], Awaitable[bool]] | None = None,
        answers: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        """`mend` begins a workflow again that cannot go on; `answers` says whether Temporal is there."""
        self._asking = asking
        self._register = asking.register
        self._sending = sending
        self._mail = mail
        self._inbound = inbound
        self._clock = clock
        self._pause = pause or pause_after
        self._mend = mend
        self._answers = answers
        self._back = answers is not None
        """Whether what was put off is to be sent at once: a worker, or Temporal, has just come back."""

    async def run(self) -> None:
        """Look until cancelled; what fails is looked at again."""
        while True:
            try:
                await whole_pass(self.look())
            except SojournError as error:
                logger.warning("the relay could not look (%s)", error)
            except Exception as error:
                # Without its text, which may quote what was asked; the next look must come whatever this one met.
                logger.error("the relay failed (%s)", type(error).__name__)
            await asyncio.sleep(EVERY)

    async def look(self) -> int:
        """Take up what is due, and what was put off once Temporal is back; says how many acts were answered."""
        if self._answers is not None and not await self._answers():
            self._back = True
            return 0
        if self._back:
            await self._register.bring_forward(self._clock())
            self._back = False
        waiting = await self._register.due(self._clock(), AT_ONCE)
        by_workflow = groupby(sorted(waiting, key=lambda act: act.workflow_id), key=lambda act: act.workflow_id)
        room = asyncio.Semaphore(SIDE_BY_SIDE)

        async def one_after_another(acts: list[WaitingAct]) -> int:
            async with room:
                try:
                    return await self._in_order(acts)
                except SojournError as error:  # the database went away: what is claimed comes due again
                    logger.warning("acts of %s wait (%s)", acts[0].workflow_id, error)
                    return 0

        return sum(await asyncio.gather(*(one_after_another(list(acts)) for _, acts in by_workflow)))

    async def _in_order(self, acts: list[WaitingAct]) -> int:
        """The acts of one workflow; behind one without an answer the others wait."""
        answered = 0
        for kept in acts:
            if not await self._register.claim(kept, self._clock() + CLAIM):
                return answered  # another relay has it, and those behind it
            try:
                async with self._asking.holding(kept, self._clock):
                    await self._settle(kept)
            except (Unavailable, Broken) as error:
                until = self._clock() + timedelta(seconds=self._pause(kept.tries))
                await self._register.put_off(kept.workflow_id, until, asked_from=kept.asked_at)
                logger.log(
                    logging.INFO if isinstance(error, Unavailable) else logging.ERROR,
                    "act %s of %s waits (%s)",
                    kept.key,
                    kept.workflow_id,
                    error,
                )
                await self._look_after(kept, error)
                return answered
            answered += 1
        return answered

    async def _look_after(self, kept: WaitingAct, error: SojournError) -> None:
        """See to a workflow whose last task failed, where it did not get over it until the act was sent again."""
        if self._mend is None or error.message != WAITS or not kept.tries:
            return
        try:
            await self._mend(kept.workflow_id)
        except SojournError as fault:
            logger.info("%s could not be seen to (%s)", kept.workflow_id, fault)

    async def _settle(self, kept: WaitingAct) -> None:
        """Send one act; what is refused is told to who asked.

        Raises:
            Unavailable: there is no answer yet.
            Broken: it cannot be sent as it is; an operator must look.
        """
        act = _read(kept)
        try:
            await self._sending.vouch_later(act.actor)
            reply = await self._asking.send(act)
        except Refused as refusal:
            await self._refuse(act, refusal)
        except Broken as fault:
            if fault.message != FAILED:
                raise
            await self._refuse(act, fault)
        else:
            self._asking.answered(act, reply)
            await self._settle_event(act, None)

    async def _refuse(self, act: Act, error: SojournError) -> None:
        await self._register.refused(act, error, self._asking.now(), tell=True)
        self._mail.wake()
        await self._settle_event(act, error)
        with suppress(SojournError):  # what stays filed is cleared like what crashes leave
            await self._sending.take_back(act)

    async def _settle_event(self, act: Act, refusal: SojournError | None) -> None:
        """Tell the list of what came in from other systems."""
        if act.key.startswith(OF_AN_EVENT):
            with suppress(SojournError):
                await self._inbound.settle_kept(act.key, refusal)


def _read(kept: WaitingAct) -> Act:
    try:
        return act_of(kept)
    except (KeyError, ValueError):  # of a newer version of the service, whose relay takes it up
        raise Broken("act.unreadable", what=kept.kind) from None


def pause_after(tries: int) -> float:
    """Seconds until an act is sent again that has been sent so often; not all at the same moment."""
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(tries, 10))
    return longest * random.uniform(0.5, 1.0)
