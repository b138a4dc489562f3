"""The mail host: connecting, handing over one mail at a time, and whose fault it is when it is not taken."""

import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Literal, Self

import aiosmtplib
from aiosmtplib import SMTP, SMTPResponse

from mail import ledger

PATIENCE_AT_THE_END = 3
"""How many times as long as for any other answer it waits for that to a whole mail: given up too early, it goes twice
(RFC 5321, 4.5.3.2.6)."""


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
    reply_address: str | None = None
    """To which mails of a conversation are answered, `name@host` or `@host`; unset: on the page only."""
    timeout: float = 20.0
    tls_context: ssl.SSLContext | None = None
    """Whom to trust; the system's authorities where it is `None`."""


class HostAway(Exception):
    """The mail host does not answer or takes nothing from us; it is not a fault of any message."""

    def __init__(self, error: str, *, why: str = ledger.HOST_AWAY, operator_now: bool = False) -> None:
        super().__init__(error)
        self.error = error
        self.why = why
        self.operator_now = operator_now


class NotTaken(Exception):
    """One message was not taken."""

    def __init__(self, error: str, *, for_good: bool = False, lost: bool = False, in_doubt: bool = False) -> None:
        """`lost`: the connection went with it; `in_doubt`: the host may have taken it all the same."""
        super().__init__(error)
        self.error = error
        self.for_good = for_good
        self.lost = lost
        self.in_doubt = in_doubt


class _Client(SMTP):
    """Knows whether a mail was on its way when its connection was lost."""

    handing_over = False
    before: Callable[[], None] | None = None

    async def data(self, message: str | bytes, /, **_options: Any) -> SMTPResponse:
        """Hand over a mail; the host takes its time with a whole one."""
        if self.before is not None:
            self.before()
        self.handing_over = True
        return await super().data(message, timeout=(self.timeout or 0) * PATIENCE_AT_THE_END or None)


class Host:
    """A connection to the mail host, secured and logged in."""

    def __init__(self, settings: MailSettings) -> None:
        """Not connected yet: enter it."""
        self._settings = settings
        self._smtp = _Client(
            hostname=settings.host,
            port=settings.port,
            timeout=settings.timeout,
            use_tls=settings.tls == "tls",
            start_tls=settings.tls == "starttls",
            tls_context=settings.tls_context,
        )

    async def __aenter__(self) -> Self:
        """Connect.

        Raises:
            HostAway: it does not answer, or not as the settings ask.
        """
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
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say goodbye, where anybody is there to hear it."""
        try:
            if self._smtp.is_connected:
                await self._smtp.quit()
        except (aiosmtplib.SMTPException, OSError):
            # Everything is marked already; how the host says goodbye changes nothing.
            pass
        finally:
            self._smtp.close()

    async def hand_over(self, mail: EmailMessage, sender: str, to: str, before: Callable[[], None]) -> None:
        """Hand over one mail; it is taken when this returns. What `before` raises keeps its content back.

        Raises:
            NotTaken: the host did not take it, or may have: the exception says so.
            HostAway: it takes nothing from us now.
        """
        self._smtp.handing_over, self._smtp.before = False, before
        try:
            await self._smtp.send_message(mail, sender=sender, recipients=[to])
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise self._whose_fault(error) from None

    def _whose_fault(self, error: Exception) -> NotTaken | HostAway:
        """Tell apart whose fault it is: the message's for good, the message's for now, or the host's."""
        code, reason = _code(error), _describe(error)
        if isinstance(error, aiosmtplib.SMTPSenderRefused) and code >= 500:
            return HostAway(reason, why=ledger.SENDER_REFUSED, operator_now=True)
        if code == 421:
            return HostAway(reason)
        if code >= 500 or isinstance(error, ValueError | aiosmtplib.SMTPNotSupported):
            return NotTaken(reason, for_good=True)
        lost = not code and isinstance(error, OSError)
        return NotTaken(reason, lost=lost, in_doubt=lost and self._smtp.handing_over)


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
