"""Sending what the outbox holds: a batch over one connection, each message marked right after the host took it.

A message is sent once, except where the worker or the database dies between the host's 250 and the commit of the mark:
then it is sent a second time with the same Message-ID, by which receivers drop it. No order of the two steps avoids
both a double and a loss; this one never loses.
"""

import asyncio
import logging
import re
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from typing import Literal

import aiosmtplib
import jinja2
import pydantic
from aiosmtplib import SMTP
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from mail import ledger
from mail.compose import Composer
from mail.ledger import Claim
from mail.links import expired
from mail.message import build, message_id
from mail.reading import NothingToSay
from mail.render import render
from mail.return_paths import ReturnPaths
from models.addresses import canonical
from models.catalogue.programme import Programme
from models.errors import SojournError, Unavailable
from models.messages.contracts import MailAnswer, SendMail
from models.tables import MessageRow, MessageStatus
from records.access.signing import Signing
from records.store.engine import Sessions, transaction

logger = logging.getLogger(__name__)

BATCH_SECONDS = 60.0
"""After so long a batch begins no further message. Together with one message's timeouts well below the lease."""
MARK_ATTEMPTS = 4


@dataclass(frozen=True)
class MailSettings:
    """How mail leaves. `timeout` is in seconds, for connecting and for each answer of the host."""

    host: str
    port: int
    sender: str
    """`Name <address>`; the address's domain is that of the Message-IDs."""
    tls: Literal["none", "starttls", "tls"] = "none"
    login: tuple[str, str] | None = None
    public_url: str = "https://sojourn.example"
    secret: str | None = field(default=None, repr=False)
    """Signs the links in mails; without it every link needs a sign-in."""
    bounce_address: str | None = None
    """Under which reports about mail come back later, `name@host` or `@host`; unset: to the plain sender."""
    timeout: float = 20.0
    tls_context: ssl.SSLContext | None = None
    """Whom to trust; the system's authorities where it is `None`."""


@dataclass(frozen=True)
class Draft:
    """A claimed message, ready to send."""

    message: Claim
    email: str
    mail: EmailMessage


class HostAway(Exception):
    """The mail host does not answer or takes nothing from us; it is not a fault of any message."""

    def __init__(self, error: str, *, why: str = ledger.HOST_AWAY, operator_now: bool = False) -> None:
        super().__init__(error)
        self.error = error
        self.why = why
        self.operator_now = operator_now


class Mail:
    """Sends mail from the outbox."""

    def __init__(self, sessions: Sessions, programme: Programme, settings: MailSettings) -> None:
        """Messages from `sessions`, names and words from `programme`, and the host of `settings`."""
        self._sessions = sessions
        signing = Signing(settings.secret) if settings.secret else None
        self._paths = ReturnPaths(settings.bounce_address, signing)
        self._composer = Composer(programme, settings.public_url, signing)
        self._settings = settings

    @activity.defn
    async def send_batch(self, request: SendMail) -> MailAnswer:
        """Send what is due, at most `limit` messages, and say when to come back. Several batches may run at once.

        Raises:
            Unavailable: if the database is away; what is claimed comes due again by itself.
        """
        now = _now(request)
        drafts, refused = await self._drafts(now, request.limit)
        batch = _Batch(self._sessions, self._settings, self._paths, now, drafts)
        await batch.send()
        async with transaction(self._sessions) as session:
            if batch.done:
                await ledger.close_tasks(session, batch.done, now)
            next_at = await ledger.next_due(session)
        return MailAnswer(sent=batch.sent, delayed=batch.delayed, refused=refused + batch.refused, next_at=next_at)

    async def _drafts(self, now: datetime, limit: int) -> tuple[list[Draft], int]:
        """Claim messages and write them out; what cannot be written is refused, and stops nobody else's mail."""
        drafts: list[Draft] = []
        refused = 0
        async with transaction(self._sessions) as session:
            for row in await ledger.claim(session, now, limit):
                claimed = Claim(row.id, row.key, row.kind, row.stream, row.language, row.created_at, row.attempts)
                try:
                    if expired(row, now):
                        raise NothingToSay
                    drafts.append(await self._draft(session, row, claimed))
                except NothingToSay:
                    row.status = MessageStatus.WITHDRAWN
                except (SojournError, jinja2.TemplateError, pydantic.ValidationError, LookupError, ValueError) as error:
                    # Ours say what is wrong without personal data; of others only the class is told.
                    reason = str(error) if isinstance(error, SojournError) else type(error).__name__
                    logger.error("message %d (%s) cannot be written: %s", row.id, row.kind, type(error).__name__)
                    await ledger.mark_refused(session, claimed, now, reason, ledger.UNWRITABLE)
                    refused += 1
        return drafts, refused

    async def _draft(self, session: AsyncSession, row: MessageRow, claimed: Claim) -> Draft:
        recipient, letter = await self._composer.compose(session, row)
        mail = build(
            key=row.key,
            kind=row.kind,
            code=row.stream,
            sender=self._settings.sender,
            name=recipient.name,
            email=recipient.email,
            at=row.created_at,
            language=letter.language,
            mail=render(letter),
            reply_to=await self._composer.reply_to(session, row, recipient),
        )
        return Draft(claimed, canonical(recipient.email), mail)


