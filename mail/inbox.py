"""The inbox that reports about mail come back to, over IMAP: what is unread is fetched, and marked once it is taken.

Blocking, as the standard library's client is: callers run it in a thread.
"""

import imaplib
import re
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from mail.bounce_reports import LARGEST

SECONDS = 20.0
"""For connecting, and for each answer of the host."""
MOST = 100
"""Mails fetched at a time."""


class InboxAway(Exception):
    """The host does not answer, or does not let us in; says so in words of ours, never in its own."""


@dataclass(frozen=True)
class InboxSettings:
    """Where reports come in."""

    host: str
    port: int
    tls: Literal["none", "starttls", "tls"] = "tls"
    username: str = ""
    password: str = field(default="", repr=False)
    folder: str = "INBOX"
    tls_context: ssl.SSLContext | None = None
    """Whom to trust; the system's authorities where it is `None`."""


class Inbox:
    """One connection: opened, asked, left."""

    def __init__(self, settings: InboxSettings) -> None:
        self._settings = settings
        self._imap: imaplib.IMAP4 | None = None

    def open(self) -> None:
        """Sign in and choose the folder.

        Raises:
            InboxAway: the host is away, or does not take the settings.
        """
        settings = self._settings
        context = settings.tls_context or ssl.create_default_context()
        try:
            if settings.tls == "tls":
                self._imap = imaplib.IMAP4_SSL(settings.host, settings.port, ssl_context=context, timeout=SECONDS)
            else:
                self._imap = imaplib.IMAP4(settings.host, settings.port, timeout=SECONDS)
            if settings.tls == "starttls":
                self._imap.starttls(context)
            self._imap.login(settings.username, settings.password)
            answer, _ = self._imap.select(_quoted(settings.folder))
            if answer != "OK":
                raise InboxAway("no such folder")
        except InboxAway:
            self.leave()
            raise
        except (imaplib.IMAP4.error, OSError) as error:
            self.leave()
            # The class alone: what a host says may quote a login.
            raise InboxAway(type(error).__name__) from None

    def unread(self) -> list[tuple[str, bytes]]:
        """The oldest unread mails with their ids, each as far as a report reaches.

        Raises:
            InboxAway: the host went away meanwhile.
        """
        found = self._ask("SEARCH", "UNSEEN")
        ids = b" ".join(part for part in found if isinstance(part, bytes)).decode("ascii", "replace").split()
        return [(one, data) for one in sorted(ids, key=_number)[:MOST] if (data := self._fetch(one)) is not None]

    def done(self, ids: Sequence[str]) -> None:
        """Mark mails as read: they are not fetched again.

        Raises:
            InboxAway: the host went away meanwhile; they will be fetched again, which changes nothing.
        """
        if ids:
            self._ask("STORE", ",".join(ids), "+FLAGS.SILENT", r"(\Seen)")

    def _fetch(self, one: str) -> bytes | None:
        for part in self._ask("FETCH", one, f"(BODY.PEEK[]<0.{LARGEST}>)"):
            if isinstance(part, tuple):
                return bytes(part[1])
        return None

    def _ask(self, command: str, *arguments: str) -> Sequence[object]:
        assert self._imap is not None
        try:
            answer, found = self._imap.uid(command, *arguments)
        except (imaplib.IMAP4.error, OSError) as error:
            raise InboxAway(type(error).__name__) from None
        if answer != "OK":
            raise InboxAway(f"{command} was refused")
        return found

    def leave(self) -> None:
        """End the connection, if there is one."""
        if self._imap is None:
            return
        # How the host says goodbye changes nothing; where it says nothing the client leaves its end open.
        with suppress(imaplib.IMAP4.error, OSError):
            self._imap.logout()
        with suppress(OSError):
            self._imap.shutdown()
        self._imap = None


def _number(one: str) -> int:
    return int(one) if one.isdigit() else 0


def _quoted(folder: str) -> str:
    return '"' + re.sub(r'([\\"])', r"\\\1", folder) + '"'
