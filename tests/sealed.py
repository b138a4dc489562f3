"""Files under keys of tests, and files as releases kept them before they were sealed."""

from hashlib import sha256
from pathlib import Path

from records.files import FileStore
from records.keyring import keyring_of
from records.sealed_files import SealedFiles
from records.store.engine import Sessions
from records.vault import DataVault

SECRET = "a secret for tests that is long enough"
VAULT = DataVault(keyring_of(None, SECRET))


def sealed_files(sessions: Sessions, folder: Path) -> SealedFiles:
    """A store whose keys every test has."""
    return SealedFiles(sessions, FileStore(folder), VAULT)


def kept_in_clear(folder: Path, data: bytes) -> str:
    """A file as an earlier release kept it; answers its name."""
    name = sha256(data).hexdigest()
    path = folder / name[:2] / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return name
