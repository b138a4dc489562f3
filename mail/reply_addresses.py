"""The addresses that mails of a conversation are answered to."""

from mail.signed_addresses import SignedAddresses
from records.access.signing import Signing


class ReplyAddresses(SignedAddresses):
    """Writes and reads them; without an address for them there are none, and people answer on the page."""

    def of(self, number: int) -> str:
        """Where a message of the outbox is answered to; empty where nobody takes answers."""
        return self._written(number)

    def _token(self, signing: Signing, number: int) -> str:
        return signing.reply(number)

    def _number(self, signing: Signing, token: str) -> int | None:
        return signing.answered(token)
