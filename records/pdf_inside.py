"""What a PDF does besides showing pages. Read by qpdf in a process of its own, with limits on time and memory.

    python -m records.pdf_inside FILE

answers by its exit code: 0 for nothing, or the place in `FOUND`, counted from 10.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf

from records.confinement import allow, confine
from records.pdf_found import FIRST_CODE, FOUND

SECONDS = 10
MEMORY = 1024**3
MOST_OBJECTS = 200_000

_ACTIONS = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/SubmitForm",
        "/ImportData",
        "/GoToE",
        "/GoToR",
        "/Rendition",
        "/RichMediaExecute",
        "/Movie",
        "/Sound",
        "/Trans3D",
        "/GoTo3DView",
    }
)
_ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/XFA", "/RichMediaContent"})
_EMBEDDING_KEYS = frozenset({"/EmbeddedFiles", "/EF"})
_ACTIVE_NOTES = frozenset({"/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"})


def look(path: Path) -> str | None:
    """What the file does besides showing pages, as the id of a message; `None` where nothing."""
    try:
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            return _worst(pdf)
    except pikepdf.PasswordError:
        return None  # nobody can open it: the checks say so
    except (pikepdf.PdfError, ValueError, KeyError, RuntimeError):
        return _raw(path.read_bytes())


def _worst(pdf: pikepdf.Pdf) -> str | None:
    found = set()
    for number, node in enumerate(_dictionaries(pdf)):
        if number > MOST_OBJECTS:
            return "upload.unfolds"
        found.add(_judged(node))
    return next((message for message in FOUND if message in found), None)


def _judged(node: Any) -> str | None:
    keys = frozenset(node.keys())
    subtype, action = str(node.get("/Subtype", "")), str(node.get("/S", ""))
    if keys & _ACTIVE_KEYS or action in _ACTIONS or subtype in _ACTIVE_NOTES:
        return "upload.active"
    if keys & _EMBEDDING_KEYS or subtype == "/FileAttachment" or str(node.get("/Type", "")) == "/EmbeddedFile":
        return "upload.embedded"
    return None


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary of the file, those of streams and those inside others too; each indirect object once."""
    for top in [pdf.trailer, *pdf.objects]:
        waiting = [(top, 0)]
        while waiting:
            node, depth = waiting.pop()
            if isinstance(node, pikepdf.Stream | pikepdf.Dictionary):
                yield node
                children = list(node.as_dict().values() if isinstance(node, pikepdf.Dictionary) else _of_stream(node))
            elif isinstance(node, pikepdf.Array):
                children = list(node.as_list())
            else:
                continue
            # What is referred to comes in its own turn.
            waiting += [(c, depth + 1) for c in children if isinstance(c, pikepdf.Object) and not c.is_indirect]


def _of_stream(node: Any) -> list[Any]:
    return [node.get(key) for key in node.keys()]  # noqa: SIM118


def _raw(data: bytes) -> str | None:
    """What a file that does not open says in the clear; another reader may be more patient than ours."""
    if any(word.encode() in data for word in (*_ACTIVE_KEYS, "/Launch", "/RichMedia")):
        return "upload.active"
    if b"/EmbeddedFile" in data:
        return "upload.embedded"
    return "upload.opaque" if b"/ObjStm" in data else None


def main() -> int:
    """Look at the file named, within limits."""
    allow(SECONDS)
    confine(MEMORY)
    found = look(Path(sys.argv[1]))
    return FIRST_CODE + FOUND.index(found) if found else 0


if __name__ == "__main__":
    sys.exit(main())
