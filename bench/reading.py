"""How well documents are read and judged.

    python -m bench.reading [SEED ...]    passports: a row for each set of 48 made-up pages
    python -m bench.reading papers        the other kinds, in four layouts and both languages

Of passports, exact: both lines as printed; sure: said without a person; wrong: said so, and not as printed. Of papers,
stopped, or put before a person, or neither: those that are right, those of somebody else, and those of another kind.
Processor seconds and memory are those of the child that reads.
"""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bench.corpus import HOLDERS, PassportPage, passport_pages
from bench.papers import KINDS, NATIVE, SamplePaper, papers
from chaos.processes import children_of
from documents.look import sure_zone
from documents.reader import DocumentReader
from documents.understanding import understand
from examples.papers import Holder
from models.catalogue.loading import load_programme
from models.findings import FindingDraft
from models.reading import DocumentReading
from models.rules.mrz import parse_zone
from models.rules.paper_signs import KindSigns
from models.rules.passport_check import HolderTyped
from models.rules.travel_codes import issuer_of
from models.vocabulary import Severity

TICKS = os.sysconf("SC_CLK_TCK")
PDF, JPEG = "application/pdf", "image/jpeg"
RIGHT, ANOTHERS, ANOTHER_KIND, EXPIRED = "right", "somebody else's", "of another kind", "expired"


class Judging:
    """Judges what was read as the check of a document does, and counts what comes of it."""

    def __init__(self, today: date) -> None:
        """By the signs of the catalogue."""
        self.today = today
        policies = load_programme().policy.documents
        self._signs = {kind.kind: kind.signs for kind in policies if kind.signs is not None}
        self._issuers = {kind.kind: kind.issuers for kind in policies}
        self.counted: dict[str, Counter[str]] = {}
        self.missed: list[str] = []
        """What was right and stopped, or wrong and taken."""

    def judge(
        self, group: str, what: str, reading: DocumentReading, kind: str, holder: Holder, expires: date | None = None
    ) -> None:
        """Count a paper of a group, called `what`, handed in as a kind of somebody's."""
        asked = KindSigns(kind, self._signs, self._issuers.get(kind, ()))
        found = understand(reading, asked, typed(holder, expires), self.today)
        outcome = _outcome(found)
        self.counted.setdefault(group, Counter())[outcome] += 1
        if outcome == ("stopped" if group.endswith(RIGHT) else "taken"):
            self.missed.append(f"{group}: {what}, {[finding.rule_id for finding in found]}")

    def lines(self) -> Iterable[str]:
        """A table."""
        yield "| papers | | stopped | for a person | taken |"
        for group, counted in self.counted.items():
            numbers = " | ".join(str(counted[outcome]) for outcome in ("stopped", "asked", "taken"))
            yield f"| {group} | {counted.total()} | {numbers} |"
        yield from self.missed


def typed(holder: Holder, expires: date | None = None) -> HolderTyped:
    """The holder as the nomination has them."""
    native = NATIVE.get(holder.family_name, "")
    nationality = issuer_of(holder.nationality)
    return HolderTyped(holder.family_name, holder.given_names, native, holder.born, nationality, expires, holder.number)


def _outcome(found: Iterable[FindingDraft]) -> str:
    severities = {finding.severity for finding in found}
    return "stopped" if Severity.BLOCKING in severities else "asked" if Severity.ASKING in severities else "taken"


async def passports(seed: int) -> AsyncIterator[str]:
    """A set of pages: how many were read, and what comes of them for their holder, for another one, and expired."""
    exact = sure = wrong = pages = 0
    judging = Judging(datetime.now(UTC).date())
    async with aclosing(DocumentReader()) as reader:
        for page in passport_pages(seed):
            read = await reader.read(page.jpeg, JPEG, zone=True)
            said = sure_zone(read, judging.today)
            pages += 1
            exact += any(zone.lines == page.zone for zone in read.zones)
            sure += said is not None
            wrong += said is not None and said != page.zone
            _judge_passport(judging, page, read)
        seconds, peak = of_children()
    yield "| seed | exact | sure | sure and wrong | processor, a page | memory |"
    yield f"| {seed} | {exact} of {pages} | {sure} | {wrong} | {seconds / pages:.2f} s | {peak:.0f} MB |"
    for line in judging.lines():
        yield line


def _judge_passport(judging: Judging, page: PassportPage, read: DocumentReading) -> None:
    expires = parse_zone(page.zone, judging.today).expires
    other = HOLDERS[(HOLDERS.index(page.holder) + 1) % len(HOLDERS)]
    judging.judge(f"passport, {RIGHT}", page.name, read, "passport", page.holder, expires)
    judging.judge(f"passport, {ANOTHERS}", page.name, read, "passport", other, expires)
    judging.judge(f"passport, {ANOTHER_KIND}", page.name, read, "enrolment_proof", page.holder)
    today = judging.today
    if expires is not None:
        judging.today = expires + timedelta(days=1)
        judging.judge(f"passport, {EXPIRED}", page.name, read, "passport", page.holder, expires)
    judging.today = today


async def other_kinds() -> AsyncIterator[str]:
    """Every paper as PDF, and one layout of each kind and language as a picture."""
    judging = Judging(datetime.now(UTC).date())
    scans = 0
    async with aclosing(DocumentReader()) as reader:
        for number, paper in enumerate(papers(judging.today)):
            _judge_paper(judging, "text", paper, await reader.read(paper.pdf, PDF, zone=True))
            if number % 4 == number // 4 % 4:
                scans += 1
                read = await reader.read(paper.seen(scans), JPEG, zone=True)
                _judge_paper(judging, "picture", paper, read)
        seconds, peak = of_children()
    for line in judging.lines():
        yield line
    yield f"{seconds / max(scans, 1):.2f} s of the processor a picture, all PDFs among them; at most {peak:.0f} MB"


def _judge_paper(judging: Judging, how: str, paper: SamplePaper, read: DocumentReading) -> None:
    what = f"{paper.kind} {paper.language} {paper.layout}"
    other = HOLDERS[(HOLDERS.index(paper.holder) + 1) % len(HOLDERS)]
    judging.judge(f"{how}, {RIGHT}", what, read, paper.kind, paper.holder)
    judging.judge(f"{how}, {ANOTHERS}", what, read, paper.kind, other)
    for step in (1, 4):
        kind = KINDS[(KINDS.index(paper.kind) + step) % len(KINDS)]
        judging.judge(f"{how}, {ANOTHER_KIND}", f"{what} as {kind}", read, kind, paper.holder)


def of_children() -> tuple[float, float]:
    """Processor seconds and the most memory of the processes that read."""
    seconds, peak = 0.0, 0.0
    for pid in children_of(os.getpid()):
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        seconds += (int(fields[11]) + int(fields[12])) / TICKS
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        peak = max(peak, int(status.partition("VmHWM:")[2].split()[0]) / 1024)
    return seconds, peak


async def _said(lines: AsyncIterator[str]) -> None:
    async for line in lines:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def main() -> int:
    """Measure what is asked for."""
    given = sys.argv[1:] or ["1"]
    for one in given:
        asyncio.run(_said(other_kinds() if one == "papers" else passports(int(one))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
