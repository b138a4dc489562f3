"""An archive of a student's data as a stream: ZIP, written piece by piece, and never held as a whole."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from models.catalogue.programme import Programme
from models.errors import Broken, NotOpen
from records.own_data import KeptFile, OwnData
from records.sealed_files import SealedFiles
from texts.own_data import read_me

FACTS, FILES, README = "data.json", "files.json", "README.txt"
WHOLE, ERASED, DAMAGED = "whole", "erased", "damaged"
QUICK = 1
"""How hard is packed: scans and photographs are packed already."""


def archive_name(data: OwnData) -> str:
    """How the archive is called; it names the exchange and nobody."""
    return f"{data.exchange_id}-{data.at.astimezone(UTC):%Y%m%d}.zip"


async def archive(data: OwnData, files: SealedFiles, programme: Programme) -> AsyncIterator[bytes]:
    """The archive, piece by piece. A file that was erased or is damaged is named as that in its lists.

    Raises:
        Unavailable: store or database are away; what was given out so far is no whole archive and does not open.
    """
    packed = _Packed()
    with ZipFile(packed, "w", ZIP_DEFLATED, compresslevel=QUICK) as made:
        kept_until = {"kept": [one.model_dump(mode="json") for one in data.papers]}
        made.writestr(_entry(FACTS, data.at), _json(data.facts | kept_until))
        yield packed.taken()
        listed: list[dict[str, Any]] = []
        for kept in data.files:
            async for piece in _packing(made, packed, kept, files, listed):
                yield piece
        made.writestr(_entry(FILES, data.at), _json(listed))
        unread = [(one["path"], one["state"] == ERASED) for one in listed if one["state"] != WHOLE]
        made.writestr(_entry(README, data.at), read_me(data.told(len(listed) - len(unread), unread), programme))
    yield packed.taken()


async def _packing(
    made: ZipFile, packed: "_Packed", kept: KeptFile, files: SealedFiles, listed: list[dict[str, Any]]
) -> AsyncIterator[bytes]:
    """One file into the archive, and what became of it into the list."""
    if kept.erased:
        listed.append(_line(kept, ERASED))
        return
    found, size, state = hashlib.sha256(), 0, WHOLE
    pieces = files.stream(kept.stored, kept.bound_to)
    try:
        first = await anext(pieces, b"")
    except (NotOpen, Broken) as fault:
        state = ERASED if isinstance(fault, NotOpen) else DAMAGED
        listed.append(_line(kept, state))
        return
    with made.open(_entry(kept.path, kept.at, kept.size), "w") as entry:
        piece = first
        try:
            while piece:
                found.update(piece)
                size += len(piece)
                await asyncio.to_thread(entry.write, piece)
                if ready := packed.taken():  # an empty piece would end the answer
                    yield ready
                piece = await anext(pieces, b"")
        except Broken:
            state = DAMAGED
    listed.append(_line(kept, state) | {"size": size, "sha256": found.hexdigest()})


def _line(kept: KeptFile, state: str) -> dict[str, Any]:
    """A file in the list of files."""
    about = {"path": kept.path, "name": kept.name, "kind": kept.kind, "about": kept.about}
    return about | {"at": kept.at.isoformat(), "state": state}


def _entry(path: str, at: datetime, size: int = 0) -> ZipInfo:
    entry = ZipInfo(path, at.astimezone(UTC).timetuple()[:6])
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    entry.file_size = size  # by which is chosen whether the entry may be large
    return entry


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


class _Packed:
    """What was packed and not given out yet; it can only be added to."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing is open."""

    def taken(self) -> bytes:
        """What came since it was asked last."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken
