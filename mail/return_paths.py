"""Return paths: the sender of each mail's envelope, by which a report that comes back later names its message."""

from mail.message import envelope_sender
from mail.signed_addresses import SignedAddresses
from records.access.signing import Signing


class ReturnPaths(SignedAddresses):
    """Writes and reads return paths; without an address for them every mail has the plain sender's."""

    def of(self, number: int, sender: str) -> str:
        """The return path of a message of the outbox."""
        return self._written(number) or envelope_sender(sender)

    def _token(self, signing: Signing, number: int) -> str:
        return signing.return_path(number)

    def _number(self, signing: Signing, token: str) -> int | None:
        return signing.message_of(token)
