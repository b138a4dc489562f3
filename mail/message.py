"""The mail itself: headers and two bodies, the same Message-ID for the same key."""

import hashlib
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import parseaddr
from functools import lru_cache

from mail.render import Rendered, one_line
from models.addresses import NotAnAddress, canonical
from models.errors import BadInput
from texts.i18n import TAGS

UNSUBSCRIBE = "List-Unsubscribe"


class _Whole(UnstructuredHeader, BaseHeader):
    """A header in one piece: the library would encode a long address, and mail programs would not find it."""

    name: str

    def fold(self, *, policy: Policy) -> str:
        """The header in one line, under whatever policy the mail is sent."""
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type(UNSUBSCRIBE, _Whole)
_POLICY = SMTP.clone(header_factory=_HEADERS)
ONE_CLICK = "List-Unsubscribe=One-Click"
"""What mail programs send to unsubscribe (RFC 8058)."""


def message_id(key: str, sender: str) -> str:
    """The Message-ID of a message of the outbox: receivers drop a second mail with the same one."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{_address_of(sender).domain}>"


def build(
    *,
    key: str,
    kind: str,
    code: str,
    sender: str,
    name: str,
    email: str,
    at: datetime,
    language: str,
    mail: Rendered,
    reply_to: str = "",
    rhythm: str = "",
) -> EmailMessage:
    """A mail ready to send, dated at the moment of what it reports.

    With `rhythm`, where one unsubscribes, its reader's mail program offers that; by one click over HTTPS (RFC 8058).

    Raises:
        BadInput: if the recipient's address is none.
    """
    message = EmailMessage(policy=_POLICY)
    message["From"] = _address_of(sender)
    message["To"] = _recipient(name, email)
    if reply_to:
        message["Reply-To"] = Address(addr_spec=reply_to)
    message["Subject"] = one_line(mail.subject)
    message["Date"] = at
    message["Message-ID"] = message_id(key, sender)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Content-Language"] = TAGS[language]
    if rhythm:
        message[UNSUBSCRIBE] = f"<{rhythm}>"
        if rhythm.startswith("https://"):
            message["List-Unsubscribe-Post"] = ONE_CLICK
    message["X-Sojourn-Kind"] = kind
    message["X-Sojourn-Code"] = code
    # Without the boundary of chance that the library would take, the same message is the same bytes.
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    message.set_boundary(f"sojourn-{hashlib.sha256(key.encode()).hexdigest()[:24]}")
    return message


def envelope_sender(sender: str) -> str:
    """The bare address of the sender."""
    return _address_of(sender).addr_spec


@lru_cache(maxsize=8)
def _address_of(sender: str) -> Address:
    name, address = parseaddr(sender)
    return Address(one_line(name), addr_spec=address)


def _recipient(name: str, email: str) -> Address:
    try:
        return Address(one_line(name), addr_spec=canonical(email))
    except (NotAnAddress, ValueError, IndexError, MessageError):
        # Without the cause: its text holds the address.
        raise BadInput("email.undeliverable", "email") from None
