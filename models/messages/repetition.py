"""Telling an act that is repeated from another one under the same id. Pure."""

import hashlib

from models.people.authorization import Actor
from models.wire import Wire

SAYS_WHAT = (
    "step_id",
    "outcome",
    "kind",
    "document_id",
    "content",
    "placement_id",
    "movement",
    "role",
    "exchange_id",
    "cap",
    "passed",
    "justified",
)
"""Fields that tell one act from another; a report repeated a minute later is the same report."""


def fingerprint(request: Wire) -> str:
    """What is asked and by whom, to tell an act that is repeated from another one under the same id."""
    actor: Actor | None = getattr(request, "actor", None)
    parts = [type(request).__name__, actor.id if actor else ""]
    parts += [str(getattr(request, name, "")) for name in SAYS_WHAT]
    return "|".join(parts)


def digest(request: Wire) -> str:
    """The fingerprint as it is kept in the register of acts."""
    return hashlib.sha256(fingerprint(request).encode()).hexdigest()


def update_id(key: str, request: Wire) -> str:
    """The server answers an id that it knows with its first reply: the same act has the same id, and no other act."""
    return f"{key}-{digest(request)[:16]}"
