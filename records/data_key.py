"""What a data key does: it seals short texts and whole files, and names files so that nobody else can."""

import hmac
import os
import struct
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.errors import Broken
from records.keyring import KEY_BYTES, NONCE_BYTES, derived, framed

CHUNK = 64 * 1024
"""Bytes of a file that are sealed at once."""
TAG_BYTES = 16
FORM = b"\x01"
"""Begins what is sealed, so that another form can be told from it."""
FILE_MARK = b"SOJOURN\x01"
HEADER = len(FILE_MARK) + KEY_BYTES


class DataKey:
    """A key of one subject for one purpose, opened; it lives as long as the work it was asked for."""

    def __init__(self, key: bytes, subject: str, purpose: str) -> None:
        self._key = key
        self._bound = ("sojourn", subject, purpose)
        self._cipher = AESGCM(derived(key, "columns"))

    def seal(self, data: bytes, context: str) -> bytes:
        """Encrypted and bound to subject, purpose and context, such as table, row and column."""
        nonce = os.urandom(NONCE_BYTES)
        return FORM + nonce + self._cipher.encrypt(nonce, data, framed(*self._bound, context))

    def open_sealed(self, sealed: bytes, context: str) -> bytes:
        """What was sealed under this context.

        Raises:
            Broken: it was cut, changed, or sealed for somebody or something else.
        """
        if sealed[:1] != FORM:
            raise Broken("vault.unreadable")
        nonce, text = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, text, framed(*self._bound, context))
        except (InvalidTag, ValueError):
            raise Broken("vault.unreadable") from None

    def address(self) -> "hmac.HMAC":
        """Takes the bytes of a file and gives the name under which it is kept: the same for the same file of theirs."""
        return hmac.new(derived(self._key, "addresses"), digestmod=sha256)

    def seal_stream(self, data: Iterable[bytes], context: str) -> Iterator[bytes]:
        """A file as it is written, in chunks of 64 KiB; never whole in memory.

        Each chunk is bound to the file, its number and whether it is the last, so none can be left out, moved or added.
        """
        salt = os.urandom(KEY_BYTES)
        cipher, bound = self._of_file(salt, context)
        yield FILE_MARK + salt
        waiting, number = bytearray(), 0
        for piece in data:
            waiting += piece
            while len(waiting) > CHUNK:  # the last chunk is never empty, but for an empty file
                yield cipher.encrypt(_nonce(number, last=False), bytes(waiting[:CHUNK]), bound)
                del waiting[:CHUNK]
                number += 1
        yield cipher.encrypt(_nonce(number, last=True), bytes(waiting), bound)

    def open_stream(self, file: BinaryIO, context: str) -> Iterator[bytes]:
        """The bytes of a file that was sealed under this context, chunk by chunk, each verified before it is given.

        That the file is whole is known at the end only: who acts on what was given before must be able to undo it.

        Raises:
            Broken: it was cut, changed, or is the file of somebody or something else.
        """
        header = file.read(HEADER)
        if len(header) != HEADER or not header.startswith(FILE_MARK):
            raise Broken("vault.unreadable")
        cipher, bound = self._of_file(header[len(FILE_MARK) :], context)
        chunk, number = file.read(CHUNK + TAG_BYTES), 0
        while True:
            following = file.read(CHUNK + TAG_BYTES)
            try:
                yield cipher.decrypt(_nonce(number, last=not following), chunk, bound)
            except (InvalidTag, ValueError):
                raise Broken("vault.unreadable") from None
            if not following:
                return
            chunk, number = following, number + 1

    def _of_file(self, salt: bytes, context: str) -> tuple[AESGCM, bytes]:
        """A key that no other file has: its nonces may count from nought."""
        return AESGCM(derived(self._key, "files", salt)), framed(*self._bound, context)


def _nonce(number: int, *, last: bool) -> bytes:
    return struct.pack(">7xI?", number, last)
