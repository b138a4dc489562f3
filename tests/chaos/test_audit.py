"""The audit names every fault that is planted, and finds nothing in what is well."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import dict_row

from chaos.audit.acts import acknowledged, facts_of, register_left, unsettled
from chaos.audit.findings import Records
from chaos.audit.mail import Copy, audit_mail, copies_in, doubles, waiting
from chaos.audit.records import audit_records, unfinished
from chaos.audit.workflows import _difference
from chaos.databases import PostgresqlRecords, Sqlite
from chaos.ledger import Act, Answer
from tests.chaos.planted import EXCHANGE, NEXT, STEP, Planted
from tests.databases import Database

DECIDED = Act(1, "decide", "gateway", EXCHANGE, STEP, "verified", "d1", answer=Answer.TAKEN)
HANDED_IN = Act(2, "document", "api", EXCHANGE, outcome="cv", key="s1", file="f1", answer=Answer.TAKEN)
WITHDRAWN_WITH_A_PLACE = f"""
INSERT INTO place_days VALUES ('lab', '2027-03-01', '{EXCHANGE}');
UPDATE exchanges SET stage = 'closed', outcome = 'withdrawn';
"""
COPY = Copy("<m1>", 100.0, answered=True)


@pytest.fixture
def planted() -> Planted:
    return Planted()


def test_nothing_is_found_in_what_is_well(planted: Planted) -> None:
    facts = facts_of(planted.records)
    assert audit_records(planted.records) == []
    assert acknowledged([DECIDED, HANDED_IN], facts) == []
    assert unsettled([DECIDED, HANDED_IN], facts) == register_left(facts) == []
    assert audit_mail(planted.records, [COPY], [], "nobody") == []
    assert waiting(planted.records) == 0


PLANTED: dict[str, Callable[[Planted], None]] = {
    "gap in a stream": lambda p: p.tell("cleared", skip=1),
    "contradiction": lambda p: p.tell("step_closed", step_id=STEP, outcome="rejected", decision_id="d2"),
    "closed twice": lambda p: p.tell("step_closed", step_id=STEP, outcome="verified", decision_id="d1"),
    "told twice": lambda p: p.tell("document_submitted", document_id="doc1"),
    "rung after the end": lambda p: p.tell("rung_fired", step_id=STEP, rung=1),
    "decided twice": lambda p: p.add("decisions", id="d2", step_id=STEP),
    "step otherwise than told": lambda p: p.do(f"UPDATE steps SET status = 'done' WHERE id = '{NEXT}'"),
    "seat otherwise than told": lambda p: p.tell("seat_given_back", stream="cohort", exchange_id=EXCHANGE, seat=1),
    "held by nobody": lambda p: p.add("bed_nights", bed_id="bed", night="2027-03-02", exchange_id="EX-2027-DAR-999"),
    "two beds": lambda p: p.add("bed_nights", bed_id="other", night="2027-03-02", exchange_id=EXCHANGE),
    "holds on": lambda p: p.do(WITHDRAWN_WITH_A_PLACE),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_fault_of_the_records_is_named(planted: Planted, kind: str) -> None:
    PLANTED[kind](planted)
    assert [finding.kind for finding in audit_records(planted.records)] == [kind]


def test_who_was_moved_sleeps_in_two_beds(planted: Planted) -> None:
    PLANTED["two beds"](planted)
    planted.tell("bed_assigned", bed_id="other", decision_id="d7", moved_from="bed")
    assert audit_records(planted.records) == []


def test_what_does_not_end_is_named_with_what_is_open(planted: Planted) -> None:
    [finding] = unfinished(planted.records)
    assert (finding.kind, finding.subject) == ("stands still", EXCHANGE)
    assert NEXT in finding.words


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (Act(3, "decide", "api", EXCHANGE, NEXT, "complete", answer=Answer.TAKEN), "lost"),
        (Act(3, "decide", "gateway", EXCHANGE, STEP, "verified", "another", answer=Answer.TAKEN), "lost"),
        (Act(3, "document", "gateway", EXCHANGE, file="f2", answer=Answer.TAKEN), "lost"),
        (Act(3, "report", "gateway", EXCHANGE, key="r1", answer=Answer.TAKEN), "lost"),
        (Act(3, "nominate", "gateway", detail="EX-2027-DAR-002", answer=Answer.TAKEN), "lost"),
        (Act(3, "decide", "portal", EXCHANGE, STEP, answer=Answer.BROKEN), "told to call an operator"),
    ],
)
def test_an_acknowledged_act_that_is_not_there_is_named(planted: Planted, act: Act, kind: str) -> None:
    assert [finding.kind for finding in acknowledged([act], facts_of(planted.records))] == [kind]


def test_an_act_done_twice_is_named(planted: Planted) -> None:
    planted.tell("document_submitted", document_id="doc2")
    planted.add("documents", id="doc2", filename="f1")
    assert [finding.kind for finding in acknowledged([HANDED_IN], facts_of(planted.records))] == ["done twice"]


def unanswered(answer: Answer) -> Act:
    return Act(4, "report", "gateway", EXCHANGE, key="r4", answer=answer)


def test_without_a_register_only_who_was_told_counts_as_unsettled(planted: Planted) -> None:
    facts = facts_of(planted.records)
    found = {answer: len(unsettled([unanswered(answer)], facts)) for answer in Answer}
    assert {answer for answer, count in found.items() if count} == {Answer.KEPT, Answer.UNAVAILABLE}


def register(planted: Planted, status: str) -> None:
    planted.do(f"CREATE TABLE acts (key, status); INSERT INTO acts VALUES ('r4', '{status}')")


@pytest.mark.parametrize(("status", "kinds"), [("asked", ["not settled"]), ("refused", []), ("taken", ["lost"])])
def test_a_register_says_what_became_of_an_act(planted: Planted, status: str, kinds: list[str]) -> None:
    register(planted, status)
    facts = facts_of(planted.records)
    assert [finding.kind for finding in unsettled([unanswered(Answer.VANISHED)], facts)] == kinds
    assert len(register_left(facts)) == (status == "asked")


def test_what_never_came_into_the_register_was_never_asked_unless_it_was_promised(planted: Planted) -> None:
    register(planted, "refused")
    facts = facts_of(planted.records)
    other = Act(5, "report", "gateway", EXCHANGE, key="r5", answer=Answer.UNAVAILABLE)
    assert unsettled([other], facts) == []
    promised = Act(5, "report", "gateway", EXCHANGE, key="r5", answer=Answer.KEPT)
    assert [finding.kind for finding in unsettled([promised], facts)] == ["not settled"]


def test_a_mail_twice_is_named_unless_nobody_could_know(planted: Planted) -> None:
    again = Copy("<m1>", 130.0, answered=True)
    assert [f.kind for f in audit_mail(planted.records, [COPY, again], [], "nobody")] == ["mail twice"]
    assert audit_mail(planted.records, [COPY, again], [(99.0, 103.0)], "nobody") == []
    assert audit_mail(planted.records, [Copy("<m1>", 100.0, answered=False), again], [], "nobody") == []
    assert doubles([COPY, again]) == 1


def test_a_mail_that_is_lost_or_given_up_is_named(planted: Planted) -> None:
    assert [f.kind for f in audit_mail(planted.records, [], [], "nobody")] == ["mail lost"]
    planted.do("UPDATE messages SET status = 'refused'")
    assert [f.kind for f in audit_mail(planted.records, [], [], "nobody")] == ["mail refused"]
    assert audit_mail(planted.records, [], [], "somebody") == []


def test_the_host_s_book_is_read(tmp_path: Path) -> None:
    book = tmp_path / "taken.jsonl"
    assert copies_in(book) == []
    book.write_text('{"at": 1.0, "id": "<m>", "to": [], "answered": false}\n{"at": 2', encoding="utf-8")
    assert copies_in(book) == [Copy("<m>", 1.0, answered=False)]


@pytest.mark.parametrize(
    ("held", "on_record", "stages", "words"),
    [
        ({STEP}, {STEP}, ("documents", "documents"), ""),
        ({STEP}, set(), ("documents", "documents"), "waits for"),
        (set(), {STEP}, ("documents", "documents"), "held by no workflow"),
        ({STEP}, {STEP}, ("documents", "nomination"), "in its workflow"),
    ],
)
def test_a_workflow_out_of_step_is_told_in_words(
    held: set[str], on_record: set[str], stages: tuple[str, str], words: str
) -> None:
    said = _difference(held, on_record, stages)
    assert words in said
    assert bool(said) == bool(words)


def asks_everything(records: Records) -> None:
    assert audit_records(records) == unfinished(records) == []
    assert audit_mail(records, [], [], "nobody") == []
    assert facts_of(records).exchanges == set()
    assert waiting(records) == 0


async def test_the_audit_s_queries_are_of_the_schema(database: Database, tmp_path: Path) -> None:
    if database.kind == "postgresql":
        with psycopg.connect(database.url, row_factory=dict_row, autocommit=True) as connection:
            asks_everything(PostgresqlRecords(connection))
    else:
        (tmp_path / "test.db").rename(tmp_path / "sojourn.db")
        with Sqlite(tmp_path).connected() as records:
            asks_everything(records)
