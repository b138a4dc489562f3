"""The mail itself: headers and two bodies, the same Message-ID for the same key."""

import hashlib
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from functools import lru_cache

from mail.render import Rendered, one_line
from models.addresses import NotAnAddress, canonical
from models.errors import BadInput
from texts.i18n import TAGS


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
) -> EmailMessage:
    """A mail ready to send, dated at the moment of what it reports.

    Raises:
        BadInput: if the recipient's address is none.
    """
    message = EmailMessage(policy=SMTP)
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
