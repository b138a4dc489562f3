"""Machine-readable zones in a text layer, where no character can be misread (D19)."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from models.reading import PageRead, Source, ZoneRead
from models.rules.mrz import LENGTH

_ZONE_LINE = re.compile(rf"[A-Z0-9<]{{{LENGTH}}}")


def zones_in(pages: Iterable[PageRead]) -> Iterator[ZoneRead]:
    """Two lines, one under the other, of which the first begins as that of a passport."""
    for page in pages:
        for upper, lower in pairwise(page.lines):
            one, other = ("".join(line.text.split()) for line in (upper, lower))
            if one.startswith("P") and _ZONE_LINE.fullmatch(one) and _ZONE_LINE.fullmatch(other):
                (left, top, right, bottom), (left_, top_, right_, bottom_) = upper.box, lower.box
                box = (min(left, left_), min(top, top_), max(right, right_), max(bottom, bottom_))
                yield ZoneRead(page=page.number, box=box, lines=(one, other), exact=page.source is Source.TEXT)
