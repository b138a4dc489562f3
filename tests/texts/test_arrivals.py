"""Who comes and who goes, by day: counted once, in the calendar and in its table."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.views import Student
from models.views.particulars import DirectoryRow
from tests.programmes import small_programme
from tests.texts.pictures import SVG, read
from texts.charts.arrivals import COMES, GOES, ComingOrGoing, arrivals_calendar, movements
from texts.names import Names

MONDAY = date(2027, 3, 1)
WEEKS = 5
LAST = MONDAY + timedelta(days=34)


def row(number: int, start: date, end: date, arrived: datetime | None = None) -> DirectoryRow:
    student = Student(id=f"p-{number}", name=f"STUDENT {number:02}")
    return DirectoryRow(
        exchange_id=f"EX-{number}", student=student, host="cqmu", start=start, end=end, arrived_at=arrived
    )


def moved(*rows: DirectoryRow) -> list[ComingOrGoing]:
    return movements(rows, MONDAY, LAST, lambda _host, at: at.astimezone(ZoneInfo("Asia/Shanghai")).date())


def test_who_came_is_on_the_day_they_came_by_the_clock_of_the_host() -> None:
    late = datetime(2027, 3, 2, 17, tzinfo=UTC)  # the third of March in Chongqing
    found = moved(
        row(1, MONDAY, date(2027, 6, 1), late), row(2, MONDAY, date(2027, 3, 20)), row(3, LAST, date(2028, 1, 1))
    )
    assert [(one.day.isoformat(), one.arrives, one.confirmed) for one in found] == [
        ("2027-03-01", True, False),
        ("2027-03-03", True, True),
        ("2027-03-20", False, False),
        ("2027-04-04", True, False),
    ]


@pytest.mark.parametrize("students", [0, 1, 60])
def test_numbers_drawn_are_those_of_the_table(students: int) -> None:
    rows = [row(n, MONDAY + timedelta(days=n % 34), MONDAY + timedelta(days=n % 30 + 4)) for n in range(students)]
    moves = moved(*rows)
    picture = arrivals_calendar(moves, MONDAY, WEEKS, MONDAY, Names(small_programme(), "en"))
    counts = [(one.text or "") for one in read(picture).iter(f"{SVG}text") if one.get("class") == "count"]
    told = [" ".join(f"{mark}{number}" for mark, number in ((COMES, row[1]), (GOES, row[2])) if number != "0")
            for row in picture.rows]  # fmt: skip
    assert counts == told
    assert sum(int(row[1]) + int(row[2]) for row in picture.rows) == len(moves)
