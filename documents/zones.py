"""Finds the zone of a passport in a picture, whichever way it was held, and has it spelled by two readers (D19).

Nothing is mended. What follows from the standard alone is said as it follows: where only letters may stand a letter
was seen, and the fillers of which no reader counts the number well fill a line to its 44 characters.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from documents.ocr import DIGITS, FILLER, FINE, LETTERS, USUAL, Picture, Quad, Recogniser, SecondReader, cut
from models.rules.mrz import LENGTH

NARROWEST = 12
"""Times its height that a line of 44 characters is at least long, as it is found."""
MOST_LINES = 4
"""The longest lines of a picture, among which are those of a zone."""
_ANY = LETTERS + DIGITS + FILLER
_ONLY_DIGITS = frozenset({9, *range(13, 20), *range(21, 28), 43})
"""Places of the second line, from 0, where a digit or a filler stands."""
_ONLY_LETTERS = frozenset({10, 11, 12, 20})
_AS_LETTER = str.maketrans("012568", "OIZSGB")
_AS_DIGIT = str.maketrans("OQDIZSGB", "00012568")
_SHORT, _LONG = 36, 50
"""Characters that a reader may see of a line; fillers get lost or doubled."""


@dataclass(frozen=True)
class ZoneSeen:
    """A zone as two readers saw it, and its corners in the picture."""

    lines: tuple[str, str]
    second: tuple[str, str] | None
    corners: Quad
    upside_down: bool
    """Against the direction in which the lines were found."""


@dataclass(frozen=True)
class _Run:
    """Text along one line."""

    quad: Quad

    @property
    def length(self) -> float:
        return float(np.linalg.norm(self.quad[1] - self.quad[0]))

    @property
    def height(self) -> float:
        return float(np.linalg.norm(self.quad[3] - self.quad[0]) + np.linalg.norm(self.quad[2] - self.quad[1])) / 2

    def turned(self) -> "_Run":
        """The same text the other way up."""
        return _Run(self.quad[[2, 3, 0, 1]])

    def grown(self, share: float) -> Quad:
        """Its corners with some of its height around."""
        along, down = self.quad[1] - self.quad[0], self.quad[3] - self.quad[0]
        along, down = (side / max(float(np.linalg.norm(side)), 1.0) * share * self.height for side in (along, down))
        moves = np.array([-along - down, along - down, along + down, -along + down], np.float32)
        return self.quad + moves


class ZoneFinder:
    """Looks for zones."""

    def __init__(self, recogniser: Recogniser, second: SecondReader) -> None:
        self._recogniser = recogniser
        self._second = second

    def find(self, picture: Picture) -> ZoneSeen | None:
        """The zone in a picture, if there is one that can be read at all."""
        for side in (USUAL, FINE):
            best: ZoneSeen | None = None
            for seen in self._spelled(picture, _runs(self._recogniser.find(picture, side))):
                if seen.second == seen.lines:
                    return seen
                best = best or seen
            if best is not None or max(picture.shape[:2]) <= USUAL:
                return best
        return None

    def _spelled(self, picture: Picture, runs: Sequence[_Run]) -> Iterator[ZoneSeen]:
        """The zones that two lines of a picture may be, tried either way up."""
        for upside_down in (False, True):
            way = [run.turned() for run in reversed(runs)] if upside_down else list(runs)
            cuts = [cut(picture, run.grown(0.12)) for run in way]
            said = [self._recogniser.spell(line, _ANY) for line in cuts]
            for one, other in combinations(range(len(way)), 2):
                upper = self._upper(cuts[one], said[one])
                lower = lower_line(said[other])
                if upper is None or lower is None:
                    continue
                wider = [cut(picture, way[place].grown(0.3)) for place in (one, other)]
                again = (self._upper(wider[0], said[one]), lower_line(self._recogniser.spell(wider[1], _ANY)))
                second = self._confirmed(cuts[one], cuts[other], (upper, lower), steady=again == (upper, lower))
                corners = np.array([*way[one].quad[:2], *way[other].quad[2:]], np.float32)
                yield ZoneSeen((upper, lower), second, corners, upside_down)

    def _upper(self, line: Picture, said: str) -> str | None:
        if not said.startswith("P") or FILLER not in said or not _SHORT <= len(said) <= _LONG:
            return None
        return upper_line(self._recogniser.spell(line, LETTERS + FILLER))

    def _confirmed(
        self, upper: Picture, lower: Picture, lines: tuple[str, str], *, steady: bool
    ) -> tuple[str, str] | None:
        """What the second reader saw, place by place.

        Of what the first reader saw twice (`steady`) each character counts as seen in which any look of the second one
        agrees; of what it did not, what most looks saw.
        """
        names = [said.translate(_AS_LETTER) for said in self._second.spell(upper)]
        whole = [said for said in names if len(said) == LENGTH]  # a lost filler between names shows in the length
        looks = (
            [line for said in whole if (line := upper_line(said))],
            [line for said in self._second.spell(lower) if (line := lower_line(said))],
        )
        if not all(looks):
            return None
        opinion = _agreeing if steady else _most_seen
        first, second = (opinion(line, seen) for line, seen in zip(lines, looks, strict=True))
        return first, second


def upper_line(said: str) -> str | None:
    """The first line of a zone, filled up with fillers; `None` where it cannot be one."""
    names = said.rstrip(FILLER)
    fillers = len(said) - len(names)
    counted = len(said) == LENGTH or (_SHORT <= len(said) <= _LONG and fillers > 1)
    return names.ljust(LENGTH, FILLER) if said.startswith("P") and counted and len(names) <= LENGTH else None


def lower_line(said: str) -> str | None:
    """The second line of a zone, each place in its alphabet; `None` where it cannot be one.

    Where its length is wrong, only an optional field without anything in it says how long it must be.
    """
    if len(said) != LENGTH:
        middle = said[28:-2]
        if not _SHORT <= len(said) <= _LONG or set(middle) != {FILLER}:
            return None
        said = said[:28] + FILLER * (LENGTH - 30) + said[-2:]
    if FILLER not in said and not any(char.isdigit() for char in said):
        return None
    return "".join(_of_place(place, char) for place, char in enumerate(said))


def _of_place(place: int, char: str) -> str:
    if place in _ONLY_DIGITS:
        return char.translate(_AS_DIGIT)
    return char.translate(_AS_LETTER) if place in _ONLY_LETTERS else char


def _agreeing(line: str, looks: Sequence[str]) -> str:
    seen = zip(line, *looks, strict=True)
    return "".join(char if char in others else others[0] for char, *others in seen)


def _most_seen(line: str, looks: Sequence[str]) -> str:
    """What most looks saw in each place; where several were seen equally often, what the first reader saw of them."""
    said = []
    for char, *others in zip(line, *looks, strict=True):
        counted = Counter(others)
        most = max(counted.values())
        said.append(char if counted[char] == most else next(other for other in others if counted[other] == most))
    return "".join(said)


def _runs(quads: Sequence[Quad]) -> list[_Run]:
    """The longest lines of text from top to bottom, what lies in one line taken together."""
    found = [_Run(_along(quad)) for quad in quads]
    if not found:
        return []
    longest = max(found, key=lambda run: run.length)
    direction = (longest.quad[1] - longest.quad[0]) / max(longest.length, 1.0)
    same_way = [run if _dot(run.quad[1] - run.quad[0], direction) >= 0 else run.turned() for run in found]
    parallel = [run for run in same_way if _dot(run.quad[1] - run.quad[0], direction) > 0.9 * run.length]
    joined = _joined(parallel, direction)
    long = sorted((run for run in joined if run.length >= NARROWEST * run.height), key=lambda run: -run.length)
    across = np.array([-direction[1], direction[0]], np.float32)
    return sorted(long[:MOST_LINES], key=lambda run: _dot(run.quad.mean(axis=0), across))


def _joined(runs: Sequence[_Run], direction: npt.NDArray[np.float32]) -> list[_Run]:
    """Lines whose pieces were found apart, as one each."""
    across = np.array([-direction[1], direction[0]], np.float32)
    left = sorted(runs, key=lambda run: _dot(run.quad[0], direction))
    whole: list[_Run] = []
    for run in left:
        for place, line in enumerate(whole):
            step = run.quad[[0, 3]].mean(axis=0) - line.quad[[1, 2]].mean(axis=0)
            gap, off = _dot(step, direction), abs(_dot(step, across))
            alike = 0.6 < run.height / max(line.height, 1.0) < 1.7
            if alike and off < 0.5 * line.height and -line.height < gap < 2 * line.height:
                whole[place] = _Run(np.array([line.quad[0], run.quad[1], run.quad[2], line.quad[3]], np.float32))
                break
        else:
            whole.append(run)
    return whole


def _along(quad: Quad) -> Quad:
    """The corners begun so that the first edge is a long one."""
    one, other = np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[2] - quad[1])
    return quad if one >= other else quad[[1, 2, 3, 0]]


def _dot(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> float:
    return float(np.dot(one, other))
