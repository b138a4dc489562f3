"""Pages of a PDF: their text with the place of each line, and how they look. In a child only."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pypdfium2

from documents.text_zones import zones_in
from models.reading import Box, DocumentReading, Line, PageRead, ReadOutcome, Source

MOST_PAGES = 50
LARGEST_SCALE = 4.0
"""Pixels of a rendered page for each of its points, of which an inch has 72."""
ENOUGH = 24
"""Letters of a text layer with which a page is no scan."""
CONTRAST = 80
"""Of 255 shades, between paper and ink of a text that can be read."""
_SAME_LINE = 0.5
"""Of its height: how far apart pieces of one line may stand."""


class PdfPages:
    """The pages of a PDF."""

    def __init__(self, data: bytes) -> None:
        """Open it.

        Raises:
            pypdfium2.PdfiumError: it is damaged, or asks for a password.
        """
        self._pdf = pypdfium2.PdfDocument(data)

    def __len__(self) -> int:
        """How many of its pages are read."""
        return min(len(self._pdf), MOST_PAGES)

    def close(self) -> None:
        """Let go of it."""
        self._pdf.close()

    def lines(self, number: int) -> tuple[Line, ...]:
        """The text layer of a page, from top to bottom; numbers begin at 0."""
        with closing(self._pdf[number]) as page:
            width, height = page.get_size()
            with closing(page.get_textpage()) as text:
                pieces = []
                for rect in range(text.count_rects()):
                    left, bottom, right, top = text.get_rect(rect)
                    said = text.get_text_bounded(left, bottom, right, top).strip()
                    if said:
                        pieces.append(((left / width, 1 - top / height, right / width, 1 - bottom / height), said))
        return tuple(_as_lines(pieces))

    def shows(self, number: int, box: Box) -> bool:
        """Whether what a text layer says in a place can be seen there: in ink, and not under or over a picture."""
        with closing(self._pdf[number]) as page:
            width, height = page.get_size()
            left, bottom, right, top = box[0] * width, (1 - box[3]) * height, box[2] * width, (1 - box[1]) * height
            for thing in page.get_objects(filter=(pypdfium2.raw.FPDF_PAGEOBJ_IMAGE, pypdfium2.raw.FPDF_PAGEOBJ_FORM)):
                one, two, three, four = thing.get_bounds()
                if one < right and three > left and two < top and four > bottom:
                    return False
            crop = (max(left, 0), max(bottom, 0), max(width - right, 0), max(height - top, 0))
            with closing(page.render(scale=2, crop=crop, grayscale=True, may_draw_forms=False)) as bitmap:
                grey = bitmap.to_numpy()
        return bool(grey.size) and int(grey.max()) - int(grey.min()) > CONTRAST

    def drawn(self, number: int, longest: int) -> Any:
        """A page as it looks, as an array of rows, columns and colours; its longer side in pixels at most."""
        with closing(self._pdf[number]) as page:
            scale = min(longest / max(*page.get_size(), 1.0), LARGEST_SCALE)
            with closing(page.render(scale=scale, may_draw_forms=False)) as bitmap:
                return bitmap.to_numpy().copy()

    def image(self, number: int, longest: int) -> Any:
        """A page as it looks, as an image of Pillow; its longer side in pixels at most."""
        with closing(self._pdf[number]) as page:
            scale = min(longest / max(*page.get_size(), 1.0), LARGEST_SCALE)
            with closing(page.render(scale=scale, may_draw_forms=False)) as bitmap:
                return bitmap.to_pil().convert("RGB")


def read_text(data: bytes) -> DocumentReading | None:
    """What the text layer of a PDF says; `None` where a page has none and has to be looked at."""
    try:
        with closing(PdfPages(data)) as pages:
            texts = [pages.lines(number) for number in range(len(pages))]
            if any(is_scan(lines) for lines in texts):
                return None
            found = [PageRead(number=n, source=Source.TEXT, lines=lines) for n, lines in enumerate(texts, start=1)]
            zones = list(zones_in(found))
            if not all(pages.shows(zone.page - 1, zone.box) for zone in zones):
                return None  # anybody can hide a zone in a text layer; what counts is what is seen
    except (pypdfium2.PdfiumError, ValueError):
        return DocumentReading(outcome=ReadOutcome.DAMAGED)
    return whole(found, zones)


def is_scan(lines: tuple[Line, ...]) -> bool:
    """Whether a page has next to no text layer."""
    return sum(len(line.text) for line in lines) < ENOUGH


def whole(pages: Any, zones: Any) -> DocumentReading:
    """A reading of pages and the zones on them."""
    pages, zones = tuple(pages), tuple(zones)
    legible = zones or any(page.lines for page in pages)
    return DocumentReading(outcome=ReadOutcome.READ if legible else ReadOutcome.NOTHING, pages=pages, zones=zones)


def _as_lines(pieces: list[tuple[Box, str]]) -> Iterator[Line]:
    """Pieces that stand in one line, put together as they are read."""
    rows: list[list[tuple[Box, str]]] = []
    for piece in sorted(pieces, key=lambda one: (one[0][1] + one[0][3]) / 2):
        middle, height = (piece[0][1] + piece[0][3]) / 2, piece[0][3] - piece[0][1]
        last = rows[-1][0][0] if rows else None
        if last is not None and abs((last[1] + last[3]) / 2 - middle) < _SAME_LINE * max(height, last[3] - last[1]):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    for row in rows:
        row.sort()
        boxes = [box for box, _ in row]
        box = (
            min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)
        )  # fmt: skip
        yield Line(text="  ".join(said for _, said in row), box=_within(box))


def _within(box: Box) -> Box:
    left, top, right, bottom = (min(max(side, 0.0), 1.0) for side in box)
    return left, top, right, bottom
