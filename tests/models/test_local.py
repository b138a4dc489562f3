from datetime import UTC, date, datetime

import pytest

from models.rules.local import day_at


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("Asia/Shanghai", datetime(2027, 7, 8, 23, 30, tzinfo=UTC), date(2027, 7, 9)),  # 07:30 on the ninth
        ("Asia/Shanghai", datetime(2027, 7, 9, 15, 59, tzinfo=UTC), date(2027, 7, 9)),
        ("America/New_York", datetime(2027, 3, 2, 1, tzinfo=UTC), date(2027, 3, 1)),  # the evening of day one
        ("America/New_York", datetime(2027, 3, 2, 5, tzinfo=UTC), date(2027, 3, 2)),
        ("America/New_York", datetime(2027, 7, 2, 4, tzinfo=UTC), date(2027, 7, 2)),  # summer time
        ("", datetime(2027, 7, 8, 23, 30, tzinfo=UTC), date(2027, 7, 8)),
    ],
)
def test_a_day_is_that_of_the_place(zone: str, moment: datetime, day: date) -> None:
    assert day_at(zone, moment) == day
