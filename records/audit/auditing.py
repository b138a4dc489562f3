"""The audit as a whole: its parts one after the other, and the operator's tasks about what they find."""

import asyncio
import time
from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Said, SojournError
from models.messages.audit import KINDS, AuditFinding, AuditReport, FindingKind, Part, Unfinished
from models.tables import OperatorTaskRow
from records.audit.looking import Breath, Check
from records.tasks import close_task, open_task

TASK = "audit"
MOST_TASKS = 100
"""Tasks that one audit opens; `sojourn audit` lists all that it finds."""
LONGEST_BREATH = 1.0
"""Seconds."""


async def audited(checks: Iterable[Check], breathe: Breath, parts: Collection[Part] = tuple(Part)) -> AuditReport:
    """Look at some parts, each for itself: one that cannot be looked at now keeps no other from it."""
    done: list[Part] = []
    findings: list[AuditFinding] = []
    unfinished: list[Unfinished] = []
    for check in checks:
        if check.part not in parts:
            continue
        try:
            findings += await check.find(breathe)
        except SojournError as error:
            unfinished.append(Unfinished(part=check.part, message=error.message, params=error.params))
        else:
            done.append(check.part)
    return AuditReport(parts=tuple(done), findings=tuple(findings), unfinished=tuple(unfinished))


def paced(beat: Callable[[], None]) -> Breath:
    """Breaks as long as the work before them, a second at most: half of the time belongs to the service."""
    before = time.monotonic()

    async def breathe() -> None:
        nonlocal before
        beat()
        await asyncio.sleep(min(time.monotonic() - before, LONGEST_BREATH))
        before = time.monotonic()

    return breathe


async def tell(session: AsyncSession, report: AuditReport, now: datetime) -> None:
    """Have an operator see to what was found, and close what was looked at and is found no more.

    Of a part that could not be looked at, nothing is closed.
    """
    keys = {f"{TASK}:{one.kind}:{one.stream}": one for one in reversed(report.findings)}
    query = select(OperatorTaskRow.key).where(OperatorTaskRow.kind == TASK, OperatorTaskRow.closed_at.is_(None))
    open_now = set(await session.scalars(query))
    for key in open_now - keys.keys():
        if _part_of(key) in report.parts:
            await close_task(session, key, now)
    new = [key for key in keys if key not in open_now]
    for key in sorted(new)[: max(MOST_TASKS - len(open_now & keys.keys()), 0)]:
        finding = keys[key]
        await open_task(session, key, TASK, finding.stream, Said(finding.message, finding.params), now)


def _part_of(key: str) -> Part | None:
    """The part of the audit that a task is about; a kind of a newer version has none here."""
    kind = key.split(":", 2)[1]
    return KINDS[FindingKind(kind)][0] if kind in set(FindingKind) else None
