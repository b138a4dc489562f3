"""The text layer of a PDF, read without recognising anything: exact, and a few milliseconds a page."""

import asyncio
import io
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Protocol

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from models.reading import Box, DocumentReading, Line, PageRead, ReadOutcome, Source, ZoneRead
from models.rules.mrz import LENGTH
from records.file_types import PDF

MOST_PAGES = 50
WHOLE_PAGE: Box = (0.0, 0.0, 1.0, 1.0)
"""Where a line stands, as far as it is known."""
_ZONE_LINE = re.compile(rf"[A-Z0-9<]{{{LENGTH}}}")


class ReadsDocuments(Protocol):
    """Reads what is on a document; safe to call at any time, and never raises for what is in a file."""

    async def read(self, data: bytes, media_type: str, *, zone: bool) -> DocumentReading:
        """What is on it; `zone` where a machine-readable zone is looked for."""


class TextLayers:
    """Reads text layers only, each in a thread."""

    async def read(self, data: bytes, media_type: str, *, zone: bool) -> DocumentReading:
        """What is on a PDF with a text layer; lines of a zone are looked for wherever there is text."""
        return await asyncio.to_thread(read_text_layer, data, media_type)


def read_text_layer(data: bytes, media_type: str) -> DocumentReading:
    """What the text layer of a PDF says, line by line; for anything without one there is no reader here."""
    if media_type != PDF:
        return DocumentReading(outcome=ReadOutcome.NO_READER)
    try:
        reader = PdfReader(io.BytesIO(data))
        texts = [page.extract_text() for _, page in zip(range(MOST_PAGES), reader.pages, strict=False)]
    except (PyPdfError, ValueError, KeyError, TypeError, IndexError, RecursionError):
        return DocumentReading(outcome=ReadOutcome.DAMAGED)
    pages = tuple(_page(number, text) for number, text in enumerate(texts, start=1))
    if not any(page.lines for page in pages):
        return DocumentReading(outcome=ReadOutcome.NO_READER)
    return DocumentReading(outcome=ReadOutcome.READ, pages=pages, zones=tuple(zones_in(pages)))


def zones_in(pages: tuple[PageRead, ...]) -> Iterator[ZoneRead]:
    """Machine-readable zones among lines of text: two of them, one under the other, the first that of a passport."""
    for page in pages:
        for upper, lower in pairwise(page.lines):
            one, other = ("".join(line.text.split()) for line in (upper, lower))
            if one.startswith("P") and _ZONE_LINE.fullmatch(one) and _ZONE_LINE.fullmatch(other):
                box = (
                    min(upper.box[0], lower.box[0]),
                    min(upper.box[1], lower.box[1]),
                    max(upper.box[2], lower.box[2]),
                    max(upper.box[3], lower.box[3]),
                )
                yield ZoneRead(page=page.number, box=box, lines=(one, other), exact=page.source is Source.TEXT)


def _page(number: int, text: str) -> PageRead:
    lines = tuple(Line(text=line.strip(), box=WHOLE_PAGE) for line in text.splitlines() if line.strip())
    return PageRead(number=number, source=Source.TEXT, lines=lines)
