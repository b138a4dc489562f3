"""One document read from its bytes: by its text layer where that suffices, else as a picture. In the child only."""

from contextlib import closing
from functools import cached_property

import numpy as np
import pypdfium2

from documents.ocr import USUAL, Picture, Quad, Recogniser, SecondReader, cut
from documents.pdf_pages import PdfPages, is_scan, whole
from documents.pictures import LONGEST, TooManyPixels, picture_of, picture_of_page
from documents.text_zones import zones_in
from documents.zones import ZoneFinder, ZoneSeen
from models.reading import Box, DocumentReading, Line, PageRead, ReadOutcome, Source, ZoneRead

PDF = "application/pdf"

MOST_SCANNED = 6
"""Pages of a document that are read as pictures; they take a second each."""
SURE = 0.5
"""What a recogniser is less sure of is left out."""


class Recognising:
    """Reads documents; the recognisers are loaded with the first picture of each kind."""

    @cached_property
    def _recogniser(self) -> Recogniser:
        return Recogniser()

    @cached_property
    def _zones(self) -> ZoneFinder:
        return ZoneFinder(self._recogniser, SecondReader())

    def read(self, data: bytes, media_type: str, *, zone: bool) -> DocumentReading:
        """What is on a document; a zone is looked for where one is asked for."""
        try:
            if media_type == PDF:
                return self._pdf(data, zone=zone)
            found, zones = self._page(picture_of(data, media_type), 1, zone=zone)
        except TooManyPixels:
            return DocumentReading(outcome=ReadOutcome.BEYOND_LIMITS)
        except (pypdfium2.PdfiumError, OSError, ValueError, KeyError, SyntaxError):
            return DocumentReading(outcome=ReadOutcome.DAMAGED)
        return whole([found], zones)

    def _pdf(self, data: bytes, *, zone: bool) -> DocumentReading:
        read: list[PageRead] = []
        zones: list[ZoneRead] = []
        with closing(PdfPages(data)) as pages:
            texts = [pages.lines(number) for number in range(len(pages))]
            layers = [PageRead(number=n, source=Source.TEXT, lines=lines) for n, lines in enumerate(texts, start=1)]
            hidden = {zone.page - 1 for zone in zones_in(layers) if not pages.shows(zone.page - 1, zone.box)}
            scanned = [n for n, lines in enumerate(texts) if n in hidden or is_scan(lines)][:MOST_SCANNED]
            for number in range(len(texts)):
                if number in scanned:
                    drawn = picture_of_page(pages.drawn(number, LONGEST))
                    found, seen = self._page(drawn, number + 1, zone=zone)
                    read.append(found)
                    zones += seen
                elif number not in hidden:
                    read.append(layers[number])
        exact = zones_in(page for page in read if page.source is Source.TEXT)
        return whole(read, [*exact, *zones])

    def _page(self, picture: Picture, number: int, *, zone: bool) -> tuple[PageRead, list[ZoneRead]]:
        """A page as a picture: its zone and nothing else where one is wanted and found, else whatever text is on it."""
        seen = self._zones.find(picture) if zone else None
        if seen is not None:
            turned = _turn(seen)
            box = _box(_moved(seen.corners, picture, turned), _turned(picture, turned))
            zones = [ZoneRead(page=number, box=box, lines=seen.lines, second=seen.second)]
            return PageRead(number=number, source=Source.SCAN, turned=turned), zones
        turned, lines = self._any_way(picture)
        return PageRead(number=number, source=Source.SCAN, turned=turned, lines=lines), []

    def _any_way(self, picture: Picture) -> tuple[int, tuple[Line, ...]]:
        quads = self._recogniser.find(picture, USUAL)
        tall = sum(1 for quad in quads if _height(quad) > 1.5 * _width(quad))
        ways = (90, 270) if tall * 2 > len(quads) else (0, 180)
        found = quads if ways[0] == 0 else None
        tried = {ways[0]: self._lines(_turned(picture, ways[0]), found)}
        if _legible(tried[ways[0]]) < 0.8 * max(len(quads), 1):
            tried[ways[1]] = self._lines(_turned(picture, ways[1]))
        return max(tried.items(), key=lambda one: _legible(one[1]))

    def _lines(self, picture: Picture, quads: list[Quad] | None = None) -> tuple[Line, ...]:
        """What stands on a picture; `quads` are where, if that is known."""
        quads = self._recogniser.find(picture) if quads is None else quads
        said = self._recogniser.read([cut(picture, quad) for quad in quads])
        found = [
            Line(text=text.strip(), box=_box(quad, picture), sure=round(min(max(sure, 0.0), 1.0), 3))
            for quad, (text, sure) in zip(quads, said, strict=False)
            if text.strip() and sure >= SURE
        ]
        return tuple(sorted(found, key=lambda line: (round(line.box[1], 2), line.box[0])))


def _legible(lines: tuple[Line, ...]) -> float:
    return sum(line.sure for line in lines if line.sure > 0.8 and len(line.text) > 1)


def _turn(seen: ZoneSeen) -> int:
    """By how many quarters a page is turned so that its zone stands upright, in degrees clockwise."""
    along = seen.corners[1] - seen.corners[0]
    degrees = float(np.degrees(np.arctan2(along[1], along[0])))
    return round(-degrees / 90) % 4 * 90


def _turned(picture: Picture, degrees: int) -> Picture:
    return np.ascontiguousarray(np.rot90(picture, -degrees // 90))


def _moved(corners: Quad, picture: Picture, degrees: int) -> Quad:
    """Corners of a picture in what it is when it is turned."""
    height, width = picture.shape[:2]
    x, y = corners[:, 0], corners[:, 1]
    places = {0: (x, y), 90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}
    return np.stack(places[degrees], axis=1).astype(np.float32)


def _box(quad: Quad, picture: Picture) -> Box:
    height, width = picture.shape[:2]
    (left, top), (right, bottom) = quad.min(axis=0), quad.max(axis=0)
    sides = (left / width, top / height, right / width, bottom / height)
    one, two, three, four = (round(min(max(float(side), 0.0), 1.0), 4) for side in sides)
    return one, two, three, four


def _width(quad: Quad) -> float:
    return float(np.linalg.norm(quad[1] - quad[0]))


def _height(quad: Quad) -> float:
    return float(np.linalg.norm(quad[3] - quad[0]))
