"""Return paths: the sender of each mail's envelope, by which a report that comes back later names its message."""

import re
from collections.abc import Iterable

from mail.message import envelope_sender
from records.access.signing import Signing

_TOKEN = re.compile(r"([0-9]{1,18}-[0-9a-f]{20})@", re.IGNORECASE)
"""Mail hosts may change the case of letters on the way."""


class ReturnPaths:
    """Writes and reads return paths; without an address for them every mail has the plain sender's."""

    def __init__(self, address: str | None, signing: Signing | None) -> None:
        """`address`: `name@host` takes the token after a plus, `@host` takes it as the name."""
        self._address = address
        self._signing = signing

    def of(self, number: int, sender: str) -> str:
        """The return path of a message of the outbox."""
        if not self._address or self._signing is None:
            return envelope_sender(sender)
        name, _, host = self._address.rpartition("@")
        token = self._signing.return_path(number)
        return f"{name}+{token}@{host}" if name else f"{token}@{host}"

    def message_of(self, texts: Iterable[str]) -> int | None:
        """The message whose return path stands in one of these texts; nobody but this service makes one."""
        if self._signing is None:
            return None
        for text in texts:
            for token in _TOKEN.findall(text):
                number = self._signing.message_of(token.lower())
                if number is not None:
                    return number
        return None
