"""The audit as a whole: parts by themselves, tasks opened and closed, workflows compared, words in both languages."""

import re
from collections.abc import Collection

import pytest
from sqlalchemy import select

from models.errors import Said, Unavailable
from models.messages.audit import KINDS, AuditFinding, AuditReport, FindingKind, Part
from models.messages.cohorts import CohortStatus
from models.tables import OperatorTaskRow
from records.audit.auditing import MOST_TASKS, audited, tell
from records.audit.looking import Breath, confirmed
from records.audit.running import Workflows
from records.audit.workflows import COHORT, ROTATION, RecordedState, Seen, WorkflowSubject, compared, subject_of
from records.store.engine import Sessions, transaction
from tests.databases import Database
from tests.records.fakes import tell as told
from tests.records.story import ANN, BO, at, cohort_opened, opened
from tests.records.story import COHORT as COHORT_ID
from texts.refusals import REFUSALS, refusal

DIFFERS = AuditFinding(
    kind=FindingKind.WORKFLOW_DIFFERS, stream=ANN, params={"workflow": f"exchange/{ANN}", "parts": ("stage",)}
)
LOST = AuditFinding(kind=FindingKind.FILE_LOST, stream="abc", params={"row": "abc"})


async def nothing() -> None:
    """No break: nobody else works here."""


class Finds:
    """A part that finds what it is told to, or cannot look."""

    def __init__(self, part: Part, *found: AuditFinding, away: bool = False) -> None:
        self.part = part
        self._found = list(found)
        self._away = away

    async def find(self, breathe: Breath) -> list[AuditFinding]:
        if self._away:
            raise Unavailable("temporal.away")
        return self._found


async def test_a_part_that_cannot_be_looked_at_keeps_no_other_from_it() -> None:
    report = await audited((Finds(Part.WORKFLOWS, away=True), Finds(Part.FILES, LOST)), nothing)
    assert (report.parts, report.findings) == ((Part.FILES,), (LOST,))
    assert [(one.part, one.message) for one in report.unfinished] == [(Part.WORKFLOWS, "temporal.away")]
    chosen = await audited((Finds(Part.WORKFLOWS, DIFFERS), Finds(Part.FILES, LOST)), nothing, [Part.WORKFLOWS])
    assert chosen.findings == (DIFFERS,)


async def open_tasks(sessions: Sessions) -> set[str]:
    async with transaction(sessions) as session:
        query = select(OperatorTaskRow.key).where(OperatorTaskRow.closed_at.is_(None))
        return set(await session.scalars(query))


async def hear(sessions: Sessions, found: Collection[AuditFinding], parts: Collection[Part] = tuple(Part)) -> set[str]:
    async with transaction(sessions) as session:
        await tell(session, AuditReport(parts=tuple(parts), findings=tuple(found)), at(1))
    return await open_tasks(sessions)


async def test_what_is_found_is_a_task_until_it_is_mended(database: Database) -> None:
    first, second = f"audit:workflow_differs:{ANN}", "audit:file_lost:abc"
    assert await hear(database.sessions, [DIFFERS, LOST]) == {first, second}
    assert await hear(database.sessions, [DIFFERS, LOST]) == {first, second}
    assert await hear(database.sessions, [], [Part.FILES]) == {first}, "workflows could not be looked at"
    assert await hear(database.sessions, []) == set()
    assert await hear(database.sessions, [LOST]) == {second}, "found again, it is a task again"


async def test_a_night_opens_so_many_tasks_and_closes_none_that_is_found_still(sqlite_database: Database) -> None:
    many = [LOST.model_copy(update={"stream": f"f{number}"}) for number in range(MOST_TASKS + 20)]
    first = await hear(sqlite_database.sessions, many)
    assert len(first) == MOST_TASKS
    assert await hear(sqlite_database.sessions, many) == first


async def test_only_what_is_found_every_time_is_said() -> None:
    looks = [[DIFFERS, LOST], [DIFFERS.model_copy(update={"params": DIFFERS.params | {"parts": ("seat",)}})]]

    async def look() -> list[AuditFinding]:
        return looks.pop(0)

    [left] = await confirmed(look, (0.0,))
    assert left.params["parts"] == ("seat",), "as it was seen last"


RUNS, OVER = Seen(runs=True), Seen(runs=False)
STATUS = CohortStatus(cohort_id=COHORT_ID, cap=5, minimum=5, seats=(), waitlist=(), closed=False)
SAME = {"cap": 5, "minimum": 5, "seats": set[str](), "waitlist": list[str]()}


