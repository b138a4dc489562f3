"""A cohort's seats as dots, and its students by stage."""

from datetime import UTC, date, datetime

from models.views import CohortView, ExchangeSummary, SeatView, Student, Waiting
from models.vocabulary import Direction, Level, MobilityStatus, NominationStatus, Outcome, Stage
from tests.programmes import small_programme
from tests.texts.pictures import SVG, read, shares
from texts.charts.cohort import END, NAME, funnel, seat_dots
from texts.names import Names

NOW = datetime(2027, 1, 1, tzinfo=UTC)
ANA = Student(id="p-1", name="RIVERA <Ana>")


def cohort(taken: int, offered: int, free: int, waiting: int) -> CohortView:
    seats = [
        SeatView(number=n + 1, exchange_id=f"EX-{n}" if n < taken + offered else None, student=ANA if n == 0 else None,
                 held=taken <= n < taken + offered)
        for n in range(taken + offered + free)
    ]  # fmt: skip
    return CohortView(
        cohort_id="c", sending="dartmouth", host="cqmu", year=2027, direction=Direction.INCOMING, cap=len(seats),
        minimum=5, closes_at=NOW, closed_below_minimum=False, seats=tuple(seats), free=free,
        waitlist=tuple(Waiting(position=n + 1, exchange_id=f"W-{n}", student=None) for n in range(waiting)),
    )  # fmt: skip


def student(stage: Stage, outcome: Outcome | None = None) -> ExchangeSummary:
    return ExchangeSummary(
        exchange_id="EX-2027-DAR-001", student=ANA, cohort_id="c", direction=Direction.INCOMING, sending="dartmouth",
        host="cqmu", year=2027, level=Level.PHD, discipline="d", start=date(2027, 3, 1), end=date(2027, 5, 28),
        stage=stage, mobility=MobilityStatus.NOMINATION, nomination=NominationStatus.PENDING, outcome=outcome,
        reason=None, seat=None, waitlist_position=None, next_moves=(), opened_at=NOW, closed_at=None, cursor="x",
    )  # fmt: skip


def test_every_seat_and_everybody_who_waits_is_a_dot() -> None:
    picture = seat_dots(cohort(3, 2, 5, 12), Names(small_programme(), "en"))
    kinds = [one.get("class") for one in read(picture).iter(f"{SVG}circle")]
    assert kinds == ["taken"] * 3 + ["offered"] * 2 + ["free"] * 5 + ["waits"] * 12
    assert [row[2] for row in picture.rows] == [*["taken"] * 3, *["offered"] * 2, *["free"] * 5, *["waits"] * 12]
    assert picture.rows[0] == ("1", "RIVERA <Ana>", "taken")
    assert picture.rows[1][1] == "EX-1", "who may not be named is a code"
    assert [words for _mark, words in picture.legend] == ["taken: 3", "offered: 2", "free: 5", "waits: 12"]
    widest = max(float(one.get("cx") or 0) for one in read(picture).iter(f"{SVG}circle"))
    assert widest < 343, "as wide as a phone at most"


def test_a_cohort_without_students_has_its_seats() -> None:
    assert len(seat_dots(cohort(0, 0, 5, 0), Names(small_programme(), "zh")).rows) == 5


def test_a_stage_counts_those_who_passed_it() -> None:
    students = [student(Stage.DOCUMENTS), student(Stage.DOCUMENTS), student(Stage.ROTATIONS)]
    students += [student(Stage.CLOSED, Outcome.COMPLETED), student(Stage.CLOSED, Outcome.WITHDRAWN)]
    picture = funnel(students, Names(small_programme(), "en"))
    rows = {row[0]: row[1:] for row in picture.rows}
    assert (rows["Nomination"], rows["Documents"], rows["Rotations"]) == (("4", "0"), ("4", "2"), ("2", "1"))
    assert (rows["Certificate"], rows["Ended before that"]) == (("1", "0"), ("1", ""))
    whole = (END - NAME) * 100
    assert [round(wide / whole * 5) for _begins, wide in shares(read(picture), "some")] == [
        int(row[1]) for row in picture.rows[:-1]
    ]
    assert [round(wide / whole * 5) for _begins, wide in shares(read(picture), "here")] == [2, 1]


def test_nobody_is_a_funnel_of_noughts() -> None:
    assert {row[1] for row in funnel([], Names(small_programme(), "zh")).rows} == {"0"}
