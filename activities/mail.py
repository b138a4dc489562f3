"""Sending what the outbox holds, as an activity that is noticed to be dead within seconds."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime

from temporalio import activity

from activities.beating import beating, every
from mail.batch import RENEW, Clock, MailBatch
from mail.compose import Composer
from mail.drafts import Drafts
from mail.host import MailSettings
from mail.return_paths import ReturnPaths
from models.catalogue.programme import Programme
from models.messages.contracts import MailAnswer, SendMail
from records.access.signing import Signing
from records.fact_seals import Sealing
from records.store.engine import Sessions


class Mail:
    """Sends mail from the outbox."""

    def __init__(
        self,
        sessions: Sessions,
        programme: Programme,
        settings: MailSettings,
        monotonic: Callable[[], float] = time.monotonic,
        sealing: Sealing | None = None,
    ) -> None:
        """Messages from `sessions`, names and words from `programme`, and the host of `settings`.

        `sealing` opens what people wrote to each other.
        """
        self._sessions = sessions
        signing = Signing(settings.secret) if settings.secret else None
        self._paths = ReturnPaths(settings.bounce_address, signing)
        composer = Composer(programme, settings.public_url, signing, sealing, settings.reply_address)
        self._drafts = Drafts(composer, settings.sender)
        self._settings = settings
        self._monotonic = monotonic

    @activity.defn
    async def send_batch(self, request: SendMail) -> MailAnswer:
        """Send what is due, at most `limit` messages, and say when to come back. Several batches may run at once.

        Who cancels it, or stops the worker, has the message under way finished first.

        Raises:
            Unavailable: if the database is away; what is claimed comes due again by itself.
        """
        clock = Clock(_now(request), self._monotonic)
        batch = MailBatch(self._sessions, self._drafts, self._settings, self._paths, clock, request, _stopping)
        async with beating(), every(RENEW, batch.renew):
            work = asyncio.create_task(batch.run())
            try:
                return await asyncio.shield(work)
            except asyncio.CancelledError:
                batch.stop()
                return await work


def _now(request: SendMail) -> datetime:
    """The workflow's time, or the server's when the task began, if it waited in the queue: claims count from there."""
    return max(request.now, activity.info().started_time) if activity.in_activity() else request.now


def _stopping() -> bool:
    return activity.in_activity() and activity.is_worker_shutdown()
