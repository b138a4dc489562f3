"""Reading the inbox of returned mail: each report noted once, and marked as read when it is."""

import asyncio
import logging
from datetime import datetime

from temporalio import activity

from mail.bounces import Bounces
from mail.inbox import Inbox, InboxAway, InboxSettings
from models.errors import Said
from models.messages.contracts import BouncesAnswer, ReadBounces
from models.posting import BounceAction
from records.store.engine import Sessions, transaction
from records.tasks import close_task, open_task

logger = logging.getLogger(__name__)

TASK = "bounce_inbox"


class BounceInbox:
    """Reads what came back."""

    def __init__(self, sessions: Sessions, bounces: Bounces, settings: InboxSettings | None) -> None:
        """Without `settings` nothing is read."""
        self._sessions = sessions
        self._bounces = bounces
        self._settings = settings

    @activity.defn
    async def read_bounces(self, request: ReadBounces) -> BouncesAnswer:
        """Take the unread mails of the inbox, a number at a time; says whether there may be more.

        A host that is away becomes an operator's task, and nobody's mail waits for it.

        Raises:
            Unavailable: the database is away; what was not noted stays unread.
        """
        if self._settings is None:
            return BouncesAnswer()
        inbox = Inbox(self._settings)
        try:
            await asyncio.to_thread(inbox.open)
            try:
                answer = await self._read(inbox, request.now)
            finally:
                await asyncio.to_thread(inbox.leave)
        except InboxAway as away:
            logger.warning("inbox of returned mail: %s", away)
            task = Said("task.bounce_inbox", {"moment": request.now.isoformat(), "error": str(away)})
            async with transaction(self._sessions) as session:
                await open_task(session, TASK, TASK, "mail", task, request.now)
            return BouncesAnswer()
        async with transaction(self._sessions) as session:
            await close_task(session, TASK, request.now)
        return answer

    async def _read(self, inbox: Inbox, now: datetime) -> BouncesAnswer:
        mails = await asyncio.to_thread(inbox.unread)
        found = [await self._bounces.take_mail(data, now) for _, data in mails]
        await asyncio.to_thread(inbox.done, [one for one, _ in mails])
        return BouncesAnswer(
            read=len(mails),
            failed=found.count(BounceAction.FAILED),
            delayed=found.count(BounceAction.DELAYED),
            more=bool(mails),
        )
