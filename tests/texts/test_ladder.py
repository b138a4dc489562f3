"""The ladder of a deadline: a rung where its table has one, and today between what was and what comes."""

from datetime import timedelta

import pytest

from models.views.ladders import RungState, RungView
from models.vocabulary import RungKind, Target
from tests.cli.views import step
from tests.programmes import small_programme
from tests.texts.pictures import SVG, read
from texts.charts.drawing import Picture
from texts.charts.ladder import ladder
from texts.names import Names

DUE = step().due_at
RUNGS = (
    RungView(at=DUE - timedelta(days=5), kind=RungKind.REMINDER, to=(Target.OWNER,), state=RungState.MISSED),
    RungView(at=DUE - timedelta(days=1), kind=RungKind.REMINDER, to=(Target.OWNER,), state=RungState.FIRED),
    RungView(at=DUE, kind=RungKind.ESCALATION, to=(Target.OWNER,), copy_to=(Target.COORDINATOR,),
             state=RungState.FIRED),
    RungView(at=DUE + timedelta(days=5), kind=RungKind.ESCALATION, to=(Target.HEAD_OF_OFFICE,),
             state=RungState.COMING),
)  # fmt: skip
NOW = DUE + timedelta(days=2)


def drawn(rungs: tuple[RungView, ...], language: str = "en", *, ends: bool = False) -> Picture:
    line = step().model_copy(update={"ends_at": DUE + timedelta(days=20) if ends else None})
    return ladder(line, rungs, NOW, Names(small_programme(), language))


def test_what_was_stands_before_today_and_what_comes_after_it() -> None:
    told = [(row[1], row[2], row[3], row[4]) for row in drawn(RUNGS, ends=True).rows]
    assert told == [
        ("asked", "", "", ""),
        ("reminder", "the owner", "", "left out"),
        ("reminder", "the owner", "", "sent"),
        ("due", "", "", ""),
        ("escalation", "the owner", "the coordinator", "sent"),
        ("today", "", "", ""),
        ("escalation", "the head of office", "", "to come"),
        ("end of the deadline", "", "", ""),
    ]


@pytest.mark.parametrize("rungs", [(), RUNGS[:1], RUNGS])
def test_every_line_of_the_table_is_drawn_and_today_is_a_line(rungs: tuple[RungView, ...]) -> None:
    picture = drawn(rungs)
    tree = read(picture)
    marks = [one.get("class") for one in tree.iter(f"{SVG}path")]
    assert len(marks) == len(picture.rows) - 1
    assert marks.count("sent") == sum(row[4] == "sent" for row in picture.rows)
    assert marks.count("late") == sum(row[4] == "left out" for row in picture.rows)
    assert [one.get("class") for one in tree.iter(f"{SVG}line")].count("today") == 1
    words = [one.text for one in tree.iter(f"{SVG}text")]
    assert all(row[0] in words for row in picture.rows if row[1] != "today")


def test_it_speaks_chinese() -> None:
    assert [row[4] for row in drawn(RUNGS, "zh").rows if row[4]] == ["未发送", "已发送", "已发送", "待发送"]
