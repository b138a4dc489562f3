"""Reports of mail hosts about mail they had taken: RFC 3464, and the two older forms that are still sent. Pure.

Nothing of their words is kept, as they quote addresses: which message it is, what became of it, and a status code.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message

from models.posting import BounceAction

LARGEST = 256 * 1024
"""Bytes of a report that are looked at; the mail that comes back with it may be cut off."""
ADDRESSED = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To", "X-Rcpt-To")
"""Where hosts write which address a report was delivered to; it is the return path of the message."""
_STATUS = re.compile(r"(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?!\.?\d)")
"""A code of trouble, and no part of a date or of the address of a host."""
_QMAIL = "Hi. This is the qmail-send program"


@dataclass(frozen=True)
class BounceReport:
    """What a report says."""

    addresses: tuple[str, ...]
    """Texts in which the return path stands."""
    action: BounceAction
    status: str


def read_report(data: bytes) -> BounceReport | None:
    """What a mail reports; `None` where it reports nothing: an answer from a holiday, a receipt, a letter."""
    try:
        message = message_from_bytes(data[:LARGEST])
        found = _delivery_status(message) or _qmail(message) or _exim(message)
        return BounceReport(tuple(_addresses(message)), *found) if found else None
    except (MessageError, ValueError, LookupError, TypeError, AttributeError):
        # Anybody can write to the inbox: what the library cannot read stops nobody else's report.
        return None


def _delivery_status(message: Message) -> tuple[BounceAction, str] | None:
    """The worst that the fields of RFC 3464 say of any recipient."""
    worst: tuple[BounceAction, str] | None = None
    for part in message.walk():
        if part.get_content_type() not in ("message/delivery-status", "message/global-delivery-status"):
            continue
        fields = part.get_payload()
        for group in fields if isinstance(fields, list) else ():
            found = _of_recipient(group) if isinstance(group, Message) else None
            if found is not None and (worst is None or found[0] is BounceAction.FAILED):
                worst = found
    return worst


def _of_recipient(group: Message) -> tuple[BounceAction, str] | None:
    """Fields of one recipient. Delivered, relayed and expanded are no trouble; the first group is of no recipient."""
    action = str(group.get("Action", "")).split("(")[0].strip().lower()
    if action == BounceAction.FAILED:
        return BounceAction.FAILED, _status(str(group.get("Status", "")), "5.0.0")
    if action == BounceAction.DELAYED:
        return BounceAction.DELAYED, _status(str(group.get("Status", "")), "4.0.0")
    return None


def _qmail(message: Message) -> tuple[BounceAction, str] | None:
    text = _text(message)
    return (BounceAction.FAILED, _status(text, "5.0.0")) if text.lstrip().startswith(_QMAIL) else None


def _exim(message: Message) -> tuple[BounceAction, str] | None:
    """Exim without its reports, and hosts like it, name in a header whom they gave up."""
    if not message.get("X-Failed-Recipients"):
        return None
    return BounceAction.FAILED, _status(_text(message), "5.0.0")


def _text(message: Message) -> str:
    if message.get_content_type() != "text/plain":
        return ""
    payload = message.get_payload(decode=True)
    return payload.decode("ascii", "replace") if isinstance(payload, bytes) else ""


def _status(text: str, otherwise: str) -> str:
    found = _STATUS.search(text)
    return found.group() if found else otherwise


def _addresses(message: Message) -> Iterator[str]:
    for name in ADDRESSED:
        yield from (str(value) for value in message.get_all(name, ()))
    # The mail that comes back has its return path too, and some hosts send reports to nobody in particular.
    for part in message.walk():
        if part is not message and (path := part.get("Return-Path")):
            yield str(path)
