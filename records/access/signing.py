"""Addresses that carry a signature: links to sign in, and links that answer one step."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from itsdangerous import BadSignature, SignatureExpired, Signer, URLSafeSerializer

from models.errors import NotOpen, Unknown

ACTION_DAYS = 21
"""How long a link that answers a step is good, at most; it ends before when the step is closed."""
RHYTHM_DAYS = 90
"""How long the link of a digest that sets how often there is one is good."""

_SIGNER: dict[str, Any] = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
CODE_DIGITS = 8
LONGEST_NUMBER = 18
"""Digits of the number of a message."""


class Action(NamedTuple):
    """What a link is for: one step, answered by one person, and nothing else."""

    step_id: str
    person: str
    made: datetime


class RhythmLink(NamedTuple):
    """Whose digests a link is about."""

    person: str
    made: datetime


class Signing:
    """Makes and reads signed tokens; every purpose has a salt of its own, so that none passes for another."""

    def __init__(self, secret: str) -> None:
        self._sign_in = URLSafeSerializer(secret, salt="sojourn sign-in", signer_kwargs=_SIGNER)
        self._undo = URLSafeSerializer(secret, salt="sojourn undo", signer_kwargs=_SIGNER)
        self._act = _Timed(secret, "sojourn act", ACTION_DAYS)
        self._rhythm = _Timed(secret, "sojourn rhythm", RHYTHM_DAYS)
        self._return = Signer(secret, salt="sojourn return path", **_SIGNER)
        self._reply = Signer(secret, salt="sojourn reply", **_SIGNER)
        self._session = Signer(secret, salt="sojourn session", **_SIGNER)
        self._code = Signer(secret, salt="sojourn code", **_SIGNER)

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

    def code(self, link_id: str) -> str:
        """The digits that stand for a link where it cannot be opened: in the browser that asked, on another device."""
        mac = hmac.digest(self._code.derive_key(), link_id.encode(), hashlib.sha256)
        return f"{int.from_bytes(mac[:8], 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}}"

    def session_code(self, session_id: str) -> str:
        """What the code shown at a session carries: who was not there does not know it."""
        return hmac.digest(self._session.derive_key(), session_id.encode(), hashlib.sha256).hex()[:24]

    def is_session_code(self, session_id: str, code: str) -> bool:
        """Whether a code is the one of a session."""
        return hmac.compare_digest(self.session_code(session_id).encode(), code.encode())

    def return_path(self, number: int) -> str:
        """What stands for a message of the outbox in the sender of its envelope; short, as names of mailboxes are."""
        return _numbered(self._return, number)

    def message_of(self, token: str) -> int | None:
        """The message that such a token stands for; `None` where nobody here made it."""
        return _number_in(token, self.return_path)

    def reply(self, number: int) -> str:
        """What stands for a message of the outbox in the address that it is answered to; no other message has it."""
        return _numbered(self._reply, number)

    def answered(self, token: str) -> int | None:
        """The message that is answered to such an address; `None` where nobody here made it."""
        return _number_in(token, self.reply)

    def action(self, step_id: str, person: str, at: datetime) -> str:
        """The token of a link that answers a step."""
        return self._act.at(at, [step_id, person])

    def action_of(self, token: str, at: datetime) -> Action:
        """What a token lets its holder answer.

        Raises:
            NotOpen: it is too old.
            Unknown: nobody here made this token.
        """
        made, step_id, person = _read(self._act, token, at)
        return Action(step_id, person, datetime.fromtimestamp(int(made), UTC))

    def rhythm(self, person: str, at: datetime) -> str:
        """The token of a link that says how often somebody gets a digest."""
        return self._rhythm.at(at, [person])

    def rhythm_of(self, token: str, at: datetime) -> RhythmLink:
        """Whose digests a token is about; raises as `action_of`."""
        made, person = _read(self._rhythm, token, at)
        return RhythmLink(person, datetime.fromtimestamp(int(made), UTC))


def _read(timed: "_Timed", token: str, at: datetime) -> list[str]:
    try:
        return timed.read(token, at)
    except SignatureExpired:
        raise NotOpen("link.too_old") from None
    except BadSignature:
        raise Unknown("link.incomplete") from None


def _numbered(signer: Signer, number: int) -> str:
    mac = hmac.digest(signer.derive_key(), str(number).encode(), hashlib.sha256)
    return f"{number}-{mac.hex()[:20]}"


def _number_in(token: str, made: Callable[[int], str]) -> int | None:
    number = token.partition("-")[0]
    if not (number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER):
        return None
    return int(number) if hmac.compare_digest(made(int(number)), token) else None


class _Timed:
    """A serializer with a clock of its own, so that virtual time holds in demos and tests."""

    def __init__(self, secret: str, salt: str, days: int) -> None:
        self._days = days
        self._serializer = URLSafeSerializer(secret, salt=salt, signer_kwargs=_SIGNER)

    def at(self, at: datetime, value: list[str]) -> str:
        return str(self._serializer.dumps([int(at.timestamp()), *value]))

    def read(self, token: str, at: datetime) -> list[str]:
        made, *value = self._serializer.loads(token)
        if at.timestamp() - made > timedelta(days=self._days).total_seconds():
            raise SignatureExpired("too old")
        return [str(made), *(str(part) for part in value)]
