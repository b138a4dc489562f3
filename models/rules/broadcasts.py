"""What a message to many may say and to whom, and how it reads for one student. Pure."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from models.errors import BadInput
from models.idempotency import fingerprint
from models.messages.broadcasts import Audience, AudienceKind, BroadcastWording

PLACEHOLDERS = ("name", "exchange", "start", "end", "host", "sending", "office")
"""What stands in braces and is filled in for each reader; `office` is whoever writes."""
_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
BOUNCED = "bounced "
"""How the last error of a message begins that a host gave up after it had taken it."""


class BroadcastDelivery(StrEnum):
    """Whether a student got a message."""

    WAITING = "waiting"
    SENT = "sent"
    BOUNCED = "bounced"
    """A mail host gave it up later."""
    REFUSED = "refused"
    """The mail host did not take it."""
    NO_ADDRESS = "no_address"
    WITHDRAWN = "withdrawn"


def unknown_placeholders(*texts: str) -> tuple[str, ...]:
    """What stands in braces and cannot be filled in, in order and once each."""
    found = (name for text in texts for name in _PLACEHOLDER.findall(text))
    return tuple(dict.fromkeys(name for name in found if name not in PLACEHOLDERS))


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its placeholders filled in; what none of the values is stays as it stands, and values are no text."""
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)


def require_sound(audience: Audience, wording: BroadcastWording) -> None:
    """That a message says whom it is for and what, in whole.

    Raises:
        BadInput: with the field that is missing or cannot be.
    """
    needed = {
        AudienceKind.COHORT: ("cohort",),
        AudienceKind.UNIT: ("unit",),
        AudienceKind.ARRIVING: ("first_day", "last_day"),
        AudienceKind.CHOSEN: ("exchanges",),
    }
    for field in needed[audience.kind]:
        if not getattr(audience, field):
            raise BadInput("field.missing", field)
    if audience.first_day and audience.last_day and audience.last_day < audience.first_day:
        raise BadInput("broadcast.days_reversed", "last_day")
    for field in ("subject", "text"):
        if not getattr(wording, field).strip():
            raise BadInput("field.missing", field)
    if bool(wording.subject_zh.strip()) != bool(wording.text_zh.strip()):
        raise BadInput("broadcast.half", "text_zh" if wording.subject_zh.strip() else "subject_zh")
    for field in ("subject", "text", "subject_zh", "text_zh"):
        if unknown := unknown_placeholders(getattr(wording, field)):
            raise BadInput("broadcast.placeholder", field, found=unknown[0][:60], known=PLACEHOLDERS)


def seen(exchanges: Iterable[str], wording: BroadcastWording) -> str:
    """What a preview shows, in a form that is compared when it is sent: 64 hexadecimal digits."""
    return fingerprint([sorted(exchanges), wording]).value


def delivery_of(status: str | None, last_error: str | None) -> BroadcastDelivery:
    """Whether a student got it, by the state of their message in the outbox; `None`: there is none."""
    if status == "refused":
        return BroadcastDelivery.BOUNCED if (last_error or "").startswith(BOUNCED) else BroadcastDelivery.REFUSED
    known = {
        "sent": BroadcastDelivery.SENT,
        "queued": BroadcastDelivery.WAITING,
        "withdrawn": BroadcastDelivery.WITHDRAWN,
    }
    return known.get(status or "", BroadcastDelivery.NO_ADDRESS)


def why_of(delivery: BroadcastDelivery, last_error: str | None) -> str:
    """What the mail host said of a message that nobody got: a code, without an address."""
    return (
        (last_error or "").removeprefix(BOUNCED)
        if delivery in (BroadcastDelivery.BOUNCED, BroadcastDelivery.REFUSED)
        else ""
    )
