"""Numbers gathered in a run, and what is said of them."""

import math
import os
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile; `share` from 0 to 1."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


class Latencies:
    """Seconds by what was done."""

    def __init__(self) -> None:
        self.by_kind: dict[str, list[float]] = defaultdict(list)

    def add(self, kind: str, seconds: float) -> None:
        self.by_kind[str(kind)].append(seconds)

    def extend(self, other: "Latencies") -> None:
        for kind, values in other.by_kind.items():
            self.by_kind[kind] += values

    @property
    def all(self) -> list[float]:
        return [value for values in self.by_kind.values() for value in values]

    def __len__(self) -> int:
        return len(self.all)

    def ms(self, share: float) -> float:
        """A percentile in milliseconds."""
        return percentile(self.all, share) * 1000


def cpu_seconds(process: int) -> float:
    """Processor time of a process so far, in seconds; 0 where the system does not say."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
