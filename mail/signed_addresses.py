"""Addresses that name a message of the outbox, and that nobody but this service can make."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable

from records.access.signing import Signing

_TOKEN = re.compile(r"([0-9]{1,18}-[0-9a-f]{20})@", re.IGNORECASE)
"""Mail hosts may change the case of letters on the way."""


class SignedAddresses(ABC):
    """Writes and reads them for one purpose."""

    def __init__(self, address: str | None, signing: Signing | None) -> None:
        """`address`: `name@host` takes the token after a plus, `@host` takes it as the name; none where unset."""
        self._address = address
        self._signing = signing

    @abstractmethod
    def _token(self, signing: Signing, number: int) -> str:
        """What stands for a message."""

    @abstractmethod
    def _number(self, signing: Signing, token: str) -> int | None:
        """The message that it stands for; `None` where nobody here made it."""

    def _written(self, number: int) -> str:
        """The address of a message; empty without an address to take them."""
        if not self._address or self._signing is None:
            return ""
        name, _, host = self._address.rpartition("@")
        token = self._token(self._signing, number)
        return f"{name}+{token}@{host}" if name else f"{token}@{host}"

    def message_of(self, texts: Iterable[str]) -> int | None:
        """The message of the first address of ours that stands in one of these texts."""
        if self._signing is None:
            return None
        for text in texts:
            for token in _TOKEN.findall(text):
                number = self._number(self._signing, token.lower())
                if number is not None:
                    return number
        return None
