"""Addresses that carry a signature: links to sign in, and links that answer one step."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from itsdangerous import BadSignature, SignatureExpired, URLSafeSerializer

from models.errors import NotOpen, Unknown

ACTION_DAYS = 21
"""How long a link that answers a step is good, at most; it ends before when the step is closed."""

_SIGNER: dict[str, Any] = {"key_derivation": "hmac", "digest_method": hashlib.sha256}


class Action(NamedTuple):
    """What a link is for: one step, answered by one person, and nothing else."""

    step_id: str
    person: str
    made: datetime


class Signing:
    """Makes and reads signed tokens; every purpose has a salt of its own, so that none passes for another."""

    def __init__(self, secret: str) -> None:
        self._sign_in = URLSafeSerializer(secret, salt="sojourn sign-in", signer_kwargs=_SIGNER)
        self._undo = URLSafeSerializer(secret, salt="sojourn undo", signer_kwargs=_SIGNER)
        self._act = _Timed(secret, "sojourn act")

    def sign_in(self, link_id: str) -> str:
        """The token of a link to sign in."""
        return str(self._sign_in.dumps(link_id))

    def link_of(self, token: str) -> str:
        """The link that a token names.

        Raises:
            Unknown: nobody here made this token.
        """
        try:
            return str(self._sign_in.loads(token))
        except BadSignature:
            raise Unknown("link.incomplete") from None

    def undo(self, change_id: str) -> str:
        """The token of a link that undoes a change of address."""
        return str(self._undo.dumps(change_id))

    def change_of(self, token: str) -> str:
        """The change that a token undoes.

        Raises:
            Unknown: nobody here made this token.
        """
        try:
            return str(self._undo.loads(token))
        except BadSignature:
            raise Unknown("link.incomplete") from None

    def action(self, step_id: str, person: str, at: datetime) -> str:
        """The token of a link that answers a step."""
        return self._act.at(at, [step_id, person])

    def action_of(self, token: str, at: datetime) -> Action:
        """What a token lets its holder answer.

        Raises:
            NotOpen: it is too old.
            Unknown: nobody here made this token.
        """
        try:
            value = self._act.read(token, at)
        except SignatureExpired:
            raise NotOpen("link.too_old") from None
        except BadSignature:
            raise Unknown("link.incomplete") from None
        made, step_id, person = value
        return Action(step_id, person, datetime.fromtimestamp(int(made), UTC))


class _Timed:
    """A serializer with a clock of its own, so that virtual time holds in demos and tests."""

    def __init__(self, secret: str, salt: str) -> None:
        self._serializer = URLSafeSerializer(secret, salt=salt, signer_kwargs=_SIGNER)

    def at(self, at: datetime, value: list[str]) -> str:
        return str(self._serializer.dumps([int(at.timestamp()), *value]))

    def read(self, token: str, at: datetime) -> list[str]:
        made, *value = self._serializer.loads(token)
        if at.timestamp() - made > timedelta(days=ACTION_DAYS).total_seconds():
            raise SignatureExpired("too old")
        return [str(made), *(str(part) for part in value)]
