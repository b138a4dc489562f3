"""What the system refused, as an error of the house: disk full, a folder that cannot be written, an address in use."""

import errno
import os

from models.errors import SojournError, Unavailable

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
CLOSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def of_system(error: OSError) -> SojournError:
    """What an operator can mend; names the file or folder, as the settings named it."""
    path = os.fspath(error.filename) if isinstance(error.filename, str | os.PathLike) else "–"
    if error.errno in FULL:
        return Unavailable("disk.full", path=path)
    if error.errno in CLOSED:
        return Unavailable("path.read_only", path=path)
    reason = os.strerror(error.errno) if error.errno else type(error).__name__
    return Unavailable("path.unusable", path=path, reason=reason)