class _Batch:
    """One connection's worth of messages."""

    def __init__(
        self, sessions: Sessions, settings: MailSettings, paths: ReturnPaths, now: datetime, drafts: list[Draft]
    ) -> None:
        self.sent = self.delayed = self.refused = 0
        self.done: list[Claim] = []
        self._sessions = sessions
        self._settings = settings
        self._paths = paths
        self._now = now
        self._left = list(drafts)

    async def send(self) -> None:
        """Send everything, or put off what cannot be sent now."""
        if not self._left:
            return
        try:
            async with _connection(self._settings) as smtp:
                await self._send_all(smtp)
        except HostAway as away:
            await self._put_off_all(away)
        except (aiosmtplib.SMTPException, OSError) as error:
            if self._left:
                await self._put_off_all(HostAway(_describe(error)))
        if self._left:
            left = [draft.message for draft in self._left]
            await self._mark(lambda session: ledger.release(session, left, self._now))

    async def _send_all(self, smtp: SMTP) -> None:
        began = time.monotonic()
        while self._left and time.monotonic() - began < BATCH_SECONDS and not _stopping():
            await self._send_one(smtp, self._left[0])

    async def _send_one(self, smtp: SMTP, draft: Draft) -> None:
        message, now = draft.message, self._now
        error: Exception
        try:
            sender = self._paths.of(message.id, self._settings.sender)
            await smtp.send_message(draft.mail, sender=sender, recipients=[draft.email])
        except (aiosmtplib.SMTPException, OSError, ValueError) as caught:
            error = caught
        else:
            identity = message_id(message.key, self._settings.sender)
            await self._mark(lambda session: ledger.mark_sent(session, message, now, draft.email, identity))
            self._left.pop(0)
            self.sent += 1
            self.done.append(message)
            return
        await self._failed(message, error)

    async def _failed(self, message: Claim, error: Exception) -> None:
        """Tell apart whose fault it is: the message's for good, the message's for now, or the host's."""
        now, reason = self._now, _describe(error)
        code = _code(error)
        if isinstance(error, aiosmtplib.SMTPSenderRefused) and code >= 500:
            raise HostAway(reason, why=ledger.SENDER_REFUSED, operator_now=True)
        if code == 421:
            raise HostAway(reason)
        if code >= 500 or isinstance(error, ValueError | aiosmtplib.SMTPNotSupported):
            await self._mark(lambda session: ledger.mark_refused(session, message, now, reason))
            self.refused += 1
        else:
            await self._mark(lambda session: ledger.put_off(session, message, now, reason))
            self.delayed += 1
        self._left.pop(0)
        logger.warning("message %d (%s) was not taken: %s", message.id, message.kind, reason)
        if not code and isinstance(error, OSError):
            # The connection is gone. The message it was lost with waits on its own, in case it is what breaks it.
            raise HostAway(reason)

    async def _put_off_all(self, away: HostAway) -> None:
        left = [draft.message for draft in self._left]
        self._left.clear()
        self.delayed += len(left)
        if left:
            logger.warning("mail host: %s; %d messages wait", away.error, len(left))
            await self._mark(
                lambda session: ledger.put_off_all(
                    session, left, self._now, away.error, away.why, operator_now=away.operator_now
                )
            )

    async def _mark(self, mark: Callable[[AsyncSession], Awaitable[None]]) -> None:
        """One short transaction, tried again while the database is busy: a mark that fails may cost a second mail."""
        for attempt in range(MARK_ATTEMPTS):
            try:
                async with transaction(self._sessions) as session:
                    await mark(session)
                return
            except Unavailable:
                if attempt == MARK_ATTEMPTS - 1:
                    raise
                await asyncio.sleep(0.1 * 2**attempt)


class _Connection:
    """Connects, secures and logs in, or says that the host is away."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._smtp = SMTP(
            hostname=settings.host,
            port=settings.port,
            timeout=settings.timeout,
            use_tls=settings.tls == "tls",
            start_tls=settings.tls == "starttls",
            tls_context=settings.tls_context,
        )

    async def __aenter__(self) -> SMTP:
        try:
            await self._smtp.connect()
            if self._settings.login is not None:
                await self._smtp.login(*self._settings.login)
        except aiosmtplib.SMTPAuthenticationError as error:
            self._smtp.close()
            raise HostAway(_describe(error), why=ledger.LOGIN_REFUSED, operator_now=error.code >= 500) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            self._smtp.close()
            # A host that answers and cannot do what the settings ask for will not learn it by waiting.
            raise HostAway(_describe(error), operator_now=not isinstance(error, OSError) and not _code(error)) from None
        return self._smtp

    async def __aexit__(self, *exc: object) -> None:
        try:
            if self._smtp.is_connected:
                await self._smtp.quit()
        except (aiosmtplib.SMTPException, OSError):
            # Everything is marked already; how the host says goodbye changes nothing.
            pass
        finally:
            self._smtp.close()


_connection = _Connection


def _now(request: SendMail) -> datetime:
    """The workflow's time, or the server's when the task began, if it waited in the queue: claims count from there."""
    return max(request.now, activity.info().started_time) if activity.in_activity() else request.now


def _stopping() -> bool:
    return activity.in_activity() and activity.is_worker_shutdown()


def _code(error: Exception) -> int:
    """The host's reply code; 0 where it gave none."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return error.recipients[0].code
    return error.code if isinstance(error, aiosmtplib.SMTPResponseException) else 0


_ENHANCED = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")


def _describe(error: Exception) -> str:
    """What went wrong, in codes: the host's words may hold an address."""
    code = _code(error)
    if not code:
        return type(error).__name__
    text = error.recipients[0].message if isinstance(error, aiosmtplib.SMTPRecipientsRefused) else str(error.args[1])
    enhanced = _ENHANCED.search(text)
    return f"SMTP {code}{' ' + enhanced.group() if enhanced else ''}"
