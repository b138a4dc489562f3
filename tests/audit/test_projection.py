"""Events against themselves and against the tables: each fault named, by stream, table, key and column."""

from typing import Any

import pytest

from models.events import RungFired, StepClosed
from models.messages.audit import AuditFinding, FindingKind
from models.tables import ExchangeRow
from models.vocabulary import StepStatus
from records.audit.events import contradictions, gaps
from records.audit.projection import Projection
from records.store.engine import Sessions, transaction
from tests.audit.conftest import ByHand
from tests.databases import Database
from tests.records.fakes import tell
from tests.records.story import ANN, BO, COHORT, CYD, LAB, OTHER_STEP, STEP, at
from tests.records.test_projections import live


async def nothing() -> None:
    """No break: nobody else works here."""


async def found(looking: Sessions) -> set[tuple[Any, ...]]:
    """Kind, stream, table, row and columns of each finding."""
    return {_said(one) for one in await Projection(looking).find(nothing)}


def _said(one: AuditFinding) -> tuple[Any, ...]:
    return one.kind, one.stream, one.params.get("table"), one.params.get("row"), one.params.get("parts")


async def test_a_story_with_every_event_is_in_step(database: Database, looking: Sessions) -> None:
    await live(database.sessions)
    assert await found(looking) == set()


async def test_a_plan_of_an_earlier_release_is_compared_as_it_is_read(database: Database, looking: Sessions) -> None:
    await live(database.sessions)

    async def altered(**values: Any) -> None:
        async with transaction(database.sessions) as session:
            row = await session.get_one(ExchangeRow, ANN)
            since = ("entry", *values)
            row.plan = {name: value for name, value in row.plan.items() if name not in since} | values

    await altered()
    assert await found(looking) == set(), "what is left out has a default"
    await altered(visa_class="X1")
    assert await found(looking) == {(FindingKind.ROW_DIFFERS, ANN, "exchanges", ANN, ("plan",))}
    await altered(visa_class=7, start="no day")
    assert await found(looking) == {(FindingKind.ROW_DIFFERS, ANN, "exchanges", ANN, ("plan",))}


