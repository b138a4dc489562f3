"""How well passports are read: `python -m bench.reading [SEED ...]` prints a row for each set of 48 made-up pages.

Exact: both lines as printed. Sure: said without a person. Wrong: said so, and not as printed. Processor seconds and
memory are those of the child that reads.
"""

import asyncio
import os
import sys
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

from bench.corpus import passport_pages
from chaos.processes import children_of
from documents.look import sure_zone
from documents.reader import DocumentReader

TICKS = os.sysconf("SC_CLK_TCK")


async def measured(seed: int) -> str:
    exact = sure = wrong = pages = 0
    async with aclosing(DocumentReader()) as reader:
        for page in passport_pages(seed):
            read = await reader.read(page.jpeg, "image/jpeg", zone=True)
            said = sure_zone(read, datetime.now(UTC).date())
            pages += 1
            exact += any(zone.lines == page.zone for zone in read.zones)
            sure += said is not None
            wrong += said is not None and said != page.zone
        seconds, peak = _of_children()
    return f"| {seed} | {exact} of {pages} | {sure} | {wrong} | {seconds / pages:.2f} s | {peak:.0f} MB |"


def _of_children() -> tuple[float, float]:
    """Processor seconds and the most memory of the processes that read."""
    seconds, peak = 0.0, 0.0
    for pid in children_of(os.getpid()):
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        seconds += (int(fields[11]) + int(fields[12])) / TICKS
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        peak = max(peak, int(status.partition("VmHWM:")[2].split()[0]) / 1024)
    return seconds, peak


def main() -> int:
    sys.stdout.write("| seed | exact | sure | sure and wrong | processor, a page | memory |\n")
    for seed in map(int, sys.argv[1:] or ["1"]):
        sys.stdout.write(asyncio.run(measured(seed)) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
