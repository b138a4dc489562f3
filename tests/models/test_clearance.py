"""For which days a student is cleared for the clinic, and why a day is not (D36)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from models.clearances import ClearanceEnds
from models.errors import BadInput, NotOpen
from models.events import ClearanceEnded, Cleared, StageEntered
from models.events.base import Fact
from models.messages.exchange import ReportAttendance
from models.people.authorization import Actor
from models.rules.clearance import check_cleared, cleared_days, is_worked, not_cleared
from models.rules.hours import Period
from models.vocabulary import Content, Role, Stage

BEGAN = datetime(2027, 3, 1, 8, tzinfo=UTC)
END = date(2027, 6, 1)


def on(day: date) -> datetime:
    """Noon of a day."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def gave(day: date, until: date, number: int) -> Cleared:
    """A clearance given on a day."""
    return Cleared(at=on(day), valid_through=until, number=number)


def over(day: date, number: int, reason: ClearanceEnds = ClearanceEnds.REVOKED) -> ClearanceEnded:
    """A clearance that is over after a day."""
    return ClearanceEnded(at=on(day), number=number, last_day=day, reason=reason)


STORY: tuple[Fact, ...] = (
    gave(date(2027, 2, 1), END, 1),
    StageEntered(at=BEGAN, stage=Stage.ROTATIONS),
    over(date(2027, 4, 5), 1),
    gave(date(2027, 4, 12), date(2027, 4, 20), 2),
    over(date(2027, 4, 20), 2, ClearanceEnds.LAPSED),
    gave(date(2027, 4, 23), END, 3),
)


def report(first: date, last: date) -> ReportAttendance:
    """Hours of a period."""
    actor = Actor(id="s", role=Role.SUPERVISOR, institution="cqmu")
    return ReportAttendance(
        report_id="r", actor=actor, content=Content.CLINICAL, first_day=first, last_day=last,
        hours_planned=8, hours_attended=8,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("told", "first", "last", "message"),
    [
        (6, date(2027, 3, 1), date(2027, 4, 5), None),
        (6, date(2027, 4, 5), date(2027, 4, 6), "clinic.between_clearances"),
        (6, date(2027, 4, 11), date(2027, 4, 11), "clinic.between_clearances"),
        (6, date(2027, 4, 12), date(2027, 4, 20), None),
        (6, date(2027, 4, 20), date(2027, 4, 23), "clinic.between_clearances"),
        (6, date(2027, 4, 23), END, None),
        (6, date(2027, 5, 31), END + timedelta(days=1), "clinic.after_clearance"),
        (3, date(2027, 4, 5), date(2027, 4, 6), "clinic.clearance_revoked"),
        (3, date(2027, 4, 6), date(2027, 4, 6), "clinic.clearance_revoked"),
        (5, date(2027, 4, 21), date(2027, 4, 21), "clinic.after_clearance"),
    ],
)
def test_hours_lie_in_a_clearance(told: int, first: date, last: date, message: str | None) -> None:
    days = cleared_days(STORY[:told], "")
    if message is None:
        check_cleared(report(first, last), days)
        return
    with pytest.raises(BadInput) as refused:
        check_cleared(report(first, last), days)
    assert refused.value.message == message


def test_without_any_clearance_there_is_no_clinical_day() -> None:
    with pytest.raises(NotOpen):
        check_cleared(report(date(2027, 3, 1), date(2027, 3, 1)), cleared_days(STORY[1:2], ""))


def test_days_without_a_clearance_are_not_planned() -> None:
    block = Period(date(2027, 4, 1), date(2027, 4, 30))
    missing = [one.first.day for one in not_cleared(cleared_days(STORY, ""), block)]
    assert missing == [6, 7, 8, 9, 10, 11, 21, 22]
    assert not_cleared((), block) == ()


def test_what_was_revoked_before_the_block_began_is_not_worked() -> None:
    days = cleared_days(STORY[:3], "")
    assert is_worked(days, date(2027, 4, 5))
    assert not is_worked(days, date(2027, 4, 6))
    assert not is_worked((), date(2027, 4, 6))
