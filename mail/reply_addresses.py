"""The addresses that mails of a conversation are answered to: each names its message, and nobody else can make one."""

import re
from collections.abc import Iterable

from records.access.signing import Signing

_TOKEN = re.compile(r"([0-9]{1,18}-[0-9a-f]{20})@", re.IGNORECASE)
"""Mail hosts may change the case of letters on the way."""


class ReplyAddresses:
    """Writes and reads them; without an address for them there are none, and people answer on the page."""

    def __init__(self, address: str | None, signing: Signing | None) -> None:
        """`address`: `name@host` takes the token after a plus, `@host` takes it as the name."""
        self._address = address
        self._signing = signing

    def of(self, number: int) -> str:
        """Where a message of the outbox is answered to; empty where nobody takes answers."""
        if not self._address or self._signing is None:
            return ""
        name, _, host = self._address.rpartition("@")
        token = self._signing.reply(number)
        return f"{name}+{token}@{host}" if name else f"{token}@{host}"

    def message_of(self, texts: Iterable[str]) -> int | None:
        """The message that is answered to, by the first address of ours in these texts."""
        if self._signing is None:
            return None
        for text in texts:
            for token in _TOKEN.findall(text):
                number = self._signing.answered(token.lower())
                if number is not None:
                    return number
        return None
