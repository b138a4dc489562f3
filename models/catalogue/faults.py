"""What is wrong with a catalogue: file, key, and why, as a message that is said in the reader's language."""

from collections.abc import Iterable
from typing import NamedTuple

from pydantic import Field

from models.errors import Broken, Param, Plain, plain
from models.wire import Wire


class CatalogueFault(Wire):
    """One thing wrong with the catalogue: the file, the key in it, and why."""

    file: str
    key: str
    message: str
    """A phrase that goes on after the key."""
    params: dict[str, Plain] = Field(default_factory=dict)
    found: str = ""
    """The value that stands there, where it says more than the reason."""


class Wrong(NamedTuple):
    """What is wrong at a key of one file."""

    key: str
    message: str
    params: dict[str, Plain]

    def in_file(self, file: str) -> CatalogueFault:
        """The fault, with the file it was found in."""
        return CatalogueFault(file=file, key=self.key, message=self.message, params=self.params)


def wrong(key: str, message: str, /, **params: Param) -> Wrong:
    """What is wrong at a key, with the parameters of its sentence."""
    return Wrong(key, message, {name: plain(given) for name, given in params.items()})


class CatalogueError(Broken):
    """The catalogue cannot be used; every fault has file, key and reason."""

    def __init__(self, faults: Iterable[CatalogueFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("catalogue.faults", faults=[_by_ids(fault) for fault in self.faults])


def _by_ids(fault: CatalogueFault) -> str:
    """A fault for logs and programs."""
    return ": ".join(part for part in (fault.file, fault.key, fault.message) if part)
