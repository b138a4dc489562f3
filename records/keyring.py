"""The keys of the settings: they wrap the data keys, and nothing else is encrypted with them."""

import base64
import binascii
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.errors import Broken

KEY_BYTES = 32
NONCE_BYTES = 12
OF_THE_SECRET = "secret"
"""Id of the key that is derived from the service's secret."""


def derived(key: bytes, use: str, salt: bytes | None = None) -> bytes:
    """A key of 32 bytes for one use; those of two uses say nothing of each other."""
    return HKDF(SHA256(), KEY_BYTES, salt, use.encode()).derive(key)


def framed(*parts: str) -> bytes:
    """Texts as bytes that no other texts give, whatever stands in them."""
    encoded = [part.encode() for part in parts]
    return b"".join(len(part).to_bytes(4) + part for part in encoded)


class Keyring:
    """Keys by id; new data keys are wrapped with the current one, those wrapped before are opened with any."""

    def __init__(self, current: str | None, keys: Mapping[str, bytes]) -> None:
        """`current` is the id of one of the keys, of 32 bytes each; none: nothing can be sealed or opened."""
        self.current = current
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}

    def wrap(self, data_key: bytes, bound_to: bytes) -> tuple[str, bytes]:
        """A data key under the current key, with its id.

        Raises:
            Broken: the settings give no key.
        """
        if self.current is None:
            raise Broken("vault.no_key")
        nonce = os.urandom(NONCE_BYTES)
        return self.current, nonce + self._ciphers[self.current].encrypt(nonce, data_key, bound_to)

    def unwrap(self, key_id: str, wrapped: bytes, bound_to: bytes) -> bytes:
        """The data key that was wrapped.

        Raises:
            Broken: the settings lack the key of this id or give another under it, or the wrapped key is damaged.
        """
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise Broken("vault.key_missing", key=key_id)
        try:
            return cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], bound_to)
        except (InvalidTag, ValueError):
            raise Broken("vault.key_wrong", key=key_id) from None


def keyring_of(keys: str | None, secret: str | None) -> Keyring:
    """The ring of `SOJOURN_VAULT_KEYS` and `SOJOURN_SECRET_KEY`.

    The first of the keys is the current one. Without any it is derived from the secret; what was wrapped with that one
    is still opened once there are keys.

    Raises:
        Broken: the keys are not `ID=KEY,ID=KEY` with 32 bytes in base64 each, or one id stands twice.
    """
    ring: dict[str, bytes] = {}
    for part in (one.strip() for one in (keys or "").split(",") if one.strip()):
        key_id, _, text = part.partition("=")
        try:
            key = base64.b64decode(text, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY_BYTES or not key_id.isidentifier() or len(key_id) > 40 or key_id in {*ring, OF_THE_SECRET}:
            raise Broken("vault.keys_malformed", number=len(ring) + 1)
        ring[key_id] = key
    current = next(iter(ring), OF_THE_SECRET if secret else None)
    if secret:
        ring[OF_THE_SECRET] = derived(secret.encode(), "vault")
    return Keyring(current, ring)