@pytest.mark.parametrize(
    ("recorded", "seen", "kind"),
    [
        (RecordedState(known=False), RUNS, FindingKind.WORKFLOW_UNKNOWN),
        (RecordedState(known=False), OVER, None),
        (RecordedState(runs=True), OVER, FindingKind.WORKFLOW_MISSING),
        (RecordedState(runs=False), RUNS, FindingKind.WORKFLOW_LEFT_RUNNING),
        (RecordedState(), RUNS, None),
        (RecordedState(), OVER, None),
        (RecordedState(runs=True, facts=SAME), Seen(runs=True, silent=True), FindingKind.WORKFLOW_SILENT),
        (RecordedState(runs=True, facts=SAME), Seen(runs=True, reply=STATUS), None),
        (RecordedState(runs=True, facts=SAME | {"unasked": 1}), Seen(runs=True, reply=STATUS), None),
        (RecordedState(runs=True, revision=4), Seen(runs=True, follows=(2, 4)), None),
        (RecordedState(runs=True, revision=4), Seen(runs=True), None),
        (RecordedState(runs=True, revision=4), Seen(runs=True, follows=(3,)), FindingKind.WORKFLOW_DIFFERS),
        (RecordedState(runs=True, revision=4), Seen(runs=True, follows=(4, 5)), FindingKind.WORKFLOW_DIFFERS),
        (
            RecordedState(runs=True, facts=SAME | {"cap": 6}),
            Seen(runs=True, reply=STATUS),
            FindingKind.WORKFLOW_DIFFERS,
        ),
    ],
)
def test_a_workflow_is_compared_with_its_records(recorded: RecordedState, seen: Seen, kind: FindingKind | None) -> None:
    found = compared(WorkflowSubject(COHORT, COHORT_ID), recorded, seen)
    assert (found.kind if found else None) == kind


def test_workflows_without_records_of_their_own_are_not_compared() -> None:
    assert subject_of(f"rotation/{ANN}.laboratory.1") == WorkflowSubject(ROTATION, f"{ANN}.laboratory.1")
    assert [subject_of(name) for name in ("mailroom", "webhook/ep-1", "digest/UTC", "exchange/")] == [None] * 4


class FakeTemporal:
    """Stands for Temporal: which workflows run, and which of them answer."""

    def __init__(self, running: Collection[str], *, silent: bool = False) -> None:
        self._running = frozenset(running)
        self._silent = silent
        self.asked: list[str] = []

    async def running(self) -> frozenset[str]:
        return self._running

    async def ask(self, subject: WorkflowSubject) -> Seen:
        self.asked.append(subject.workflow)
        runs = subject.workflow in self._running
        reply = STATUS if runs and not self._silent and subject.kind == COHORT else None
        return Seen(runs=runs, reply=reply, silent=runs and self._silent)

    async def look(self, subject: WorkflowSubject) -> Seen:
        return Seen(runs=subject.workflow in self._running)


async def test_workflows_that_run_without_records_are_named(database: Database, looking: Sessions) -> None:
    await told(database.sessions, COHORT_ID, "cohort", cohort_opened())
    await told(database.sessions, ANN, "ann", opened())
    temporal = FakeTemporal({f"cohort/{COHORT_ID}", f"exchange/{BO}", f"rotation/{BO}.laboratory.1", "mailroom"})
    found = await Workflows(looking, temporal, (0.0, 0.0)).find(nothing)
    assert {(one.kind, one.stream, one.params["workflow"]) for one in found} == {
        (FindingKind.WORKFLOW_MISSING, ANN, f"exchange/{ANN}"),
        (FindingKind.WORKFLOW_UNKNOWN, BO, f"exchange/{BO}"),
        (FindingKind.WORKFLOW_UNKNOWN, BO, f"rotation/{BO}.laboratory.1"),
    }
    assert temporal.asked.count(f"exchange/{ANN}") == 3, "looked at twice again before it is said"


async def test_where_nobody_answers_at_all_nothing_is_said_of_any(database: Database, looking: Sessions) -> None:
    names = [f"EX-2027-DAR-{number:03d}" for number in range(1, 8)]
    for name in names:
        await told(database.sessions, name, name, opened(name.lower()))
    with pytest.raises(Unavailable, match=r"answer\.late"):
        await Workflows(looking, FakeTemporal([f"exchange/{name}" for name in names], silent=True)).find(nothing)
    one = FakeTemporal([f"exchange/{name}" for name in names[:1]], silent=True)
    found = await Workflows(looking, one, ()).find(nothing)
    assert {(f.kind, f.stream) for f in found if f.kind is FindingKind.WORKFLOW_SILENT} == {
        (FindingKind.WORKFLOW_SILENT, names[0])
    }


def test_every_kind_has_its_part_and_what_to_do_in_both_languages() -> None:
    assert set(KINDS) == set(FindingKind)
    for kind in FindingKind:
        finding = AuditFinding(kind=kind, stream="s")
        params = dict.fromkeys(re.findall(r"\{(\w+)\}", REFUSALS[finding.message]), "x")
        for message in (finding.message, finding.advice):
            english, chinese = (refusal(Said(message, params), language) for language in ("en", "zh"))
            assert english != chinese
            assert "–" not in english
