"""An act is done once for its key: what tells it from another act under the same key. Pure; nobody else compares.

on record under the key     who asks
nothing                     is the first: the act is done
the same                    gets the first one's answer
something else              gets `KeyReused`; what is on record stays as it is

Where keys are kept is the callers' own: the state of a workflow (workflows/engine/idempotency.py), a row of a table or
the events of the log (records/store/once.py). All keep a fingerprint, or what one is made of, and compare it here.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from models.errors import KeyReused


@dataclass(frozen=True)
class Fingerprint:
    """What is asked, in a form that says nothing of it."""

    value: str
    """64 hexadecimal digits."""
    earlier: frozenset[str] = frozenset()
    """The forms in which earlier versions kept the same."""

    def is_of(self, kept: str) -> bool:
        """Whether what was kept is the same."""
        return kept == self.value or kept in self.earlier


def fingerprint(asked: Any, earlier: Iterable[str] = ()) -> Fingerprint:
    """The fingerprint of what is asked: JSON whatever its order, models without what they would say anyway.

    So a field that a newer version adds with a default changes no fingerprint.
    """
    said = json.dumps(asked, sort_keys=True, default=_said)
    return Fingerprint(hashed(said), frozenset(earlier))


def hashed(text: str | bytes) -> str:
    """What is kept in place of a text: its SHA-256 in 64 hexadecimal digits."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def is_repeated(kept: str | None, asked: Fingerprint, field: str = "id") -> bool:
    """Whether the same was asked before, by what is kept under its key; `field` says where the key was given.

    Raises:
        KeyReused: something else was asked under the key.
    """
    if kept is None:
        return False
    if not asked.is_of(kept):
        raise KeyReused("idempotency.another_request", field)
    return True


def _said(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_defaults=True)
    return str(value)