CHANGED = {
    "exchange": (
        f"UPDATE exchanges SET stage = 'seat', reason = 'moon' WHERE id = '{ANN}'",
        (FindingKind.ROW_DIFFERS, ANN, "exchanges", ANN, ("stage", "reason")),
    ),
    "step": (
        f"UPDATE steps SET due_at = '2020-01-01 00:00:00+00:00' WHERE id = '{OTHER_STEP}'",
        (FindingKind.ROW_DIFFERS, ANN, "steps", OTHER_STEP, ("due_at",)),
    ),
    "cohort": (
        "UPDATE cohorts SET cap = 9",
        (FindingKind.ROW_DIFFERS, COHORT, "cohorts", COHORT, ("cap",)),
    ),
    "seat": (
        "UPDATE seats SET exchange_id = NULL WHERE number = 2",
        (FindingKind.ROW_DIFFERS, COHORT, "seats", f"{COHORT} 2", ("exchange_id",)),
    ),
    "waitlist": (
        "DELETE FROM waitlist",
        (FindingKind.ROW_MISSING, COHORT, "waitlist", f"{COHORT} EX-2027-DAR-004", None),
    ),
    "bed night": (
        f"DELETE FROM bed_nights WHERE exchange_id = '{CYD}' AND night = '2027-03-05'",
        (FindingKind.ROW_MISSING, CYD, "bed_nights", "cqmu.bed.2 2027-03-05", None),
    ),
    "place day": (
        f"UPDATE place_days SET placement_id = 'other' WHERE exchange_id = '{CYD}' AND day = '2027-03-05'",
        (FindingKind.ROW_DIFFERS, CYD, "place_days", f"cqmu.lab 2027-03-05 {CYD}", ("placement_id",)),
    ),
    "placement": (
        f"UPDATE placements SET status = 'assigned' WHERE id = '{LAB}'",
        (FindingKind.ROW_DIFFERS, ANN, "placements", LAB, ("status",)),
    ),
    "document": (
        "UPDATE documents SET status = 'rejected' WHERE id = 'doc-2'",
        (FindingKind.ROW_DIFFERS, ANN, "documents", "doc-2", ("status",)),
    ),
    "attendance": (
        "UPDATE attendance SET hours_attended = 1",
        (FindingKind.ROW_DIFFERS, ANN, "attendance", f"{ANN} r-2", ("hours_attended",)),
    ),
    "evaluation": (
        "DELETE FROM evaluations",
        (FindingKind.ROW_MISSING, ANN, "evaluations", f"{ANN} d-4", None),
    ),
    "certificate": (
        "UPDATE certificates SET revoked_at = NULL WHERE version = 1",
        (FindingKind.ROW_DIFFERS, ANN, "certificates", "C-1 1", ("revoked_at",)),
    ),
    "suspension": (
        "UPDATE suspensions SET until = NULL",
        (FindingKind.ROW_DIFFERS, "s-1", "suspensions", "s-1", ("until",)),
    ),
    "suspended exchange": (
        "DELETE FROM exchange_suspensions",
        (FindingKind.ROW_MISSING, ANN, "exchange_suspensions", f"{ANN} s-1", None),
    ),
    "absence": (
        "UPDATE absences SET cancelled_at = NULL WHERE id = 'a-2'",
        (FindingKind.ROW_DIFFERS, "person:cqmu.coordinator", "absences", "a-2", ("cancelled_at",)),
    ),
    "preference": (
        "UPDATE preferences SET language = 'en'",
        (FindingKind.ROW_DIFFERS, "person:cqmu.coordinator", "preferences", "cqmu.coordinator", ("language",)),
    ),
    "decision": (
        f"UPDATE decisions SET id = 'd-0' WHERE exchange_id = '{ANN}' AND id = 'd-3'",
        (FindingKind.DECISION_WITHOUT_EVENT, ANN, "decisions", f"{ANN} d-0", None),
    ),
    "row of nobody": (
        f"UPDATE decisions SET exchange_id = 'EX-2027-DAR-099' WHERE exchange_id = '{ANN}' AND id = 'd-3'",
        (FindingKind.ROW_WITHOUT_EVENT, "EX-2027-DAR-099", "decisions", "EX-2027-DAR-099", None),
    ),
    "payload": (
        f"UPDATE events SET payload = '{{}}' WHERE stream = '{BO}' AND seq = 1",
        (FindingKind.EVENT_DAMAGED, BO, None, 1, None),
    ),
    "column of an event": (
        f"UPDATE events SET kind = 'arrived' WHERE stream = '{BO}' AND seq = 1",
        (FindingKind.EVENT_DAMAGED, BO, None, 1, None),
    ),
    "gap": (
        f"DELETE FROM events WHERE stream = '{ANN}' AND seq BETWEEN 4 AND 5",
        (FindingKind.EVENTS_MISSING, ANN, None, 4, None),
    ),
    "beginning": (
        f"DELETE FROM events WHERE stream = '{CYD}' AND seq = 1",
        (FindingKind.EVENTS_CONTRADICT, CYD, None, None, None),
    ),
}


@pytest.mark.parametrize("what", CHANGED)
async def test_what_was_changed_by_hand_is_named(
    database: Database, looking: Sessions, by_hand: ByHand, what: str
) -> None:
    await live(database.sessions)
    statement, finding = CHANGED[what]
    await by_hand(statement)
    named = await found(looking)
    assert finding in named
    assert {one[1] for one in named} <= {finding[1], ANN}, "nothing is said of who has nothing to do with it"


async def test_a_step_closed_twice_and_a_rung_after_it_are_named(
    database: Database, looking: Sessions, by_hand: ByHand
) -> None:
    await live(database.sessions)
    # As before facts were kept: the database refuses it now.
    await by_hand(f"DELETE FROM facts WHERE fact = 'step_closed:{STEP}' OR fact LIKE 'rung_fired:{STEP}:%'")
    closed = StepClosed(at=at(3), step_id=STEP, status=StepStatus.DONE, outcome="reject", decision_id="d-8")
    await tell(database.sessions, ANN, "again", closed, RungFired(at=at(4), step_id=STEP, rung=0))
    assert await found(looking) == {
        (FindingKind.STEP_CLOSED_TWICE, ANN, None, STEP, None),
        (FindingKind.RUNG_AFTER_CLOSE, ANN, None, STEP, None),
    }


def test_numbers_begin_at_one_and_leave_none_out() -> None:
    assert gaps("s", (1, 2, 3)) == []
    assert [one.params for one in gaps("s", (2, 3, 7))] == [{"row": 1, "through": 1}, {"row": 4, "through": 6}]


def test_a_rung_before_its_step_is_closed_is_in_order() -> None:
    rung = RungFired(at=at(1), step_id=STEP, rung=0)
    closed = StepClosed(at=at(2), step_id=STEP, status=StepStatus.DONE, outcome="approve", decision_id="d")
    assert contradictions("s", [(1, rung), (2, closed)]) == []
    assert [one.kind for one in contradictions("s", [(1, closed), (2, rung)])] == [FindingKind.RUNG_AFTER_CLOSE]
